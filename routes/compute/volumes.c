/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /os-volumes, /os-snapshots, /servers/{server_id}/os-volume_attachments, …: the rows of upstream's module volumes.
 * The first two are asked of the block storage service as they are; views/volumes.c shows them.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/compute/volume_attachments.h"
#include "fcgi_app/policies/policies.h"
#include "routes/action.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/volumes.h"
#include "routes/views/volumes.h"

#include <string.h>

#define RULE(name) "os_compute_api:os-volumes-attachments:" name

static const enum fault_name no_volume[] = { FAULT_VolumeNotFound, FAULT_COUNT };
static const enum fault_name no_snapshot[] = { FAULT_SnapshotNotFound, FAULT_COUNT };
static const enum fault_name bad_input[] = { FAULT_InvalidInput, FAULT_COUNT };
static const enum fault_name over_quota[] = { FAULT_OverQuota, FAULT_COUNT };

/* The server of the path, for those who may. */
static struct fault *find(const struct call *call, unsigned wants, const char *rule, struct target **target)
{
    TRY(target_find(call->context, call->vars[0], wants | INSTANCE_WITH_BDMS, target));
    return policy_check(call->context, rule, &(struct policy_target){ (*target)->row->project_id, NULL });
}

/* ---- the block storage service's volumes ---- */

static struct fault *authorize(const struct call *call, const char *rule)
{
    const struct policy_target target = policy_own_project(call->context);

    return policy_check(call->context, rule, &target);
}

/* Which of `count` are asked for: from *first up to *end. */
static struct fault *read_page(const struct call *call, size_t count, size_t *first, size_t *end)
{
    struct paging paging;
    int64_t left;

    TRY(paging_read(call, &paging));
    if (!paging.limit)
        paging.limit = paging_max_limit(call);
    *first = (uint64_t)paging.offset < count ? (size_t)paging.offset : count;
    left = (int64_t)(count - *first);
    *end = *first + (size_t)(left < paging.limit ? left : paging.limit);
    return NULL;
}

static struct fault *list_volumes(struct call *call, const char *rule)
{
    struct cinder_volume *volumes;
    size_t count, first, end;

    TRY(authorize(call, rule));
    TRY(cinder_volumes_list(call->context, call->mem, &volumes, &count));
    TRY(read_page(call, count, &first, &end));
    volumes_view_list(call, volumes + first, end - first);
    return NULL;
}

static struct fault *volumes_index(struct call *call)
{
    return list_volumes(call, "os_compute_api:os-volumes:list");
}

static struct fault *volumes_detail(struct call *call)
{
    return list_volumes(call, "os_compute_api:os-volumes:detail");
}

static struct fault *volumes_show(struct call *call)
{
    struct cinder_volume volume;
    struct fault *fault;

    TRY(authorize(call, "os_compute_api:os-volumes:show"));
    fault = cinder_volume_show(call->context, call->mem, call->vars[0], NULL, &volume);
    TRY(action_fault_as(call, fault, 404, no_volume));
    volumes_view_show(call, &volume);
    return NULL;
}

static struct fault *volumes_delete(struct call *call)
{
    struct fault *fault;

    TRY(authorize(call, "os_compute_api:os-volumes:delete"));
    fault = cinder_volume_delete(call->context, call->mem, call->vars[0]);
    fault = action_fault_as(call, fault, 400, bad_input);
    return action_fault_as(call, fault, 404, no_volume);
}

static struct fault *volumes_create(struct call *call)
{
    const json_t *asked = json_object_get(call->body, "volume");
    struct cinder_volume_new wish = {
        .size = json_object_get(asked, "size"),
        .name = json_string_value(json_object_get(asked, "display_name")),
        .description = json_string_value(json_object_get(asked, "display_description")),
        .snapshot_id = json_string_value(json_object_get(asked, "snapshot_id")),
        .volume_type = json_string_value(json_object_get(asked, "volume_type")),
        .availability_zone = json_string_value(json_object_get(asked, "availability_zone")),
        .metadata = json_object_get(asked, "metadata"),
    };
    struct cinder_snapshot snapshot;
    struct cinder_volume volume;
    struct fault *fault;

