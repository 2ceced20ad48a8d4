/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that read actions; see the header. */
#include "config.h"

#include "fcgi_app/db/actions.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define COLUMNS                                                                                                        \
    "a.id, a.action, a.instance_uuid, a.request_id, a.user_id, a.project_id, a.start_time, a.message, a.created_at,"   \
    " a.updated_at"

static const struct db_column action_columns[] = {
    COL_INT(struct action_row, id),
    COL_TEXT(struct action_row, action),
    COL_TEXT(struct action_row, instance_uuid),
    COL_TEXT(struct action_row, request_id),
    COL_TEXT(struct action_row, user_id),
    COL_TEXT(struct action_row, project_id),
    COL_TIME(struct action_row, start_time),
    COL_TEXT(struct action_row, message),
    COL_TIME(struct action_row, created_at),
    COL_TIME(struct action_row, updated_at),
};
static const struct db_column event_columns[] = {
    COL_TEXT(struct action_event_row, event),       COL_TIME(struct action_event_row, start_time),
    COL_TIME(struct action_event_row, finish_time), COL_TEXT(struct action_event_row, result),
    COL_TEXT(struct action_event_row, traceback),   COL_TEXT(struct action_event_row, host),
    COL_TEXT(struct action_event_row, details),
};
static const struct db_column server_columns[] = { COL_TEXT(struct action_server, project_id) };

const struct db_statement ACTION_SERVER = {
    .name = "action_server",
    .sql = "SELECT project_id FROM instances WHERE uuid = $1 AND ($2::text IS NULL OR project_id = $2)",
    .params = 2,
    .database = "cell",
    .columns = server_columns,
    .column_count = COUNT(server_columns),
    .row_size = sizeof(struct action_server),
};
const struct db_statement ACTIONS_PAGE = {
    .name = "actions_page",
    .sql = "SELECT " COLUMNS " FROM instance_actions a WHERE a.instance_uuid = $1 AND a.deleted = 0"
           " AND ($2::timestamp IS NULL OR a.updated_at >= $2) AND ($3::timestamp IS NULL OR a.updated_at <= $3)"
           " AND ($4::text IS NULL OR (a.created_at, a.id) < (SELECT m.created_at, m.id FROM instance_actions m"
           " WHERE m.instance_uuid = $1 AND m.request_id = $4 AND m.deleted = 0"
           " ORDER BY m.created_at DESC, m.id DESC LIMIT 1))"
           " ORDER BY a.created_at DESC, a.id DESC LIMIT $5::bigint",
    .params = 5,
    .database = "cell",
    .columns = action_columns,
    .column_count = COUNT(action_columns),
    .row_size = sizeof(struct action_row),
};
const struct db_statement ACTION_BY_REQUEST = {
    .name = "action_by_request",
    .sql = "SELECT " COLUMNS " FROM instance_actions a WHERE a.instance_uuid = $1 AND a.request_id = $2"
           " AND a.deleted = 0 ORDER BY a.created_at DESC, a.id DESC LIMIT 1",
    .params = 2,
    .database = "cell",
    .columns = action_columns,
    .column_count = COUNT(action_columns),
    .row_size = sizeof(struct action_row),
};
const struct db_statement ACTION_EVENTS = {
    .name = "action_events",
    .sql = "SELECT e.event, e.start_time, e.finish_time, e.result, e.traceback, e.host, e.details"
           " FROM instance_actions_events e WHERE e.deleted = 0 AND e.action_id = (SELECT a.id FROM instance_actions a"
           " WHERE a.instance_uuid = $1 AND a.request_id = $2 AND a.deleted = 0"
           " ORDER BY a.created_at DESC, a.id DESC LIMIT 1) ORDER BY e.created_at DESC, e.id DESC",
    .params = 2,
    .database = "cell",
    .columns = event_columns,
    .column_count = COUNT(event_columns),
    .row_size = sizeof(struct action_event_row),
};
