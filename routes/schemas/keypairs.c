/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/keypairs.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("user_id", &schema_query_text, V_FROM(10)),
    SCHEMA_MAY("limit", &schema_query_count, V_FROM(35)),
    SCHEMA_MAY("marker", &schema_query_text, V_FROM(35)),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
    .strict = V_FROM(75),
};
const struct schema_use keypairs_index_query[] = {
    { V_UPTO(9), &index_query, "keypairs.index_query_schema_v20", .legacy = true },
    { V_BETWEEN(10, 34), &index_query, "keypairs.index_query_schema_v210", .legacy = false },
    { V_BETWEEN(35, 74), &index_query, "keypairs.index_query_schema_v235", .legacy = false },
    { V_FROM(75), &index_query, "keypairs.index_query_schema_v275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property create_keypair_rows[] = {
    SCHEMA_MUST("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MAY("public_key", &schema_string, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_keypair = {
    .types = { SCHEMA_OBJECT },
    .properties = create_keypair_rows,
    .strict = V_ALL,
};
static const struct schema_property create_legacy_rows[] = {
    SCHEMA_MUST("keypair", &create_keypair, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_legacy = {
    .types = { SCHEMA_OBJECT },
    .properties = create_legacy_rows,
    .strict = V_ALL,
};
static const struct schema_node create_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"ssh\", \"x509\"]",
};
static const struct schema_property create_keypair_2_rows[] = {
    SCHEMA_MUST("name", &schema_keypair_name_special_chars, V_UPTO(91)),
    SCHEMA_MUST("name", &schema_keypair_name_special_chars_292, V_FROM(92)),
    SCHEMA_MAY("type", &create_type, V_FROM(2)),
    SCHEMA_MAY("public_key", &schema_string, V_UPTO(91)),
    SCHEMA_MUST("public_key", &schema_string, V_FROM(92)),
    SCHEMA_MAY("user_id", &schema_string, V_FROM(10)),
    SCHEMA_LAST,
};
static const struct schema_node create_keypair_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = create_keypair_2_rows,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MUST("keypair", &create_keypair_2, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use keypairs_create_body[] = {
    { { 0, 0 }, &create_legacy, "keypairs.create_v20", .legacy = true },
    { V_UPTO(1), &create, "keypairs.create", .legacy = false },
    { V_BETWEEN(2, 9), &create, "keypairs.create_v22", .legacy = false },
    { V_BETWEEN(10, 91), &create, "keypairs.create_v210", .legacy = false },
    { V_FROM(92), &create, "keypairs.create_v292", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property show_query_rows[] = {
    SCHEMA_MAY("user_id", &schema_query_text, V_FROM(10)),
    SCHEMA_LAST,
};
static const struct schema_node show_query = {
    .types = { SCHEMA_OBJECT },
    .properties = show_query_rows,
    .strict = V_FROM(75),
};
const struct schema_use keypairs_show_query[] = {
    { V_UPTO(9), &show_query, "keypairs.show_query_schema_v20", .legacy = true },
    { V_BETWEEN(10, 74), &show_query, "keypairs.show_query_schema_v210", .legacy = false },
    { V_FROM(75), &show_query, "keypairs.show_query_schema_v275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

const struct schema_use keypairs_delete_query[] = {
    { V_UPTO(9), &show_query, "keypairs.delete_query_schema_v20", .legacy = true },
    { V_BETWEEN(10, 74), &show_query, "keypairs.delete_query_schema_v210", .legacy = false },
    { V_FROM(75), &show_query, "keypairs.delete_query_schema_v275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
