/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image of a server that boots from a volume: snapshots of its volumes,
 * and an image that is nothing but properties which name them.
 * Neighbours: snapshot.c has those that a host fills.
 * Source: nova-facts/flows.md, outbound.md sections 3 and 5, rpc.md 3.2.
 */
#include "config.h"

#include "fcgi_app/compute/snapshot.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/instance_actions.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/tree.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

static const struct instance_states idle = INSTANCE_STATES(NULL);

static bool on_volume(const struct bdm_row *device)
{
    return device->destination_type && !strcmp(device->destination_type, "volume");
}

static json_t *number(int64_t value)
{
    return value == DB_NULL_INT ? json_null() : json_integer(value);
}

/* A device as the image's properties describe it; with `snapshot`, one that is made of the snapshot. */
static json_t *describe(const struct bdm_row *device, const char *snapshot)
{
    const struct {
        const char *name, *value;
        bool kept; /* of a device that a snapshot is made of */
    } texts[] = {
        { "guest_format", device->guest_format, false },
        { "device_type", device->device_type, true },
        { "disk_bus", device->disk_bus, true },
        { "device_name", device->device_name, true },
        { "volume_id", device->volume_id, false },
        { "image_id", device->image_id, false },
        { "tag", device->tag, false },
        { "volume_type", device->volume_type, false },
        { "encryption_secret_uuid", device->encryption_secret_uuid, false },
        { "encryption_format", device->encryption_format, false },
        { "encryption_options", device->encryption_options, false },
    };
    json_t *tree = json_object();

    json_object_set_new(tree, "source_type", tree_text(snapshot ? "snapshot" : device->source_type));
    json_object_set_new(tree, "destination_type", tree_text(snapshot ? "volume" : device->destination_type));
    json_object_set_new(tree, "snapshot_id", tree_text(snapshot ? snapshot : device->snapshot_id));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        json_object_set_new(tree, texts[i].name, tree_text(snapshot && !texts[i].kept ? NULL : texts[i].value));
    json_object_set_new(tree, "boot_index", number(device->boot_index));
    json_object_set_new(tree, "delete_on_termination", json_boolean(device->delete_on_termination));
    json_object_set_new(tree, "volume_size", number(device->volume_size));
    json_object_set_new(tree, "no_device", snapshot ? json_null() : json_boolean(device->no_device));
    json_object_set_new(tree, "encrypted", snapshot ? json_null() : json_boolean(device->encrypted));
    return tree;
}

/* The project may have gone over its quota in the middle of them. */
static struct fault *check_quota(const struct context *context, const struct target *target)
{
    json_int_t used, most;
    json_int_t wanted = 0;
    json_t *limits;

    for (size_t i = 0; i < target->bdm_count; i++)
        wanted += !target->bdms[i].no_device && on_volume(&target->bdms[i]);
    if (!wanted)
        return NULL;
    TRY(cinder_limits(context, target->mem, &limits));
    used = json_integer_value(json_object_get(limits, "totalSnapshotsUsed"));
    most = json_integer_value(json_object_get(limits, "maxTotalSnapshots"));
    return most > -1 && wanted + used > most ? fault_new(target->mem, OverQuota, "snapshots") : NULL;
}

static void fill_mapping(struct rpc_args *args, const void *arg)
{
    if (arg)
        json_put_tree(rpc_arg(args, "mapping"), arg);
    else
        rpc_arg_null(args, "mapping");
}

static struct fault *thaw(const struct context *context, const struct target *target, const json_t *mapping)
{
    return action_send(context, target, RPC_unquiesce_instance, NULL, false, fill_mapping, mapping);
}

/* Makes the server stand still where its host can and it must not be left out. */
static struct fault *freeze(const struct context *context, const struct target *target, bool *frozen)
{
    const char *must = target_system(target, "image_os_require_quiesce");
    struct fault *fault;

