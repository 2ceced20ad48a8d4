/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rebuilding a server; see the header.  The new image goes through what
 * create_images.c asks of the image of a new server.
 */
#include "config.h"

#include "fcgi_app/compute/rebuild.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/compute/hardware.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/compute/resize.h"
#include "fcgi_app/compute/server_flavor.h"
#include "fcgi_app/compute/server_spec.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/image_meta.h"
#include "fcgi_app/objects/tree.h"
#include "fcgi_app/quota/quota.h"

#include <string.h>

static const struct instance_states rebuildable = INSTANCE_STATES("active", "stopped", "error");
static const struct instance_states idle = INSTANCE_STATES(NULL);

struct rebuilding {
    struct create create;
    struct target *target;
    const struct rebuild *how;
    const char *original; /* image: of the server, or of its boot volume; NULL where that has none */
    json_t *old_system;   /* system metadata before the change */
};

static struct db_bytes written(const void *mem, const json_t *tree)
{
    struct strbuf text;

    strbuf_init(&text, mem, 500);
    json_put_tree(&text, tree);
    return (struct db_bytes){ text.data, text.length };
}

/* ---- what the server gets beside the image ---- */

static struct fault *set_key_pair(struct rebuilding *rebuilding)
{
    struct target *target = rebuilding->target;
    struct create *create = &rebuilding->create;
    json_t *list;

    if (!rebuilding->how->key_given)
        return NULL;
    TRY(create_key_pair_find(create));
    list = create_keep(create, key_pairs_tree(create->shared.key_pair));
    target_set_text(target, "key_name", create->shared.key_name);
    target_set_text(target, "key_data", create->shared.key_data);
    target_set_extra(target, "keypairs", written(target->mem, list).data);
    tree_forget(list);
    target->row->keypairs = written(target->mem, list);
    target->wants |= INSTANCE_WITH_KEYPAIRS;
    return NULL;
}

static void set_certificates(struct rebuilding *rebuilding)
{
    struct target *target = rebuilding->target;
    const char *const *ids = create_trusted_certs(&rebuilding->create);

    if (!rebuilding->how->certs_given)
        return;
    target->row->trusted_certs = (struct db_bytes){ 0 };
    if (ids)
        target->row->trusted_certs = written(target->mem, create_keep(&rebuilding->create, trusted_certs_tree(ids)));
    target_set_extra(target, "trusted_certs", target->row->trusted_certs.data);
    target->wants |= INSTANCE_WITH_CERTS;
}

/* ---- checks ---- */

static struct fault *find_original(struct rebuilding *rebuilding)
{
    struct create *create = &rebuilding->create;
    const struct target *target = rebuilding->target;
    const struct bdm_row *root = target_root_device(target);
    const char *const *certs = rebuilding->how->wish.trusted_certs;
    const char *wanted = rebuilding->how->wish.image_ref;
    struct cinder_volume volume;

    rebuilding->original = target->row->image_ref;
    if (!target_is_volume_backed(target))
        return NULL;
    if (certs && certs[0])
        return fault_text(target->mem, CertificateValidationFailed,
                          "Image certificate validation is not supported for volume-backed servers.");
    if (!root)
        return fault_text(target->mem, NovaException,
                          "Unable to find root block device mapping for volume-backed instance.");
    TRY(cinder_volume_show(create->context, target->mem, root->volume_id, NULL, &volume));
    rebuilding->original = json_string_value(json_object_get(volume.volume_image_metadata, "image_id"));
    if (!rebuilding->how->reimage_boot_volume && (!rebuilding->original || strcmp(rebuilding->original, wanted)))
        return fault_new(target->mem, ImageUnacceptable, wanted,
                         "Unable to rebuild with a different image for a volume-backed server.");
    return NULL;
}

static bool changes_image(const struct rebuilding *rebuilding)
{
    return !rebuilding->original || strcmp(rebuilding->original, rebuilding->how->wish.image_ref);
}

