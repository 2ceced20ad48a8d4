/* SPDX-License-Identifier: Apache-2.0 */
/* What was done to a server, read: actions and their events. Neighbours: instance_rows.h writes them,
 * compute/action_log.h. */
#ifndef NOVA_DB_ACTIONS_H
#define NOVA_DB_ACTIONS_H

#include "fcgi_app/db/db.h"

struct action_row {
    int64_t id;
    const char *action, *instance_uuid, *request_id, *user_id, *project_id;
    int64_t start_time;
    const char *message;
    int64_t created_at, updated_at;
};

struct action_event_row {
    const char *event;
    int64_t start_time, finish_time;
    const char *result, *traceback, *host, *details;
};

/* The server itself, deleted or not: whose it is. */
struct action_server {
    const char *project_id;
};

/* $1 uuid, $2 the only project whose servers may be seen (NULL: all) */
extern const struct db_statement ACTION_SERVER;
/* Newest first: $1 uuid, $2 and $3 first and last time of change or NULL, $4 request id of the marker or NULL, $5 limit
 */
extern const struct db_statement ACTIONS_PAGE;
/* $1 uuid, $2 request id */
extern const struct db_statement ACTION_BY_REQUEST, ACTION_EVENTS;

#endif
