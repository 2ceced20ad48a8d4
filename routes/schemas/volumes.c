/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/volumes.h"

#include "routes/schemas/common.h"

static const struct schema_property index_query_rows[] = {
    SCHEMA_MAY("limit", &schema_query_count, V_ALL),
    SCHEMA_MAY("offset", &schema_query_count, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node index_query = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_rows,
};
const struct schema_use snapshots_index_query[] = {
    { V_UPTO(35), &index_query, "volumes.index_query", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property create_snapshot_rows[] = {
    SCHEMA_MUST("volume_id", &schema_string, V_ALL),
    SCHEMA_MAY("force", &schema_boolean, V_ALL),
    SCHEMA_MAY("display_name", &schema_string, V_ALL),
    SCHEMA_MAY("display_description", &schema_string, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_snapshot = {
    .types = { SCHEMA_OBJECT },
    .properties = create_snapshot_rows,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MUST("snapshot", &create_snapshot, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use snapshots_create_body[] = {
    { V_UPTO(35), &create, "volumes.snapshot_create", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

const struct schema_use snapshots_detail_query[] = {
    { V_UPTO(35), &index_query, "volumes.detail_query", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node create_metadata = { .types = { SCHEMA_OBJECT } };
static const struct schema_node create_size = {
    .types = { SCHEMA_INTEGER, SCHEMA_STRING },
    .pattern = "^[0-9]+$",
    .minimum = "1",
};
static const struct schema_property create_volume_rows[] = {
    SCHEMA_MAY("volume_type", &schema_string, V_ALL),         SCHEMA_MAY("metadata", &create_metadata, V_ALL),
    SCHEMA_MAY("snapshot_id", &schema_string, V_ALL),         SCHEMA_MUST("size", &create_size, V_ALL),
    SCHEMA_MAY("availability_zone", &schema_string, V_ALL),   SCHEMA_MAY("display_name", &schema_string, V_ALL),
    SCHEMA_MAY("display_description", &schema_string, V_ALL), SCHEMA_LAST,
};
static const struct schema_node create_volume = {
    .types = { SCHEMA_OBJECT },
    .properties = create_volume_rows,
    .strict = V_ALL,
};
static const struct schema_property create_2_rows[] = {
    SCHEMA_MUST("volume", &create_volume, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = create_2_rows,
    .strict = V_ALL,
};
const struct schema_use volumes_create_body[] = {
    { V_UPTO(35), &create_2, "volumes.create", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property index_query_2_rows[] = {
    SCHEMA_MAY("limit", &schema_query_count, V_ALL),
    SCHEMA_MAY("offset", &schema_query_count, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node index_query_2 = {
    .types = { SCHEMA_OBJECT },
    .properties = index_query_2_rows,
    .strict = V_FROM(75),
};
const struct schema_use volume_attachments_index_query[] = {
    { V_UPTO(74), &index_query_2, "volumes.index_query", .legacy = true },
    { V_FROM(75), &index_query_2, "volumes.index_query_275", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node create_device = {
    .types = { SCHEMA_STRING, SCHEMA_NULL },
    .pattern = "(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$",
};
static const struct schema_property create_volume_attachment_rows[] = {
    SCHEMA_MUST("volumeId", &schema_uuid, V_ALL),
    SCHEMA_MAY("device", &create_device, V_ALL),
    SCHEMA_MAY("tag", &schema_tag, V_FROM(49)),
    SCHEMA_MAY("delete_on_termination", &schema_boolean, V_FROM(79)),
    SCHEMA_LAST,
};
static const struct schema_node create_volume_attachment = {
    .types = { SCHEMA_OBJECT },
    .properties = create_volume_attachment_rows,
    .strict = V_ALL,
};
static const struct schema_property create_3_rows[] = {
    SCHEMA_MUST("volumeAttachment", &create_volume_attachment, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create_3 = {
    .types = { SCHEMA_OBJECT },
    .properties = create_3_rows,
    .strict = V_ALL,
};
const struct schema_use volume_attachments_create_body[] = {
    { V_UPTO(48), &create_3, "volumes.create_volume_attachment", .legacy = true },
    { V_BETWEEN(49, 78), &create_3, "volumes.create_volume_attachment_v249", .legacy = false },
    { V_FROM(79), &create_3, "volumes.create_volume_attachment_v279", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property update_volume_attachment_rows[] = {
    SCHEMA_MUST("volumeId", &schema_uuid, V_ALL),
    SCHEMA_MAY("device", &create_device, V_FROM(85)),
    SCHEMA_MAY("tag", &schema_tag, V_FROM(85)),
    SCHEMA_MAY("delete_on_termination", &schema_boolean, V_FROM(85)),
    SCHEMA_MAY("serverId", &schema_uuid, V_FROM(85)),
    SCHEMA_MAY("id", &schema_uuid, V_FROM(85)),
    SCHEMA_LAST,
};
static const struct schema_node update_volume_attachment = {
    .types = { SCHEMA_OBJECT },
    .properties = update_volume_attachment_rows,
    .strict = V_ALL,
};
static const struct schema_property update_rows[] = {
    SCHEMA_MUST("volumeAttachment", &update_volume_attachment, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node update = {
    .types = { SCHEMA_OBJECT },
    .properties = update_rows,
    .strict = V_ALL,
};
const struct schema_use volume_attachments_update_body[] = {
    { V_UPTO(84), &update, "volumes.update_volume_attachment", .legacy = true },
    { V_FROM(85), &update, "volumes.update_volume_attachment_v285", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
