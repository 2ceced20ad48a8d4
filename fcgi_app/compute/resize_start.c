/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of a resize or a cold migration. Neighbour: resize.c ends and turns them. */
#include "config.h"

#include "fcgi_app/compute/resize.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/clients/placement.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/hardware.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/compute/server_spec.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/build_request.h"
#include "fcgi_app/objects/hosts.h"
#include "fcgi_app/objects/image_meta.h"
#include "fcgi_app/objects/service.h"
#include "fcgi_app/objects/tree.h"
#include "fcgi_app/policies/policies.h"
#include "fcgi_app/quota/quota.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct instance_states movable = INSTANCE_STATES("active", "stopped");
static const struct instance_states idle = INSTANCE_STATES(NULL);

static void decref(void *json)
{
    json_decref(json);
}

static json_t *keep(const struct target *target, json_t *tree)
{
    if (tree)
        mem_attach(target->mem, tree, decref);
    return tree;
}

/* Policy, services that are new enough, and no ports that take resources. */
static struct fault *may_cross_cells(const struct context *context, const struct target *target, bool *may)
{
    static const char *const compute[] = { "nova-compute" };
    struct neutron_param of_server[] = { { "device_id", target->row->uuid }, { NULL, NULL } };
    int64_t version = 0;
    json_t *ports, *port;
    size_t i;

    TRY(policy_allows(context, "compute:servers:resize:cross_cell",
                      &(struct policy_target){ target->row->project_id, target->row->user_id }, may));
    if (!*may)
        return NULL;
    TRY(service_minimum_version_all_cells(context, compute, 1, false, &version));
    *may = version >= 47;
    if (!*may)
        return NULL;
    TRY(neutron_list(context, target->mem, NEUTRON_SERVICE, NEUTRON_PORTS, of_server, &ports));
    json_array_foreach(ports, i, port)
    {
        if (json_object_size(json_object_get(port, "resource_request")))
            *may = false;
    }
    return NULL;
}

/* The compute node of the host that was named. */
static struct fault *find_node(const struct context *context, const struct target *target, const char *host,
                               bool cross_cell, const struct compute_node **node)
{
    const struct db_cell *cell = target->cell;
    struct db_params params = { 0 };
    struct db_rows rows;

    if (target->row->host && !strcmp(host, target->row->host))
        return fault_new(target->mem, CannotMigrateToSameHost);
    if (cross_cell) {
        struct fault *fault = host_cell(context, host, &cell);

        if (fault && fault_is(fault, FAULT_HostMappingNotFound))
            return fault_new(target->mem, ComputeHostNotFound, host);
        TRY(fault);
    }
    db_param_text(&params, host);
    TRY(db_query(context, target->mem, cell->link, &COMPUTE_NODES_OF_HOST, &params, &rows));
    if (!rows.count)
        return fault_new(target->mem, ComputeHostNotFound, host);
    *node = rows.rows;
    return NULL;
}

static bool is_disabled(const char *text)
{
    return text && !strncasecmp(text, "disabled", strlen("disabled"));
}

static struct fault *check_disk_config(const struct target *target, const struct resizing *how)
{
    const char *image = target_system(target, "image_base_image_ref");

    if (how->disk_config > 0 && is_disabled(target_system(target, "image_auto_disk_config")))
        return fault_new(target->mem, AutoDiskConfigDisabledByImage, image ? image : "None");
    return NULL;
}

static struct quota_server size_of(const struct target *target, bool from_volume)
{
    return (struct quota_server){
        .vcpus = target_flavor_int(target, "vcpus"),
        .memory_mb = target_flavor_int(target, "memory_mb"),
        .root_gb = target_flavor_int(target, "root_gb"),
        .ephemeral_gb = target_flavor_int(target, "ephemeral_gb"),
        .swap = target_flavor_int(target, "swap"),
        .extra_specs = target_extra_specs(target),
        .boots_from_volume = from_volume,
    };
}

/* The image as the server's row remembers it: the ImageMeta object of its system metadata. */
struct fault *server_image_meta(const struct target *target, json_t **tree)
{
    static const char *const skipped[] = { "mappings", "block_device_mapping", "img_mappings",
                                           "img_block_device_mapping" };
    static const char *const base[] = { "min_ram", "min_disk", "disk_format", "container_format" };
    json_t *image = keep(target, json_object()), *properties = json_object();

