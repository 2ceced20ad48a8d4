/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/evacuate.h"

#include "routes/schemas/common.h"

static const struct schema_property evacuate_evacuate_rows[] = {
    SCHEMA_MAY("host", &schema_fqdn, V_ALL),
    SCHEMA_MUST("onSharedStorage", &schema_boolean, V_UPTO(13)),
    SCHEMA_MAY("adminPass", &schema_string, V_ALL),
    SCHEMA_MAY("force", &schema_boolean, V_BETWEEN(29, 67)),
    SCHEMA_LAST,
};
static const struct schema_node evacuate_evacuate = {
    .types = { SCHEMA_OBJECT },
    .properties = evacuate_evacuate_rows,
    .strict = V_ALL,
};
static const struct schema_property evacuate_rows[] = {
    SCHEMA_MUST("evacuate", &evacuate_evacuate, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node evacuate = {
    .types = { SCHEMA_OBJECT },
    .properties = evacuate_rows,
    .strict = V_ALL,
};
const struct schema_use evacuate_evacuate_body[] = {
    { V_UPTO(13), &evacuate, "evacuate.evacuate", .legacy = true },
    { V_BETWEEN(14, 28), &evacuate, "evacuate.evacuate_v214", .legacy = false },
    { V_BETWEEN(29, 67), &evacuate, "evacuate.evacuate_v2_29", .legacy = false },
    { V_FROM(68), &evacuate, "evacuate.evacuate_v2_68", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
