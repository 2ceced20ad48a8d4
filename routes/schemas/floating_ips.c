/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/floating_ips.h"

#include "routes/schemas/common.h"

static const struct schema_property add_floating_ip_add_floating_ip_rows[] = {
    SCHEMA_MUST("address", &schema_ip_address, V_ALL),
    SCHEMA_MAY("fixed_address", &schema_ip_address, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node add_floating_ip_add_floating_ip = {
    .types = { SCHEMA_OBJECT },
    .properties = add_floating_ip_add_floating_ip_rows,
    .strict = V_ALL,
};
static const struct schema_property add_floating_ip_rows[] = {
    SCHEMA_MUST("addFloatingIp", &add_floating_ip_add_floating_ip, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node add_floating_ip = {
    .types = { SCHEMA_OBJECT },
    .properties = add_floating_ip_rows,
    .strict = V_ALL,
};
const struct schema_use floating_ips_add_floating_ip_body[] = {
    { V_UPTO(43), &add_floating_ip, "floating_ips.add_floating_ip", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property remove_floating_ip_rows[] = {
    SCHEMA_MUST("removeFloatingIp", &schema_address_body, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node remove_floating_ip = {
    .types = { SCHEMA_OBJECT },
    .properties = remove_floating_ip_rows,
    .strict = V_ALL,
};
const struct schema_use floating_ips_remove_floating_ip_body[] = {
    { V_UPTO(43), &remove_floating_ip, "floating_ips.remove_floating_ip", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
