/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/security_groups.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("limit", &schema_query_count, V_ALL),
    SCHEMA_MAY("offset", &schema_query_count, V_ALL),
    SCHEMA_MAY("all_tenants", &schema_query_text, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
};
const struct schema_use security_groups_index_query[] = {
    { V_UPTO(35), &index_query, "security_groups.index_query", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