/* Root device and flavor as a new server would have them. */
static void describe(struct rebuilding *rebuilding)
{
    struct target *target = rebuilding->target;
    const struct bdm_row *root = target_root_device(target);
    struct create *create = &rebuilding->create;
    struct new_device *device;

    create->flavor = server_flavor_row(target, server_flavor(target, "cur"));
    if (!root)
        return;
    device = mem_new(target->mem, struct new_device);
    *device = (struct new_device){ .destination_type = root->destination_type,
                                   .volume_size = root->volume_size == DB_NULL_INT ? DEVICE_NONE : root->volume_size };
    create->devices = (struct new_devices){ device, 1 };
}

/* The host keeps what it has claimed for the server: that must stay as it is. */
static struct fault *check_numa(struct rebuilding *rebuilding)
{
    struct create *create = &rebuilding->create;
    const json_t *new = create->numa_topology;
    json_t *image, *old = NULL;

    TRY(server_image_meta(rebuilding->target, &image));
    TRY(hardware_numa(create->mem, create->flavor, image, &old));
    if (old)
        create_keep(create, old);
    if (old && new ? !json_equal(old, new) : old != new)
        return fault_new(create->mem, ImageNUMATopologyRebuildConflict);
    return NULL;
}

static struct fault *check(struct rebuilding *rebuilding, struct server_spec **spec)
{
    const struct create_wish *wish = &rebuilding->how->wish;
    struct create *create = &rebuilding->create;
    const struct target *target = rebuilding->target;

    TRY(set_key_pair(rebuilding));
    set_certificates(rebuilding);
    TRY(create_image_read(create));
    TRY(create_image_disk_config(create));
    TRY(image_meta_check_architecture(create->mem, create->image));
    describe(rebuilding);
    TRY(find_original(rebuilding));
    TRY(server_spec_load(create->context, target, spec));
    if (json_object_size(wish->metadata))
        TRY(quota_check_metadata(create->context, (int64_t)json_object_size(wish->metadata)));
    TRY(create_files_check(create));
    TRY(create_image_fits(create));
    TRY(hardware_numa(create->mem, create->flavor, create->image_meta, &create->numa_topology));
    if (create->numa_topology)
        create_keep(create, create->numa_topology);
    TRY(target_check_volumes(create->context, target));
    if (changes_image(rebuilding))
        TRY(check_numa(rebuilding));
    return create_image_parts(create);
}

/* ---- the writes ---- */

static struct fault *save(struct rebuilding *rebuilding)
{
    const struct new_servers *shared = &rebuilding->create.shared;
    const struct rebuild *how = rebuilding->how;
    struct target *target = rebuilding->target;

    target_set_text(target, "os_type", shared->os_type);
    target_set_text(target, "architecture", shared->architecture);
    target_set_text(target, "vm_mode", shared->vm_mode);
    target_set_bool(target, "auto_disk_config", shared->auto_disk_config);
    target_set_text(target, "task_state", "rebuilding");
    if (!target_is_volume_backed(target))
        target_set_text(target, "image_ref", how->wish.image_ref);
    target_set_text(target, "kernel_id", shared->kernel_id);
    target_set_text(target, "ramdisk_id", shared->ramdisk_id);
    target_set_int(target, "progress", 0);
    if (how->wish.metadata)
        target_replace_metadata(target, how->wish.metadata);
    return target_save(rebuilding->create.context, target, &(struct target_guard){ .task_states = &idle });
}

/* What the server remembers of its image: that of the new one, and nothing of the old one. */
static struct fault *save_image(struct rebuilding *rebuilding)
{
    json_t *kept = create_keep(&rebuilding->create, json_object());
    json_t *system = create_system_metadata(&rebuilding->create);
    struct target *target = rebuilding->target;
    const char *key;
    json_t *value;

