/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/instance_actions.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("limit", &schema_query_one_count, V_ALL),
    SCHEMA_MAY("marker", &schema_query_one_text, V_ALL),
    SCHEMA_MAY("changes-since", &schema_query_one_date_time, V_ALL),
    SCHEMA_MAY("changes-before", &schema_query_one_date_time, V_FROM(66)),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
    .strict = V_ALL,
};
const struct schema_use instance_actions_index_query[] = {
    { V_BETWEEN(58, 65), &index_query, "instance_actions.list_query_params_v258", .legacy = false },
    { V_FROM(66), &index_query, "instance_actions.list_query_params_v266", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
