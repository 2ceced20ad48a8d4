/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/rescue.h"

#include "routes/schemas/common.h"

static const struct schema_property rescue_rescue_rows[] = {
    SCHEMA_MAY("adminPass", &schema_string, V_ALL),
    SCHEMA_MAY("rescue_image_ref", &schema_uuid, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node rescue_rescue = {
    .types = { SCHEMA_OBJECT, SCHEMA_NULL },
    .properties = rescue_rescue_rows,
    .strict = V_ALL,
};
static const struct schema_property rescue_rows[] = {
    SCHEMA_MUST("rescue", &rescue_rescue, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node rescue = {
    .types = { SCHEMA_OBJECT },
    .properties = rescue_rows,
    .strict = V_ALL,
};
const struct schema_use rescue_rescue_body[] = {
    { V_ALL, &rescue, "rescue.rescue", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
