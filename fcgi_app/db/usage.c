/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of usage.  Neighbours above: compute/usage.c, compute/audit.c. */
#include "config.h"

#include "fcgi_app/db/usage.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column usage_columns[] = {
    COL_TEXT(struct usage_row, uuid),        COL_TEXT(struct usage_row, display_name),
    COL_TEXT(struct usage_row, project_id),  COL_TEXT(struct usage_row, vm_state),
    COL_TIME(struct usage_row, launched_at), COL_TIME(struct usage_row, terminated_at),
    COL_BYTES(struct usage_row, flavor),
};
const struct db_statement USAGE_OF_WINDOW = {
    .name = "usage_of_window",
    .sql = "SELECT i.uuid, i.display_name, i.project_id, i.vm_state, i.launched_at, i.terminated_at, e.flavor"
           " FROM instances i LEFT JOIN instance_extra e ON e.instance_uuid = i.uuid"
           " WHERE (i.terminated_at IS NULL OR i.terminated_at > $1) AND i.launched_at < $2"
           " AND ($3::text IS NULL OR i.project_id = $3)"
           " AND ($5::text IS NULL OR i.project_id > $4 OR (i.project_id = $4 AND i.uuid > $5))"
           " ORDER BY i.project_id, i.uuid LIMIT $6::bigint",
    .params = 6,
    .database = "cell",
    .columns = usage_columns,
    .column_count = COUNT(usage_columns),
    .row_size = sizeof(struct usage_row),
};

static const struct db_column marker_columns[] = { COL_TEXT(struct usage_marker, project_id) };
const struct db_statement USAGE_MARKER = {
    .name = "usage_marker",
    .sql = "SELECT project_id FROM instances WHERE uuid = $1",
    .params = 1,
    .database = "cell",
    .columns = marker_columns,
    .column_count = COUNT(marker_columns),
    .row_size = sizeof(struct usage_marker),
};

static const struct db_column task_columns[] = {
    COL_TEXT(struct task_log_row, host),      COL_TEXT(struct task_log_row, state),
    COL_INT(struct task_log_row, task_items), COL_INT(struct task_log_row, errors),
    COL_TEXT(struct task_log_row, message),
};
const struct db_statement TASK_LOGS = {
    .name = "task_logs",
    .sql = "SELECT host, state, task_items, errors, message FROM task_log WHERE deleted = 0 AND task_name = $1"
           " AND period_beginning = $2 AND period_ending = $3 ORDER BY id",
    .params = 3,
    .database = "cell",
    .columns = task_columns,
    .column_count = COUNT(task_columns),
    .row_size = sizeof(struct task_log_row),
};
