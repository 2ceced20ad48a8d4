/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/flavors.h"

#include "routes/schemas/common.h"

static const struct schema_node sort_key = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"created_at\", \"description\", \"disabled\", \"ephemeral_gb\", \"flavorid\", \"id\", "
                 "\"is_public\", \"memory_mb\", \"name\", \"root_gb\", \"rxtx_factor\", \"swap\", \"updated_at\", "
                 "\"vcpu_weight\", \"vcpus\"]",
};
static const struct schema_node sort_dir = { .types = { SCHEMA_STRING }, .enum_json = "[\"asc\", \"desc\"]" };
static const struct schema_node sort_keys = { .types = { SCHEMA_ARRAY }, .items = &sort_key };
static const struct schema_node sort_dirs = { .types = { SCHEMA_ARRAY }, .items = &sort_dir };

static const struct schema_property query_rows[] = {
    SCHEMA_MAY("limit", &schema_query_count, V_ALL),    SCHEMA_MAY("marker", &schema_query_text, V_ALL),
    SCHEMA_MAY("is_public", &schema_query_text, V_ALL), SCHEMA_MAY("minRam", &schema_query_text, V_ALL),
    SCHEMA_MAY("minDisk", &schema_query_text, V_ALL),   SCHEMA_MAY("sort_key", &sort_keys, V_ALL),
    SCHEMA_MAY("sort_dir", &sort_dirs, V_ALL),          SCHEMA_LAST,
};

static const struct schema_node query = {
    .types = { SCHEMA_OBJECT },
    .properties = query_rows,
    .strict = V_FROM(75),
};

const struct schema_use flavors_query[] = {
    { V_UPTO(74), &query, "flavors.index_query", .legacy = true },
    { V_FROM(75), &query, "flavors.index_query_275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
