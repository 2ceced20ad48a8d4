/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/common.h"

static const struct schema_node text = { .types = { SCHEMA_STRING } };
static const struct schema_node regex = { .types = { SCHEMA_STRING }, .format = "regex" };
static const struct schema_node date_time = { .types = { SCHEMA_STRING }, .format = "date-time" };
static const struct schema_node count = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_PATTERN, SCHEMA_KW_MINIMUM, SCHEMA_KW_MIN_LENGTH },
    .types = { SCHEMA_INTEGER, SCHEMA_STRING },
    .pattern = "^[0-9]*$",
    .minimum = "0",
    .min_length = 1,
};

const struct schema_node schema_query_text = { .types = { SCHEMA_ARRAY }, .items = &text };
const struct schema_node schema_query_regex = { .types = { SCHEMA_ARRAY }, .items = &regex };
const struct schema_node schema_query_date_time = { .types = { SCHEMA_ARRAY }, .items = &date_time };
const struct schema_node schema_query_count = { .types = { SCHEMA_ARRAY }, .items = &count };

const struct schema_node schema_string = { .types = { SCHEMA_STRING } };
const struct schema_node schema_az_name = {
    .types = { SCHEMA_STRING },
    .format = "az_name",
    .min_length = 1,
    .max_length = 255,
};
const struct schema_node schema_az_name_with_leading_trailing_spaces = {
    .types = { SCHEMA_STRING },
    .format = "az_name_with_leading_trailing_spaces",
    .min_length = 1,
    .max_length = 255,
};
const struct schema_node schema_boolean = {
    .types = { SCHEMA_BOOLEAN, SCHEMA_STRING },
    .enum_json = "[true, \"True\", \"TRUE\", \"true\", \"1\", \"ON\", \"On\", \"on\", \"YES\", \"Yes\", \"yes\", "
                 "false, \"False\", \"FALSE\", \"false\", \"0\", \"OFF\", \"Off\", \"off\", \"NO\", \"No\", \"no\"]",
};
const struct schema_node schema_date_time = {
    .types = { SCHEMA_STRING },
    .format = "date-time",
};
const struct schema_node schema_query_one_date_time = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_ITEMS, SCHEMA_KW_MAX_ITEMS },
    .types = { SCHEMA_ARRAY },
    .max_items = 1,
    .items = &schema_date_time,
};
const struct schema_node schema_text_255 = {
    .types = { SCHEMA_STRING },
    .max_length = 255,
};
static const struct schema_pattern schema_metadata_patterns[] = {
    { "^[a-zA-Z0-9-_:. ]{1,255}$", &schema_text_255, V_ALL },
    SCHEMA_LAST,
};
const struct schema_node schema_metadata = {
    .types = { SCHEMA_OBJECT },
    .patterns = schema_metadata_patterns,
    .strict = V_ALL,
};
static const struct schema_property schema_metadata_body_rows[] = {
    SCHEMA_MUST("metadata", &schema_metadata, V_ALL),
    SCHEMA_LAST,
};
const struct schema_node schema_metadata_body = {
    .types = { SCHEMA_OBJECT },
    .properties = schema_metadata_body_rows,
    .strict = V_ALL,
};
const struct schema_node schema_description = {
    .types = { SCHEMA_STRING, SCHEMA_NULL },
    .pattern = SCHEMA_PRINTABLE,
    .max_length = 255,
};
const struct schema_node schema_disk_config = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"AUTO\", \"MANUAL\"]",
};
const struct schema_node schema_flavor_param_non_negative = {
    .types = { SCHEMA_INTEGER, SCHEMA_STRING },
    .pattern = "^[0-9]+$",
    .minimum = "0",
    .maximum = "2147483647",
};
const struct schema_node schema_flavor_ref = {
    .types = { SCHEMA_STRING, SCHEMA_INTEGER },
    .min_length = 1,
};
const struct schema_node schema_fqdn = {
    .types = { SCHEMA_STRING },
    .pattern = "^[a-zA-Z0-9-._]*$",
    .min_length = 1,
    .max_length = 255,
};
const struct schema_node schema_hostname = {
    .types = { SCHEMA_STRING },
    .pattern = "^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$",
    .min_length = 2,
    .max_length = 63,
};
const struct schema_node schema_uuid = {
    .types = { SCHEMA_STRING },
    .format = "uuid",
};
static const struct schema_node image_id_or_empty_string_one2 = {
    .types = { SCHEMA_STRING },
    .max_length = SCHEMA_EMPTY,
};
static const struct schema_node *const schema_image_id_or_empty_string_one_of[] = { &schema_uuid,
                                                                                    &image_id_or_empty_string_one2,
                                                                                    NULL };
