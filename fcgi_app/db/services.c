/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of services.  Neighbour above: objects/service.c.
 * Source: nova-facts/startup.md section 7, tables.tsv.
 */
#include "config.h"

#include "fcgi_app/db/services.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column service_columns[] = {
    COL_INT(struct db_service, id),
    COL_INT(struct db_service, version),
};
const struct db_statement SERVICE_BY_HOST_AND_BINARY = {
    .name = "service_by_host_and_binary",
    .sql = "SELECT id, version FROM services WHERE deleted = 0 AND host = $1 AND \"binary\" = $2 LIMIT 1",
    .params = 2,
    .database = "cell",
    .columns = service_columns,
    .column_count = COUNT(service_columns),
    .row_size = sizeof(struct db_service),
};

static const struct db_column minimum_columns[] = {
    COL_TEXT(struct db_service_minimum, binary),
    COL_INT(struct db_service_minimum, version),
};
const struct db_statement SERVICE_MINIMUM_VERSIONS = {
    .name = "service_minimum_versions",
    .sql = "SELECT \"binary\", min(version) AS version FROM services"
           " WHERE \"binary\" = ANY($1) AND deleted = 0 AND forced_down = false GROUP BY \"binary\"",
    .params = 1,
    .database = "cell",
    .columns = minimum_columns,
    .column_count = COUNT(minimum_columns),
    .row_size = sizeof(struct db_service_minimum),
};

const struct db_statement SERVICE_CREATE = {
    .name = "service_create",
    .sql = "INSERT INTO services (created_at, host, \"binary\", report_count, disabled, forced_down, version, uuid,"
           " deleted) VALUES ($1, $2, $3, 0, false, false, $4, $5, 0) ON CONFLICT DO NOTHING",
    .params = 5,
    .database = "cell",
    .write = true,
};

const struct db_statement SERVICE_UPDATE_VERSION = {
    .name = "service_update_version",
    .sql = "UPDATE services SET version = $1, updated_at = $2 WHERE id = $3 AND deleted = 0",
    .params = 3,
    .database = "cell",
    .write = true,
};
