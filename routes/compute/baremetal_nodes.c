/* SPDX-License-Identifier: Apache-2.0 */
/* /os-baremetal-nodes, /os-baremetal-nodes/{id}, /os-baremetal-nodes/{id}/action: the rows of upstream's module
 * baremetal_nodes. */
#include "config.h"

#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"

static struct fault *refuse(const struct call *call, const char *command)
{
    return fault_http(call->mem, 400, "Command Not supported. Please use Ironic command %s to perform this action.",
                      command);
}

/* As where ironic's Python client is not installed: there is none here. */
static struct fault *no_ironic(const struct call *call, const char *rule)
{
    TRY(policy_check(call->context, rule, &(struct policy_target){ NULL, NULL }));
    return fault_http(call->mem, 501, "The requested functionality is not supported.");
}

static struct fault *baremetal_nodes_index(struct call *call)
{
    return no_ironic(call, "os_compute_api:os-baremetal-nodes:list");
}

static struct fault *baremetal_nodes_show(struct call *call)
{
    return no_ironic(call, "os_compute_api:os-baremetal-nodes:show");
}

static struct fault *baremetal_nodes_create(struct call *call)
{
    return refuse(call, "node-create");
}

static struct fault *baremetal_nodes_delete(struct call *call)
{
    return refuse(call, "node-delete");
}

static struct fault *baremetal_nodes_add_interface(struct call *call)
{
    return refuse(call, "port-create");
}

static struct fault *baremetal_nodes_remove_interface(struct call *call)
{
    return refuse(call, "port-delete");
}

/* clang-format off */
static const struct route baremetal_nodes_routes[] = {
    { "GET", "/os-baremetal-nodes", NULL, V_UPTO(35), baremetal_nodes_index, 200, .errors = { 404, 501 },
      .policies = "os_compute_api:os-baremetal-nodes:list" },
    { "POST", "/os-baremetal-nodes", NULL, V_UPTO(35), baremetal_nodes_create, 200, .errors = { 400 } },
    { "GET", "/os-baremetal-nodes/{id}", NULL, V_UPTO(35), baremetal_nodes_show, 200, .errors = { 404, 501 },
      .policies = "os_compute_api:os-baremetal-nodes:show" },
    { "DELETE", "/os-baremetal-nodes/{id}", NULL, V_UPTO(35), baremetal_nodes_delete, 200, .errors = { 400 } },
    { "POST", "/os-baremetal-nodes/{id}/action", "add_interface", V_UPTO(35),
      baremetal_nodes_add_interface, 200, .errors = { 400 } },
    { "POST", "/os-baremetal-nodes/{id}/action", "remove_interface", V_UPTO(35),
      baremetal_nodes_remove_interface, 200, .errors = { 400 } },
    { 0 },
};
/* clang-format on */

const struct resource baremetal_nodes_resource = { "baremetal_nodes", baremetal_nodes_routes };