const struct schema_node schema_image_id_or_empty_string = { .one_of = schema_image_id_or_empty_string_one_of };
const struct schema_node schema_quota = {
    .types = { SCHEMA_INTEGER, SCHEMA_STRING },
    .pattern = "^-?[0-9]+$",
    .minimum = "-1",
    .maximum = "2147483647",
};
const struct schema_node schema_format_ipv4 = { .format = "ipv4" };
const struct schema_node schema_format_ipv6 = { .format = "ipv6" };
static const struct schema_node *const schema_ip_address_one_of[] = { &schema_format_ipv4, &schema_format_ipv6, NULL };
const struct schema_node schema_ip_address = {
    .types = { SCHEMA_STRING },
    .one_of = schema_ip_address_one_of,
};
const struct schema_node schema_ipv4 = {
    .types = { SCHEMA_STRING },
    .format = "ipv4",
};
const struct schema_node schema_ipv6 = {
    .types = { SCHEMA_STRING },
    .format = "ipv6",
};
const struct schema_node schema_name = {
    .types = { SCHEMA_STRING },
    .format = "name",
    .min_length = 1,
    .max_length = 255,
};
static const struct schema_node keypair_name_special_chars_all2 = {
    .types = { SCHEMA_STRING },
    .format = "keypair_name_20",
    .min_length = 1,
    .max_length = 255,
};
static const struct schema_node *const schema_keypair_name_special_chars_all_of[] = { &schema_name,
                                                                                      &keypair_name_special_chars_all2,
                                                                                      NULL };
const struct schema_node schema_keypair_name_special_chars = { .all_of = schema_keypair_name_special_chars_all_of };
static const struct schema_node keypair_name_special_chars_292_all2 = {
    .types = { SCHEMA_STRING },
    .format = "keypair_name_292",
    .min_length = 1,
    .max_length = 255,
};
static const struct schema_node *const schema_keypair_name_special_chars_292_all_of[] = {
    &schema_name, &keypair_name_special_chars_292_all2, NULL
};
const struct schema_node schema_keypair_name_special_chars_292 = { .all_of =
                                                                       schema_keypair_name_special_chars_292_all_of };
