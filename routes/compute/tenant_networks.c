/* SPDX-License-Identifier: Apache-2.0 */
/* /os-tenant-networks, /os-tenant-networks/{id}: the rows of upstream's module tenant_networks. */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/policies/policies.h"
#include "routes/gone.h"
#include "routes/resource.h"

LOG_MODULE("nova.api.openstack.compute.tenant_networks");

/* A network has no address range of its own here: the contract has the text "None". */
static void put_network(struct strbuf *out, const json_t *network)
{
    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_member(out, network, "id");
    JSON_PUT_LITERAL(out, ", \"cidr\": \"None\", \"label\": ");
    json_put_member(out, network, "name");
    strbuf_putc(out, '}');
}

static struct fault *authorize(const struct call *call, const char *rule)
{
    const struct policy_target target = policy_own_project(call->context);

    return policy_check(call->context, rule, &target);
}

static struct fault *tenant_networks_index(struct call *call)
{
    const struct conf *conf = call->context->worker->conf;
    const json_t *network;
    json_t *networks;
    size_t i;

    TRY(authorize(call, "os_compute_api:os-tenant-networks:list"));
    TRY(neutron_list(call->context, call->mem, NEUTRON_USER, NEUTRON_NETWORKS, NULL, &networks));
    /* Upstream asks for the default project's networks without a token, which no network service answers. */
    if (conf_bool(conf, OPTION_api_use_neutron_default_nets))
        log_error("The default networks of project %s cannot be listed: there is no token for it",
                  conf_string(conf, OPTION_api_neutron_default_tenant_id));
    JSON_PUT_LITERAL(call->out, "{\"networks\": [");
    json_array_foreach(networks, i, network)
    {
        if (!json_is_object(network))
            return fault_new(call->mem, AttributeError, "'NoneType' object has no attribute 'get'");
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put_network(call->out, network);
    }
    JSON_PUT_LITERAL(call->out, "]}");
    return NULL;
}

static struct fault *tenant_networks_show(struct call *call)
{
    struct fault *fault;
    json_t *network;

    TRY(authorize(call, "os_compute_api:os-tenant-networks:show"));
    fault = neutron_show_get(call->context, call->mem, NEUTRON_USER, NEUTRON_NETWORKS, call->vars[0], NULL, &network);
    if (fault && fault_is(fault, FAULT_neutron_NetworkNotFoundClient))
        return fault_http(call->mem, 404, "Network not found");
    TRY(fault);
    JSON_PUT_LITERAL(call->out, "{\"network\": ");
    put_network(call->out, network);
    strbuf_putc(call->out, '}');
    return NULL;
}

/* clang-format off */
static const struct route tenant_networks_routes[] = {
    { "GET", "/os-tenant-networks", NULL, V_UPTO(35), tenant_networks_index, 200, .errors = { 0 },
      .policies = "os_compute_api:os-tenant-networks:list" },
    { "POST", "/os-tenant-networks", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-tenant-networks/{id}", NULL, V_UPTO(35), tenant_networks_show, 200, .errors = { 404 },
      .policies = "os_compute_api:os-tenant-networks:show" },
    { "DELETE", "/os-tenant-networks/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource tenant_networks_resource = { "tenant_networks", tenant_networks_routes };
