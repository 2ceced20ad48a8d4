/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/topology: the rows of upstream's module server_topology. */
#include "config.h"

#include "fcgi_app/compute/target.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/views/server_topology.h"

static struct fault *server_topology_index(struct call *call)
{
    struct policy_target target_of_rule;
    struct target *target;
    bool host;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_NUMA | INSTANCE_WITH_VCPU, &target));
    target_of_rule = (struct policy_target){ .project_id = target->row->project_id };
    TRY(policy_check(call->context, "compute:server:topology:index", &target_of_rule));
    TRY(policy_allows(call->context, "compute:server:topology:host:index", &target_of_rule, &host));
    return server_topology_view(call, target->row->numa_topology, host);
}

/* clang-format off */
static const struct route server_topology_routes[] = {
    { "GET", "/servers/{server_id}/topology", NULL, V_FROM(78), server_topology_index, 200, .errors = { 404 },
      .policies = "compute:server:topology:index; compute:server:topology:host:index?" },
    { 0 },
};
/* clang-format on */

const struct resource server_topology_resource = { "server_topology", server_topology_routes };
