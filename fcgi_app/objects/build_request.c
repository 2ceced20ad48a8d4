/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instance, BlockDeviceMapping, Tag and Flavor of a server to come; see the
 * header.  Neighbours: tree.c builds objects, request_spec.c the wish.
 */
#include "config.h"

#include "fcgi_app/objects/build_request.h"

#include "fcgi_app/objects/tree.h"

#include <stddef.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static json_t *number(int64_t value)
{
    return value == DEVICE_NONE ? json_null() : json_integer(value);
}

/* ---- devices ---- */

enum kind { TEXT, NUMBER, BOOLEAN, UUID, ATTACHMENT };

/* In the order in which BlockDeviceMapping declares them. */
static const struct device_field {
    const char *name;
    enum kind kind;
    size_t offset;
    unsigned unset;
} device_fields[] = {
    { "instance_uuid", UUID, 0, 0 },
    { "source_type", TEXT, offsetof(struct new_device, source_type), 0 },
    { "destination_type", TEXT, offsetof(struct new_device, destination_type), 0 },
    { "guest_format", TEXT, offsetof(struct new_device, guest_format), DEVICE_NO_GUEST_FORMAT },
    { "device_type", TEXT, offsetof(struct new_device, device_type), DEVICE_NO_DEVICE_TYPE },
    { "disk_bus", TEXT, offsetof(struct new_device, disk_bus), DEVICE_NO_DISK_BUS },
    { "boot_index", NUMBER, offsetof(struct new_device, boot_index), DEVICE_NO_BOOT_INDEX },
    { "device_name", TEXT, offsetof(struct new_device, device_name), 0 },
    { "delete_on_termination", BOOLEAN, offsetof(struct new_device, delete_on_termination), 0 },
    { "snapshot_id", TEXT, offsetof(struct new_device, snapshot_id), 0 },
    { "volume_id", TEXT, offsetof(struct new_device, volume_id), 0 },
    { "volume_size", NUMBER, offsetof(struct new_device, volume_size), 0 },
    { "image_id", TEXT, offsetof(struct new_device, image_id), 0 },
    { "no_device", BOOLEAN, offsetof(struct new_device, no_device), 0 },
    { "connection_info", TEXT, offsetof(struct new_device, connection_info), 0 },
    { "tag", TEXT, offsetof(struct new_device, tag), 0 },
    { "attachment_id", ATTACHMENT, offsetof(struct new_device, attachment_id), 0 },
    { "volume_type", TEXT, offsetof(struct new_device, volume_type), 0 },
    { "encrypted", BOOLEAN, offsetof(struct new_device, encrypted), 0 },
    { "encryption_secret_uuid", TEXT, offsetof(struct new_device, encryption_secret_uuid), 0 },
    { "encryption_format", TEXT, offsetof(struct new_device, encryption_format), 0 },
    { "encryption_options", TEXT, offsetof(struct new_device, encryption_options), 0 },
};

static json_t *device_tree(const struct new_device *device, const char *uuid)
{
    json_t *object = tree_object("BlockDeviceMapping");

    for (size_t i = 0; i < COUNT(device_fields); i++) {
        const struct device_field *field = &device_fields[i];
        const char *member = (const char *)device + field->offset;
        json_t *value = NULL;

        if (device->unset & field->unset)
            continue;
        switch (field->kind) {
        case UUID:
            value = uuid ? tree_text(uuid) : NULL;
            break;
        case ATTACHMENT:
            value = device->attachment_id ? tree_text(device->attachment_id) : NULL;
            break;
        case TEXT:
            value = tree_text(*(const char *const *)(const void *)member);
            break;
        case NUMBER:
            value = number(*(const int64_t *)(const void *)member);
            break;
        case BOOLEAN:
            value = json_boolean(*(const bool *)(const void *)member);
            break;
        }
        if (value)
            tree_set(object, field->name, value);
    }
    return object;
}

json_t *new_devices_tree(const struct new_devices *devices, const char *uuid)
{
    json_t *objects = json_array();

    for (size_t i = 0; i < devices->count; i++)
        json_array_append_new(objects, device_tree(&devices->items[i], uuid));
    return tree_list("BlockDeviceMappingList", objects, true);
}

json_t *new_tags_tree(const char *const *tags, size_t count, const char *uuid)
{
    json_t *objects = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *tag = tree_object("Tag");

        if (uuid)
            tree_set(tag, "resource_id", tree_text(uuid));
        tree_set(tag, "tag", tree_text(tags[i]));
        json_array_append_new(objects, tag);
    }
    return tree_list("TagList", objects, true);
}

