/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/simple_tenant_usage.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("start", &schema_query_text, V_ALL),       SCHEMA_MAY("end", &schema_query_text, V_ALL),
    SCHEMA_MAY("detailed", &schema_query_text, V_ALL),    SCHEMA_MAY("limit", &schema_query_count, V_FROM(40)),
    SCHEMA_MAY("marker", &schema_query_text, V_FROM(40)), SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
    .strict = V_FROM(75),
};
const struct schema_use simple_tenant_usage_index_query[] = {
    { V_UPTO(39), &index_query, "simple_tenant_usage.index_query", .legacy = true },
    { V_BETWEEN(40, 74), &index_query, "simple_tenant_usage.index_query_v240", .legacy = false },
    { V_FROM(75), &index_query, "simple_tenant_usage.index_query_275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property show_query_rows[] = {
    SCHEMA_MAY("start", &schema_query_text, V_ALL),
    SCHEMA_MAY("end", &schema_query_text, V_ALL),
    SCHEMA_MAY("limit", &schema_query_count, V_FROM(40)),
    SCHEMA_MAY("marker", &schema_query_text, V_FROM(40)),
    SCHEMA_LAST,
};
static const struct schema_node show_query = {
    .types = { SCHEMA_OBJECT },
    .properties = show_query_rows,
    .strict = V_FROM(75),
};
const struct schema_use simple_tenant_usage_show_query[] = {
    { V_UPTO(39), &show_query, "simple_tenant_usage.show_query", .legacy = true },
    { V_BETWEEN(40, 74), &show_query, "simple_tenant_usage.show_query_v240", .legacy = false },
    { V_FROM(75), &show_query, "simple_tenant_usage.show_query_275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
