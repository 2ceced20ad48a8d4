/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/assisted_volume_snapshots.h"

#include "routes/schemas/common.h"

static const struct schema_node create_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"qcow2\"]",
};
static const struct schema_property create_create_info_rows[] = {
    SCHEMA_MUST("snapshot_id", &schema_volume_id, V_ALL),
    SCHEMA_MUST("type", &create_type, V_ALL),
    SCHEMA_MUST("new_file", &schema_volume_id, V_ALL),
    SCHEMA_MAY("id", &schema_volume_id, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_create_info = {
    .types = { SCHEMA_OBJECT },
    .properties = create_create_info_rows,
    .strict = V_ALL,
};
static const struct schema_property create_snapshot_rows[] = {
    SCHEMA_MUST("volume_id", &schema_volume_id, V_ALL),
    SCHEMA_MUST("create_info", &create_create_info, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_snapshot = {
    .types = { SCHEMA_OBJECT },
    .properties = create_snapshot_rows,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MUST("snapshot", &create_snapshot, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use assisted_volume_snapshots_create_body[] = {
    { V_ALL, &create, "assisted_volume_snapshots.snapshots_create", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property delete_query_rows[] = {
    SCHEMA_MAY("delete_info", &schema_query_text, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node delete_query = {
    .types = { SCHEMA_OBJECT },
    .properties = delete_query_rows,
    .strict = V_FROM(75),
};
const struct schema_use assisted_volume_snapshots_delete_query[] = {
    { V_UPTO(74), &delete_query, "assisted_volume_snapshots.delete_query", .legacy = true },
    { V_FROM(75), &delete_query, "assisted_volume_snapshots.delete_query_275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