    TRY(authorize(call, "os_compute_api:os-volumes:create"));
    if (wish.snapshot_id) {
        fault = cinder_snapshot_show(call->context, call->mem, wish.snapshot_id, &snapshot);
        TRY(action_fault_as(call, fault, 404, no_snapshot));
        wish.snapshot_id = snapshot.id;
    }
    fault = cinder_volume_create(call->context, call->mem, &wish, &volume);
    fault = action_fault_as(call, fault, 400, bad_input);
    TRY(action_fault_as(call, fault, 403, over_quota));
    volumes_view_show(call, &volume);
    response_set_header(&call->request->response, call->mem, "location",
                        mem_printf(call->mem, "%s/%s", request_url(call->request), volume.id));
    return NULL;
}

/* ---- its snapshots ---- */

static struct fault *list_snapshots(struct call *call, const char *rule)
{
    struct cinder_snapshot *snapshots;
    size_t count, first, end;

    TRY(authorize(call, rule));
    TRY(cinder_snapshots_list(call->context, call->mem, &snapshots, &count));
    TRY(read_page(call, count, &first, &end));
    snapshots_view_list(call, snapshots + first, end - first);
    return NULL;
}

static struct fault *snapshots_index(struct call *call)
{
    return list_snapshots(call, "os_compute_api:os-volumes:snapshots:list");
}

static struct fault *snapshots_detail(struct call *call)
{
    return list_snapshots(call, "os_compute_api:os-volumes:snapshots:detail");
}

static struct fault *snapshots_show(struct call *call)
{
    struct cinder_snapshot snapshot;
    struct fault *fault;

    TRY(authorize(call, "os_compute_api:os-volumes:snapshots:show"));
    fault = cinder_snapshot_show(call->context, call->mem, call->vars[0], &snapshot);
    TRY(action_fault_as(call, fault, 404, no_snapshot));
    snapshots_view_show(call, &snapshot);
    return NULL;
}

static struct fault *snapshots_delete(struct call *call)
{
    TRY(authorize(call, "os_compute_api:os-volumes:snapshots:delete"));
    return action_fault_as(call, cinder_snapshot_delete(call->context, call->mem, call->vars[0]), 404, no_snapshot);
}

static struct fault *snapshots_create(struct call *call)
{
    const json_t *asked = json_object_get(call->body, "snapshot"), *force = json_object_get(asked, "force");
    bool forced = json_is_true(force) || (json_is_string(force) && text_bool(json_string_value(force)) == 1);
    struct cinder_snapshot snapshot;
    struct fault *fault;

    TRY(authorize(call, "os_compute_api:os-volumes:snapshots:create"));
    fault = cinder_snapshot_create(call->context, call->mem, json_string_value(json_object_get(asked, "volume_id")),
                                   forced, json_string_value(json_object_get(asked, "display_name")),
                                   json_string_value(json_object_get(asked, "display_description")), &snapshot);
    TRY(action_fault_as(call, fault, 403, over_quota));
    snapshots_view_show(call, &snapshot);
    return NULL;
}

/* ---- attachments: shows ---- */

static void put_attachment(const struct call *call, const struct bdm_row *bdm)
{
    struct strbuf *out = call->out;

    strbuf_putc(out, '{');
    if (call->version < 89) { /* 2.89: no id of its own */
        JSON_PUT_LITERAL(out, "\"id\": ");
        json_put_string(out, bdm->volume_id);
        JSON_PUT_LITERAL(out, ", ");
    }
    JSON_PUT_LITERAL(out, "\"volumeId\": ");
    json_put_string(out, bdm->volume_id);
    JSON_PUT_LITERAL(out, ", \"serverId\": ");
    json_put_string(out, bdm->instance_uuid);
    if (!text_is_empty(bdm->device_name)) {
        JSON_PUT_LITERAL(out, ", \"device\": ");
        json_put_string(out, bdm->device_name);
    }
    if (call->version >= 70) {
        JSON_PUT_LITERAL(out, ", \"tag\": ");
        json_put_string(out, bdm->tag);
    }
    if (call->version >= 79) {
        JSON_PUT_LITERAL(out, ", \"delete_on_termination\": ");
        json_put_bool(out, bdm->delete_on_termination);
    }
    if (call->version >= 89) {
        JSON_PUT_LITERAL(out, ", \"attachment_id\": ");
        json_put_string(out, bdm->attachment_id);
        JSON_PUT_LITERAL(out, ", \"bdm_uuid\": ");
        json_put_string(out, bdm->uuid);
    }
    strbuf_putc(out, '}');
}