    json_object_set_new(image, "properties", properties);
    for (size_t i = 0; i < target->system_metadata.count; i++) {
        const struct instance_pair *pair = &target->system_metadata.items[i];
        const char *key = pair->key;
        json_t *into = properties;
        bool skip = !pair->value;

        if (!strncmp(key, "image_", strlen("image_")))
            key += strlen("image_");
        for (size_t j = 0; j < sizeof(skipped) / sizeof(skipped[0]); j++)
            skip = skip || !strcmp(key, skipped[j]);
        for (size_t j = 0; j < sizeof(base) / sizeof(base[0]); j++)
            if (!strcmp(key, base[j]))
                into = image;
        if (!skip)
            json_object_set_new_nocheck(into, key, json_string_nocheck(pair->value));
    }
    TRY(image_meta_tree(target->mem, image, tree));
    keep(target, *tree);
    return NULL;
}

static int64_t system_number(const struct target *target, const char *key)
{
    const char *text = target_system(target, key);

    return text ? strtoll(text, NULL, 10) : 0;
}

/* Does the new flavor fit the image that the server came from? */
static struct fault *check_flavor(const struct target *target, const struct flavor_row *flavor, const json_t *image,
                                  bool from_volume)
{
    const int64_t gib = (int64_t)1 << 30;
    const char *drive = target_system(target, "image_img_config_drive");
    int64_t min_disk = system_number(target, "image_min_disk");

    if (!from_volume) {
        if (drive && strcmp(drive, "optional") && strcmp(drive, "mandatory"))
            return fault_new(target->mem, InvalidImageConfigDrive, drive);
        if (flavor->memory_mb < system_number(target, "image_min_ram"))
            return fault_new(target->mem, FlavorMemoryTooSmall);
        if (flavor->root_gb && flavor->root_gb < min_disk)
            return fault_new(target->mem, FlavorDiskSmallerThanMinDisk, (long)(flavor->root_gb * gib),
                             (long)(min_disk * gib));
    }
    return hardware_check(target->mem, flavor, image);
}

/* May the host that it is on be chosen again? */
static struct fault *may_stay(const struct context *context, const struct target *target, bool same_flavor, bool *may)
{
    bool can;

    *may = conf_bool(context->worker->conf, OPTION_DEFAULT_allow_resize_to_same_host);
    if (!same_flavor)
        return NULL;
    TRY(target_node_has_trait(context, target, "COMPUTE_SAME_HOST_COLD_MIGRATE", &can));
    if (can)
        *may = true;
    else if (target->service_count && target->services->version >= 48)
        *may = false;
    return NULL;
}

/* What the scheduler must look for when the flavor changes. */
static struct fault *respecify(const struct context *context, const struct target *target,
                               const struct flavor_row *flavor, const json_t *image, struct server_spec *spec)
{
    const json_t *old =
        json_object_get(json_object_get(server_spec_get(spec, "pci_requests"), "nova_object.data"), "requests");
    json_t *topology = NULL, *requests = NULL, *fresh, *list, *request;
    size_t i;

    TRY(hardware_numa(target->mem, flavor, image, &topology));
    server_spec_set(spec, "numa_topology", topology ? topology : json_null());
    TRY(hardware_pci_requests(context, flavor, NULL, &requests));
    list = json_copy((json_t *)(uintptr_t)json_object_get(json_object_get(requests, "nova_object.data"), "requests"));
    /* those of ports stay */
    json_array_foreach(old, i, request)
    {
        const json_t *alias = json_object_get(json_object_get(request, "nova_object.data"), "alias_name");

        if (!alias || json_is_null(alias))
            json_array_append(list, request);
    }
    fresh = tree_object("InstancePCIRequests");
    tree_set(fresh, "instance_uuid", json_string(target->row->uuid));
    tree_set(fresh, "requests", list ? list : json_array());
    json_decref(requests);
    server_spec_set(spec, "pci_requests", fresh);
    return hardware_numa_check_mixed(context, topology);
}

static struct fault *find_flavor(const struct context *context, const struct target *target, const char *id,
                                 const struct flavor_row **flavor)
{
    struct context admin = *context;

    admin.is_admin = true; /* flavors of other projects too */
    return db_flavor_whole(&admin, target->mem, id, flavor);
}

