/* SPDX-License-Identifier: Apache-2.0 */
/* Images of servers. Neighbours: snapshot_volumes.c has those on volumes; shelve.c keeps one of a shelved server;
 * clients/glance.h has the image service. */
#include "config.h"

#include "fcgi_app/compute/snapshot.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/conf/conf.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

const struct instance_states snapshot_states = INSTANCE_STATES("active", "stopped", "paused", "suspended");
static const struct instance_states idle = INSTANCE_STATES(NULL);

static void decref(void *json)
{
    json_decref(json);
}

static bool among(const char *const *names, const char *name)
{
    for (size_t i = 0; names[i]; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

json_t *snapshot_meta(const struct context *context, const struct target *target, const char *name)
{
    static const char *const skipped[] = { "mappings", "block_device_mapping", "img_mappings",
                                           "img_block_device_mapping", NULL };
    static const char *const base[] = { "min_ram", "min_disk", "disk_format", "container_format", NULL };
    static const char *const not_inherited[] = { "cinder_encryption_key_id",
                                                 "cinder_encryption_key_deletion_policy",
                                                 "img_signature",
                                                 "img_signature_hash_method",
                                                 "img_signature_key_type",
                                                 "img_signature_certificate_uuid",
                                                 NULL };
    const char *const *configured = conf_list(context->worker->conf, OPTION_DEFAULT_non_inheritable_image_properties);
    json_t *meta = json_object(), *properties = json_object();

    mem_attach(target->mem, meta, decref);
    for (size_t i = 0; i < target->system_metadata.count; i++) {
        const struct instance_pair *pair = &target->system_metadata.items[i];
        const char *key = pair->key;

        if (!pair->value)
            continue;
        if (!strncmp(key, "image_", strlen("image_")))
            key += strlen("image_");
        if (among(skipped, key))
            continue;
        if (among(base, key))
            json_object_set_new_nocheck(meta, key, json_string_nocheck(pair->value));
        else if (!among(not_inherited, key) && strncmp(key, "os_glance", strlen("os_glance")) &&
                 !(configured && among(configured, key)))
            json_object_set_new_nocheck(properties, key, json_string_nocheck(pair->value));
    }
    json_object_set_new(meta, "properties", properties);
    json_object_set_new_nocheck(meta, "name", json_string_nocheck(name));
    return meta;
}

const char *snapshot_member(const struct context *context, const struct target *target)
{
    bool own = context->project_id && target->row->project_id && !strcmp(context->project_id, target->row->project_id);

    return own ? NULL : target->row->project_id;
}

struct fault *snapshot_create_image(const struct context *context, const struct target *target, const char *name,
                                    const char *type, const json_t *properties, const char **id)
{
    json_t *meta = snapshot_meta(context, target, name), *own = json_object_get(meta, "properties");
    const char *member = snapshot_member(context, target);
    struct glance_image image;

    json_object_set_new(own, "instance_uuid", json_string(target->row->uuid));
    json_object_set_new(own, "user_id", json_string(context->user_id ? context->user_id : "None"));
    json_object_set_new(own, "image_type", json_string(type));
    if (properties)
        json_object_update(own, (json_t *)(uintptr_t)properties);
    json_object_set_new(meta, "visibility", json_string(member ? "shared" : "private"));
    if (!strcmp(type, "snapshot")) {
        /* the host may keep it in another form than that of the server's image */
        json_object_del(meta, "disk_format");
        json_object_del(meta, "container_format");
    }
    TRY(glance_image_create(context, target->mem, meta, false, member, &image));
    *id = image.id;
    return NULL;
}

/* The server went while its image was made: the image goes too, and its state is what is wrong. */
static struct fault *went_away(const struct context *context, const struct target *target, const char *image,
                               const struct fault *why)
{
    bool gone = why->name == FAULT_InstanceNotFound;
    struct fault *fault = glance_image_delete(context, target->mem, image);

    if (fault && fault->name != FAULT_ImageNotFound)
        log_warning("Error while trying to clean up image %s: %s", image, fault->message);
    return fault_text(target->mem, InstanceInvalidState, "Cannot 'createImage' instance %s while it is in %s %s",
                      target->row->uuid, gone ? "vm_state" : "task_state", gone ? "deleted" : "deleting");
}

static void fill_image(struct rpc_args *args, const void *arg)
{
    rpc_arg_string(args, "image_id", arg);
}

struct fault *server_snapshot(const struct context *context, struct target *target, const char *name,
                              const json_t *properties, const char **id)
{
    struct fault *fault;

    TRY(target_check_states(target, &snapshot_states, &idle, true, "createImage"));
    TRY(snapshot_create_image(context, target, name, "snapshot", properties, id));
    target_set_text(target, "task_state", "image_snapshot_pending");
    fault = target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "createImage" });
    if (fault && (fault->name == FAULT_InstanceNotFound || fault->name == FAULT_UnexpectedDeletingTaskStateError))
        return went_away(context, target, *id, fault);
    TRY(fault);
    return action_send(context, target, RPC_snapshot_instance, NULL, false, fill_image, *id);
}

struct backup {
    const char *image_id, *type;
    int64_t rotation;
};

static void fill_backup(struct rpc_args *args, const void *arg)
{
    const struct backup *backup = arg;

    rpc_arg_string(args, "image_id", backup->image_id);
    rpc_arg_string(args, "backup_type", backup->type);
    rpc_arg_int(args, "rotation", backup->rotation);
}

struct fault *server_backup(const struct context *context, struct target *target, const char *name,
                            const char *backup_type, int64_t rotation, const json_t *properties, const char **id)
{
    json_t *with_type = properties ? json_copy((json_t *)(uintptr_t)properties) : json_object();

    mem_attach(target->mem, with_type, decref);
    TRY(target_check_states(target, &snapshot_states, &idle, true, "createBackup"));
    if (target_is_volume_backed(target))
        return fault_text(target->mem, InvalidRequest, "Backup is not supported for volume-backed instances.");
    json_object_set_new_nocheck(with_type, "backup_type", json_string_nocheck(backup_type));
    TRY(snapshot_create_image(context, target, name, "backup", with_type, id));
    target_set_text(target, "task_state", "image_backup");
    TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "createBackup" }));
    return action_send(context, target, RPC_backup_instance, NULL, false, fill_backup,
                       &(struct backup){ *id, backup_type, rotation });
}
