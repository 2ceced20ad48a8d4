/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table for the five query schemas of upstream.  From 2.73 on upstream
 * builds the list of sort keys from a set, so that its error prints them in an
 * order that changes from process to process; here it is that of 2.1.
 */
#include "config.h"

#include "routes/schemas/servers.h"

#include "routes/schemas/common.h"

#define QUOTED_SORT_KEYS                                                                                               \
    "\"access_ip_v4\", \"access_ip_v6\", \"auto_disk_config\", \"availability_zone\", \"config_drive\""                \
    ", \"created_at\", \"display_description\", \"display_name\", \"host\", \"hostname\", \"image_ref\""               \
    ", \"instance_type_id\", \"kernel_id\", \"key_name\", \"launch_index\", \"launched_at\", \"locked_by\""            \
    ", \"node\", \"power_state\", \"progress\", \"project_id\", \"ramdisk_id\", \"root_device_name\""                  \
    ", \"task_state\", \"terminated_at\", \"updated_at\", \"user_id\", \"uuid\", \"vm_state\""
/* taken for long, ignored, refused from 2.75 on; `locked` stands apart, as it became a sort key at 2.73 */
#define QUOTED_IGNORED_BEFORE_LOCKED                                                                                   \
    ", \"architecture\", \"cell_name\", \"cleaned\", \"default_ephemeral_device\", \"default_swap_device\""            \
    ", \"deleted\", \"deleted_at\", \"disable_terminate\", \"ephemeral_gb\", \"ephemeral_key_uuid\", \"id\""           \
    ", \"key_data\", \"launched_on\""
#define QUOTED_IGNORED_AFTER_LOCKED                                                                                    \
    ", \"memory_mb\", \"os_type\", \"reservation_id\", \"root_gb\", \"shutdown_terminate\", \"user_data\""             \
    ", \"vcpus\", \"vm_mode\""

#define SORT_KEY(values)                                                                                               \
    {                                                                                                                  \
        .types = { SCHEMA_STRING }, .enum_json = "[" values "]"                                                        \
    }
static const struct schema_node sort_key_21 =
    SORT_KEY(QUOTED_SORT_KEYS QUOTED_IGNORED_BEFORE_LOCKED ", \"locked\"" QUOTED_IGNORED_AFTER_LOCKED);
static const struct schema_node sort_key_73 =
    SORT_KEY("\"locked\", " QUOTED_SORT_KEYS QUOTED_IGNORED_BEFORE_LOCKED QUOTED_IGNORED_AFTER_LOCKED);
static const struct schema_node sort_key_75 = SORT_KEY("\"locked\", " QUOTED_SORT_KEYS);
static const struct schema_node sort_keys_21 = { .types = { SCHEMA_ARRAY }, .items = &sort_key_21 };
static const struct schema_node sort_keys_73 = { .types = { SCHEMA_ARRAY }, .items = &sort_key_73 };
static const struct schema_node sort_keys_75 = { .types = { SCHEMA_ARRAY }, .items = &sort_key_75 };

