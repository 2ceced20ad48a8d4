/* SPDX-License-Identifier: Apache-2.0 */
/* Volumes and snapshots; see the header. */
#include "config.h"

#include "routes/views/volumes.h"

#include "fcgi_app/json/take.h"

/* A member of cinder's under a name of ours. */
static void put_member(struct strbuf *out, const char *name, const json_t *raw, const char *key)
{
    JSON_PUT_LITERAL(out, ", ");
    json_put_string(out, name);
    JSON_PUT_LITERAL(out, ": ");
    json_put_member(out, raw, key);
}

/* Only the first server of several is shown. */
static void put_attachment(struct strbuf *out, const struct cinder_volume *volume)
{
    const struct cinder_volume_attachment *attachment = volume->attachments;

    JSON_PUT_LITERAL(out, ", \"attachments\": [{");
    if (volume->attachment_count) {
        JSON_PUT_LITERAL(out, "\"id\": ");
        json_put_member(out, volume->raw, "id");
        put_member(out, "volumeId", volume->raw, "id");
        put_member(out, "serverId", attachment->raw, "server_id");
        if (take_is_true(json_object_get(attachment->raw, "device")))
            put_member(out, "device", attachment->raw, "device");
    }
    JSON_PUT_LITERAL(out, "}]");
}

static void put_volume(struct strbuf *out, const struct cinder_volume *volume)
{
    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_member(out, volume->raw, "id");
    put_member(out, "status", volume->raw, "status");
    put_member(out, "size", volume->raw, "size");
    put_member(out, "availabilityZone", volume->raw, "availability_zone");
    put_member(out, "createdAt", volume->raw, "created_at");
    put_attachment(out, volume);
    put_member(out, "displayName", volume->raw, "name");
    put_member(out, "displayDescription", volume->raw, "description");
    put_member(out, "volumeType", volume->raw, "volume_type");
    put_member(out, "snapshotId", volume->raw, "snapshot_id");
    JSON_PUT_LITERAL(out, ", \"metadata\": ");
    if (json_object_size(volume->metadata))
        json_put_tree(out, volume->metadata);
    else
        JSON_PUT_LITERAL(out, "{}");
    strbuf_putc(out, '}');
}

void volumes_view_show(struct call *call, const struct cinder_volume *volume)
{
    JSON_PUT_LITERAL(call->out, "{\"volume\": ");
    put_volume(call->out, volume);
    strbuf_putc(call->out, '}');
}

void volumes_view_list(struct call *call, const struct cinder_volume *volumes, size_t count)
{
    JSON_PUT_LITERAL(call->out, "{\"volumes\": [");
    for (size_t i = 0; i < count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put_volume(call->out, &volumes[i]);
    }
    JSON_PUT_LITERAL(call->out, "]}");
}

static void put_snapshot(struct strbuf *out, const struct cinder_snapshot *snapshot)
{
    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_member(out, snapshot->raw, "id");
    put_member(out, "volumeId", snapshot->raw, "volume_id");
    put_member(out, "status", snapshot->raw, "status");
    put_member(out, "size", snapshot->raw, "size");
    put_member(out, "createdAt", snapshot->raw, "created_at");
    put_member(out, "displayName", snapshot->raw, "name");
    put_member(out, "displayDescription", snapshot->raw, "description");
    strbuf_putc(out, '}');
}

void snapshots_view_show(struct call *call, const struct cinder_snapshot *snapshot)
{
    JSON_PUT_LITERAL(call->out, "{\"snapshot\": ");
    put_snapshot(call->out, snapshot);
    strbuf_putc(call->out, '}');
}

void snapshots_view_list(struct call *call, const struct cinder_snapshot *snapshots, size_t count)
{
    JSON_PUT_LITERAL(call->out, "{\"snapshots\": [");
    for (size_t i = 0; i < count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put_snapshot(call->out, &snapshots[i]);
    }
    JSON_PUT_LITERAL(call->out, "]}");
}
