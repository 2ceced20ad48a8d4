/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks of a new server: the body's forms, whether networks and ports are
 * there and the port quota has room, and what ports ask of a host; see
 * create.h.  Neighbour: clients/neutron.h.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/cyborg.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/compute/create_groups.h"
#include "fcgi_app/compute/hardware.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/service.h"
#include "fcgi_app/objects/tree.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whose networks: of who is in no project upstream asks for "None". */
static const char *tenant(const struct create *create)
{
    return create->context->project_id ? create->context->project_id : "None";
}

static bool is(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

/* ---- the body ---- */

static struct fault *read_network(const void *mem, const json_t *item, const struct create_wish *wish,
                                  struct network_request *request)
{
    request->address = create_address(mem, json_string_value(json_object_get(item, "fixed_ip")));
    request->port_id = json_string_value(json_object_get(item, "port"));
    request->tag = json_string_value(json_object_get(item, "tag"));
    request->has_address = request->has_tag = true;
    if (!text_is_empty(request->port_id)) {
        for (size_t i = 0; i < wish->network_count; i++)
            if (is(wish->networks[i].port_id, request->port_id))
                return fault_http(mem, 400,
                                  "Port ID '%s' was specified twice: you cannot attach a port multiple times.",
                                  request->port_id);
        if (request->address)
            return fault_http(mem, 400,
                              "Specified Fixed IP '%s' cannot be used with port '%s': the two cannot be specified "
                              "together.",
                              request->address, request->port_id);
        return NULL;
    }
    if (!json_object_get(item, "uuid"))
        return fault_http(mem, 400, "Bad network format: missing 'uuid'");
    request->network_id = json_string_value(json_object_get(item, "uuid"));
    if (!request->network_id || !text_is_uuid_like(request->network_id))
        return fault_http(mem, 400, "Bad networks format: network uuid is not in proper format (%s)",
                          request->network_id ? request->network_id : "None");
    return NULL;
}

struct fault *create_networks_read(const void *mem, const json_t *given, struct create_wish *wish)
{
    size_t count = json_is_string(given) ? 1 : json_array_size(given);

    wish->networks_given = given && !json_is_null(given);
    wish->networks = mem_array(mem, struct network_request, count);
    wish->network_count = 0;
    if (json_is_string(given)) {
        wish->networks[wish->network_count++].network_id = json_string_value(given);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        TRY(read_network(mem, json_array_get(given, i), wish, &wish->networks[i]));
        wish->network_count++;
    }
    return NULL;
}

static bool is_single(const struct create_wish *wish, const char *word)
{
    return wish->network_count == 1 && is(wish->networks[0].network_id, word);
}

/* ---- are they there? ---- */

static struct fault *check_port(const struct create *create, const char *id)
{
    struct neutron_port port;
    json_t *network;

    TRY(neutron_port_show(create->context, create->mem, NEUTRON_USER, id, NULL, &port));
    TRY(take_get(create->mem, port.raw, "device_id", &network));
    if (take_is_true(network))
        return fault_new(create->mem, PortInUse, id);
    if (!take_is_true(json_object_get(port.raw, "fixed_ips")) && !is(port.ip_allocation, "deferred") &&
        !is(port.ip_allocation, "none"))
        return fault_new(create->mem, PortRequiresFixedIP, id);
    TRY(take_key(create->mem, port.raw, "network_id", &network));
    if (json_is_object(network) || json_is_array(network))
        return fault_new(
            create->mem, ValueError,
            mem_printf(create->mem, "A string is required in field network_id, not a %s", take_type(network)));
    return NULL;
}

static struct fault *check_address(const struct create *create, const struct network_request *request)
{
    const struct neutron_param params[] = {
        { "network_id", request->network_id },
        { "fixed_ips", mem_printf(create->mem, "ip_address=%s", request->address) },
        { "fields", "device_id" },
        { NULL, NULL },
    };
    json_t *ports, *taken;

    TRY(neutron_list(create->context, create->mem, NEUTRON_USER, NEUTRON_PORTS, params, &ports));
    if (!json_array_size(ports))
        return NULL;
    TRY(take_key(create->mem, json_array_get(ports, 0), "device_id", &taken));
    return fault_new(create->mem, FixedIpAlreadyInUse, request->address,
                     json_is_null(taken) ? "None" : take_text(create->mem, taken));
}

/* Named ones: each must be there and have a subnet. */
static struct fault *check_named(const struct create *create, const char **ids, size_t count)
{
    struct neutron_network *networks;
    struct strbuf lost;
    size_t found;

    TRY(neutron_available_networks(create->context, create->mem, tenant(create), ids, count, false, &networks, &found));
    for (size_t i = 0; i < found; i++)
        if (!take_is_true(json_object_get(networks[i].raw, "subnets")))
            return fault_new(create->mem, NetworkRequiresSubnet, networks[i].id);
    strbuf_init(&lost, create->mem, 64);
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;

        while (k < found && strcmp(networks[k].id, ids[i]))
            k++;
        if (k < found || strstr(lost.data, ids[i]))
            continue;
        if (lost.length)
            strbuf_puts(&lost, ", ");
        strbuf_puts(&lost, ids[i]);
    }
    return lost.length ? fault_new(create->mem, NetworkNotFound, lost.data) : NULL;
}

