/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/services.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("host", &schema_query_text, V_ALL),
    SCHEMA_MAY("binary", &schema_query_text, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
    .strict = V_FROM(75),
};
const struct schema_use services_index_query[] = {
    { V_UPTO(74), &index_query, "services.index_query_schema", .legacy = true },
    { V_FROM(75), &index_query, "services.index_query_schema_275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node update_status = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"enabled\", \"disabled\"]",
};
static const struct schema_property update_rows[] = {
    SCHEMA_MUST("host", &schema_fqdn, V_UPTO(52)),          SCHEMA_MAY("status", &update_status, V_FROM(53)),
    SCHEMA_MUST("binary", &schema_text_1_255, V_UPTO(52)),  SCHEMA_MAY("disabled_reason", &schema_text_1_255, V_ALL),
    SCHEMA_MAY("forced_down", &schema_boolean, V_FROM(11)), SCHEMA_LAST,
};
static const struct schema_node update = {
    .types = { SCHEMA_OBJECT },
    .properties = update_rows,
    .strict = V_ALL,
};
const struct schema_use services_update_body[] = {
    { V_UPTO(10), &update, "services.service_update", .legacy = true },
    { V_BETWEEN(11, 52), &update, "services.service_update_v211", .legacy = false },
    { V_FROM(53), &update, "services.service_update_v2_53", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