/* ---- the flavor ---- */

json_t *flavor_tree(const struct flavor_row *flavor)
{
    json_t *object = tree_object("Flavor");

    tree_put(object, "id", json_integer(flavor->id));
    tree_put(object, "name", tree_text(flavor->name));
    tree_put(object, "memory_mb", json_integer(flavor->memory_mb));
    tree_put(object, "vcpus", json_integer(flavor->vcpus));
    tree_put(object, "root_gb", json_integer(flavor->root_gb));
    tree_put(object, "ephemeral_gb", json_integer(flavor->ephemeral_gb));
    tree_put(object, "flavorid", tree_text(flavor->flavorid));
    tree_put(object, "swap", json_integer(flavor->swap));
    tree_put(object, "rxtx_factor", json_real(flavor->rxtx_factor));
    tree_put(object, "vcpu_weight", json_integer(flavor->vcpu_weight));
    tree_put(object, "disabled", json_boolean(flavor->disabled));
    tree_put(object, "is_public", json_boolean(flavor->is_public));
    tree_put(object, "extra_specs", json_deep_copy(flavor->extra_specs));
    tree_put(object, "description", tree_text(flavor->description));
    tree_put(object, "created_at", tree_time(flavor->created_at));
    tree_put(object, "updated_at", tree_time(flavor->updated_at));
    tree_put(object, "deleted_at", json_null());
    tree_put(object, "deleted", json_false());
    return object;
}

/* ---- the instance ---- */

json_t *key_pairs_tree(const struct key_pair_row *pair)
{
    json_t *objects = json_array();

    if (pair) {
        json_t *object = tree_object("KeyPair");

        tree_put(object, "id", json_integer(pair->id));
        tree_put(object, "name", tree_text(pair->name));
        tree_put(object, "user_id", tree_text(pair->user_id));
        tree_put(object, "fingerprint", tree_text(pair->fingerprint));
        tree_put(object, "public_key", tree_text(pair->public_key));
        tree_put(object, "type", tree_text(pair->type));
        tree_put(object, "created_at", tree_time(pair->created_at));
        tree_put(object, "updated_at", tree_time(pair->updated_at));
        tree_put(object, "deleted_at", json_null());
        tree_put(object, "deleted", json_false());
        json_array_append_new(objects, object);
    }
    return tree_list("KeyPairList", objects, true);
}

static json_t *info_cache_tree(const char *uuid)
{
    json_t *object = tree_object("InstanceInfoCache");

    tree_set(object, "instance_uuid", tree_text(uuid));
    tree_set(object, "network_info", tree_text("[]"));
    return object;
}

json_t *trusted_certs_tree(const char *const *ids)
{
    json_t *object;
    size_t count = 0;

    if (!ids)
        return json_null();
    while (ids[count])
        count++;
    object = tree_object("TrustedCerts");
    tree_set(object, "ids", tree_texts(ids, count));
    return object;
}

