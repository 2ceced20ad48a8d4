/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/aggregates.h"

#include "routes/schemas/common.h"

static const struct schema_node *const create_availability_zone_one_of[] = {
    &schema_az_name_with_leading_trailing_spaces, &schema_null, NULL
};
static const struct schema_node create_availability_zone = { .one_of = create_availability_zone_one_of };
static const struct schema_property create_aggregate_rows[] = {
    SCHEMA_MUST("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MAY("availability_zone", &create_availability_zone, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_aggregate = {
    .types = { SCHEMA_OBJECT },
    .properties = create_aggregate_rows,
    .strict = V_ALL,
};
static const struct schema_property create_legacy_rows[] = {
    SCHEMA_MAY("type", &schema_any, V_ALL),
    SCHEMA_MUST("aggregate", &create_aggregate, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_legacy = {
    .types = { SCHEMA_OBJECT },
    .properties = create_legacy_rows,
    .strict = V_ALL,
};
static const struct schema_node *const create_aggregate_availability_zone_one_of[] = { &schema_az_name, &schema_null,
                                                                                       NULL };
static const struct schema_node create_aggregate_availability_zone = { .one_of =
                                                                           create_aggregate_availability_zone_one_of };
static const struct schema_property create_aggregate_2_rows[] = {
    SCHEMA_MUST("name", &schema_name, V_ALL),
    SCHEMA_MAY("availability_zone", &create_aggregate_availability_zone, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_aggregate_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = create_aggregate_2_rows,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MAY("type", &schema_any, V_ALL),
    SCHEMA_MUST("aggregate", &create_aggregate_2, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use aggregates_create_body[] = {
    { { 0, 0 }, &create_legacy, "aggregates.create_v20", .legacy = true },
    { V_ALL, &create, "aggregates.create", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property update_any1_rows[] = {
    SCHEMA_MUST("name", &schema_any, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update_any1 = { .properties = update_any1_rows };
static const struct schema_property update_any2_rows[] = {
    SCHEMA_MUST("availability_zone", &schema_any, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update_any2 = { .properties = update_any2_rows };
static const struct schema_property update_aggregate_rows[] = {
    SCHEMA_MAY("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MAY("availability_zone", &create_availability_zone, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node *const update_aggregate_any_of[] = { &update_any1, &update_any2, NULL };
static const struct schema_node update_aggregate = {
    .types = { SCHEMA_OBJECT },
    .properties = update_aggregate_rows,
    .strict = V_ALL,
    .any_of = update_aggregate_any_of,
};
static const struct schema_property update_legacy_rows[] = {
    SCHEMA_MAY("type", &schema_any, V_ALL),
    SCHEMA_MUST("aggregate", &update_aggregate, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update_legacy = {
    .types = { SCHEMA_OBJECT },
    .properties = update_legacy_rows,
    .strict = V_ALL,
};
static const struct schema_property update_aggregate_2_rows[] = {
    SCHEMA_MAY("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MAY("availability_zone", &create_aggregate_availability_zone, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node *const update_aggregate_2_any_of[] = { &update_any1, &update_any2, NULL };
static const struct schema_node update_aggregate_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = update_aggregate_2_rows,
    .strict = V_ALL,
    .any_of = update_aggregate_2_any_of,
};
static const struct schema_property update_rows[] = {
    SCHEMA_MAY("type", &schema_any, V_ALL),
    SCHEMA_MUST("aggregate", &update_aggregate_2, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update = {
    .types = { SCHEMA_OBJECT },
    .properties = update_rows,
    .strict = V_ALL,
};
const struct schema_use aggregates_update_body[] = {
    { { 0, 0 }, &update_legacy, "aggregates.update_v20", .legacy = true },
    { V_ALL, &update, "aggregates.update", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property add_host_add_host_rows[] = {
    SCHEMA_MUST("host", &schema_fqdn, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node add_host_add_host = {
    .types = { SCHEMA_OBJECT },
    .properties = add_host_add_host_rows,
    .strict = V_ALL,
};
static const struct schema_property add_host_rows[] = {
    SCHEMA_MAY("type", &schema_any, V_ALL),
    SCHEMA_MUST("add_host", &add_host_add_host, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node add_host = {
    .types = { SCHEMA_OBJECT },
    .properties = add_host_rows,
    .strict = V_ALL,
};
const struct schema_use aggregates_add_host_body[] = {
    { V_ALL, &add_host, "aggregates.add_host", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property remove_host_rows[] = {
    SCHEMA_MAY("type", &schema_any, V_ALL),
    SCHEMA_MUST("remove_host", &add_host_add_host, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node remove_host = {
    .types = { SCHEMA_OBJECT },
    .properties = remove_host_rows,
    .strict = V_ALL,
};
const struct schema_use aggregates_remove_host_body[] = {
    { V_ALL, &remove_host, "aggregates.remove_host", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property set_metadata_set_metadata_rows[] = {
    SCHEMA_MUST("metadata", &schema_metadata_with_null, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node set_metadata_set_metadata = {
    .types = { SCHEMA_OBJECT },
    .properties = set_metadata_set_metadata_rows,
    .strict = V_ALL,
};
static const struct schema_property set_metadata_rows[] = {
    SCHEMA_MAY("type", &schema_any, V_ALL),
    SCHEMA_MUST("set_metadata", &set_metadata_set_metadata, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node set_metadata = {
    .types = { SCHEMA_OBJECT },
    .properties = set_metadata_rows,
    .strict = V_ALL,
};
const struct schema_use aggregates_set_metadata_body[] = {
    { V_ALL, &set_metadata, "aggregates.set_metadata", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property images_item_rows[] = {
    SCHEMA_MUST("id", &schema_uuid, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node images_item = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_PROPERTIES, SCHEMA_KW_ADDITIONAL_PROPERTIES, SCHEMA_KW_REQUIRED },
    .types = { SCHEMA_OBJECT },
    .properties = images_item_rows,
    .strict = V_ALL,
};
static const struct schema_node images_cache = {
    .types = { SCHEMA_ARRAY },
    .min_items = 1,
    .items = &images_item,
};
static const struct schema_property images_rows[] = {
    SCHEMA_MUST("cache", &images_cache, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node images = {
    .types = { SCHEMA_OBJECT },
    .properties = images_rows,
    .strict = V_ALL,
};
const struct schema_use aggregates_images_body[] = {
    { V_FROM(81), &images, "aggregate_images.aggregate_images_v2_81", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
