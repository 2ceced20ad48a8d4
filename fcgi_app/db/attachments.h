/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hangs on a server, for changing it: tags of its interfaces, block
 * device mappings by volume.  Neighbour: instance_rows.h reads a server's
 * mappings themselves (struct bdm_row).
 * Source: nova-facts/db.md.
 */
#ifndef NOVA_DB_ATTACHMENTS_H
#define NOVA_DB_ATTACHMENTS_H

#include "fcgi_app/db/db.h"

struct interface_tag {
    const char *uuid, *tag; /* of the port; tag NULL: none */
};
/* $1 server */
extern const struct db_statement INTERFACE_TAGS;

struct volume_user {
    const char *instance_uuid;
};
/* $1 volume: servers of the cell that have a mapping of it, oldest first */
extern const struct db_statement VOLUME_USERS;

/* $1 uuid, $2 now, $3 delete_on_termination */
extern const struct db_statement BDM_SET_TERMINATION;
/* $1 uuid, $2 now, $3 attachment_id */
extern const struct db_statement BDM_SET_ATTACHMENT;
/* $1 uuid, $2 now, $3 server, $4 volume, $5 delete_on_termination: a volume on no host yet */
extern const struct db_statement BDM_CREATE_VOLUME;
/* $1 uuid, $2 now: gone, as upstream keeps it */
extern const struct db_statement BDM_DELETE;

#endif