/* None named: there must be one at most, or one that can be made. */
static struct fault *check_any(const struct create *create)
{
    struct neutron_network *networks;
    size_t count;
    bool can = true;

    TRY(neutron_available_networks(create->context, create->mem, tenant(create), NULL, 0, false, &networks, &count));
    if (count > 1)
        return fault_text(create->mem, NetworkAmbiguous,
                          "Multiple possible networks found, use a Network ID to be more specific.");
    if (count || !is_single(create->wish, "auto"))
        return NULL;
    TRY(neutron_can_auto_allocate(create->context, create->mem, tenant(create), &can));
    return can ? NULL : fault_new(create->mem, UnableToAutoAllocateNetwork, create->context->project_id);
}

/* How many ports must be made for a server. */
static struct fault *count_ports(const struct create *create, int64_t *needed)
{
    const struct create_wish *wish = create->wish;
    const char **ids = mem_array(create->mem, const char *, wish->network_count + 1);
    size_t count = 0;

    *needed = 1;
    if (!wish->network_count || is_single(wish, "auto"))
        return check_any(create);
    *needed = 0;
    for (size_t i = 0; i < wish->network_count; i++) {
        const struct network_request *request = &wish->networks[i];

        if (!text_is_empty(request->port_id)) {
            TRY(check_port(create, request->port_id));
            continue;
        }
        ids[count++] = request->network_id;
        if (!text_is_empty(request->address))
            TRY(check_address(create, request));
    }
    *needed = (int64_t)count;
    return count ? check_named(create, ids, count) : NULL;
}

static struct fault *check_quota(const struct create *create, int64_t needed, int64_t *limit)
{
    const struct neutron_param params[] = { { "tenant_id", tenant(create) }, { "fields", "id" }, { 0 } };
    int64_t used, left;
    json_t *quota, *ports, *most;

    TRY(neutron_show(create->context, create->mem, NEUTRON_USER, NEUTRON_QUOTAS, tenant(create), NULL, &quota));
    TRY(take_get(create->mem, quota, "port", &most));
    if (!most || (json_is_integer(most) && json_integer_value(most) == -1))
        return NULL;
    TRY(neutron_list(create->context, create->mem, NEUTRON_USER, NEUTRON_PORTS, params, &ports));
    if (!json_is_number(most) && !json_is_boolean(most))
        return fault_new(create->mem, TypeError, "unsupported operand types for -");
    used = (int64_t)json_array_size(ports);
    left = json_integer_value(most) - used;
    if (left < 0)
        return fault_text(create->mem, PortLimitExceeded, "The number of defined ports: %ld is over the limit: %ld",
                          (long)used, (long)json_integer_value(most));
    if (left < needed * *limit)
        *limit = left / needed;
    return NULL;
}

struct fault *create_networks_check(struct create *create)
{
    struct create_wish const *wish = create->wish;
    int64_t needed;