static struct fault *index_attachments(struct call *call)
{
    struct target *target;
    struct paging paging;
    bool first = true;

    TRY(find(call, 0, RULE("index"), &target));
    TRY(paging_read(call, &paging));
    JSON_PUT_LITERAL(call->out, "{\"volumeAttachments\": [");
    for (size_t i = 0; i < target->bdm_count; i++) {
        int64_t at = (int64_t)i - paging.offset;

        if (at < 0 || at >= paging.limit || text_is_empty(target->bdms[i].volume_id))
            continue;
        if (!first)
            JSON_PUT_LITERAL(call->out, ", ");
        first = false;
        put_attachment(call, &target->bdms[i]);
    }
    JSON_PUT_LITERAL(call->out, "]}");
    return NULL;
}

static struct fault *not_attached(const struct call *call)
{
    return fault_http(call->mem, 404, "Instance %s is not attached to volume %s", call->vars[0], call->vars[1]);
}

static struct fault *show_attachment(struct call *call)
{
    const struct bdm_row *bdm;
    struct target *target;

    TRY(find(call, 0, RULE("show"), &target));
    bdm = volume_attachment_find(target, call->vars[1]);
    if (!bdm)
        return not_attached(call);
    JSON_PUT_LITERAL(call->out, "{\"volumeAttachment\": ");
    put_attachment(call, bdm);
    strbuf_putc(call->out, '}');
    return NULL;
}

/* ---- attach ---- */

/* Servers that are shelved need 2.20. */
static struct fault *check_shelved(const struct call *call, const struct target *target, const char *method)
{
    const char *state = target->row->vm_state;

    if (call->version >= 20 || !state || (strcmp(state, "shelved") && strcmp(state, "shelved_offloaded")))
        return NULL;
    return fault_http(call->mem, 409, "Cannot '%s' instance %s while it is in vm_state %s", method, call->vars[0],
                      state);
}

static const enum fault_name in_use[] = { FAULT_DevicePathInUse, FAULT_COUNT };
static const enum fault_name refused[] = { FAULT_InvalidVolume,
                                           FAULT_InvalidDevicePath,
                                           FAULT_InvalidInput,
                                           FAULT_VolumeTaggedAttachNotSupported,
                                           FAULT_MultiattachNotSupportedOldMicroversion,
                                           FAULT_MultiattachToShelvedNotSupported,
                                           FAULT_COUNT };
static const enum fault_name too_many[] = { FAULT_TooManyDiskDevices, FAULT_COUNT };

static struct fault *create_attachment(struct call *call)
{
    const json_t *asked = json_object_get(call->body, "volumeAttachment");
    const json_t *termination = json_object_get(asked, "delete_on_termination");
    struct volume_wish wish = { .volume_id = json_string_value(json_object_get(asked, "volumeId")),
                                .device = json_string_value(json_object_get(asked, "device")),
                                .tag = json_string_value(json_object_get(asked, "tag")),
                                .multiattach = call->version >= 60 };
    struct target *target;
    struct fault *fault;
    const char *device;

    wish.delete_on_termination =
        json_is_true(termination) || (json_is_string(termination) && text_bool(json_string_value(termination)) == 1);
    TRY(find(call, INSTANCE_WITH_CACHE, RULE("create"), &target));
    TRY(check_shelved(call, target, "attach_volume"));
    fault = volume_attach(call->context, target, &wish, &device);
    fault = action_fault_as(call, fault, 404, no_volume);
    fault = action_fault_as(call, fault, 409, in_use);
    fault = action_fault_as(call, fault, 400, refused);
    fault = action_fault_as(call, fault, 403, too_many);
    TRY(target_conflict(target, fault));
    JSON_PUT_LITERAL(call->out, "{\"volumeAttachment\": {\"id\": ");
    json_put_string(call->out, wish.volume_id);
    JSON_PUT_LITERAL(call->out, ", \"serverId\": ");
    json_put_string(call->out, call->vars[0]);
    JSON_PUT_LITERAL(call->out, ", \"volumeId\": ");
    json_put_string(call->out, wish.volume_id);
    JSON_PUT_LITERAL(call->out, ", \"device\": ");
    json_put_string(call->out, device);
    if (call->version >= 70) {
        JSON_PUT_LITERAL(call->out, ", \"tag\": ");
        json_put_string(call->out, wish.tag);
    }
    if (call->version >= 79) {
        JSON_PUT_LITERAL(call->out, ", \"delete_on_termination\": ");
        json_put_bool(call->out, wish.delete_on_termination);
    }
    JSON_PUT_LITERAL(call->out, "}}");
    return NULL;
}

