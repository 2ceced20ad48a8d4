/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of a server's moves. */
#include "config.h"

#include "fcgi_app/db/migration_rows.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column columns[] = {
    COL_INT(struct migration_row, id),
    COL_TEXT(struct migration_row, uuid),
    COL_TEXT(struct migration_row, source_compute),
    COL_TEXT(struct migration_row, dest_compute),
    COL_TEXT(struct migration_row, source_node),
    COL_TEXT(struct migration_row, dest_node),
    COL_TEXT(struct migration_row, dest_host),
    COL_INT_NULL(struct migration_row, old_instance_type_id),
    COL_INT_NULL(struct migration_row, new_instance_type_id),
    COL_TEXT(struct migration_row, instance_uuid),
    COL_TEXT(struct migration_row, status),
    COL_TEXT(struct migration_row, migration_type),
    COL_BOOL(struct migration_row, hidden),
    COL_INT_NULL(struct migration_row, memory_total),
    COL_INT_NULL(struct migration_row, memory_processed),
    COL_INT_NULL(struct migration_row, memory_remaining),
    COL_INT_NULL(struct migration_row, disk_total),
    COL_INT_NULL(struct migration_row, disk_processed),
    COL_INT_NULL(struct migration_row, disk_remaining),
    COL_BOOL(struct migration_row, cross_cell_move),
    COL_TEXT(struct migration_row, user_id),
    COL_TEXT(struct migration_row, project_id),
    COL_TIME(struct migration_row, created_at),
    COL_TIME(struct migration_row, updated_at),
};

#define SELECT                                                                                                         \
    "SELECT id, uuid, source_compute, dest_compute, source_node, dest_node, dest_host, old_instance_type_id, "         \
    "new_instance_type_id, instance_uuid, status, migration_type, hidden, memory_total, memory_processed, "            \
    "memory_remaining, disk_total, disk_processed, disk_remaining, cross_cell_move, user_id, project_id, "             \
    "created_at, updated_at FROM migrations WHERE "
#define FILTERS                                                                                                        \
    "deleted = 0 AND ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR "                                      \
    "source_compute = $2 OR dest_compute = $2) AND ($3::text IS NULL OR source_compute = $3) AND ($4::text IS NULL "   \
    "OR source_node = $4 OR dest_node = $4) AND ($5::text IS NULL OR migration_type::text = $5) AND ($6::text IS "     \
    "NULL OR instance_uuid = $6) AND ($7::text IS NULL OR user_id = $7) AND ($8::text IS NULL OR project_id = $8) "    \
    "AND ($9::timestamp IS NULL OR updated_at >= $9) AND ($10::timestamp IS NULL OR updated_at <= $10) AND "           \
    "($11::text IS NULL OR uuid = $11) "
#define ROWS                                                                                                           \
    .database = "cell", .columns = columns, .column_count = COUNT(columns), .row_size = sizeof(struct migration_row)

const struct db_statement MIGRATION_BY_STATUS = {
    .name = "migration_by_status",
    .sql = SELECT "instance_uuid = $1 AND status = $2 ORDER BY id LIMIT 1",
    .params = 2,
    ROWS,
};

const struct db_statement MIGRATIONS_ALL = {
    .name = "migrations_all",
    .sql = SELECT FILTERS "ORDER BY id",
    .params = 11,
    ROWS,
};

const struct db_statement MIGRATIONS_PAGE = {
    .name = "migrations_page",
    .sql = SELECT FILTERS "AND ($12::timestamp IS NULL OR (created_at, id) < ($12, $13::integer) OR "
                          "(created_at = $12 AND id = $13::integer AND uuid > $14)) "
                          "ORDER BY created_at DESC, id DESC, uuid LIMIT $15::bigint",
    .params = 15,
    ROWS,
};

const struct db_statement MIGRATION_BY_UUID = {
    .name = "migration_by_uuid",
    .sql = SELECT "deleted = 0 AND uuid = $1",
    .params = 1,
    ROWS,
};

const struct db_statement MIGRATION_OF_INSTANCE = {
    .name = "migration_of_instance",
    .sql = SELECT "deleted = 0 AND id = $1::integer AND instance_uuid = $2",
    .params = 2,
    ROWS,
};

const struct db_statement LIVE_MIGRATIONS_OF_INSTANCE = {
    .name = "live_migrations_of_instance",
    .sql = SELECT "deleted = 0 AND instance_uuid = $1 AND migration_type = 'live-migration' AND status IN "
                  "('queued', 'preparing', 'running', 'post-migrating') ORDER BY id",
    .params = 1,
    ROWS,
};

const struct db_statement MIGRATION_SET_STATUS = {
    .name = "migration_set_status",
    .sql = "UPDATE migrations SET status = $2, updated_at = $3 WHERE id = $1",
    .params = 3,
    .database = "cell",
    .write = true,
};

const struct db_statement MIGRATION_EVACUATE = {
    .name = "migration_evacuate",
    .sql = "INSERT INTO migrations (created_at, uuid, instance_uuid, source_compute, source_node, dest_compute, "
           "user_id, project_id, status, migration_type, hidden, cross_cell_move, deleted) VALUES ($1, $2, $3, $4, $5, "
           "$6, $7, $8, 'accepted', 'evacuation', false, false, 0)",
    .params = 8,
    .database = "cell",
    .write = true,
};
