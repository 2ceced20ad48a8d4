/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/os-interface, /servers/{server_id}/os-interface/{id}: the rows of upstream's module
 * attach_interfaces. */
#include "config.h"

#include "fcgi_app/compute/interfaces.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "routes/action.h"
#include "routes/resource.h"
#include "routes/schemas/attach_interfaces.h"

#include <string.h>

#define RULE(name) "os_compute_api:os-attach-interfaces:" name

static struct fault *find(const struct call *call, unsigned wants, const char *rule, struct target **target)
{
    TRY(target_find(call->context, call->vars[0], wants, target));
    return policy_check(call->context, rule, &(struct policy_target){ (*target)->row->project_id, NULL });
}

/* ---- shows ---- */

/* A member of a port as neutron has it; one that is missing is an error. */
static struct fault *put_member(struct call *call, const json_t *port, const char *name)
{
    json_t *value;

    TRY(take_key(call->mem, port, name, &value));
    json_put_tree(call->out, value);
    return NULL;
}

static const char *tag_of(const struct interface_tag *tags, size_t count, const json_t *port)
{
    const char *id = json_string_value(json_object_get(port, "id"));

    for (size_t i = 0; id && i < count; i++)
        if (tags[i].uuid && !strcmp(tags[i].uuid, id))
            return tags[i].tag;
    return NULL;
}

static struct fault *put_port(struct call *call, const json_t *port, const struct interface_tag *tags, size_t count)
{
    JSON_PUT_LITERAL(call->out, "{\"net_id\": ");
    TRY(put_member(call, port, "network_id"));
    JSON_PUT_LITERAL(call->out, ", \"port_id\": ");
    TRY(put_member(call, port, "id"));
    JSON_PUT_LITERAL(call->out, ", \"mac_addr\": ");
    TRY(put_member(call, port, "mac_address"));
    JSON_PUT_LITERAL(call->out, ", \"port_state\": ");
    TRY(put_member(call, port, "status"));
    JSON_PUT_LITERAL(call->out, ", \"fixed_ips\": ");
    json_put_tree(call->out, json_object_get(port, "fixed_ips"));
    if (call->version >= 70) { /* 2.70: tags */
        JSON_PUT_LITERAL(call->out, ", \"tag\": ");
        json_put_string(call->out, tag_of(tags, count, port));
    }
    strbuf_putc(call->out, '}');
    return NULL;
}

static struct fault *read_tags(const struct call *call, const struct target *target, const struct interface_tag **tags,
                               size_t *count)
{
    *tags = NULL;
    *count = 0;
    return call->version >= 70 ? interfaces_tags(call->context, target, tags, count) : NULL;
}

static struct fault *index_interfaces(struct call *call)
{
    const struct interface_tag *tags;
    struct target *target;
    struct fault *fault;
    const json_t *port;
    json_t *ports;
    size_t count, i;

    TRY(find(call, 0, RULE("list"), &target));
    fault = interfaces_list(call->context, target, &ports);
    if (fault && fault_is(fault, FAULT_NotFound))
        return fault_http(call->mem, 404, "%s", fault->message);
    TRY(fault);
    TRY(read_tags(call, target, &tags, &count));
    JSON_PUT_LITERAL(call->out, "{\"interfaceAttachments\": [");
    json_array_foreach(ports, i, port)
    {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        TRY(put_port(call, port, tags, count));
    }
    JSON_PUT_LITERAL(call->out, "]}");
    return NULL;
}

static struct fault *show_port(struct call *call, const char *port_id)
{
    const struct interface_tag *tags;
    struct neutron_port port;
    struct target *target;
    const json_t *told;
    struct fault *fault;
    json_t *device;
    size_t count;

    TRY(find(call, 0, RULE("show"), &target));
    fault = neutron_port_show(call->context, call->mem, NEUTRON_USER, port_id, NULL, &port);
    if (fault && fault_is(fault, FAULT_PortNotFound))
        return fault_http(call->mem, 404, "%s", fault->message);
    TRY(fault);
    TRY(take_key(call->mem, port.raw, "device_id", &device));
    if (!port.device_id || strcmp(port.device_id, call->vars[0]))
        return fault_http(call->mem, 404, "Instance %s does not have a port with id %s", call->vars[0], port_id);
    TRY(read_tags(call, target, &tags, &count));
    JSON_PUT_LITERAL(call->out, "{\"interfaceAttachment\": ");
    TRY(put_port(call, port.raw, tags, count));
    told = json_object_get(port.raw, "id");
    if (call->version >= 70 && told && !json_is_null(told) && !json_is_string(told))
        return fault_new(call->mem, DBError, "the id of a port is a text");
    strbuf_putc(call->out, '}');
    return NULL;
}

