/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens with which a console's proxy asks where a console is. */
#ifndef NOVA_DB_CONSOLE_TOKENS_H
#define NOVA_DB_CONSOLE_TOKENS_H

#include "fcgi_app/db/db.h"

struct console_token {
    const char *console_type;
    const char *host;
    int64_t port;
    const char *internal_access_path;
    const char *instance_uuid;
};
/* $1 SHA-256 of the token in hex, $2 seconds since the epoch after which it must still hold */
extern const struct db_statement CONSOLE_TOKEN_VALID;

#endif
