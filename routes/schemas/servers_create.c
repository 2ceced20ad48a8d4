/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/servers.h"

#include "routes/schemas/common.h"

static const struct schema_node *const create_port_one_of[] = { &schema_uuid, &schema_null, NULL };
static const struct schema_node create_port = { .one_of = create_port_one_of };
static const struct schema_property create_item_rows[] = {
    SCHEMA_MAY("fixed_ip", &schema_ip_address, V_ALL),
    SCHEMA_MAY("port", &create_port, V_ALL),
    SCHEMA_MAY("uuid", &schema_string, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_networks = {
    .types = { SCHEMA_ARRAY },
    .items = &create_item,
};
static const struct schema_node create_device_name = {
    .types = { SCHEMA_STRING },
    .pattern = "^[a-zA-Z0-9._-r/]*$",
    .min_length = 1,
    .max_length = 255,
};
static const struct schema_node create_connection_info = {
    .types = { SCHEMA_STRING },
    .max_length = 16777215,
};
static const struct schema_property create_block_device_mapping_item_rows[] = {
    SCHEMA_MAY("virtual_name", &schema_text_255, V_ALL),
    SCHEMA_MAY("volume_id", &schema_uuid, V_ALL),
    SCHEMA_MAY("snapshot_id", &schema_uuid, V_ALL),
    SCHEMA_MAY("volume_size", &schema_volume_size, V_ALL),
    SCHEMA_MAY("device_name", &create_device_name, V_ALL),
    SCHEMA_MAY("delete_on_termination", &schema_boolean, V_ALL),
    SCHEMA_MAY("no_device", &schema_any, V_ALL),
    SCHEMA_MAY("connection_info", &create_connection_info, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_block_device_mapping_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_block_device_mapping_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_block_device_mapping = {
    .types = { SCHEMA_ARRAY },
    .items = &create_block_device_mapping_item,
};
static const struct schema_node create_source_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"volume\", \"image\", \"snapshot\", \"blank\"]",
};
static const struct schema_node create_uuid = {
    .types = { SCHEMA_STRING },
    .pattern = "^[a-zA-Z0-9._-]*$",
    .min_length = 1,
    .max_length = 255,
};
static const struct schema_node create_destination_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"local\", \"volume\"]",
};
static const struct schema_node create_boot_index = {
    .types = { SCHEMA_INTEGER, SCHEMA_STRING, SCHEMA_NULL },
    .pattern = "^-?[0-9]+$",
};
/* A device of the newer form, before tags and volume types. */
#define DEVICE_V2_ROWS                                                                                                 \
    SCHEMA_MAY("virtual_name", &schema_text_255, V_ALL), SCHEMA_MAY("volume_id", &schema_uuid, V_ALL),                 \
        SCHEMA_MAY("snapshot_id", &schema_uuid, V_ALL), SCHEMA_MAY("volume_size", &schema_volume_size, V_ALL),         \
        SCHEMA_MAY("device_name", &create_device_name, V_ALL),                                                         \
        SCHEMA_MAY("delete_on_termination", &schema_boolean, V_ALL), SCHEMA_MAY("no_device", &schema_any, V_ALL),      \
        SCHEMA_MAY("connection_info", &create_connection_info, V_ALL),                                                 \
        SCHEMA_MAY("source_type", &create_source_type, V_ALL), SCHEMA_MAY("uuid", &create_uuid, V_ALL),                \
        SCHEMA_MAY("image_id", &schema_uuid, V_ALL), SCHEMA_MAY("destination_type", &create_destination_type, V_ALL),  \
        SCHEMA_MAY("guest_format", &schema_text_255, V_ALL), SCHEMA_MAY("device_type", &schema_text_255, V_ALL),       \
        SCHEMA_MAY("disk_bus", &schema_text_255, V_ALL), SCHEMA_MAY("boot_index", &create_boot_index, V_ALL)
static const struct schema_property create_block_device_mapping_v2_item_rows[] = {
    DEVICE_V2_ROWS,
    SCHEMA_LAST,
};
static const struct schema_node create_block_device_mapping_v2_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_block_device_mapping_v2_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_block_device_mapping_v2 = {
    .types = { SCHEMA_ARRAY },
    .items = &create_block_device_mapping_v2_item,
};
static const struct schema_property create_security_groups_item_rows[] = {
    SCHEMA_MAY("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_security_groups_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_security_groups_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_security_groups = {
    .types = { SCHEMA_ARRAY },
    .items = &create_security_groups_item,
};
static const struct schema_node create_one1 = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_FORMAT, SCHEMA_KW_MAX_LENGTH },
    .types = { SCHEMA_STRING },
    .format = "base64",
    .max_length = 65535,
};
static const struct schema_node *const create_user_data_one_of[] = { &create_one1, &schema_null, NULL };
static const struct schema_node create_user_data = { .one_of = create_user_data_one_of };
static const struct schema_property create_server_rows[] = {
    SCHEMA_MUST("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MAY("imageRef", &schema_image_id_or_empty_string, V_ALL),
    SCHEMA_MUST("flavorRef", &schema_flavor_ref, V_ALL),
    SCHEMA_MAY("adminPass", &schema_string, V_ALL),
    SCHEMA_MAY("metadata", &schema_metadata, V_ALL),
    SCHEMA_MAY("networks", &create_networks, V_ALL),
    SCHEMA_MAY("OS-DCF:diskConfig", &schema_disk_config, V_ALL),
    SCHEMA_MAY("accessIPv4", &schema_ipv4, V_ALL),
    SCHEMA_MAY("accessIPv6", &schema_ipv6, V_ALL),
    SCHEMA_MAY("personality", &schema_personality, V_ALL),
    SCHEMA_MAY("availability_zone", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MAY("block_device_mapping", &create_block_device_mapping, V_ALL),
    SCHEMA_MAY("block_device_mapping_v2", &create_block_device_mapping_v2, V_ALL),
    SCHEMA_MAY("config_drive", &schema_boolean, V_ALL),
    SCHEMA_MAY("key_name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MAY("min_count", &schema_positive_integer, V_ALL),
    SCHEMA_MAY("max_count", &schema_positive_integer, V_ALL),
    SCHEMA_MAY("return_reservation_id", &schema_boolean, V_ALL),
    SCHEMA_MAY("security_groups", &create_security_groups, V_ALL),
    SCHEMA_MAY("user_data", &create_user_data, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_server = {
    .types = { SCHEMA_OBJECT },
    .properties = create_server_rows,
    .strict = V_ALL,
};
static const struct schema_node create_one2 = {
    .types = { SCHEMA_ARRAY },
    .items = &schema_uuid,
};
static const struct schema_node *const create_different_host_one_of[] = { &schema_uuid, &create_one2, NULL };
static const struct schema_node create_different_host = { .one_of = create_different_host_one_of };
static const struct schema_node create_same_host = {
    .types = { SCHEMA_STRING, SCHEMA_ARRAY },
    .items = &schema_uuid,
};
static const struct schema_node create_query = { .types = { SCHEMA_STRING, SCHEMA_OBJECT } };
static const struct schema_node create_different_cell = {
    .types = { SCHEMA_STRING, SCHEMA_ARRAY },
    .items = &schema_string,
};
static const struct schema_node create_cidr = {
    .types = { SCHEMA_STRING },
    .pattern = "^/[0-9a-f.:]+$",
};
static const struct schema_property create_scheduler_hints_rows[] = {
    SCHEMA_MAY("group", &schema_uuid, V_ALL),
    SCHEMA_MAY("different_host", &create_different_host, V_ALL),
    SCHEMA_MAY("same_host", &create_same_host, V_ALL),
    SCHEMA_MAY("query", &create_query, V_ALL),
    SCHEMA_MAY("target_cell", &schema_name, V_ALL),
    SCHEMA_MAY("different_cell", &create_different_cell, V_ALL),
    SCHEMA_MAY("build_near_host_ip", &schema_ip_address, V_ALL),
    SCHEMA_MAY("cidr", &create_cidr, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_scheduler_hints = {
    .types = { SCHEMA_OBJECT },
    .properties = create_scheduler_hints_rows,
};
static const struct schema_property create_legacy_rows[] = {
    SCHEMA_MUST("server", &create_server, V_ALL),
    SCHEMA_MAY("os:scheduler_hints", &create_scheduler_hints, V_ALL),
    SCHEMA_MAY("OS-SCH-HNT:scheduler_hints", &create_scheduler_hints, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_legacy = {
    .types = { SCHEMA_OBJECT },
    .properties = create_legacy_rows,
    .strict = V_ALL,
};
static const struct schema_property create_networks_item_rows[] = {
    SCHEMA_MAY("fixed_ip", &schema_ip_address, V_ALL),
    SCHEMA_MAY("port", &create_port, V_ALL),
    SCHEMA_MAY("uuid", &schema_string, V_ALL),
    SCHEMA_MAY("tag", &schema_tag, V_FROM(32)),
    SCHEMA_LAST,
};
static const struct schema_node create_networks_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_networks_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_server_networks = {
    .types = { SCHEMA_ARRAY },
    .items = &create_networks_item,
};
static const struct schema_property create_one1_item_rows[] = {
    SCHEMA_MAY("fixed_ip", &schema_ip_address, V_ALL),
    SCHEMA_MAY("port", &create_port, V_ALL),
    SCHEMA_MAY("uuid", &schema_uuid, V_ALL),
    SCHEMA_MAY("tag", &schema_tag, V_FROM(42)),
    SCHEMA_LAST,
};
static const struct schema_node create_one1_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_one1_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_networks_one1 = {
    .types = { SCHEMA_ARRAY },
    .items = &create_one1_item,
};
static const struct schema_node create_networks_one2 = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"none\", \"auto\"]",
};
static const struct schema_node *const create_server_networks_2_one_of[] = { &create_networks_one1,
                                                                             &create_networks_one2, NULL };
static const struct schema_node create_server_networks_2 = { .one_of = create_server_networks_2_one_of };
static const struct schema_property create_server_block_device_mapping_v2_item_rows[] = {
    DEVICE_V2_ROWS,
    SCHEMA_MAY("tag", &schema_tag, V_BETWEEN(32, 32)),
    SCHEMA_MAY("tag", &schema_tag, V_FROM(42)),
    SCHEMA_MAY("volume_type", &schema_volume_type, V_FROM(67)),
    SCHEMA_LAST,
};
static const struct schema_node create_server_block_device_mapping_v2_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_server_block_device_mapping_v2_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_server_block_device_mapping_v2 = {
    .types = { SCHEMA_ARRAY },
    .items = &create_server_block_device_mapping_v2_item,
};
static const struct schema_property create_server_security_groups_item_rows[] = {
    SCHEMA_MAY("name", &schema_name, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_server_security_groups_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_server_security_groups_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_server_security_groups = {
    .types = { SCHEMA_ARRAY },
    .items = &create_server_security_groups_item,
};
static const struct schema_property create_server_2_rows[] = {
    SCHEMA_MUST("name", &schema_name, V_ALL),
    SCHEMA_MAY("imageRef", &schema_image_id_or_empty_string, V_ALL),
    SCHEMA_MUST("flavorRef", &schema_flavor_ref, V_ALL),
    SCHEMA_MAY("adminPass", &schema_string, V_ALL),
    SCHEMA_MAY("metadata", &schema_metadata, V_ALL),
    SCHEMA_MAY("networks", &create_server_networks, V_UPTO(36)),
    SCHEMA_MUST("networks", &create_server_networks_2, V_FROM(37)),
    SCHEMA_MAY("OS-DCF:diskConfig", &schema_disk_config, V_ALL),
    SCHEMA_MAY("accessIPv4", &schema_ipv4, V_ALL),
    SCHEMA_MAY("accessIPv6", &schema_ipv6, V_ALL),
    SCHEMA_MAY("personality", &schema_personality, V_UPTO(56)),
    SCHEMA_MAY("availability_zone", &schema_name, V_ALL),
    SCHEMA_MAY("block_device_mapping", &create_block_device_mapping, V_ALL),
    SCHEMA_MAY("block_device_mapping_v2", &create_server_block_device_mapping_v2, V_ALL),
    SCHEMA_MAY("config_drive", &schema_boolean, V_ALL),
    SCHEMA_MAY("key_name", &schema_name, V_ALL),
    SCHEMA_MAY("min_count", &schema_positive_integer, V_ALL),
    SCHEMA_MAY("max_count", &schema_positive_integer, V_ALL),
    SCHEMA_MAY("return_reservation_id", &schema_boolean, V_ALL),
    SCHEMA_MAY("security_groups", &create_server_security_groups, V_ALL),
    SCHEMA_MAY("user_data", &create_one1, V_ALL),
    SCHEMA_MAY("description", &schema_description, V_FROM(19)),
    SCHEMA_MAY("tags", &schema_tags, V_FROM(52)),
    SCHEMA_MAY("trusted_image_certificates", &schema_trusted_certs, V_FROM(63)),
    SCHEMA_MAY("host", &schema_fqdn, V_FROM(74)),
    SCHEMA_MAY("hypervisor_hostname", &schema_fqdn, V_FROM(74)),
    SCHEMA_MAY("hostname", &schema_hostname, V_FROM(90)),
    SCHEMA_LAST,
};
static const struct schema_node create_server_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = create_server_2_rows,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MUST("server", &create_server_2, V_ALL),
    SCHEMA_MAY("os:scheduler_hints", &create_scheduler_hints, V_ALL),
    SCHEMA_MAY("OS-SCH-HNT:scheduler_hints", &create_scheduler_hints, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use servers_create_body[] = {
    { { 0, 0 }, &create_legacy, "servers.create_v20", .legacy = true },
    { V_UPTO(18), &create, "servers.create", .legacy = false },
    { V_BETWEEN(19, 31), &create, "servers.create_v219", .legacy = false },
    { V_ONLY(32), &create, "servers.create_v232", .legacy = false },
    { V_BETWEEN(33, 36), &create, "servers.create_v233", .legacy = false },
    { V_BETWEEN(37, 41), &create, "servers.create_v237", .legacy = false },
    { V_BETWEEN(42, 51), &create, "servers.create_v242", .legacy = false },
    { V_BETWEEN(52, 56), &create, "servers.create_v252", .legacy = false },
    { V_BETWEEN(57, 62), &create, "servers.create_v257", .legacy = false },
    { V_BETWEEN(63, 66), &create, "servers.create_v263", .legacy = false },
    { V_BETWEEN(67, 73), &create, "servers.create_v267", .legacy = false },
    { V_BETWEEN(74, 89), &create, "servers.create_v274", .legacy = false },
    { V_FROM(90), &create, "servers.create_v290", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
