/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/flavors_extraspecs.h"

static const struct schema_node create_value = {
    .types = { SCHEMA_STRING, SCHEMA_NUMBER },
    .max_length = 255,
};
static const struct schema_pattern create_extra_specs_patterns[] = {
    { "^[a-zA-Z0-9-_:. ]{1,255}$", &create_value, V_ALL },
    SCHEMA_LAST,
};
static const struct schema_node create_extra_specs = {
    .types = { SCHEMA_OBJECT },
    .patterns = create_extra_specs_patterns,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MUST("extra_specs", &create_extra_specs, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use flavors_extraspecs_create_body[] = {
    { V_ALL, &create, "flavors_extraspecs.create", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_pattern update_patterns[] = {
    { "^[a-zA-Z0-9-_:. ]{1,255}$", &create_value, V_ALL },
    SCHEMA_LAST,
};
static const struct schema_node update = {
    .types = { SCHEMA_OBJECT },
    .min_properties = 1,
    .max_properties = 1,
    .patterns = update_patterns,
    .strict = V_ALL,
};
const struct schema_use flavors_extraspecs_update_body[] = {
    { V_ALL, &update, "flavors_extraspecs.update", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