/* All that is to be known of a new flavor before anything is written. */
static struct fault *check_new_flavor(const struct context *context, struct target *target, const char *id,
                                      const struct flavor_row **flavor, bool *same)
{
    bool from_volume = target_is_volume_backed(target);
    struct quota_server from = size_of(target, from_volume), to;

    TRY(find_flavor(context, target, id, flavor));
    if (hardware_extra_spec(*flavor, "accel:device_profile"))
        return fault_new(target->mem, ForbiddenWithAccelerators);
    if (!(*flavor)->root_gb && target_flavor_int(target, "root_gb") && !from_volume)
        return fault_new(target->mem, CannotResizeDisk, "Resize to zero disk flavor is not allowed.");
    *same = (*flavor)->id == target_flavor_int(target, "id");
    if (!*same && (*flavor)->disabled)
        return fault_new(target->mem, FlavorNotFound, id);
    if (*same)
        return fault_new(target->mem, CannotResizeToSameFlavor);
    to = (struct quota_server){
        .vcpus = (*flavor)->vcpus,
        .memory_mb = (*flavor)->memory_mb,
        .root_gb = (*flavor)->root_gb,
        .ephemeral_gb = (*flavor)->ephemeral_gb,
        .swap = (*flavor)->swap,
        .extra_specs = (*flavor)->extra_specs_text,
        .boots_from_volume = from_volume,
    };
    return quota_check_resize(context, &from, &to, false, target->row->project_id, target->row->user_id);
}

static struct fault *send(const struct context *context, const struct target *target, const struct flavor_row *flavor,
                          const char *ignored, const struct server_spec *spec)
{
    struct rpc_target conductor = { 0 };
    struct rpc_args args;
    struct strbuf *out;

    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    out = rpc_arg(&args, "scheduler_hint");
    strbuf_puts(out, "{\"filter_properties\": {\"ignore_hosts\": [");
    if (ignored)
        json_put_string(out, ignored);
    strbuf_puts(out, "]}}");
    rpc_arg_bool(&args, "live", false);
    rpc_arg_bool(&args, "rebuild", false);
    out = rpc_arg(&args, "flavor");
    if (flavor)
        json_put_tree(out, keep(target, flavor_tree(flavor)));
    else
        instance_flavor_put(out, target->row->flavor, "cur");
    rpc_arg_null(&args, "block_migration");
    rpc_arg_null(&args, "disk_over_commit");
    rpc_arg_null(&args, "reservations");
    rpc_arg_bool(&args, "clean_shutdown", true);
    server_spec_put(spec, &args);
    rpc_arg_null(&args, "host_list");
    return rpc_cast(context, &conductor, RPC_migrate_server, &args);
}

struct fault *server_resize(const struct context *context, struct target *target, const struct resizing *how)
{
    const char *word = how->flavor_id ? "resize" : "migrate";
    const struct flavor_row *flavor = NULL;
    const struct compute_node *node = NULL;
    bool cross_cell, stays, same = true;
    struct server_spec *spec;
    json_t *image = NULL;

    TRY(target_reject(context, target, REJECT_EXTENDED_REQUEST | REJECT_PORT_ACCELERATORS | REJECT_ACCELERATORS,
                      (struct reject_until){ 0 }, word));
    TRY(target_check_lock(context, target));
    TRY(target_check_states(target, &movable, &idle, true, word));
    TRY(target_check_host_up(context, target));
    TRY(may_cross_cells(context, target, &cross_cell));
    if (how->host)
        TRY(find_node(context, target, how->host, cross_cell, &node));
    TRY(check_disk_config(target, how));
    target_set_system(target, "image_base_image_ref", target->row->image_ref);
    if (how->flavor_id) {
        TRY(check_new_flavor(context, target, how->flavor_id, &flavor, &same));
        TRY(server_image_meta(target, &image));
        TRY(check_flavor(target, flavor, image, target_is_volume_backed(target)));
    }
    TRY(may_stay(context, target, same, &stays));
    TRY(server_spec_load(context, target, &spec));
    server_spec_set(spec, "ignore_hosts", stays ? json_array() : json_pack("[s]", target->row->host));
    if (flavor)
        TRY(respecify(context, target, flavor, image, spec));
    target_set_text(target, "task_state", "resize_prep");
    target_set_int(target, "progress", 0);
    target_set_bool(target, "auto_disk_config", how->disk_config > 0);
    TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = word }));
    server_spec_set_destination(spec, node ? node->host : NULL, node ? node->hypervisor_hostname : NULL, cross_cell);
    return send(context, target, flavor, stays ? NULL : target->row->host, spec);
}
