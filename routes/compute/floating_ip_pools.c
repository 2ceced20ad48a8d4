/* SPDX-License-Identifier: Apache-2.0 */
/* /os-floating-ip-pools: the rows of upstream's module floating_ip_pools. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route floating_ip_pools_routes[] = {
    { "GET", "/os-floating-ip-pools", NULL, V_UPTO(35), NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-floating-ip-pools" },
    { 0 },
};
/* clang-format on */

const struct resource floating_ip_pools_resource = { "floating_ip_pools", floating_ip_pools_routes };