/* ---- update, swap ---- */

static struct fault *swap(struct call *call, struct target *target, const char *new_id)
{
    static const enum fault_name not_here[] = { FAULT_VolumeBDMNotFound, FAULT_COUNT };
    static const enum fault_name bad[] = { FAULT_InvalidVolume, FAULT_MultiattachSwapVolumeNotSupported, FAULT_COUNT };
    struct cinder_volume old, new;
    struct fault *fault;

    fault = cinder_volume_show(call->context, call->mem, call->vars[1], NULL, &old);
    TRY(action_fault_as(call, fault, 404, no_volume));
    fault = cinder_volume_show(call->context, call->mem, new_id, NULL, &new);
    TRY(action_fault_as(call, fault, 400, no_volume));
    fault = volume_swap(call->context, target, &old, &new);
    fault = action_fault_as(call, fault, 404, not_here);
    fault = action_fault_as(call, fault, 400, bad);
    return target_conflict(target, fault);
}

/* A text that may not change; a member that is not given is fine. */
static struct fault *check_same(const struct call *call, const json_t *asked, const char *name, const char *now)
{
    const json_t *value = json_object_get(asked, name);
    const char *text = json_string_value(value);

    if (!value || (text && now && !strcmp(text, now)) || (json_is_null(value) && !now))
        return NULL;
    return fault_http(call->mem, 400, "The %s property is not mutable", name);
}

static struct fault *update_row(struct call *call, struct target *target, const json_t *asked)
{
    const struct bdm_row *bdm = volume_attachment_find(target, call->vars[1]);
    const json_t *termination = json_object_get(asked, "delete_on_termination");
    bool goes;

    if (!bdm)
        return fault_http(call->mem, 404, "No volume Block Device Mapping with id %s.", call->vars[1]);
    TRY(check_same(call, asked, "id", call->vars[1]));
    TRY(check_same(call, asked, "serverId", target->row->uuid));
    TRY(check_same(call, asked, "device", bdm->device_name));
    TRY(check_same(call, asked, "tag", bdm->tag));
    /* The row is saved whatever was asked: its time of change moves. */
    goes = termination ? json_is_true(termination) ||
                             (json_is_string(termination) && text_bool(json_string_value(termination)) == 1)
                       : bdm->delete_on_termination;
    return volume_set_termination(call->context, target, bdm, goes);
}

static struct fault *update_attachment(struct call *call)
{
    const json_t *asked = json_object_get(call->body, "volumeAttachment");
    const char *volume = json_string_value(json_object_get(asked, "volumeId"));
    bool only_swap = call->version < 85; /* 2.85: other properties too */
    bool swaps = only_swap || strcmp(volume, call->vars[1]);
    struct target *target;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE | INSTANCE_WITH_BDMS, &target));
    TRY(swaps ? policy_check(call->context, RULE("swap"), &(struct policy_target){ NULL, NULL })
              : policy_check(call->context, RULE("update"), &(struct policy_target){ target->row->project_id, NULL }));
    if (!only_swap)
        TRY(update_row(call, target, asked));
    return swaps ? swap(call, target, volume) : NULL;
}

/* ---- detach ---- */

static struct fault *delete_attachment(struct call *call)
{
    static const enum fault_name bad[] = { FAULT_InvalidVolume, FAULT_InvalidInput, FAULT_COUNT };
    static const enum fault_name down[] = { FAULT_ServiceUnavailable, FAULT_COUNT };
    struct cinder_volume volume;
    const struct bdm_row *bdm;
    struct target *target;
    struct fault *fault;

