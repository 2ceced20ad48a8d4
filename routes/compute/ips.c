/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/ips, /servers/{server_id}/ips/{id}: the rows of upstream's module ips. */
#include "config.h"

#include "fcgi_app/compute/target.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/views/ips.h"

static struct fault *find(const struct call *call, const char *rule, struct target **target)
{
    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE, target));
    return policy_check(call->context, rule, &(struct policy_target){ .project_id = (*target)->row->project_id });
}

static struct fault *ips_index(struct call *call)
{
    struct target *target;

    TRY(find(call, "os_compute_api:ips:index", &target));
    ips_view_index(call, target->row->network_info);
    return NULL;
}

static struct fault *ips_show(struct call *call)
{
    struct target *target;

    TRY(find(call, "os_compute_api:ips:show", &target));
    if (!ips_view_show(call, target->row->network_info, call->vars[1]))
        return fault_http(call->mem, 404, "Instance is not a member of specified network");
    return NULL;
}

/* clang-format off */
static const struct route ips_routes[] = {
    { "GET", "/servers/{server_id}/ips", NULL, V_ALL, ips_index, 200, .errors = { 404 },
      .policies = "os_compute_api:ips:index" },
    { "GET", "/servers/{server_id}/ips/{id}", NULL, V_ALL, ips_show, 200, .errors = { 404 },
      .policies = "os_compute_api:ips:show" },
    { 0 },
};
/* clang-format on */

const struct resource ips_resource = { "ips", ips_routes };