static struct fault *show_interface(struct call *call)
{
    return show_port(call, call->vars[1]);
}

/* ---- attach, detach ---- */

static const enum fault_name refused[] = { FAULT_InterfaceAttachFailedNoNetwork,
                                           FAULT_NetworkAmbiguous,
                                           FAULT_NoMoreFixedIps,
                                           FAULT_PortNotUsable,
                                           FAULT_AttachInterfaceNotSupported,
                                           FAULT_SecurityGroupCannotBeApplied,
                                           FAULT_NetworkInterfaceTaggedAttachNotSupported,
                                           FAULT_NetworksWithQoSPolicyNotSupported,
                                           FAULT_InterfaceAttachPciClaimFailed,
                                           FAULT_InterfaceAttachResourceAllocationFailed,
                                           FAULT_ForbiddenPortsWithAccelerator,
                                           FAULT_ForbiddenWithRemoteManagedPorts,
                                           FAULT_ExtendedResourceRequestOldCompute,
                                           FAULT_COUNT };
static const enum fault_name in_use[] = { FAULT_FixedIpAlreadyInUse, FAULT_PortInUse, FAULT_COUNT };
static const enum fault_name unknown[] = { FAULT_PortNotFound, FAULT_NetworkNotFound, FAULT_COUNT };
static const enum fault_name over[] = { FAULT_PortLimitExceeded, FAULT_COUNT };
static const enum fault_name failed[] = { FAULT_InterfaceAttachFailed, FAULT_COUNT };

static struct fault *create_interface(struct call *call)
{
    const json_t *asked = json_object_get(call->body, "interfaceAttachment");
    const json_t *address = json_array_get(json_object_get(asked, "fixed_ips"), 0);
    const struct interface_wish wish = { .network_id = json_string_value(json_object_get(asked, "net_id")),
                                         .port_id = json_string_value(json_object_get(asked, "port_id")),
                                         .address = json_string_value(json_object_get(address, "ip_address")),
                                         .tag = json_string_value(json_object_get(asked, "tag")) };
    struct target *target;
    struct fault *fault;
    const char *port;

    TRY(find(call, INSTANCE_WITH_CACHE, RULE("create"), &target));
    if (wish.network_id && wish.port_id)
        return fault_http(call->mem, 400, "Must not input both network_id and port_id");
    if (wish.address && !wish.network_id)
        return fault_http(call->mem, 400, "Must input network_id when request IP address");
    fault = interface_attach(call->context, target, &wish, &port);
    fault = action_fault_as(call, fault, 400, refused);
    fault = action_fault_as(call, fault, 409, in_use);
    fault = action_fault_as(call, fault, 404, unknown);
    fault = action_fault_as(call, fault, 403, over);
    fault = action_fault_as(call, fault, 500, failed);
    TRY(target_conflict(target, fault));
    return show_port(call, port);
}

static struct fault *delete_interface(struct call *call)
{
    static const enum fault_name no_port[] = { FAULT_PortNotFound, FAULT_COUNT };
    static const enum fault_name accelerated[] = { FAULT_ForbiddenPortsWithAccelerator, FAULT_COUNT };
    struct target *target;
    struct fault *fault;

    TRY(find(call, INSTANCE_WITH_CACHE | INSTANCE_WITH_DEVICES, RULE("delete"), &target));
    fault = interface_detach(call->context, target, call->vars[1]);
    fault = action_fault_as(call, fault, 404, no_port);
    fault = action_fault_as(call, fault, 400, accelerated);
    return target_conflict(target, fault);
}

/* clang-format off */
static const struct route attach_interfaces_routes[] = {
    { "GET", "/servers/{server_id}/os-interface", NULL, V_ALL, index_interfaces, 200, .errors = { 404, 501 },
      .policies = "os_compute_api:os-attach-interfaces:list" },
    { "POST", "/servers/{server_id}/os-interface", NULL, V_ALL, create_interface, 200, .errors = { 400, 403, 404, 409, 500, 501 },
      .body = attach_interfaces_create_body,
      .policies = "os_compute_api:os-attach-interfaces:create; os_compute_api:os-attach-interfaces:show; "
                  "network:attach_external_network? (external net)" },
    { "GET", "/servers/{server_id}/os-interface/{id}", NULL, V_ALL, show_interface, 200, .errors = { 403, 404 },
      .policies = "os_compute_api:os-attach-interfaces:show" },
    { "DELETE", "/servers/{server_id}/os-interface/{id}", NULL, V_ALL, delete_interface, 202, .errors = { 400, 404, 409, 501 },
      .policies = "os_compute_api:os-attach-interfaces:delete" },
    { 0 },
};
/* clang-format on */

const struct resource attach_interfaces_resource = { "attach_interfaces", attach_interfaces_routes };
