/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/migrations.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("hidden", &schema_query_text, V_ALL),
    SCHEMA_MAY("host", &schema_query_text, V_ALL),
    SCHEMA_MAY("instance_uuid", &schema_query_text, V_ALL),
    SCHEMA_MAY("source_compute", &schema_query_text, V_ALL),
    SCHEMA_MAY("status", &schema_query_text, V_ALL),
    SCHEMA_MAY("migration_type", &schema_query_text, V_ALL),
    SCHEMA_MAY("limit", &schema_query_one_count, V_FROM(59)),
    SCHEMA_MAY("marker", &schema_query_one_text, V_FROM(59)),
    SCHEMA_MAY("changes-since", &schema_query_one_date_time, V_FROM(59)),
    SCHEMA_MAY("changes-before", &schema_query_one_date_time, V_FROM(66)),
    SCHEMA_MAY("user_id", &schema_query_one_text, V_FROM(80)),
    SCHEMA_MAY("project_id", &schema_query_one_text, V_FROM(80)),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
    .strict = V_FROM(59),
};
const struct schema_use migrations_index_query[] = {
    { V_UPTO(58), &index_query, "migrations.list_query_schema_v20", .legacy = true },
    { V_BETWEEN(59, 65), &index_query, "migrations.list_query_params_v259", .legacy = false },
    { V_BETWEEN(66, 79), &index_query, "migrations.list_query_params_v266", .legacy = false },
    { V_FROM(80), &index_query, "migrations.list_query_params_v280", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
