/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes that several resources' schemas share, by address.
 * Source: nova-facts/schemas.tsv.
 */
#ifndef NOVA_ROUTES_SCHEMAS_COMMON_H
#define NOVA_ROUTES_SCHEMAS_COMMON_H

#include "fcgi_app/json/schema.h"

/* A query parameter that may stand several times: any text; an expression; a whole number of zero or more. */
extern const struct schema_node schema_query_text;
extern const struct schema_node schema_query_regex;
extern const struct schema_node schema_query_date_time;
extern const struct schema_node schema_query_count;

/* The values that bodies are made of, named as upstream's parameter types where they are such. */
extern const struct schema_node schema_address_body;
extern const struct schema_node schema_any;
extern const struct schema_node schema_az_name;
extern const struct schema_node schema_az_name_with_leading_trailing_spaces;
extern const struct schema_node schema_boolean;
extern const struct schema_node schema_date_time;
extern const struct schema_node schema_description;
extern const struct schema_node schema_disk_config;
extern const struct schema_node schema_flavor_param_non_negative;
extern const struct schema_node schema_flavor_ref;
extern const struct schema_node schema_format_ipv4;
extern const struct schema_node schema_format_ipv6;
extern const struct schema_node schema_fqdn;
extern const struct schema_node schema_hostname;
extern const struct schema_node schema_image_id_or_empty_string;
extern const struct schema_node schema_ip_address;
extern const struct schema_node schema_ipv4;
extern const struct schema_node schema_ipv6;
extern const struct schema_node schema_keypair_name_special_chars;
extern const struct schema_node schema_keypair_name_special_chars_292;
extern const struct schema_node schema_meta;
extern const struct schema_node schema_meta_body;
extern const struct schema_node schema_metadata;
extern const struct schema_node schema_metadata_body;
extern const struct schema_node schema_metadata_with_null;
extern const struct schema_node schema_name;
extern const struct schema_node schema_name_or_none;
extern const struct schema_node schema_name_with_leading_trailing_spaces;
extern const struct schema_node schema_non_negative_integer;
extern const struct schema_node schema_null;
extern const struct schema_node schema_personality;
extern const struct schema_node schema_positive_integer;
extern const struct schema_node schema_query_one_count;
extern const struct schema_node schema_query_one_date_time;
extern const struct schema_node schema_query_one_text;
extern const struct schema_node schema_quota;
extern const struct schema_node schema_string;
extern const struct schema_node schema_tag;
extern const struct schema_node schema_tags;
extern const struct schema_node schema_text_1_255;
extern const struct schema_node schema_text_255;
extern const struct schema_node schema_trusted_certs;
extern const struct schema_node schema_uuid;
extern const struct schema_node schema_volume_id;
extern const struct schema_node schema_volume_size;
extern const struct schema_node schema_volume_type;

#endif
