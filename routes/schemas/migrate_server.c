/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/migrate_server.h"

#include "routes/schemas/common.h"

static const struct schema_node migrate_host = {
    .types = { SCHEMA_STRING, SCHEMA_NULL },
    .pattern = "^[a-zA-Z0-9-._]*$",
    .min_length = 1,
    .max_length = 255,
};
static const struct schema_property migrate_migrate_rows[] = {
    SCHEMA_MAY("host", &migrate_host, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node migrate_migrate = {
    .types = { SCHEMA_OBJECT, SCHEMA_NULL },
    .properties = migrate_migrate_rows,
    .strict = V_ALL,
};
static const struct schema_property migrate_rows[] = {
    SCHEMA_MUST("migrate", &migrate_migrate, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node migrate = {
    .types = { SCHEMA_OBJECT },
    .properties = migrate_rows,
    .strict = V_ALL,
};
const struct schema_use migrate_server_migrate_body[] = {
    { V_FROM(56), &migrate, "migrate_server.migrate_v2_56", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node migrate_live_block_migration = {
    .types = { SCHEMA_BOOLEAN, SCHEMA_STRING },
    .enum_json =
        "[true, \"True\", \"TRUE\", \"true\", \"1\", \"ON\", \"On\", \"on\", \"YES\", \"Yes\", \"yes\", false, "
        "\"False\", \"FALSE\", \"false\", \"0\", \"OFF\", \"Off\", \"off\", \"NO\", \"No\", \"no\", \"auto\"]",
};
static const struct schema_property migrate_live_os_migrate_live_rows[] = {
    SCHEMA_MUST("block_migration", &schema_boolean, V_UPTO(24)),
    SCHEMA_MUST("block_migration", &migrate_live_block_migration, V_FROM(25)),
    SCHEMA_MUST("disk_over_commit", &schema_boolean, V_UPTO(24)),
    SCHEMA_MUST("host", &migrate_host, V_ALL),
    SCHEMA_MAY("force", &schema_boolean, V_BETWEEN(30, 67)),
    SCHEMA_LAST,
};
static const struct schema_node migrate_live_os_migrate_live = {
    .types = { SCHEMA_OBJECT },
    .properties = migrate_live_os_migrate_live_rows,
    .strict = V_ALL,
};
static const struct schema_property migrate_live_rows[] = {
    SCHEMA_MUST("os-migrateLive", &migrate_live_os_migrate_live, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node migrate_live = {
    .types = { SCHEMA_OBJECT },
    .properties = migrate_live_rows,
    .strict = V_ALL,
};
const struct schema_use migrate_server_migrate_live_body[] = {
    { V_UPTO(24), &migrate_live, "migrate_server.migrate_live", .legacy = true },
    { V_BETWEEN(25, 29), &migrate_live, "migrate_server.migrate_live_v2_25", .legacy = false },
    { V_BETWEEN(30, 67), &migrate_live, "migrate_server.migrate_live_v2_30", .legacy = false },
    { V_FROM(68), &migrate_live, "migrate_server.migrate_live_v2_68", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
