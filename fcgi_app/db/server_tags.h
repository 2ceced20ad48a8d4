/* SPDX-License-Identifier: Apache-2.0 */
/* Tags of a server in its cell. Neighbour: compute/server_tags.h above. */
#ifndef NOVA_DB_SERVER_TAGS_H
#define NOVA_DB_SERVER_TAGS_H

#include "fcgi_app/db/db.h"

/* A server's tag; `tag` NULL: the server is there and has none. */
struct server_tag {
    const char *tag;
};
/* $1 uuid, $2 the only project whose servers may be seen (NULL: all); sorted */
extern const struct db_statement SERVER_TAGS;
/* $1 uuid, $2 tag */
extern const struct db_statement SERVER_TAG_ADD, SERVER_TAG_DELETE;
/* $1 uuid, $2 array of tags: those stay that are among them */
extern const struct db_statement SERVER_TAGS_KEEP;
/* $1 uuid, $2 array of tags: those come that are not there */
extern const struct db_statement SERVER_TAGS_ADD;

#endif
