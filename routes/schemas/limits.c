/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/limits.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("tenant_id", &schema_query_text, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
    .strict = V_FROM(75),
};
const struct schema_use limits_index_query[] = {
    { V_UPTO(74), &index_query, "limits.limits_query_schema", .legacy = true },
    { V_FROM(75), &index_query, "limits.limits_query_schema_275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
