/* SPDX-License-Identifier: Apache-2.0 */
/* Statements over `build_requests` and the other tables of the API database that a server's view asks for. */
#include "config.h"

#include "fcgi_app/db/build_requests.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column request_columns[] = {
    COL_INT(struct build_request, id),          COL_TEXT(struct build_request, instance_uuid),
    COL_TEXT(struct build_request, instance),   COL_TEXT(struct build_request, tags),
    COL_TIME(struct build_request, created_at), COL_TIME(struct build_request, updated_at),
};

const struct db_statement BUILD_REQUESTS_ALL = {
    .name = "build_requests_all",
    .sql = "SELECT id, instance_uuid, instance, tags, created_at, updated_at FROM build_requests "
           "WHERE $1::text IS NULL OR project_id = $1 ORDER BY id",
    .params = 1,
    .database = "api",
    .columns = request_columns,
    .column_count = COUNT(request_columns),
    .row_size = sizeof(struct build_request),
};

static const struct db_column spec_columns[] = { COL_TEXT(struct request_spec, spec) };

const struct db_statement REQUEST_SPEC_BY_UUID = {
    .name = "request_spec_by_uuid",
    .sql = "SELECT spec FROM request_specs WHERE instance_uuid = $1",
    .params = 1,
    .database = "api",
    .columns = spec_columns,
    .column_count = COUNT(spec_columns),
    .row_size = sizeof(struct request_spec),
};

static const struct db_column spec_row_columns[] = { COL_INT(struct request_spec_row, id),
                                                     COL_TEXT(struct request_spec_row, spec) };

const struct db_statement REQUEST_SPEC_WHOLE = {
    .name = "request_spec_whole",
    .sql = "SELECT id, spec FROM request_specs WHERE instance_uuid = $1",
    .params = 1,
    .database = "api",
    .columns = spec_row_columns,
    .column_count = COUNT(spec_row_columns),
    .row_size = sizeof(struct request_spec_row),
};

const struct db_statement REQUEST_SPEC_SET = {
    .name = "request_spec_set",
    .sql = "UPDATE request_specs SET spec = $2, updated_at = $3 WHERE instance_uuid = $1",
    .params = 3,
    .database = "api",
    .write = true,
};

static const struct db_column number_columns[] = { COL_INT(struct flavor_number, id) };

const struct db_statement FLAVOR_NUMBER = {
    .name = "flavor_number",
    .sql = "SELECT f.id FROM flavors f WHERE f.flavorid = $1 AND ($2::text IS NULL OR f.is_public OR EXISTS "
           "(SELECT 1 FROM flavor_projects p WHERE p.flavor_id = f.id AND p.project_id = $2))",
    .params = 2,
    .database = "api",
    .columns = number_columns,
    .column_count = COUNT(number_columns),
    .row_size = sizeof(struct flavor_number),
};

static const struct db_column zone_columns[] = { COL_TEXT(struct host_zone, host), COL_TEXT(struct host_zone, zone) };

const struct db_statement HOST_ZONES = {
    .name = "host_zones",
    .sql = "SELECT h.host, m.value AS zone FROM aggregate_metadata m JOIN aggregate_hosts h "
           "ON h.aggregate_id = m.aggregate_id WHERE m.key = 'availability_zone' ORDER BY m.aggregate_id",
    .params = 0,
    .database = "api",
    .columns = zone_columns,
    .column_count = COUNT(zone_columns),
    .row_size = sizeof(struct host_zone),
};
