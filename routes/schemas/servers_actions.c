/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/servers.h"

#include "routes/schemas/common.h"

static const struct schema_property update_server_rows[] = {
    SCHEMA_MAY("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MAY("OS-DCF:diskConfig", &schema_disk_config, V_ALL),
    SCHEMA_MAY("accessIPv4", &schema_ipv4, V_ALL),
    SCHEMA_MAY("accessIPv6", &schema_ipv6, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update_server = {
    .types = { SCHEMA_OBJECT },
    .properties = update_server_rows,
    .strict = V_ALL,
};
static const struct schema_property update_legacy_rows[] = {
    SCHEMA_MUST("server", &update_server, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update_legacy = {
    .types = { SCHEMA_OBJECT },
    .properties = update_legacy_rows,
    .strict = V_ALL,
};
static const struct schema_property update_server_2_rows[] = {
    SCHEMA_MAY("name", &schema_name, V_ALL),
    SCHEMA_MAY("OS-DCF:diskConfig", &schema_disk_config, V_ALL),
    SCHEMA_MAY("accessIPv4", &schema_ipv4, V_ALL),
    SCHEMA_MAY("accessIPv6", &schema_ipv6, V_ALL),
    SCHEMA_MAY("description", &schema_description, V_FROM(19)),
    SCHEMA_MAY("hostname", &schema_hostname, V_FROM(90)),
    SCHEMA_LAST,
};
static const struct schema_node update_server_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = update_server_2_rows,
    .strict = V_ALL,
};
static const struct schema_property update_rows[] = {
    SCHEMA_MUST("server", &update_server_2, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update = {
    .types = { SCHEMA_OBJECT },
    .properties = update_rows,
    .strict = V_ALL,
};
const struct schema_use servers_update_body[] = {
    { { 0, 0 }, &update_legacy, "servers.update_v20", .legacy = true },
    { V_UPTO(18), &update, "servers.update", .legacy = false },
    { V_BETWEEN(19, 89), &update, "servers.update_v219", .legacy = false },
    { V_FROM(90), &update, "servers.update_v290", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node reboot_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"HARD\", \"Hard\", \"hard\", \"SOFT\", \"Soft\", \"soft\"]",
};
static const struct schema_property reboot_reboot_rows[] = {
    SCHEMA_MUST("type", &reboot_type, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node reboot_reboot = {
    .types = { SCHEMA_OBJECT },
    .properties = reboot_reboot_rows,
    .strict = V_ALL,
};
static const struct schema_property reboot_rows[] = {
    SCHEMA_MUST("reboot", &reboot_reboot, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node reboot = {
    .types = { SCHEMA_OBJECT },
    .properties = reboot_rows,
    .strict = V_ALL,
};
const struct schema_use servers_reboot_body[] = {
    { V_ALL, &reboot, "servers.reboot", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property resize_resize_rows[] = {
    SCHEMA_MUST("flavorRef", &schema_flavor_ref, V_ALL),
    SCHEMA_MAY("OS-DCF:diskConfig", &schema_disk_config, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node resize_resize = {
    .types = { SCHEMA_OBJECT },
    .properties = resize_resize_rows,
    .strict = V_ALL,
};
static const struct schema_property resize_rows[] = {
    SCHEMA_MUST("resize", &resize_resize, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node resize = {
    .types = { SCHEMA_OBJECT },
    .properties = resize_rows,
    .strict = V_ALL,
};
const struct schema_use servers_resize_body[] = {
    { V_ALL, &resize, "servers.resize", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property rebuild_rebuild_rows[] = {
    SCHEMA_MAY("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MUST("imageRef", &schema_uuid, V_ALL),
    SCHEMA_MAY("adminPass", &schema_string, V_ALL),
    SCHEMA_MAY("metadata", &schema_metadata, V_ALL),
    SCHEMA_MAY("preserve_ephemeral", &schema_boolean, V_ALL),
    SCHEMA_MAY("OS-DCF:diskConfig", &schema_disk_config, V_ALL),
    SCHEMA_MAY("accessIPv4", &schema_ipv4, V_ALL),
    SCHEMA_MAY("accessIPv6", &schema_ipv6, V_ALL),
    SCHEMA_MAY("personality", &schema_personality, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node rebuild_rebuild = {
    .types = { SCHEMA_OBJECT },
    .properties = rebuild_rebuild_rows,
    .strict = V_ALL,
};
static const struct schema_property rebuild_legacy_rows[] = {
    SCHEMA_MUST("rebuild", &rebuild_rebuild, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node rebuild_legacy = {
    .types = { SCHEMA_OBJECT },
    .properties = rebuild_legacy_rows,
    .strict = V_ALL,
};
static const struct schema_node rebuild_one1 = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_FORMAT, SCHEMA_KW_MAX_LENGTH },
    .types = { SCHEMA_STRING },
    .format = "base64",
    .max_length = 65535,
};
static const struct schema_node *const rebuild_user_data_one_of[] = { &rebuild_one1, &schema_null, NULL };
static const struct schema_node rebuild_user_data = { .one_of = rebuild_user_data_one_of };
static const struct schema_property rebuild_rebuild_2_rows[] = {
    SCHEMA_MAY("name", &schema_name, V_ALL),
    SCHEMA_MUST("imageRef", &schema_uuid, V_ALL),
    SCHEMA_MAY("adminPass", &schema_string, V_ALL),
    SCHEMA_MAY("metadata", &schema_metadata, V_ALL),
    SCHEMA_MAY("preserve_ephemeral", &schema_boolean, V_ALL),
    SCHEMA_MAY("OS-DCF:diskConfig", &schema_disk_config, V_ALL),
    SCHEMA_MAY("accessIPv4", &schema_ipv4, V_ALL),
    SCHEMA_MAY("accessIPv6", &schema_ipv6, V_ALL),
    SCHEMA_MAY("personality", &schema_personality, V_UPTO(56)),
    SCHEMA_MAY("description", &schema_description, V_FROM(19)),
    SCHEMA_MAY("key_name", &schema_name_or_none, V_FROM(54)),
    SCHEMA_MAY("user_data", &rebuild_user_data, V_FROM(57)),
    SCHEMA_MAY("trusted_image_certificates", &schema_trusted_certs, V_FROM(63)),
    SCHEMA_MAY("hostname", &schema_hostname, V_FROM(90)),
    SCHEMA_LAST,
};
static const struct schema_node rebuild_rebuild_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = rebuild_rebuild_2_rows,
    .strict = V_ALL,
};
static const struct schema_property rebuild_rows[] = {
    SCHEMA_MUST("rebuild", &rebuild_rebuild_2, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node rebuild = {
    .types = { SCHEMA_OBJECT },
    .properties = rebuild_rows,
    .strict = V_ALL,
};
const struct schema_use servers_rebuild_body[] = {
    { { 0, 0 }, &rebuild_legacy, "servers.rebuild_v20", .legacy = true },
    { V_UPTO(18), &rebuild, "servers.rebuild", .legacy = false },
    { V_BETWEEN(19, 53), &rebuild, "servers.rebuild_v219", .legacy = false },
    { V_BETWEEN(54, 56), &rebuild, "servers.rebuild_v254", .legacy = false },
    { V_BETWEEN(57, 62), &rebuild, "servers.rebuild_v257", .legacy = false },
    { V_BETWEEN(63, 89), &rebuild, "servers.rebuild_v263", .legacy = false },
    { V_FROM(90), &rebuild, "servers.rebuild_v290", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property create_image_create_image_rows[] = {
    SCHEMA_MUST("name", &schema_name, V_ALL),
    SCHEMA_MAY("metadata", &schema_metadata, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_image_create_image = {
    .types = { SCHEMA_OBJECT },
    .properties = create_image_create_image_rows,
    .strict = V_ALL,
};
static const struct schema_property create_image_rows[] = {
    SCHEMA_MUST("createImage", &create_image_create_image, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_image = {
    .types = { SCHEMA_OBJECT },
    .properties = create_image_rows,
    .strict = V_ALL,
};
const struct schema_use servers_create_image_body[] = {
    { V_ALL, &create_image, "servers.create_image", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property trigger_crash_dump_rows[] = {
    SCHEMA_MUST("trigger_crash_dump", &schema_null, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node trigger_crash_dump = {
    .types = { SCHEMA_OBJECT },
    .properties = trigger_crash_dump_rows,
    .strict = V_ALL,
};
const struct schema_use servers_trigger_crash_dump_body[] = {
    { V_FROM(17), &trigger_crash_dump, "servers.trigger_crash_dump", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
