/* SPDX-License-Identifier: Apache-2.0 */
/* /flavors, /flavors/detail, /flavors/{id}: the rows of upstream's module flavors. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route flavors_routes[] = {
    { "GET", "/flavors", NULL, V_ALL, NULL, 200, .errors = { 400 } },
    { "GET", "/flavors/detail", NULL, V_ALL, NULL, 200, .errors = { 400 },
      .policies = "os_compute_api:os-flavor-extra-specs:index?" },
    { "GET", "/flavors/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-extra-specs:index?" },
    { 0 },
};
/* clang-format on */

const struct resource flavors_resource = { "flavors", flavors_routes };
