/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/flavor_manage.h"

#include "routes/schemas/common.h"

static const struct schema_node create_id = {
    .types = { SCHEMA_STRING, SCHEMA_NUMBER, SCHEMA_NULL },
    .pattern = "^(?! )[a-zA-Z0-9. _-]+(?<! )$",
    .min_length = 1,
    .max_length = 255,
};
static const struct schema_node create_rxtx_factor = {
    .types = { SCHEMA_NUMBER, SCHEMA_STRING },
    .pattern = "^[0-9]+(\\.[0-9]+)?$",
    .minimum = "0",
    .maximum = "3.40282e+38",
    .exclusive_minimum = true,
};
static const struct schema_property create_flavor_rows[] = {
    SCHEMA_MUST("name", &schema_name_with_leading_trailing_spaces, V_ALL),
    SCHEMA_MAY("id", &create_id, V_ALL),
    SCHEMA_MUST("ram", &schema_volume_size, V_ALL),
    SCHEMA_MUST("vcpus", &schema_volume_size, V_ALL),
    SCHEMA_MUST("disk", &schema_flavor_param_non_negative, V_ALL),
    SCHEMA_MAY("OS-FLV-EXT-DATA:ephemeral", &schema_flavor_param_non_negative, V_ALL),
    SCHEMA_MAY("swap", &schema_flavor_param_non_negative, V_ALL),
    SCHEMA_MAY("rxtx_factor", &create_rxtx_factor, V_ALL),
    SCHEMA_MAY("os-flavor-access:is_public", &schema_boolean, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_flavor = {
    .types = { SCHEMA_OBJECT },
    .properties = create_flavor_rows,
    .strict = V_ALL,
};
static const struct schema_property create_legacy_rows[] = {
    SCHEMA_MUST("flavor", &create_flavor, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_legacy = {
    .types = { SCHEMA_OBJECT },
    .properties = create_legacy_rows,
    .strict = V_ALL,
};
static const struct schema_node create_description = {
    .types = { SCHEMA_STRING, SCHEMA_NULL },
    .pattern = SCHEMA_PRINTABLE,
    .max_length = 65535,
};
static const struct schema_property create_flavor_2_rows[] = {
    SCHEMA_MUST("name", &schema_name, V_ALL),
    SCHEMA_MAY("id", &create_id, V_ALL),
    SCHEMA_MUST("ram", &schema_volume_size, V_ALL),
    SCHEMA_MUST("vcpus", &schema_volume_size, V_ALL),
    SCHEMA_MUST("disk", &schema_flavor_param_non_negative, V_ALL),
    SCHEMA_MAY("OS-FLV-EXT-DATA:ephemeral", &schema_flavor_param_non_negative, V_ALL),
    SCHEMA_MAY("swap", &schema_flavor_param_non_negative, V_ALL),
    SCHEMA_MAY("rxtx_factor", &create_rxtx_factor, V_ALL),
    SCHEMA_MAY("os-flavor-access:is_public", &schema_boolean, V_ALL),
    SCHEMA_MAY("description", &create_description, V_FROM(55)),
    SCHEMA_LAST,
};
static const struct schema_node create_flavor_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = create_flavor_2_rows,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MUST("flavor", &create_flavor_2, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use flavor_manage_create_body[] = {
    { { 0, 0 }, &create_legacy, "flavor_manage.create_v20", .legacy = true },
    { V_UPTO(54), &create, "flavor_manage.create", .legacy = false },
    { V_FROM(55), &create, "flavor_manage.create_v2_55", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property update_flavor_rows[] = {
    SCHEMA_MUST("description", &create_description, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update_flavor = {
    .types = { SCHEMA_OBJECT },
    .properties = update_flavor_rows,
    .strict = V_ALL,
};
static const struct schema_property update_rows[] = {
    SCHEMA_MUST("flavor", &update_flavor, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update = {
    .types = { SCHEMA_OBJECT },
    .properties = update_rows,
    .strict = V_ALL,
};
const struct schema_use flavor_manage_update_body[] = {
    { V_FROM(55), &update, "flavor_manage.update_v2_55", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
