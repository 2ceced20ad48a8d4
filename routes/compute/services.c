/* SPDX-License-Identifier: Apache-2.0 */
/* /os-services, /os-services/{id}: the rows of upstream's module services. */
#include "config.h"

#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/services.h"
#include "routes/views/services.h"

/* No target at all that a rule could compare with. */
static const struct policy_target nobody = { NULL, NULL };

static struct fault *services_index(struct call *call)
{
    bool partial = versions_hold((struct versions)V_FROM(69), call->version);
    struct services services;

    TRY(policy_check(call->context, "os_compute_api:os-services:list", &nobody));
    TRY(services_list(call->context, partial, &services));
    services_view_list(call, &services, query_get(&call->query, "host"), query_get(&call->query, "binary"));
    return NULL;
}

/* clang-format off */
static const struct route services_routes[] = {
    { "GET", "/os-services", NULL, V_ALL, services_index, 200, .errors = { 0 }, .query = services_index_query,
      .policies = "os_compute_api:os-services:list" },
    { "PUT", "/os-services/{id}", NULL, V_UPTO(52), NULL, 200, .errors = { 400, 404 }, .body = services_update_body,
      .policies = "os_compute_api:os-services:update" },
    { "PUT", "/os-services/{id}", NULL, V_FROM(53), NULL, 200, .errors = { 400, 404 }, .body = services_update_body,
      .policies = "os_compute_api:os-services:update" },
    { "DELETE", "/os-services/{id}", NULL, V_ALL, NULL, 204, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-services:delete" },
    { 0 },
};
/* clang-format on */

const struct resource services_resource = { "services", services_routes };