    create->network_limit = create->max_count;
    if (is_single(wish, "none"))
        return NULL;
    /* What is asked of each request on the way leaves its fields set. */
    for (size_t i = 0; i < wish->network_count; i++)
        wish->networks[i].has_address = wish->networks[i].has_pci_request = true;
    TRY(count_ports(create, &needed));
    return needed ? check_quota(create, needed, &create->network_limit) : NULL;
}

/* ---- what ports ask for ---- */

struct wants {
    const char **physnets;
    size_t count;
    bool tunneled;
    bool extended; /* the service knows groups of resources */
    json_t *groups;
    json_t *level;
};

static void add_physnet(struct wants *wants, const char *physnet)
{
    if (text_is_empty(physnet))
        return;
    for (size_t i = 0; i < wants->count; i++)
        if (!strcmp(wants->physnets[i], physnet))
            return;
    wants->physnets[wants->count++] = physnet;
}

static bool is_sriov(const char *vnic)
{
    static const char *const types[] = { "direct",           "macvtap", "direct-physical",
                                         "virtio-forwarder", "vdpa",    "remote-managed" };

    for (size_t i = 0; i < COUNT(types); i++)
        if (is(vnic, types[i]))
            return true;
    return false;
}

static bool is_accelerator(const char *vnic)
{
    return is(vnic, "accelerator-direct") || is(vnic, "accelerator-direct-physical");
}

/* A device of the host behind a port. */
static struct fault *add_device(const struct create *create, struct network_request *request,
                                const struct neutron_port *port, const char *physnet, const char *affinity)
{
    const json_t *trusted = json_object_get(port->binding_profile, "trusted");
    const char *numa = text_is_empty(port->numa_affinity_policy) ? affinity : port->numa_affinity_policy;
    const char *type = is(port->vnic_type, "direct-physical") ? "type-PF" : is(port->vnic_type, "vdpa") ? "vdpa" : NULL;
    json_t *spec, *specs;

    if (!text_is_empty(numa) && !hardware_pci_is_affinity(numa))
        return fault_new(create->mem, ValueError, mem_printf(create->mem, "Field value %s is invalid", numa));
    spec = json_object();
    specs = json_array();
    json_object_set_new_nocheck(spec, "physical_network", tree_text(physnet));
    json_object_set_new_nocheck(spec, "remote_managed",
                                tree_text(is(port->vnic_type, "remote-managed") ? "True" : "False"));
    if (type)
        json_object_set_new_nocheck(spec, "dev_type", tree_text(type));
    if (trusted && !json_is_null(trusted)) {
        struct strbuf text;

        strbuf_init(&text, create->mem, 16);
        json_put_python_str(&text, trusted);
        json_object_set_new_nocheck(spec, "trusted", tree_text(text_bool(text.data) == true ? "True" : "False"));
    }
    json_array_append_new(specs, spec);
    json_array_append_new(tree_get(create->pci_requests, "requests"),
                          hardware_pci_request(1, specs, NULL, text_is_empty(numa) ? NULL : numa, request->port_id,
                                               &request->pci_request_id));
    return NULL;
}

static struct fault *add_accelerator(const struct create *create, struct network_request *request,
                                     const struct neutron_port *port, struct wants *wants)
{
    json_t *groups;

    if (text_is_empty(port->device_profile))
        return fault_new(create->mem, DeviceProfileError, "None",
                         mem_printf(create->mem, "No device profile for port %s.", request->port_id));
    TRY(cyborg_device_profile_groups(create->context, create->mem, port->device_profile, &groups));
    if (cyborg_device_count(groups) > 1)
        return fault_new(create->mem, DeviceProfileError, port->device_profile,
                         "request multiple devices for single port.");
    request->device_profile = port->device_profile;
    create_groups_of_profile(groups, request->port_id, wants->groups);
    return NULL;
}

static struct fault *read_port(struct create *create, struct network_request *request, const char *affinity,
                               struct wants *wants)
{
    static const struct neutron_param fields[] = {
        { "fields", "binding:vnic_type" },
        { "fields", "binding:profile" },
        { "fields", "network_id" },
        { "fields", "resource_request" },
        { "fields", "numa_affinity_policy" },
        { "fields", "device_profile" },
        { NULL, NULL },
    };
    const char *physnet;
    struct neutron_port port;
    json_t *network;
    bool tunneled;

