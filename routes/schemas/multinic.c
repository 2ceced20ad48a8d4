/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/multinic.h"

#include "routes/schemas/common.h"

static const struct schema_node add_fixed_ip_network_id = {
    .types = { SCHEMA_STRING, SCHEMA_NUMBER },
    .min_length = 1,
    .max_length = 36,
};
static const struct schema_property add_fixed_ip_add_fixed_ip_rows[] = {
    SCHEMA_MUST("networkId", &add_fixed_ip_network_id, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node add_fixed_ip_add_fixed_ip = {
    .types = { SCHEMA_OBJECT },
    .properties = add_fixed_ip_add_fixed_ip_rows,
    .strict = V_ALL,
};
static const struct schema_property add_fixed_ip_rows[] = {
    SCHEMA_MUST("addFixedIp", &add_fixed_ip_add_fixed_ip, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node add_fixed_ip = {
    .types = { SCHEMA_OBJECT },
    .properties = add_fixed_ip_rows,
    .strict = V_ALL,
};
const struct schema_use multinic_add_fixed_ip_body[] = {
    { V_UPTO(43), &add_fixed_ip, "multinic.add_fixed_ip", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property remove_fixed_ip_rows[] = {
    SCHEMA_MUST("removeFixedIp", &schema_address_body, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node remove_fixed_ip = {
    .types = { SCHEMA_OBJECT },
    .properties = remove_fixed_ip_rows,
    .strict = V_ALL,
};
const struct schema_use multinic_remove_fixed_ip_body[] = {
    { V_UPTO(43), &remove_fixed_ip, "multinic.remove_fixed_ip", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
