/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/server_groups.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("all_projects", &schema_query_text, V_ALL),
    SCHEMA_MAY("limit", &schema_query_count, V_ALL),
    SCHEMA_MAY("offset", &schema_query_count, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
    .strict = V_FROM(75),
};
const struct schema_use server_groups_index_query[] = {
    { V_UPTO(74), &index_query, "server_groups.server_groups_query_param", .legacy = true },
    { V_FROM(75), &index_query, "server_groups.server_groups_query_param_275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node create_item = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"anti-affinity\", \"affinity\"]",
};
static const struct schema_node create_policies = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_ITEMS, SCHEMA_KW_UNIQUE_ITEMS, SCHEMA_KW_MIN_ITEMS, SCHEMA_KW_MAX_ITEMS },
    .types = { SCHEMA_ARRAY },
    .unique_items = true,
    .min_items = 1,
    .max_items = 1,
    .items = &create_item,
    .first_item_only = true,
};
static const struct schema_node create_policies_item = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"anti-affinity\", \"affinity\", \"soft-anti-affinity\", \"soft-affinity\"]",
};
static const struct schema_node create_server_group_policies = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_ITEMS, SCHEMA_KW_UNIQUE_ITEMS, SCHEMA_KW_MIN_ITEMS, SCHEMA_KW_MAX_ITEMS },
    .types = { SCHEMA_ARRAY },
    .unique_items = true,
    .min_items = 1,
    .max_items = 1,
    .items = &create_policies_item,
    .first_item_only = true,
};
static const struct schema_property create_rules_rows[] = {
    SCHEMA_MAY("max_server_per_host", &schema_positive_integer, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_rules = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rules_rows,
    .strict = V_ALL,
};
static const struct schema_property create_server_group_rows[] = {
    SCHEMA_MUST("name", &schema_name, V_ALL),
    SCHEMA_MUST("policies", &create_policies, V_UPTO(14)),
    SCHEMA_MUST("policies", &create_server_group_policies, V_BETWEEN(15, 63)),
    SCHEMA_MUST("policy", &create_policies_item, V_FROM(64)),
    SCHEMA_MAY("rules", &create_rules, V_FROM(64)),
    SCHEMA_LAST,
};
static const struct schema_node create_server_group = {
    .types = { SCHEMA_OBJECT },
    .properties = create_server_group_rows,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MUST("server_group", &create_server_group, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use server_groups_create_body[] = {
    { V_UPTO(14), &create, "server_groups.create", .legacy = true },
    { V_BETWEEN(15, 63), &create, "server_groups.create_v215", .legacy = false },
    { V_FROM(64), &create, "server_groups.create_v264", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
