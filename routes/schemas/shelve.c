/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/shelve.h"

#include "routes/schemas/common.h"

static const struct schema_property unshelve_unshelve_rows[] = {
    SCHEMA_MUST("availability_zone", &schema_name, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node unshelve_unshelve = {
    .types = { SCHEMA_OBJECT, SCHEMA_NULL },
    .properties = unshelve_unshelve_rows,
    .strict = V_ALL,
};
static const struct schema_node unshelve_availability_zone_one1 = { .types = { SCHEMA_NULL } };
static const struct schema_node *const unshelve_availability_zone_one_of[] = { &unshelve_availability_zone_one1,
                                                                               &schema_string, NULL };
static const struct schema_node unshelve_availability_zone = { .one_of = unshelve_availability_zone_one_of };
static const struct schema_property unshelve_one1_rows[] = {
    SCHEMA_MAY("availability_zone", &unshelve_availability_zone, V_ALL),
    SCHEMA_MAY("host", &schema_string, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node unshelve_one1 = {
    .types = { SCHEMA_OBJECT },
    .properties = unshelve_one1_rows,
    .strict = V_ALL,
};
static const struct schema_node *const unshelve_unshelve_2_one_of[] = { &unshelve_one1,
                                                                        &unshelve_availability_zone_one1, NULL };
static const struct schema_node unshelve_unshelve_2 = { .one_of = unshelve_unshelve_2_one_of };
static const struct schema_property unshelve_rows[] = {
    SCHEMA_MUST("unshelve", &unshelve_unshelve, V_UPTO(90)),
    SCHEMA_MUST("unshelve", &unshelve_unshelve_2, V_FROM(91)),
    SCHEMA_LAST,
};
static const struct schema_node unshelve = {
    .types = { SCHEMA_OBJECT },
    .properties = unshelve_rows,
    .strict = V_ALL,
};
const struct schema_use shelve_unshelve_body[] = {
    { V_BETWEEN(77, 90), &unshelve, "shelve.unshelve_v277", .legacy = false },
    { V_FROM(91), &unshelve, "shelve.unshelve_v291", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