json_t *new_server_tree(const struct new_servers *shared, const struct new_server *server)
{
    const struct flavor_row *flavor = shared->flavor;
    json_t *object = tree_object("Instance");

    tree_set(object, "user_id", tree_text(shared->user_id));
    tree_set(object, "project_id", tree_text(shared->project_id));
    tree_set(object, "image_ref", tree_text(shared->image_ref));
    tree_set(object, "kernel_id", tree_text(shared->kernel_id));
    tree_set(object, "ramdisk_id", tree_text(shared->ramdisk_id));
    tree_set(object, "hostname", tree_text(server->hostname));
    tree_set(object, "launch_index", json_integer(server->launch_index));
    tree_set(object, "key_name", tree_text(shared->key_name));
    tree_set(object, "key_data", tree_text(shared->key_data));
    tree_set(object, "power_state", json_integer(0));
    tree_set(object, "vm_state", tree_text("building"));
    tree_set(object, "task_state", tree_text("scheduling"));
    tree_set(object, "memory_mb", json_integer(flavor->memory_mb));
    tree_set(object, "vcpus", json_integer(flavor->vcpus));
    tree_set(object, "root_gb", json_integer(flavor->root_gb));
    tree_set(object, "ephemeral_gb", json_integer(flavor->ephemeral_gb));
    tree_set(object, "ephemeral_key_uuid", tree_text(shared->ephemeral_key_uuid));
    tree_set(object, "instance_type_id", json_integer(flavor->id));
    tree_set(object, "user_data", tree_text(shared->user_data));
    tree_set(object, "reservation_id", tree_text(shared->reservation_id));
    tree_set(object, "availability_zone", tree_text(shared->availability_zone));
    tree_set(object, "display_name", tree_text(server->display_name));
    tree_set(object, "display_description", tree_text(shared->display_description));
    tree_set(object, "locked", json_false());
    tree_set(object, "os_type", tree_text(shared->os_type));
    tree_set(object, "architecture", tree_text(shared->architecture));
    tree_set(object, "vm_mode", tree_text(shared->vm_mode));
    tree_set(object, "uuid", tree_text(server->uuid));
    tree_set(object, "root_device_name", tree_text(shared->root_device_name));
    tree_set(object, "config_drive", tree_text(shared->config_drive ? "True" : ""));
    tree_set(object, "access_ip_v4", tree_text(shared->access_ip_v4));
    tree_set(object, "access_ip_v6", tree_text(shared->access_ip_v6));
    tree_set(object, "auto_disk_config", json_boolean(shared->auto_disk_config));
    tree_set(object, "progress", json_integer(0));
    tree_set(object, "shutdown_terminate", json_false());
    tree_set(object, "metadata", json_copy((json_t *)(uintptr_t)shared->metadata));
    tree_set(object, "system_metadata", json_copy((json_t *)(uintptr_t)shared->system_metadata));
    tree_set(object, "info_cache", info_cache_tree(server->uuid));
    tree_set(object, "security_groups", tree_list("SecurityGroupList", json_array(), false));
    tree_set(object, "numa_topology", shared->numa_topology ? json_deep_copy(shared->numa_topology) : json_null());
    tree_set(object, "pci_requests", json_deep_copy(shared->pci_requests));
    tree_set(object, "flavor", flavor_tree(flavor));
    tree_set(object, "old_flavor", json_null());
    tree_set(object, "new_flavor", json_null());
    tree_set(object, "keypairs", key_pairs_tree(shared->key_pair));
    tree_set(object, "trusted_certs", trusted_certs_tree(shared->trusted_certs));
    return object;
}

/* ---- the build request ---- */

/* What reading an Instance back from its row sets besides, each before the field that follows it here. */
static const struct added {
    const char *before; /* NULL: at the end */
    const char *name;
    const char *value; /* NULL: null */
} added[] = {
    { "instance_type_id", "host", NULL },
    { "instance_type_id", "node", NULL },
    { "availability_zone", "launched_at", NULL },
    { "availability_zone", "terminated_at", NULL },
    { "locked", "launched_on", NULL },
    { "os_type", "locked_by", NULL },
};

static json_t *sent_instance(const json_t *stored, const json_t *tags, int64_t created_at)
{
    json_t *object = tree_object("Instance");
    const char *key;
    json_t *value;

    json_object_foreach(json_object_get(stored, "nova_object.data"), key, value)
    {
        for (size_t i = 0; i < COUNT(added); i++)
            if (!strcmp(added[i].before, key))
                tree_put(object, added[i].name, tree_text(added[i].value));
        if (!strcmp(key, "metadata")) {
            tree_put(object, "disable_terminate", json_false());
            tree_put(object, "cell_name", json_null());
        }
        if (!strcmp(key, "flavor"))
            tree_put(object, "tags", json_deep_copy(tags));
        tree_put(object, key, json_deep_copy(value));
    }
    tree_put(object, "hidden", json_false());
    tree_put(object, "created_at", tree_time(created_at));
    tree_put(object, "updated_at", json_null());
    tree_put(object, "deleted", json_false());
    return object;
}

json_t *build_request_tree(int64_t id, int64_t created_at, const char *uuid, const char *project_id,
                           const json_t *instance, const json_t *devices, const json_t *tags)
{
    json_t *object = tree_object("BuildRequest");

    tree_put(object, "id", json_integer(id));
    tree_put(object, "instance_uuid", tree_text(uuid));
    tree_put(object, "project_id", tree_text(project_id));
    tree_put(object, "instance", sent_instance(instance, tags, created_at));
    tree_put(object, "block_device_mappings", json_deep_copy(devices));
    tree_put(object, "created_at", tree_time(created_at));
    tree_put(object, "updated_at", json_null());
    tree_put(object, "tags", json_deep_copy(tags));
    tree_forget(object);
    return object;
}
