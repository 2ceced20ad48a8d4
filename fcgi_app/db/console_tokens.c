/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of console tokens.  Neighbour above: compute/console_tokens.c. */
#include "config.h"

#include "fcgi_app/db/console_tokens.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column columns[] = {
    COL_TEXT(struct console_token, console_type),  COL_TEXT(struct console_token, host),
    COL_INT(struct console_token, port),           COL_TEXT(struct console_token, internal_access_path),
    COL_TEXT(struct console_token, instance_uuid),
};
const struct db_statement CONSOLE_TOKEN_VALID = {
    .name = "console_token_valid",
    .sql = "SELECT console_type, host, port, internal_access_path, instance_uuid FROM console_auth_tokens"
           " WHERE token_hash = $1 AND expires > $2::bigint",
    .params = 2,
    .database = "cell",
    .columns = columns,
    .column_count = COUNT(columns),
    .row_size = sizeof(struct console_token),
};