    TRY(neutron_port_show(create->context, create->mem, NEUTRON_SERVICE, request->port_id, fields, &port));
    TRY(take_get(create->mem, port.raw, "network_id", &network));
    TRY(neutron_network_kind(create->context, create->mem, port.network_id ? port.network_id : "None", &physnet,
                             &tunneled));
    wants->tunneled = wants->tunneled || tunneled;
    if (is_accelerator(port.vnic_type))
        TRY(add_accelerator(create, request, &port, wants));
    if (json_object_size(port.resource_request)) {
        if (wants->extended)
            TRY(create_groups_of_ports(create->mem, port.resource_request, wants->groups, wants->level));
        else
            TRY(create_group_of_port(create->mem, port.resource_request, request->port_id, wants->groups));
    }
    add_physnet(wants, physnet);
    if (is_sriov(port.vnic_type))
        TRY(add_device(create, request, &port, physnet, affinity));
    return NULL;
}

static struct fault *compute_version(const struct create *create, int64_t *version)
{
    static const char *const compute[] = { "nova-compute" };

    return service_minimum_version_all_cells(create->context, compute, COUNT(compute), false, version);
}

/* Old computes cannot do all that a port may want. */
static struct fault *check_computes(const struct create *create)
{
    int64_t version;

    for (size_t i = 0; i < create->wish->network_count; i++) {
        if (text_is_empty(create->wish->networks[i].device_profile))
            continue;
        TRY(compute_version(create, &version));
        if (version < 57)
            return fault_text(create->mem, ForbiddenPortsWithAccelerator,
                              "Port with cyborg profile is not avaliable until upgrade finished.");
    }
    for (size_t i = 0; i < create->wish->network_count; i++) {
        const char *id = create->wish->networks[i].port_id;
        struct neutron_port port;

        if (text_is_empty(id))
            continue;
        TRY(neutron_port_show(create->context, create->mem, NEUTRON_USER, id, NULL, &port));
        if (!is(port.vnic_type, "remote-managed"))
            continue;
        TRY(compute_version(create, &version));
        if (version < 61)
            return fault_text(create->mem, ForbiddenWithRemoteManagedPorts,
                              "Remote-managed ports are not supported until an upgrade is fully finished.");
    }
    return NULL;
}

static struct fault *check_requests(const struct create *create, bool extended)
{
    int64_t version;

    if (!json_array_size(create->resource_groups))
        return NULL;
    if (!create->wish->port_resources)
        return fault_new(create->mem, CreateWithPortResourceRequestOldVersion);
    if (!extended)
        return NULL;
    TRY(compute_version(create, &version));
    return version < 58 ? fault_new(create->mem, ExtendedResourceRequestOldCompute) : NULL;
}

struct fault *create_networks_resources(struct create *create, const char *affinity)
{
    const struct create_wish *wish = create->wish;
    struct wants wants = { .physnets = mem_array(create->mem, const char *, wish->network_count + 1) };

    wants.groups = create->resource_groups = create_keep(create, json_array());
    wants.level = create_keep(create, tree_object("RequestLevelParams"));
    create->spec.request_level_params = wants.level;
    if (wish->network_count && !is_single(wish, "none")) {
        TRY(neutron_has_extension(create->context, create->mem, NEUTRON_SERVICE, "port-resource-request-groups",
                                  &wants.extended));
        for (size_t i = 0; i < wish->network_count; i++) {
            struct network_request *request = &wish->networks[i];

            if (!text_is_empty(request->port_id)) {
                TRY(read_port(create, request, affinity, &wants));
            } else if (request->network_id && strcmp(request->network_id, "auto")) {
                const char *physnet;
                bool tunneled;

                TRY(neutron_network_kind(create->context, create->mem, request->network_id, &physnet, &tunneled));
                wants.tunneled = wants.tunneled || tunneled;
                add_physnet(&wants, physnet);
            }
        }
        create->spec.network_metadata =
            create_keep(create, network_metadata_tree(wants.physnets, wants.count, wants.tunneled));
    }
    TRY(check_computes(create));
    return check_requests(create, wants.extended);
}
