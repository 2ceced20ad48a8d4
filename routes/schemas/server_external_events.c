/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/server_external_events.h"

#include "routes/schemas/common.h"

static const struct schema_node create_name = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"network-changed\", \"network-vif-plugged\", \"network-vif-unplugged\", \"network-vif-deleted\"]",
};
static const struct schema_node create_item_name = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"network-changed\", \"network-vif-plugged\", \"network-vif-unplugged\", \"network-vif-deleted\", "
                 "\"volume-extended\"]",
};
static const struct schema_node create_events_item_name = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"network-changed\", \"network-vif-plugged\", \"network-vif-unplugged\", \"network-vif-deleted\", "
                 "\"volume-extended\", \"power-update\"]",
};
static const struct schema_node create_events_item_name_2 = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"network-changed\", \"network-vif-plugged\", \"network-vif-unplugged\", \"network-vif-deleted\", "
                 "\"volume-extended\", \"power-update\", \"accelerator-request-bound\"]",
};
static const struct schema_node create_events_item_name_3 = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"network-changed\", \"network-vif-plugged\", \"network-vif-unplugged\", \"network-vif-deleted\", "
                 "\"volume-extended\", \"power-update\", \"accelerator-request-bound\", \"volume-reimaged\"]",
};
static const struct schema_node create_status = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"failed\", \"completed\", \"in-progress\"]",
};
static const struct schema_property create_item_rows[] = {
    SCHEMA_MUST("server_uuid", &schema_uuid, V_ALL),
    SCHEMA_MUST("name", &create_name, V_UPTO(50)),
    SCHEMA_MUST("name", &create_item_name, V_BETWEEN(51, 75)),
    SCHEMA_MUST("name", &create_events_item_name, V_BETWEEN(76, 81)),
    SCHEMA_MUST("name", &create_events_item_name_2, V_BETWEEN(82, 92)),
    SCHEMA_MUST("name", &create_events_item_name_3, V_FROM(93)),
    SCHEMA_MAY("status", &create_status, V_ALL),
    SCHEMA_MAY("tag", &schema_text_255, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_item = {
    .types = { SCHEMA_OBJECT },
    .properties = create_item_rows,
    .strict = V_ALL,
};
static const struct schema_node create_events = {
    .types = { SCHEMA_ARRAY },
    .min_items = 1,
    .items = &create_item,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MUST("events", &create_events, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use server_external_events_create_body[] = {
    { V_UPTO(50), &create, "server_external_events.create", .legacy = true },
    { V_BETWEEN(51, 75), &create, "server_external_events.create_v251", .legacy = false },
    { V_BETWEEN(76, 81), &create, "server_external_events.create_v276", .legacy = false },
    { V_BETWEEN(82, 92), &create, "server_external_events.create_v282", .legacy = false },
    { V_FROM(93), &create, "server_external_events.create_v293", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
