/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/create_backup.h"

#include "routes/schemas/common.h"

static const struct schema_property create_backup_create_backup_rows[] = {
    SCHEMA_MUST("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MUST("backup_type", &schema_string, V_ALL),
    SCHEMA_MUST("rotation", &schema_non_negative_integer, V_ALL),
    SCHEMA_MAY("metadata", &schema_metadata, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_backup_create_backup = {
    .types = { SCHEMA_OBJECT },
    .properties = create_backup_create_backup_rows,
    .strict = V_ALL,
};
static const struct schema_property create_backup_legacy_rows[] = {
    SCHEMA_MUST("createBackup", &create_backup_create_backup, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_backup_legacy = {
    .types = { SCHEMA_OBJECT },
    .properties = create_backup_legacy_rows,
    .strict = V_ALL,
};
static const struct schema_property create_backup_create_backup_2_rows[] = {
    SCHEMA_MUST("name", &schema_name, V_ALL),
    SCHEMA_MUST("backup_type", &schema_string, V_ALL),
    SCHEMA_MUST("rotation", &schema_non_negative_integer, V_ALL),
    SCHEMA_MAY("metadata", &schema_metadata, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_backup_create_backup_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = create_backup_create_backup_2_rows,
    .strict = V_ALL,
};
static const struct schema_property create_backup_rows[] = {
    SCHEMA_MUST("createBackup", &create_backup_create_backup_2, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_backup = {
    .types = { SCHEMA_OBJECT },
    .properties = create_backup_rows,
    .strict = V_ALL,
};
const struct schema_use create_backup_create_backup_body[] = {
    { { 0, 0 }, &create_backup_legacy, "create_backup.create_backup_v20", .legacy = true },
    { V_ALL, &create_backup, "create_backup.create_backup", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
