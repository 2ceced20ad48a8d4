/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/server_tags.h"

#include "routes/schemas/common.h"

static const struct schema_property update_all_rows[] = {
    SCHEMA_MUST("tags", &schema_tags, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update_all = {
    .types = { SCHEMA_OBJECT },
    .properties = update_all_rows,
    .strict = V_ALL,
};
const struct schema_use server_tags_update_all_body[] = {
    { V_FROM(26), &update_all, "server_tags.update_all", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node update = {
    .types = { SCHEMA_NULL },
    .strict = V_ALL,
};
const struct schema_use server_tags_update_body[] = {
    { V_FROM(26), &update, "server_tags.update", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