    TRY(find(call, INSTANCE_WITH_CACHE | INSTANCE_WITH_DEVICES | INSTANCE_WITH_SERVICES, RULE("delete"), &target));
    TRY(check_shelved(call, target, "detach_volume"));
    fault = cinder_volume_show(call->context, call->mem, call->vars[1], NULL, &volume);
    TRY(action_fault_as(call, fault, 404, no_volume));
    bdm = volume_attachment_find(target, call->vars[1]);
    if (!bdm)
        return not_attached(call);
    if (bdm->boot_index == 0)
        return fault_http(call->mem, 400, "Cannot detach a root device volume");
    fault = volume_detach(call->context, target, &volume, bdm);
    fault = action_fault_as(call, fault, 409, down);
    fault = action_fault_as(call, fault, 400, bad);
    return target_conflict(target, fault);
}

/* clang-format off */
static const struct route volumes_routes[] = {
    { "GET", "/os-snapshots", NULL, V_UPTO(35), snapshots_index, 200, .errors = { 0 }, .query = snapshots_index_query,
      .policies = "os_compute_api:os-volumes:snapshots:list" },
    { "POST", "/os-snapshots", NULL, V_UPTO(35), snapshots_create, 200, .errors = { 400, 403 }, .body = snapshots_create_body,
      .policies = "os_compute_api:os-volumes:snapshots:create" },
    { "GET", "/os-snapshots/detail", NULL, V_UPTO(35), snapshots_detail, 200, .errors = { 0 }, .query = snapshots_detail_query,
      .policies = "os_compute_api:os-volumes:snapshots:detail" },
    { "GET", "/os-snapshots/{id}", NULL, V_UPTO(35), snapshots_show, 200, .errors = { 404 },
      .policies = "os_compute_api:os-volumes:snapshots:show" },
    { "DELETE", "/os-snapshots/{id}", NULL, V_UPTO(35), snapshots_delete, 202, .errors = { 404 },
      .policies = "os_compute_api:os-volumes:snapshots:delete" },
    { "GET", "/os-volumes", NULL, V_UPTO(35), volumes_index, 200, .errors = { 0 }, .query = snapshots_index_query,
      .policies = "os_compute_api:os-volumes:list" },
    { "POST", "/os-volumes", NULL, V_UPTO(35), volumes_create, 200, .errors = { 400, 403, 404 }, .body = volumes_create_body,
      .policies = "os_compute_api:os-volumes:create" },
    { "GET", "/os-volumes/detail", NULL, V_UPTO(35), volumes_detail, 200, .errors = { 0 }, .query = snapshots_detail_query,
      .policies = "os_compute_api:os-volumes:detail" },
    { "GET", "/os-volumes/{id}", NULL, V_UPTO(35), volumes_show, 200, .errors = { 404 },
      .policies = "os_compute_api:os-volumes:show" },
    { "DELETE", "/os-volumes/{id}", NULL, V_UPTO(35), volumes_delete, 202, .errors = { 400, 404 },
      .policies = "os_compute_api:os-volumes:delete" },
    { "GET", "/servers/{server_id}/os-volume_attachments", NULL, V_ALL, index_attachments, 200, .errors = { 404 },
      .query = volume_attachments_index_query,
      .policies = "os_compute_api:os-volumes-attachments:index" },
    { "POST", "/servers/{server_id}/os-volume_attachments", NULL, V_ALL, create_attachment, 200, .errors = { 400, 403, 404, 409 },
      .body = volume_attachments_create_body,
      .policies = "os_compute_api:os-volumes-attachments:create" },
    { "GET", "/servers/{server_id}/os-volume_attachments/{id}", NULL, V_ALL, show_attachment, 200, .errors = { 404 },
      .policies = "os_compute_api:os-volumes-attachments:show" },
    { "PUT", "/servers/{server_id}/os-volume_attachments/{id}", NULL, V_ALL, update_attachment, 202, .errors = { 400, 404, 409 },
      .body = volume_attachments_update_body,
      .policies = "os_compute_api:os-volumes-attachments:swap; os_compute_api:os-volumes-attachments:update" },
    { "DELETE", "/servers/{server_id}/os-volume_attachments/{id}", NULL, V_ALL, delete_attachment, 202,
      .errors = { 400, 403, 404, 409 },
      .policies = "os_compute_api:os-volumes-attachments:delete" },
    { 0 },
};
/* clang-format on */

const struct resource volumes_resource = { "volumes", volumes_routes };
