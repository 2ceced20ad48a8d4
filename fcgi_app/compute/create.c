/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /servers behind the body: the checks in the order that decides which
 * error wins, then the rows, then the message.  See the header for the parts.
 */
#include "config.h"

#include "fcgi_app/compute/create.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/barbican.h"
#include "fcgi_app/clients/cyborg.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/compute/create_groups.h"
#include "fcgi_app/compute/hardware.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/image_meta.h"
#include "fcgi_app/objects/service.h"
#include "fcgi_app/objects/tree.h"
#include "fcgi_app/quota/quota.h"
#include "fcgi_app/rpc/rpc.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

LOG_MODULE("nova.compute.api");

static void release_tree(void *tree)
{
    json_decref(tree);
}

json_t *create_keep(const struct create *create, json_t *tree)
{
    mem_attach(create->mem, tree, release_tree);
    return tree;
}

/* ---- what contradicts itself ---- */

static struct fault *check_counts(const struct create *create)
{
    const struct create_wish *wish = create->wish;

    if (wish->max_count < 2)
        return NULL;
    for (size_t i = 0; i < wish->network_count; i++) {
        wish->networks[i].has_address = true;
        if (!text_is_empty(wish->networks[i].network_id) && !text_is_empty(wish->networks[i].address))
            return fault_new(create->mem, InvalidFixedIpAndMaxCountRequest,
                             "max_count cannot be greater than 1 if an fixed_ip is specified.");
    }
    for (size_t i = 0; i < wish->network_count; i++)
        if (!text_is_empty(wish->networks[i].port_id))
            return fault_new(create->mem, MultiplePortsNotApplicable,
                             "Unable to launch multiple instances with a single configured port ID. Please launch your "
                             "instance one by one with different ports.");
    return text_is_empty(wish->hostname) ? NULL : fault_new(create->mem, AmbiguousHostnameForMultipleInstances);
}

/* ---- what servers share ---- */

static struct fault *find_security_groups(struct create *create)
{
    static const char *const by_default[] = { "default" };
    const struct create_wish *wish = create->wish;
    const char **found;

    create->security_groups = by_default;
    create->security_group_count = COUNT(by_default);
    if (!wish->security_group_count)
        return NULL;
    found = mem_array(create->mem, const char *, wish->security_group_count);
    for (size_t i = 0; i < wish->security_group_count; i++) {
        found[i] = wish->security_groups[i];
        if (strcmp(found[i], "default"))
            TRY(neutron_security_group_find(create->context, create->mem, create->context->project_id,
                                            wish->security_groups[i], &found[i]));
    }
    create->security_groups = found;
    create->security_group_count = wish->security_group_count;
    return NULL;
}

struct fault *create_key_pair_find(struct create *create)
{
    const struct context *context = create->context;
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    if (!create->wish->key_name)
        return NULL;
    db_param_text(&params, context->user_id);
    db_param_text(&params, create->wish->key_name);
    TRY(db_query(context, create->mem, db_api(context->worker->db), &KEY_PAIR_OF_USER, &params, &rows));
    if (!rows.count)
        return fault_new(create->mem, KeypairNotFound, create->wish->key_name,
                         context->user_id ? context->user_id : "None");
    create->shared.key_pair = rows.rows;
    create->shared.key_name = create->wish->key_name;
    create->shared.key_data = create->shared.key_pair->public_key;
    return NULL;
}

static struct fault *read_config_drive(struct create *create)
{
    const json_t *given = create->wish->config_drive;
    const char *text = json_string_value(given);

    create->shared.config_drive = json_is_true(given);
    if (text_is_empty(text))
        return NULL;
    switch (text_bool(text)) {
    case true:
        create->shared.config_drive = true;
        return NULL;
    case false:
        return NULL;
    default:
        return fault_new(create->mem, ConfigDriveInvalidValue, text);
    }
}

static struct fault *read_hardware(struct create *create)
{
    const char *affinity;

    TRY(image_meta_tree(create->mem, create->image, &create->image_meta));
    create_keep(create, create->image_meta);
    TRY(hardware_numa(create->mem, create->flavor, create->image_meta, &create->numa_topology));
    if (create->numa_topology)
        create_keep(create, create->numa_topology);
    TRY(hardware_pci_affinity(create->mem, create->flavor, create->image_meta, &affinity));
    TRY(hardware_pci_requests(create->context, create->flavor, affinity, &create->pci_requests));
    create_keep(create, create->pci_requests);
    return create_networks_resources(create, affinity);
}

/* Steps 19 to 27 of flows.md. */
static struct fault *build_options(struct create *create)
{
    const struct create_wish *wish = create->wish;