const struct schema_node schema_non_negative_integer = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_PATTERN, SCHEMA_KW_MINIMUM, SCHEMA_KW_MIN_LENGTH },
    .types = { SCHEMA_INTEGER, SCHEMA_STRING },
    .pattern = "^[0-9]*$",
    .min_length = 1,
    .minimum = "0",
};
const struct schema_node schema_query_one_count = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_ITEMS, SCHEMA_KW_MAX_ITEMS },
    .types = { SCHEMA_ARRAY },
    .max_items = 1,
    .items = &schema_non_negative_integer,
};
const struct schema_node schema_query_one_text = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_ITEMS, SCHEMA_KW_MAX_ITEMS },
    .types = { SCHEMA_ARRAY },
    .max_items = 1,
    .items = &schema_string,
};
static const struct schema_pattern schema_meta_patterns[] = {
    { "^[a-zA-Z0-9-_:. ]{1,255}$", &schema_text_255, V_ALL },
    SCHEMA_LAST,
};
const struct schema_node schema_meta = {
    .types = { SCHEMA_OBJECT },
    .min_properties = 1,
    .max_properties = 1,
    .patterns = schema_meta_patterns,
    .strict = V_ALL,
};
static const struct schema_node metadata_with_null_value = {
    .types = { SCHEMA_STRING, SCHEMA_NULL },
    .max_length = 255,
};
static const struct schema_pattern schema_metadata_with_null_patterns[] = {
    { "^[a-zA-Z0-9-_:. ]{1,255}$", &metadata_with_null_value, V_ALL },
    SCHEMA_LAST,
};
const struct schema_node schema_metadata_with_null = {
    .types = { SCHEMA_OBJECT },
    .patterns = schema_metadata_with_null_patterns,
    .strict = V_ALL,
};
const struct schema_node schema_text_1_255 = {
    .types = { SCHEMA_STRING },
    .min_length = 1,
    .max_length = 255,
};
const struct schema_node schema_null = { .types = { SCHEMA_NULL } };
static const struct schema_node *const schema_name_or_none_one_of[] = { &schema_text_1_255, &schema_null, NULL };
const struct schema_node schema_name_or_none = { .one_of = schema_name_or_none_one_of };
const struct schema_node schema_name_with_leading_trailing_spaces = {
    .types = { SCHEMA_STRING },
    .format = "name_with_leading_trailing_spaces",
    .min_length = 1,
    .max_length = 255,
};
static const struct schema_node personality_contents = {
    .types = { SCHEMA_STRING },
    .format = "base64",
};
static const struct schema_property personality_item_rows[] = {
    SCHEMA_MAY("path", &schema_string, V_ALL),
    SCHEMA_MAY("contents", &personality_contents, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node personality_item = {
    .types = { SCHEMA_OBJECT },
    .properties = personality_item_rows,
    .strict = V_ALL,
};
const struct schema_node schema_personality = {
    .types = { SCHEMA_ARRAY },
    .items = &personality_item,
};
const struct schema_node schema_positive_integer = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_PATTERN, SCHEMA_KW_MINIMUM, SCHEMA_KW_MIN_LENGTH },
    .types = { SCHEMA_INTEGER, SCHEMA_STRING },
    .pattern = "^[0-9]*$",
    .min_length = 1,
    .minimum = "1",
};
static const struct schema_property schema_address_body_rows[] = {
    SCHEMA_MUST("address", &schema_ip_address, V_ALL),
    SCHEMA_LAST,
};
const struct schema_node schema_address_body = {
    .types = { SCHEMA_OBJECT },
    .properties = schema_address_body_rows,
    .strict = V_ALL,
};
const struct schema_node schema_tag = {
    .types = { SCHEMA_STRING },
    .pattern = "^[^,/]*$",
    .min_length = 1,
    .max_length = 60,
};
const struct schema_node schema_tags = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_ITEMS, SCHEMA_KW_MAX_ITEMS },
    .types = { SCHEMA_ARRAY },
    .max_items = 50,
    .items = &schema_tag,
};
const struct schema_node schema_volume_id = {
    .types = { SCHEMA_STRING },
    .min_length = 1,
};
const struct schema_node schema_trusted_certs = {
    .types = { SCHEMA_ARRAY, SCHEMA_NULL },
    .unique_items = true,
    .min_items = 1,
    .max_items = 50,
    .items = &schema_volume_id,
};
const struct schema_node schema_any = {};
static const struct schema_property schema_meta_body_rows[] = {
    SCHEMA_MUST("meta", &schema_meta, V_ALL),
    SCHEMA_LAST,
};
const struct schema_node schema_meta_body = {
    .types = { SCHEMA_OBJECT },
    .properties = schema_meta_body_rows,
    .strict = V_ALL,
};
const struct schema_node schema_volume_size = {
    .types = { SCHEMA_INTEGER, SCHEMA_STRING },
    .pattern = "^[0-9]+$",
    .minimum = "1",
    .maximum = "2147483647",
};
const struct schema_node schema_volume_type = {
    .types = { SCHEMA_STRING, SCHEMA_NULL },
    .max_length = 255,
};
