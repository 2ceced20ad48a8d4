/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/admin_password.h"

#include "routes/schemas/common.h"

static const struct schema_property change_password_change_password_rows[] = {
    SCHEMA_MUST("adminPass", &schema_string, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node change_password_change_password = {
    .types = { SCHEMA_OBJECT },
    .properties = change_password_change_password_rows,
    .strict = V_ALL,
};
static const struct schema_property change_password_rows[] = {
    SCHEMA_MUST("changePassword", &change_password_change_password, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node change_password = {
    .types = { SCHEMA_OBJECT },
    .properties = change_password_rows,
    .strict = V_ALL,
};
const struct schema_use admin_password_change_password_body[] = {
    { V_ALL, &change_password, "admin_password.change_password", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
