/* SPDX-License-Identifier: Apache-2.0 */
/* /os-availability-zone, /os-availability-zone/detail: the rows of upstream's module availability_zone. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route availability_zone_routes[] = {
    { "GET", "/os-availability-zone", NULL, V_ALL, NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-availability-zone:list" },
    { "GET", "/os-availability-zone/detail", NULL, V_ALL, NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-availability-zone:detail" },
    { 0 },
};
/* clang-format on */

const struct resource availability_zone_resource = { "availability_zone", availability_zone_routes };
