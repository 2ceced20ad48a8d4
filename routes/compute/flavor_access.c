/* SPDX-License-Identifier: Apache-2.0 */
/* /flavors/{id}/action, /flavors/{flavor_id}/os-flavor-access: the rows of upstream's module flavor_access. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/flavor_access.h"

/* clang-format off */
static const struct route flavor_access_routes[] = {
    { "POST", "/flavors/{id}/action", "addTenantAccess", V_ALL, NULL, 200, .errors = { 400, 403, 404, 409 },
      .body = flavor_access_add_tenant_access_body,
      .policies = "os_compute_api:os-flavor-access:add_tenant_access" },
    { "POST", "/flavors/{id}/action", "removeTenantAccess", V_ALL, NULL, 200, .errors = { 400, 403, 404 },
      .body = flavor_access_remove_tenant_access_body,
      .policies = "os_compute_api:os-flavor-access:remove_tenant_access" },
    { "GET", "/flavors/{flavor_id}/os-flavor-access", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-access" },
    { 0 },
};
/* clang-format on */

const struct resource flavor_access_resource = { "flavor_access", flavor_access_routes };
