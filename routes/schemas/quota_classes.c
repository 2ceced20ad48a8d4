/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/quota_classes.h"

#include "routes/schemas/common.h"

static const struct schema_property update_quota_class_set_rows[] = {
    SCHEMA_MAY("instances", &schema_quota, V_ALL),
    SCHEMA_MAY("cores", &schema_quota, V_ALL),
    SCHEMA_MAY("ram", &schema_quota, V_ALL),
    SCHEMA_MAY("floating_ips", &schema_quota, V_UPTO(49)),
    SCHEMA_MAY("fixed_ips", &schema_quota, V_UPTO(49)),
    SCHEMA_MAY("metadata_items", &schema_quota, V_ALL),
    SCHEMA_MAY("key_pairs", &schema_quota, V_ALL),
    SCHEMA_MAY("security_groups", &schema_quota, V_UPTO(49)),
    SCHEMA_MAY("security_group_rules", &schema_quota, V_UPTO(49)),
    SCHEMA_MAY("injected_files", &schema_quota, V_UPTO(56)),
    SCHEMA_MAY("injected_file_content_bytes", &schema_quota, V_UPTO(56)),
    SCHEMA_MAY("injected_file_path_bytes", &schema_quota, V_UPTO(56)),
    SCHEMA_MAY("server_groups", &schema_quota, V_ALL),
    SCHEMA_MAY("server_group_members", &schema_quota, V_ALL),
    SCHEMA_MAY("networks", &schema_quota, V_UPTO(49)),
    SCHEMA_LAST,
};
static const struct schema_node update_quota_class_set = {
    .properties = update_quota_class_set_rows,
    .strict = V_ALL,
};
static const struct schema_property update_rows[] = {
    SCHEMA_MAY("type", &schema_any, V_ALL),
    SCHEMA_MUST("quota_class_set", &update_quota_class_set, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update = {
    .types = { SCHEMA_OBJECT },
    .properties = update_rows,
    .strict = V_ALL,
};
const struct schema_use quota_classes_update_body[] = {
    { V_UPTO(49), &update, "quota_classes.update", .legacy = true },
    { V_BETWEEN(50, 56), &update, "quota_classes.update_v250", .legacy = false },
    { V_FROM(57), &update, "quota_classes.update_v257", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
