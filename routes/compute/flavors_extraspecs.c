/* SPDX-License-Identifier: Apache-2.0 */
/* /flavors/{flavor_id}/os-extra_specs, /flavors/{flavor_id}/os-extra_specs/{id}: the rows of upstream's module
 * flavors_extraspecs. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route flavors_extraspecs_routes[] = {
    { "GET", "/flavors/{flavor_id}/os-extra_specs", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-extra-specs:index" },
    { "POST", "/flavors/{flavor_id}/os-extra_specs", NULL, V_ALL, NULL, 200, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-flavor-extra-specs:create" },
    { "GET", "/flavors/{flavor_id}/os-extra_specs/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-extra-specs:show" },
    { "PUT", "/flavors/{flavor_id}/os-extra_specs/{id}", NULL, V_ALL, NULL, 200, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-flavor-extra-specs:update" },
    { "DELETE", "/flavors/{flavor_id}/os-extra_specs/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-extra-specs:delete" },
    { 0 },
};
/* clang-format on */

const struct resource flavors_extraspecs_resource = { "flavors_extraspecs", flavors_extraspecs_routes };