    *frozen = false;
    if (!target->row->vm_state || strcmp(target->row->vm_state, "active"))
        return NULL;
    log_info("Attempting to quiesce instance before volume snapshot.");
    fault = action_send(context, target, RPC_quiesce_instance, NULL, true, NULL, NULL);
    if (!fault) {
        *frozen = true;
        return NULL;
    }
    if (!fault_is(fault, FAULT_NovaException) && !fault_is(fault, FAULT_NotImplementedError)) {
        log_error("An error occurred during quiesce of instance. Unquiescing to ensure instance is thawed. Error: %s",
                  fault->message);
        TRY(thaw(context, target, NULL));
        return fault;
    }
    if (must && text_bool(must) == true)
        return fault;
    log_info("Skipping quiescing instance: %s.", fault->message);
    return NULL;
}

static struct fault *take(const struct context *context, const struct target *target, const char *name, json_t *mapping)
{
    for (size_t i = 0; i < target->bdm_count; i++) {
        const struct bdm_row *device = &target->bdms[i];
        struct cinder_snapshot snapshot;
        struct cinder_volume volume;

        if (device->no_device || !on_volume(device))
            continue;
        TRY(cinder_volume_show(context, target->mem, device->volume_id, NULL, &volume));
        TRY(cinder_snapshot_create(context, target->mem, volume.id, true,
                                   mem_printf(target->mem, "snapshot for %s", name), volume.display_description,
                                   &snapshot));
        json_array_append_new(mapping, describe(device, snapshot.id));
    }
    return NULL;
}

/* The snapshots as an event of the action; `mapping` gets what stands in the image. */
static struct fault *take_all(const struct context *context, const struct target *target, const char *name,
                              json_t *mapping)
{
    struct fault *fault;
    bool frozen;
    int64_t start;

    TRY(check_quota(context, target));
    TRY(freeze(context, target, &frozen));
    TRY(instance_action_start(context, target, "createImage"));
    start = clock_utc_usec();
    fault = take(context, target, name, mapping);
    if (fault && frozen)
        TRY(thaw(context, target, mapping));
    TRY(instance_action_event(context, target, "api_snapshot_instance", start, fault));
    if (!fault && frozen)
        TRY(thaw(context, target, mapping));
    return fault;
}

struct fault *server_snapshot_volumes(const struct context *context, struct target *target, const char *name,
                                      const json_t *properties, const char **id)
{
    static const char *const own[] = { "block_device_mapping", "bdm_v2", "root_device_name" };
    const char *member = snapshot_member(context, target);
    struct glance_image image;
    json_t *meta, *of_image, *mapping;

    TRY(target_check_states(target, &snapshot_states, &idle, true, "createImage"));
    meta = snapshot_meta(context, target, name);
    of_image = json_object_get(meta, "properties");
    json_object_set_new(meta, "visibility", json_string(member ? "shared" : "private"));
    json_object_del(meta, "disk_format");
    json_object_del(meta, "container_format");
    if (properties)
        json_object_update(of_image, (json_t *)(uintptr_t)properties);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        json_object_del(of_image, own[i]);
    if (!text_is_empty(target->row->root_device_name))
        json_object_set_new(of_image, "root_device_name", tree_text(target->row->root_device_name));
    mapping = json_array();
    json_object_set_new(of_image, "block_device_mapping", mapping);
    for (size_t i = 0; i < target->bdm_count; i++)
        if (!target->bdms[i].no_device && !on_volume(&target->bdms[i]))
            json_array_append_new(mapping, describe(&target->bdms[i], NULL));
    TRY(take_all(context, target, name, mapping));
    if (json_array_size(mapping))
        json_object_set_new(of_image, "bdm_v2", json_true());
    else
        json_object_del(of_image, "block_device_mapping");
    TRY(glance_image_create(context, target->mem, meta, true, member, &image));
    *id = image.id;
    return NULL;
}
