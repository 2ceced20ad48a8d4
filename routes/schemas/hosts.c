/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/hosts.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("zone", &schema_query_text, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
};
const struct schema_use hosts_index_query[] = {
    { V_UPTO(42), &index_query, "hosts.index_query", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node update_status = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"enable\", \"disable\", \"Enable\", \"Disable\", \"ENABLE\", \"DISABLE\"]",
};
static const struct schema_property update_rows[] = {
    SCHEMA_MAY("status", &update_status, V_ALL),
    SCHEMA_MAY("maintenance_mode", &update_status, V_ALL),
    SCHEMA_MAY("anyOf", &schema_any, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update = {
    .types = { SCHEMA_OBJECT },
    .properties = update_rows,
    .strict = V_ALL,
};
const struct schema_use hosts_update_body[] = {
    { V_UPTO(42), &update, "hosts.update", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
