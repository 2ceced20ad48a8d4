/* SPDX-License-Identifier: Apache-2.0 */
/* Statements about migrations and hosts.  Neighbours above: compute/services.c, compute/external_events.c. */
#include "config.h"

#include "fcgi_app/db/host_checks.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column check_columns[] = { COL_INT(struct host_check, count) };
#define CHECK(text_name, text)                                                                                         \
    {                                                                                                                  \
        .name = (text_name), .sql = (text), .params = 1, .database = "cell", .columns = check_columns,                 \
        .column_count = COUNT(check_columns), .row_size = sizeof(struct host_check)                                    \
    }
const struct db_statement EVACUATIONS_DONE =
    CHECK("evacuations_done", "SELECT count(*) AS count FROM migrations WHERE deleted = 0 AND source_compute = $1"
                              " AND status = 'done' AND migration_type = 'evacuation'");
const struct db_statement MIGRATIONS_IN_PROGRESS_OF_HOST =
    CHECK("migrations_in_progress_of_host",
          "SELECT count(*) AS count FROM migrations m JOIN compute_nodes n ON n.deleted = 0 AND n.host = $1"
          " AND ((m.source_compute = n.host AND m.source_node = n.hypervisor_hostname)"
          " OR (m.dest_compute = n.host AND m.dest_node = n.hypervisor_hostname)) WHERE m.deleted = 0 AND m.status"
          " NOT IN ('confirmed', 'reverted', 'error', 'failed', 'completed', 'cancelled', 'done')");

static const struct db_column hosts_columns[] = {
    COL_TEXT(struct migration_hosts, source_compute),
    COL_TEXT(struct migration_hosts, dest_compute),
    COL_BOOL(struct migration_hosts, cross_cell_move),
};
const struct db_statement MIGRATION_HOSTS = {
    .name = "migration_hosts",
    .sql = "SELECT source_compute, dest_compute, cross_cell_move FROM migrations WHERE id = $1 AND deleted = 0",
    .params = 1,
    .database = "cell",
    .columns = hosts_columns,
    .column_count = COUNT(hosts_columns),
    .row_size = sizeof(struct migration_hosts),
};

static const struct db_column live_columns[] = {
    COL_INT(struct live_migration_row, id),
    COL_TEXT(struct live_migration_row, status),
    COL_TEXT(struct live_migration_row, source_compute),
};
const struct db_statement LIVE_MIGRATION_OF_INSTANCE = {
    .name = "live_migration_of_instance",
    .sql = "SELECT id, status, source_compute FROM migrations WHERE id = $1::integer AND instance_uuid = $2"
           " AND deleted = 0",
    .params = 2,
    .database = "cell",
    .columns = live_columns,
    .column_count = COUNT(live_columns),
    .row_size = sizeof(struct live_migration_row),
};
