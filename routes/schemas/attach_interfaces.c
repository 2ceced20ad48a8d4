/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/attach_interfaces.h"

#include "routes/schemas/common.h"

static const struct schema_property create_item_rows[] = {
    SCHEMA_MUST("ip_address", &schema_ip_address, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_fixed_ips = {
    .types = { SCHEMA_ARRAY },
    .min_items = 1,
    .max_items = 1,
    .items = &create_item,
};
static const struct schema_property create_interface_attachment_rows[] = {
    SCHEMA_MAY("net_id", &schema_uuid, V_ALL),
    SCHEMA_MAY("port_id", &schema_uuid, V_ALL),
    SCHEMA_MAY("fixed_ips", &create_fixed_ips, V_ALL),
    SCHEMA_MAY("tag", &schema_tag, V_FROM(49)),
    SCHEMA_LAST,
};
static const struct schema_node create_interface_attachment = {
    .types = { SCHEMA_OBJECT },
    .properties = create_interface_attachment_rows,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MAY("interfaceAttachment", &create_interface_attachment, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use attach_interfaces_create_body[] = {
    { V_UPTO(48), &create, "attach_interfaces.create", .legacy = true },
    { V_FROM(49), &create, "attach_interfaces.create_v249", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
