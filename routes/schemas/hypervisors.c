/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/hypervisors.h"

#include "routes/schemas/common.h"

static const struct schema_node index_hypervisor_hostname_pattern = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_ITEMS, SCHEMA_KW_MAX_ITEMS },
    .types = { SCHEMA_ARRAY },
    .max_items = 1,
    .items = &schema_fqdn,
};
static const struct schema_node index_with_servers = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_ITEMS, SCHEMA_KW_MAX_ITEMS },
    .types = { SCHEMA_ARRAY },
    .max_items = 1,
    .items = &schema_boolean,
};
static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("limit", &schema_query_count, V_UPTO(52)),
    SCHEMA_MAY("limit", &schema_query_one_count, V_FROM(53)),
    SCHEMA_MAY("marker", &schema_query_text, V_UPTO(52)),
    SCHEMA_MAY("marker", &schema_query_one_text, V_FROM(53)),
    SCHEMA_MAY("hypervisor_hostname_pattern", &index_hypervisor_hostname_pattern, V_FROM(53)),
    SCHEMA_MAY("with_servers", &index_with_servers, V_FROM(53)),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
    .strict = V_FROM(53),
};
const struct schema_use hypervisors_index_query[] = {
    { V_BETWEEN(33, 52), &index_query, "hypervisors.list_query_schema_v233", .legacy = false },
    { V_FROM(53), &index_query, "hypervisors.list_query_schema_v253", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property show_query_rows[] = {
    SCHEMA_MAY("with_servers", &index_with_servers, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node show_query = {
    .types = { SCHEMA_OBJECT },
    .properties = show_query_rows,
    .strict = V_ALL,
};
const struct schema_use hypervisors_show_query[] = {
    { V_FROM(53), &show_query, "hypervisors.show_query_schema_v253", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