static const struct schema_property query_rows[] = {
    SCHEMA_MAY("user_id", &schema_query_text, V_ALL),
    SCHEMA_MAY("project_id", &schema_query_text, V_ALL),
    SCHEMA_MAY("tenant_id", &schema_query_text, V_ALL),
    SCHEMA_MAY("launch_index", &schema_query_text, V_ALL),
    SCHEMA_MAY("image_ref", &schema_query_text, V_ALL),
    SCHEMA_MAY("image", &schema_query_text, V_ALL),
    SCHEMA_MAY("kernel_id", &schema_query_regex, V_ALL),
    SCHEMA_MAY("ramdisk_id", &schema_query_regex, V_ALL),
    SCHEMA_MAY("hostname", &schema_query_regex, V_ALL),
    SCHEMA_MAY("key_name", &schema_query_regex, V_ALL),
    SCHEMA_MAY("power_state", &schema_query_regex, V_ALL),
    SCHEMA_MAY("vm_state", &schema_query_text, V_ALL),
    SCHEMA_MAY("task_state", &schema_query_text, V_ALL),
    SCHEMA_MAY("host", &schema_query_text, V_ALL),
    SCHEMA_MAY("node", &schema_query_regex, V_ALL),
    SCHEMA_MAY("flavor", &schema_query_regex, V_ALL),
    SCHEMA_MAY("reservation_id", &schema_query_regex, V_ALL),
    SCHEMA_MAY("launched_at", &schema_query_regex, V_ALL),
    SCHEMA_MAY("terminated_at", &schema_query_regex, V_ALL),
    SCHEMA_MAY("availability_zone", &schema_query_regex, V_ALL),
    SCHEMA_MAY("name", &schema_query_regex, V_ALL),
    SCHEMA_MAY("display_name", &schema_query_regex, V_ALL),
    SCHEMA_MAY("description", &schema_query_regex, V_ALL),
    SCHEMA_MAY("display_description", &schema_query_regex, V_ALL),
    SCHEMA_MAY("locked_by", &schema_query_regex, V_ALL),
    SCHEMA_MAY("uuid", &schema_query_text, V_ALL),
    SCHEMA_MAY("root_device_name", &schema_query_regex, V_ALL),
    SCHEMA_MAY("config_drive", &schema_query_regex, V_ALL),
    SCHEMA_MAY("access_ip_v4", &schema_query_regex, V_ALL),
    SCHEMA_MAY("access_ip_v6", &schema_query_regex, V_ALL),
    SCHEMA_MAY("auto_disk_config", &schema_query_regex, V_ALL),
    SCHEMA_MAY("progress", &schema_query_regex, V_ALL),
    SCHEMA_MAY("sort_key", &sort_keys_21, V_UPTO(72)),
    SCHEMA_MAY("sort_key", &sort_keys_73, V_BETWEEN(73, 74)),
    SCHEMA_MAY("sort_key", &sort_keys_75, V_FROM(75)),
    SCHEMA_MAY("sort_dir", &schema_query_text, V_ALL),
    SCHEMA_MAY("all_tenants", &schema_query_text, V_ALL),
    SCHEMA_MAY("soft_deleted", &schema_query_text, V_ALL),
    SCHEMA_MAY("deleted", &schema_query_text, V_ALL),
    SCHEMA_MAY("status", &schema_query_text, V_ALL),
    SCHEMA_MAY("changes-since", &schema_query_date_time, V_ALL),
    SCHEMA_MAY("ip", &schema_query_regex, V_ALL),
    SCHEMA_MAY("ip6", &schema_query_regex, V_ALL),
    SCHEMA_MAY("created_at", &schema_query_regex, V_ALL),
    SCHEMA_MAY("block_device_mapping", &schema_query_text, V_ALL),
    SCHEMA_MAY("services", &schema_query_text, V_ALL),
    SCHEMA_MAY("metadata", &schema_query_text, V_ALL),
    SCHEMA_MAY("system_metadata", &schema_query_text, V_ALL),
    SCHEMA_MAY("info_cache", &schema_query_text, V_ALL),
    SCHEMA_MAY("security_groups", &schema_query_text, V_ALL),
    SCHEMA_MAY("pci_devices", &schema_query_text, V_ALL),
    SCHEMA_MAY("limit", &schema_query_count, V_ALL),
    SCHEMA_MAY("marker", &schema_query_text, V_ALL),
    SCHEMA_MAY("tags", &schema_query_regex, V_FROM(26)),
    SCHEMA_MAY("tags-any", &schema_query_regex, V_FROM(26)),
    SCHEMA_MAY("not-tags", &schema_query_regex, V_FROM(26)),
    SCHEMA_MAY("not-tags-any", &schema_query_regex, V_FROM(26)),
    SCHEMA_MAY("changes-before", &schema_query_date_time, V_FROM(66)),
    SCHEMA_MAY("locked", &schema_query_text, V_FROM(73)),
    SCHEMA_LAST,
};

/* kept in the request, so that the resource can refuse them */
static const struct schema_pattern query_patterns[] = { { "^_", &schema_query_text, V_ALL }, SCHEMA_LAST };

static const struct schema_node query = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_PROPERTIES, SCHEMA_KW_ADDITIONAL_PROPERTIES, SCHEMA_KW_PATTERN_PROPERTIES },
    .types = { SCHEMA_OBJECT },
    .properties = query_rows,
    .patterns = query_patterns,
    .strict = V_FROM(75),
};

const struct schema_use servers_query[] = {
    { V_UPTO(25), &query, "servers.query_params_v21", .legacy = false },
    { V_BETWEEN(26, 65), &query, "servers.query_params_v226", .legacy = false },
    { V_BETWEEN(66, 72), &query, "servers.query_params_v266", .legacy = false },
    { V_BETWEEN(73, 74), &query, "servers.query_params_v273", .legacy = false },
    { V_FROM(75), &query, "servers.query_params_v275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
