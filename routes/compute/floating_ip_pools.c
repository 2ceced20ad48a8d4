/* SPDX-License-Identifier: Apache-2.0 */
/* /os-floating-ip-pools: the rows of upstream's module floating_ip_pools. */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"

/* Pools are the external networks, by name where they have one. */
static struct fault *pools_index(struct call *call)
{
    static const struct neutron_param external[] = { { "router:external", "True" }, { NULL, NULL } };
    const json_t *network;
    json_t *networks;
    size_t i;

    TRY(policy_check(call->context, "os_compute_api:os-floating-ip-pools", &(struct policy_target){ NULL, NULL }));
    TRY(neutron_list(call->context, call->mem, NEUTRON_USER, NEUTRON_NETWORKS, external, &networks));
    JSON_PUT_LITERAL(call->out, "{\"floating_ip_pools\": [");
    json_array_foreach(networks, i, network)
    {
        const char *name = json_string_value(json_object_get(network, "name"));

        if (!json_is_object(network))
            return fault_new(call->mem, TypeError, "'NoneType' object is not subscriptable");
        if (!json_object_get(network, "name"))
            return fault_new(call->mem, KeyError, "'name'");
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        JSON_PUT_LITERAL(call->out, "{\"name\": ");
        json_put_string(call->out, text_is_empty(name) ? json_string_value(json_object_get(network, "id")) : name);
        strbuf_putc(call->out, '}');
    }
    JSON_PUT_LITERAL(call->out, "]}");
    return NULL;
}

/* clang-format off */
static const struct route floating_ip_pools_routes[] = {
    { "GET", "/os-floating-ip-pools", NULL, V_UPTO(35), pools_index, 200, .errors = { 0 },
      .policies = "os_compute_api:os-floating-ip-pools" },
    { 0 },
};
/* clang-format on */

const struct resource floating_ip_pools_resource = { "floating_ip_pools", floating_ip_pools_routes };