    if (create->flavor->disabled)
        return fault_new(create->mem, FlavorNotFound, mem_printf(create->mem, "%ld", (long)create->flavor->id));
    TRY(find_security_groups(create));
    TRY(create_networks_check(create));
    TRY(create_image_parts(create));
    TRY(read_config_drive(create));
    TRY(create_key_pair_find(create));
    TRY(read_hardware(create));
    TRY(hardware_numa_check_mixed(create->context, create->numa_topology));
    if (create->network_limit < create->min_count)
        return fault_new(create->mem, PortLimitExceeded);
    if (create->network_limit < create->max_count) {
        log_info("max count reduced from %ld to %ld due to network port quota", (long)create->max_count,
                 (long)create->network_limit);
        create->max_count = create->network_limit;
    }
    create->shared.user_data = wish->user_data;
    return NULL;
}

/* ---- steps 28 to 30 ---- */

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

struct fault *create_files_check(const struct create *create)
{
    size_t path = 0, contents = 0;

    if (!create->wish->file_count)
        return NULL;
    for (size_t i = 0; i < create->wish->file_count; i++) {
        size_t path_size = characters(create->wish->files[i].path);
        size_t size = characters(create->wish->files[i].contents);

        path = path_size > path ? path_size : path;
        contents = size > contents ? size : contents;
    }
    return quota_check_files(create->context, (int64_t)create->wish->file_count, (int64_t)path, (int64_t)contents);
}

static struct fault *encrypt_devices(struct create *create)
{
    const char *format;
    bool encrypted;

    TRY(hardware_ephemeral_encryption(create->mem, create->flavor, create->image_meta, &encrypted, &format));
    for (size_t i = 0; encrypted && i < create->devices.count; i++) {
        struct new_device *device = &create->devices.items[i];

        if (!device->destination_type || strcmp(device->destination_type, "local"))
            continue;
        device->encrypted = true;
        if (format)
            device->encryption_format = format;
    }
    return NULL;
}

static struct fault *check_all(struct create *create)
{
    const json_t *group = json_object_get(create->wish->hints, "group");
    size_t items = json_object_size(create->wish->metadata);

    TRY(create_devices_build(create));
    if (json_array_size(create_image_prop(create, "mappings"))) { /* their names are whole now */
        TRY(image_meta_tree(create->mem, create->image, &create->image_meta));
        create_keep(create, create->image_meta);
    }
    TRY(encrypt_devices(create));
    if (items)
        TRY(quota_check_metadata(create->context, (int64_t)items));
    TRY(create_files_check(create));
    TRY(create_image_fits(create));
    if (json_is_string(group) && *json_string_value(group))
        TRY(create_group_read(create, json_string_value(group), &create->group));
    return NULL;
}

/* ---- steps 31 to 35 ---- */

static bool boots_from_volume(const struct create *create)
{
    const struct new_device *root = create_root_device(&create->devices);

    return root && root->destination_type && !strcmp(root->destination_type, "volume");
}

static struct fault *check_quota(struct create *create, int64_t *count)
{
    const struct flavor_row *flavor = create->flavor;
    const struct quota_server server = {
        .vcpus = flavor->vcpus,
        .memory_mb = flavor->memory_mb,
        .root_gb = flavor->root_gb,
        .ephemeral_gb = flavor->ephemeral_gb,
        .swap = flavor->swap,
        .extra_specs = flavor->extra_specs_text,
        .boots_from_volume = boots_from_volume(create),
    };

    return quota_check_servers(create->context, &server, create->min_count, create->max_count, NULL, NULL, count);
}

static struct fault *add_device_profile(struct create *create)
{
    const char *profile = hardware_extra_spec(create->flavor, "accel:device_profile");
    json_t *groups;

    if (text_is_empty(profile))
        return NULL;
    TRY(cyborg_device_profile_groups(create->context, create->mem, profile, &groups));
    create_groups_of_profile(groups, NULL, create->resource_groups);
    return NULL;
}

/* Values as lists of texts, as the scheduler's hints are kept. Faults: ValueError for what is no text. */
static struct fault *read_hints(struct create *create)
{
    json_t *hints = create_keep(create, json_object());
    const char *key;
    json_t *value;

