/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/admin_actions.h"

static const struct schema_node reset_state_state = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"active\", \"error\"]",
};
static const struct schema_property reset_state_os_reset_state_rows[] = {
    SCHEMA_MUST("state", &reset_state_state, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node reset_state_os_reset_state = {
    .types = { SCHEMA_OBJECT },
    .properties = reset_state_os_reset_state_rows,
    .strict = V_ALL,
};
static const struct schema_property reset_state_rows[] = {
    SCHEMA_MUST("os-resetState", &reset_state_os_reset_state, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node reset_state = {
    .types = { SCHEMA_OBJECT },
    .properties = reset_state_rows,
    .strict = V_ALL,
};
const struct schema_use admin_actions_reset_state_body[] = {
    { V_ALL, &reset_state, "reset_server_state.reset_state", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