    rebuilding->old_system = create_keep(&rebuilding->create, json_object());
    for (size_t i = 0; i < target->system_metadata.count; i++)
        json_object_set_new_nocheck(rebuilding->old_system, target->system_metadata.items[i].key,
                                    tree_text(target->system_metadata.items[i].value));
    json_object_foreach(system, key, value)
    {
        if (!strncmp(key, "image_", strlen("image_")))
            json_object_set_nocheck(kept, key, value);
    }
    json_object_set_new_nocheck(kept, "image_base_image_ref", tree_text(rebuilding->create.image_id));
    target_replace_system(target, "image_", kept);
    return target_save(rebuilding->create.context, target, &(struct target_guard){ .action = "rebuild" });
}

/* The scheduler is asked whether the host that the server is on will do for the new image. */
static struct fault *respecify(struct rebuilding *rebuilding, struct server_spec *spec)
{
    const struct instance_row *row = rebuilding->target->row;
    json_t *hints;

    server_spec_set(spec, "image", json_incref(rebuilding->create.image_meta));
    TRY(server_spec_save(rebuilding->create.context, rebuilding->target, spec));
    json_object_del(spec->fields, "id");
    if (!server_spec_get(spec, "scheduler_hints"))
        server_spec_set(spec, "scheduler_hints", json_object());
    hints = json_object_get(spec->fields, "scheduler_hints");
    json_object_set_new(hints, "_nova_check_type", json_pack("[s]", "rebuild"));
    if (!row->host || !row->node)
        return fault_new(rebuilding->target->mem, ValueError, "Unexpected None in a list of texts");
    server_spec_set(spec, "force_hosts", json_pack("[s]", row->host));
    server_spec_set(spec, "force_nodes", json_pack("[s]", row->node));
    return NULL;
}

static struct fault *send(struct rebuilding *rebuilding, const struct server_spec *spec)
{
    const struct rebuild *how = rebuilding->how;
    const struct target *target = rebuilding->target;
    struct rpc_args args;

    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    rpc_arg_string(&args, "new_pass", how->wish.password);
    json_put_tree(rpc_arg(&args, "injected_files"), create_files_tree(&rebuilding->create));
    rpc_arg_string(&args, "image_ref", how->wish.image_ref);
    rpc_arg_string(&args, "orig_image_ref", rebuilding->original);
    json_put_tree(rpc_arg(&args, "orig_sys_metadata"), rebuilding->old_system);
    bdm_list_put(rpc_arg(&args, "bdms"), target->bdms, target->bdm_count);
    rpc_arg_bool(&args, "recreate", false);
    rpc_arg_bool(&args, "on_shared_storage", false);
    rpc_arg_bool(&args, "preserve_ephemeral", how->preserve_ephemeral);
    rpc_arg_string(&args, "host", changes_image(rebuilding) ? NULL : target->row->host);
    server_spec_put(spec, &args);
    rpc_arg_bool(&args, "reimage_boot_volume", how->reimage_boot_volume);
    return rpc_cast(rebuilding->create.context, &(struct rpc_target){ 0 }, RPC_rebuild_instance, &args);
}

struct fault *server_rebuild(const struct context *context, struct target *target, const struct rebuild *how)
{
    struct rebuilding rebuilding = {
        .create = { .context = context, .mem = target->mem, .wish = &how->wish },
        .target = target,
        .how = how,
    };
    struct server_spec *spec;

    TRY(target_reject(context, target, REJECT_VTPM, (struct reject_until){ 0 }, "rebuild"));
    TRY(target_reject(context, target, REJECT_ACCELERATORS, (struct reject_until){ .accelerators = 53 }, "rebuild"));
    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &rebuildable, &idle, true, "rebuild"));
    TRY(check(&rebuilding, &spec));
    TRY(save(&rebuilding));
    TRY(save_image(&rebuilding));
    if (changes_image(&rebuilding))
        TRY(respecify(&rebuilding, spec));
    return send(&rebuilding, spec);
}
