/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces of servers; see the header. */
#include "config.h"

#include "fcgi_app/compute/interfaces.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/compute/actions.h"
#include "fcgi_app/compute/instance_actions.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/db/services.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/service.h"

#include <string.h>

/* From these versions of nova-compute on: all of them for ports that are remote-managed or, in a server, vDPA; the
   server's own for ports that ask for resources, of several groups or of one. */
enum { VDPA_FROM = 62, REMOTE_MANAGED_FROM = 61, EXTENDED_REQUEST_FROM = 60, REQUEST_FROM = 55 };

static const struct instance_states running = INSTANCE_STATES("active", "paused", "stopped");
static const struct instance_states idle = INSTANCE_STATES(NULL);

struct fault *interfaces_list(const struct context *context, const struct target *target, json_t **ports)
{
    const struct neutron_param params[] = { { "device_id", target->row->uuid }, { NULL, NULL } };

    return neutron_list(context, target->mem, NEUTRON_USER, NEUTRON_PORTS, params, ports);
}

struct fault *interfaces_tags(const struct context *context, const struct target *target,
                              const struct interface_tag **tags, size_t *count)
{
    struct db_params params = { 0 };
    struct db_rows rows = { 0 };

    if (target->cell) {
        db_param_text(&params, target->row->uuid);
        TRY(db_query(context, target->mem, target->cell->link, &INTERFACE_TAGS, &params, &rows));
    }
    *tags = rows.rows;
    *count = rows.count;
    return NULL;
}

static bool needs_accelerator(const char *vnic_type)
{
    return vnic_type && (!strcmp(vnic_type, "accelerator-direct") || !strcmp(vnic_type, "accelerator-direct-physical"));
}

static struct fault *check(const struct context *context, const struct target *target, const char *action)
{
    TRY(target_check_lock(context, target));
    TRY(target_reject(context, target, REJECT_VDPA, (struct reject_until){ .vdpa = VDPA_FROM }, action));
    return target_check_states(target, &running, &idle, true, action);
}

static struct fault *version_on_host(const struct context *context, const struct target *target, int64_t *version)
{
    struct db_params params = { 0 };
    struct db_rows rows = { 0 };

    if (target->cell && target->row->host) {
        db_param_text(&params, target->row->host);
        db_param_text(&params, "nova-compute");
        TRY(db_query(context, target->mem, target->cell->link, &SERVICE_BY_HOST_AND_BINARY, &params, &rows));
    }
    if (!rows.count)
        return fault_new(target->mem, AttributeError, "'NoneType' object has no attribute 'version'");
    *version = ((const struct db_service *)rows.rows)->version;
    return NULL;
}

/* What the port wants of the host must be within what its nova-compute knows of. */
static struct fault *check_request(const struct context *context, const struct target *target, const json_t *port)
{
    const json_t *request = json_object_get(port, "resource_request");
    json_t *groups = NULL;
    int64_t version = 0;
    bool extended;

    TRY(neutron_has_extension(context, target->mem, NEUTRON_USER, "port-resource-request-groups", &extended));
    if (extended && take_is_true(request))
        TRY(take_get(target->mem, request, "request_groups", &groups));
    if (!take_is_true(extended ? groups : request))
        return NULL;
    TRY(version_on_host(context, target, &version));
    if (version >= (extended ? EXTENDED_REQUEST_FROM : REQUEST_FROM))
        return NULL;
    return extended ? fault_new(target->mem, ExtendedResourceRequestOldCompute)
                    : fault_new(target->mem, AttachInterfaceWithQoSPolicyNotSupported, target->row->uuid);
}

static struct fault *check_remote_managed(const struct context *context, const struct target *target)
{
    static const char *const compute[] = { "nova-compute" };
    int64_t version = 0;

    TRY(service_minimum_version_all_cells(context, compute, 1, false, &version));
    return version < REMOTE_MANAGED_FROM
               ? fault_text(target->mem, ForbiddenWithRemoteManagedPorts,
                            "Remote-managed ports are not supported until an upgrade is fully finished.")
               : NULL;
}

struct fault *interface_attach(const struct context *context, struct target *target, const struct interface_wish *wish,
                               const char **port_id)
{
    struct rpc_target to = { .server = target->row->host };
    struct neutron_port port;
    struct rpc_args args;
    json_t *vif = NULL, *kind;

    TRY(check(context, target, "attach_interface"));
    TRY(instance_action_start(context, target, "attach_interface"));
    if (wish->port_id) {
        TRY(neutron_port_show(context, target->mem, NEUTRON_USER, wish->port_id, NULL, &port));
        TRY(take_get(target->mem, port.raw, "binding:vnic_type", &kind));
        if (needs_accelerator(port.vnic_type))
            return fault_new(target->mem, ForbiddenPortsWithAccelerator);
        if (port.vnic_type && !strcmp(port.vnic_type, "remote-managed"))
            TRY(check_remote_managed(context, target));
        TRY(check_request(context, target, port.raw));
    }
    if (!to.server)
        return fault_text(target->mem, NovaException, "No compute host specified");
    to.transport_url = target->cell ? target->cell->transport_url : NULL;
    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    rpc_arg_string(&args, "network_id", wish->network_id);
    rpc_arg_string(&args, "port_id", wish->port_id);
    rpc_arg_string(&args, "requested_ip", wish->address);
    rpc_arg_string(&args, "tag", wish->tag);
    TRY(rpc_call(context, &to, RPC_attach_interface, &args, &vif));
    *port_id = json_string_value(json_object_get(vif, "id"));
    return *port_id ? NULL : fault_new(target->mem, TypeError, "'NoneType' object is not subscriptable");
}

static void put_port(struct rpc_args *args, const void *arg)
{
    rpc_arg_string(args, "port_id", arg);
}

/* What kind of port the server's kept network information says it is; NULL: it is not there. */
static const char *kept_kind(const struct target *target, const char *port_id)
{
    const json_t *vif;
    json_t *vifs = NULL;
    size_t i;

    if (!target->row->network_info.length ||
        json_read(target->mem, target->row->network_info.data, target->row->network_info.length, &vifs))
        return NULL;
    json_array_foreach(vifs, i, vif)
    {
        const char *id = json_string_value(json_object_get(vif, "id"));

        if (id && !strcmp(id, port_id))
            return json_string_value(json_object_get(vif, "vnic_type"));
    }
    return NULL;
}

struct fault *interface_detach(const struct context *context, struct target *target, const char *port_id)
{
    TRY(check(context, target, "detach_interface"));
    if (needs_accelerator(kept_kind(target, port_id)))
        return fault_new(target->mem, ForbiddenPortsWithAccelerator);
    TRY(instance_action_start(context, target, "detach_interface"));
    return action_send(context, target, RPC_detach_interface, NULL, false, put_port, port_id);
}