    create->spec.hints = hints;
    json_object_foreach((json_t *)(uintptr_t)create->wish->hints, key, value)
    {
        size_t count = json_is_array(value) ? json_array_size(value) : 1;
        json_t *list;

        if (!strncmp(key, "_nova", 5))
            continue;
        list = json_array();
        json_object_set_new_nocheck(hints, key, list);
        for (size_t i = 0; i < count; i++) {
            const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
            struct strbuf text;

            if (json_is_object(item) || json_is_array(item) || json_is_null(item))
                return fault_new(create->mem, ValueError,
                                 mem_printf(create->mem, "A string is required in field scheduler_hints, not a %s",
                                            json_is_object(item)  ? "dict"
                                            : json_is_array(item) ? "list"
                                                                  : "NoneType"));
            strbuf_init(&text, create->mem, 64);
            json_put_python_str(&text, item);
            json_array_append_new(list, tree_text(text.data));
        }
    }
    return NULL;
}

const char *const *create_trusted_certs(const struct create *create)
{
    const struct conf *conf = create->context->worker->conf;
    const char *const *certs = create->wish->trusted_certs;

    if ((!certs || !certs[0]) && conf_bool(conf, OPTION_glance_verify_glance_signatures) &&
        conf_bool(conf, OPTION_glance_enable_certificate_validation))
        certs = conf_list(conf, OPTION_glance_default_trusted_certificate_ids);
    return certs && certs[0] ? certs : NULL;
}

static void fill_shared(struct create *create, const char *reservation_id)
{
    const struct create_wish *wish = create->wish;
    struct new_servers *shared = &create->shared;

    shared->user_id = create->context->user_id;
    shared->project_id = create->context->project_id;
    shared->image_ref = wish->image_ref;
    shared->reservation_id = reservation_id;
    shared->display_description = wish->description;
    shared->access_ip_v4 = wish->access_ip_v4;
    shared->access_ip_v6 = wish->access_ip_v6;
    shared->flavor = create->flavor;
    shared->metadata = wish->metadata ? wish->metadata : create_keep(create, json_object());
    shared->system_metadata = create_system_metadata(create);
    shared->numa_topology = create->numa_topology;
    shared->pci_requests = create->pci_requests;
    shared->trusted_certs = create_trusted_certs(create);
}

static void fill_spec(struct create *create, int64_t count)
{
    struct new_spec *spec = &create->spec;
    const struct create_wish *wish = create->wish;

    spec->project_id = create->context->project_id;
    spec->user_id = create->context->user_id;
    spec->availability_zone = create->shared.availability_zone;
    spec->flavor = create->flavor;
    spec->num_instances = count;
    spec->force_host = text_is_empty(wish->place.host) ? NULL : wish->place.host;
    spec->force_node = text_is_empty(wish->place.node) ? NULL : wish->place.node;
    spec->requested_host = wish->place.requested_host;
    spec->requested_node = wish->place.requested_node;
    spec->group = create->group;
    spec->image = create->image_meta;
    spec->numa_topology = create->numa_topology;
    spec->pci_requests = create->pci_requests;
    spec->security_groups = create->security_groups;
    spec->security_group_count = create->security_group_count;
    spec->is_bfv = boots_from_volume(create);
    spec->requested_resources = create->resource_groups;
    if (wish->networks_given)
        spec->requested_networks = create_keep(create, network_requests_tree(wish->networks, wish->network_count));
}

static struct fault *make_key(struct create *create)
{
    const struct conf *conf = create->context->worker->conf;
    const char *cipher = conf_string(conf, OPTION_ephemeral_storage_encryption_cipher);

    if (!conf_bool(conf, OPTION_ephemeral_storage_encryption_enabled))
        return NULL;
    return barbican_key_create(create->context, create->mem, cipher ? text_split(create->mem, cipher, '-')[0] : NULL,
                               conf_int(conf, OPTION_ephemeral_storage_encryption_key_size),
                               &create->shared.ephemeral_key_uuid);
}

/* The objects of one server; its devices are checked, and its volumes reserved, on the way. */
static struct fault *build_server(struct create *create, const struct create_volumes *volumes, int64_t index,
                                  int64_t count, struct created *created)
{
    struct new_devices devices = { .count = create->devices.count };

    text_uuid4(created->server.uuid);
    created->server.launch_index = index;
    TRY(make_key(create));
    create_server_names(create, &created->server, count);
    created->instance = create_keep(create, new_server_tree(&create->shared, &created->server));
    TRY(create_devices_check(create, volumes, created->server.uuid));
    devices.items = mem_memdup(create->mem, create->devices.items, devices.count * sizeof *devices.items);
    create_devices_size(create, &devices);
    created->devices = create_keep(create, new_devices_tree(&devices, created->server.uuid));
    created->tags =
        create_keep(create, new_tags_tree(create->wish->tags, create->wish->tag_count, created->server.uuid));
    return NULL;
}

/* ---- the message ---- */

