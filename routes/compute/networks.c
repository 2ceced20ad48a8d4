/* SPDX-License-Identifier: Apache-2.0 */
/* /os-networks, /os-networks/add, /os-networks/{id}, …: the rows of upstream's module networks. */
#include "config.h"

#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/policies/policies.h"
#include "routes/gone.h"
#include "routes/resource.h"

/* What a network had once; of it, id and name are left. An administrator sees the second list too. */
static const char *const fields[] = { "id",   "cidr",    "netmask",    "gateway", "broadcast", "dns1",
                                      "dns2", "cidr_v6", "gateway_v6", "label",   "netmask_v6" };
static const char *const admin_fields[] = {
    "created_at",
    "updated_at",
    "deleted_at",
    "deleted",
    "injected",
    "bridge",
    "vlan",
    "vpn_public_address",
    "vpn_public_port",
    "vpn_private_address",
    "dhcp_start",
    "project_id",
    "host",
    "bridge_interface",
    "multi_host",
    "priority",
    "rxtx_base",
    "mtu",
    "dhcp_server",
    "enable_dhcp",
    "share_address",
};

static void put_field(struct strbuf *out, const char *name, const json_t *value)
{
    json_put_string(out, name);
    JSON_PUT_LITERAL(out, ": ");
    json_put_tree(out, value);
}

static struct fault *put_network(struct call *call, const json_t *network)
{
    const json_t *id = json_object_get(network, "id"), *name = json_object_get(network, "name");
    struct strbuf *out = call->out;

    if (!json_object_size(network)) {
        JSON_PUT_LITERAL(out, "{}");
        return NULL;
    }
    if (!id || !name)
        return fault_new(call->mem, KeyError, id ? "'name'" : "'id'");
    strbuf_putc(out, '{');
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (i)
            JSON_PUT_LITERAL(out, ", ");
        put_field(out, fields[i], i == 0 ? id : i == 9 ? name : NULL);
    }
    for (size_t i = 0; call->context->is_admin && i < sizeof(admin_fields) / sizeof(admin_fields[0]); i++) {
        JSON_PUT_LITERAL(out, ", ");
        put_field(out, admin_fields[i], NULL);
    }
    strbuf_putc(out, '}');
    return NULL;
}

static struct fault *authorize(const struct call *call, const char *rule)
{
    const struct policy_target target = policy_own_project(call->context);

    return policy_check(call->context, rule, &target);
}

static struct fault *networks_index(struct call *call)
{
    const json_t *network;
    json_t *networks;
    size_t i;

    TRY(authorize(call, "os_compute_api:os-networks:list"));
    TRY(neutron_list(call->context, call->mem, NEUTRON_USER, NEUTRON_NETWORKS, NULL, &networks));
    JSON_PUT_LITERAL(call->out, "{\"networks\": [");
    json_array_foreach(networks, i, network)
    {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        TRY(put_network(call, network));
    }
    JSON_PUT_LITERAL(call->out, "]}");
    return NULL;
}

static struct fault *networks_show(struct call *call)
{
    struct fault *fault;
    json_t *network;

    TRY(authorize(call, "os_compute_api:os-networks:show"));
    fault = neutron_show_get(call->context, call->mem, NEUTRON_USER, NEUTRON_NETWORKS, call->vars[0], NULL, &network);
    if (fault && fault_is(fault, FAULT_neutron_NetworkNotFoundClient))
        return fault_http(call->mem, 404, "Network not found");
    TRY(fault);
    JSON_PUT_LITERAL(call->out, "{\"network\": ");
    TRY(put_network(call, network));
    strbuf_putc(call->out, '}');
    return NULL;
}

/* clang-format off */
static const struct route networks_routes[] = {
    { "GET", "/os-networks", NULL, V_UPTO(35), networks_index, 200, .errors = { 0 },
      .policies = "os_compute_api:os-networks:list" },
    { "POST", "/os-networks", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-networks/add", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-networks/{id}", NULL, V_UPTO(35), networks_show, 200, .errors = { 404 },
      .policies = "os_compute_api:os-networks:show" },
    { "DELETE", "/os-networks/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-networks/{id}/action", "disassociate", V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource networks_resource = { "networks", networks_routes };
