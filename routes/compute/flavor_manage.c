/* SPDX-License-Identifier: Apache-2.0 */
/* /flavors, /flavors/{id}: the rows of upstream's module flavor_manage. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/flavor_manage.h"

/* clang-format off */
static const struct route flavor_manage_routes[] = {
    { "POST", "/flavors", NULL, V_ALL, NULL, 200, .errors = { 400, 409 }, .body = flavor_manage_create_body,
      .policies = "os_compute_api:os-flavor-manage:create; os_compute_api:os-flavor-extra-specs:index?" },
    { "PUT", "/flavors/{id}", NULL, V_FROM(55), NULL, 200, .errors = { 400, 404 }, .body = flavor_manage_update_body,
      .policies = "os_compute_api:os-flavor-manage:update; os_compute_api:os-flavor-extra-specs:index?" },
    { "DELETE", "/flavors/{id}", NULL, V_ALL, NULL, 202, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-manage:delete" },
    { 0 },
};
/* clang-format on */

const struct resource flavor_manage_resource = { "flavor_manage", flavor_manage_routes };