json_t *create_files_tree(const struct create *create)
{
    json_t *files = create_keep(create, json_array());

    for (size_t i = 0; i < create->wish->file_count; i++)
        json_array_append_new(
            files,
            tree_texts((const char *const[]){ create->wish->files[i].path, create->wish->files[i].contents }, 2));
    return files;
}

/* Plain arguments have their times in Python's form: no zone, always six decimals. */
static json_t *sent_image(const struct create *create)
{
    static const char *const times[] = { "created_at", "updated_at", "deleted_at" };
    json_t *image = create_keep(create, json_copy(create->image));

    for (size_t i = 0; i < COUNT(times); i++) {
        const char *text = json_string_value(json_object_get(image, times[i]));
        size_t length = text ? strlen(text) : 0;

        if (length && text[length - 1] == 'Z')
            json_object_set_new(image, times[i],
                                json_string(mem_printf(create->mem, "%.*s%s", (int)length - 1, text,
                                                       strchr(text, '.') ? "" : ".000000")));
    }
    return image;
}

static struct fault *send(const struct create *create, const struct created *created, size_t count)
{
    const struct create_wish *wish = create->wish;
    json_t *requests = create_keep(create, json_array());
    json_t *specs = create_keep(create, json_array());
    struct rpc_args args;

    for (size_t i = 0; i < count; i++) {
        json_array_append_new(requests, build_request_tree(created[i].request_id, created[i].created_at,
                                                           created[i].server.uuid, create->shared.project_id,
                                                           created[i].instance, created[i].devices, created[i].tags));
        json_array_append_new(
            specs, request_spec_sent(&create->spec, created[i].server.uuid, created[i].spec_id, created[i].group));
    }
    rpc_args_init(&args, create->mem);
    json_put_tree(rpc_arg(&args, "build_requests"), requests);
    json_put_tree(rpc_arg(&args, "request_specs"), specs);
    json_put_tree(rpc_arg(&args, "image"), sent_image(create));
    rpc_arg_string(&args, "admin_password", wish->password);
    json_put_tree(rpc_arg(&args, "injected_files"), create_files_tree(create));
    if (create->spec.requested_networks)
        json_put_tree(rpc_arg(&args, "requested_networks"), create->spec.requested_networks);
    else
        rpc_arg_null(&args, "requested_networks");
    json_put_tree(rpc_arg(&args, "block_device_mapping"),
                  create_keep(create, new_devices_tree(&create->devices, NULL)));
    json_put_tree(rpc_arg(&args, "tags"), create_keep(create, new_tags_tree(wish->tags, wish->tag_count, NULL)));
    return rpc_cast(create->context, &(struct rpc_target){ 0 }, RPC_schedule_and_build_instances, &args);
}

static struct fault *provision(struct create *create, struct create_answer *answer)
{
    struct create_volumes volumes = { 0 };
    struct created *created;
    int64_t count;

    TRY(create_place_check(create->context, &create->wish->place));
    TRY(check_quota(create, &count));
    TRY(create_volumes_read(create, &volumes));
    create->shared.availability_zone = create->wish->place.zone;
    TRY(create_volumes_zone(create, &volumes, &create->shared.availability_zone));
    TRY(add_device_profile(create));
    TRY(read_hints(create));
    if (!create->context->project_id) /* an administrator of the system: a build request must have a project */
        return fault_new(create->mem, ValueError, "Field `project_id' cannot be None");
    fill_shared(create, create_reservation_id(create->mem));
    fill_spec(create, count);
    created = mem_array(create->mem, struct created, (size_t)count);
    for (int64_t i = 0; i < count; i++)
        TRY(build_server(create, &volumes, i, count, &created[i]));
    TRY(create_rows_write(create, created, (size_t)count));
    answer->reservation_id = create->shared.reservation_id;
    answer->uuid = created[0].server.uuid;
    answer->auto_disk_config = create->shared.auto_disk_config;
    return send(create, created, (size_t)count);
}

struct fault *servers_create(const struct context *context, const struct flavor_row *flavor,
                             const struct create_wish *wish, struct create_answer *answer)
{
    struct create create = {
        .context = context,
        .mem = context->mem,
        .wish = wish,
        .flavor = flavor,
        .min_count = wish->min_count,
        .max_count = wish->max_count,
    };

    TRY(check_counts(&create));
    if (!text_is_empty(wish->place.zone) && !wish->place.host)
        TRY(create_zone_available(context, wish->place.zone));
    TRY(create_image_read(&create));
    TRY(create_image_disk_config(&create));
    TRY(build_options(&create));
    TRY(check_all(&create));
    return provision(&create, answer);
}
