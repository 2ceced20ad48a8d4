/* SPDX-License-Identifier: Apache-2.0 */
/* /limits: the rows of upstream's module limits. */
#include "config.h"

#include "fcgi_app/policies/policies.h"
#include "fcgi_app/quota/quota.h"
#include "routes/resource.h"
#include "routes/schemas/limits.h"
#include "routes/views/quotas.h"

static struct fault *limits_index(struct call *call)
{
    const struct query_pair *asked = query_find(&call->query, "tenant_id");
    const char *project_id = call->context->project_id;
    struct quota_values limits, used;

    TRY(policy_check(call->context, "os_compute_api:limits", &(struct policy_target){ NULL, NULL }));
    if (asked) {
        project_id = asked->value;
        TRY(policy_check(call->context, "os_compute_api:limits:other_project", NULL));
    }
    TRY(quota_of(call->context, project_id, NULL, &limits, &used));
    quotas_view_limits(call, &limits, &used);
    return NULL;
}

/* clang-format off */
static const struct route limits_routes[] = {
    { "GET", "/limits", NULL, V_UPTO(35), limits_index, 200, .errors = { 0 }, .query = limits_index_query,
      .policies = "os_compute_api:limits; os_compute_api:limits:other_project (tenant_id query of another project)" },
    { "GET", "/limits", NULL, V_BETWEEN(36, 38), limits_index, 200, .errors = { 0 }, .query = limits_index_query,
      .policies = "os_compute_api:limits; os_compute_api:limits:other_project (tenant_id query of another project)" },
    { "GET", "/limits", NULL, V_BETWEEN(39, 56), limits_index, 200, .errors = { 0 }, .query = limits_index_query,
      .policies = "os_compute_api:limits; os_compute_api:limits:other_project (tenant_id query of another project)" },
    { "GET", "/limits", NULL, V_FROM(57), limits_index, 200, .errors = { 0 }, .query = limits_index_query,
      .policies = "os_compute_api:limits; os_compute_api:limits:other_project (tenant_id query of another project)" },
    { 0 },
};
/* clang-format on */

const struct resource limits_resource = { "limits", limits_routes };
