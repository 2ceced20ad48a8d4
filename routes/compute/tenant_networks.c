/* SPDX-License-Identifier: Apache-2.0 */
/* /os-tenant-networks, /os-tenant-networks/{id}: the rows of upstream's module tenant_networks. */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route tenant_networks_routes[] = {
    { "GET", "/os-tenant-networks", NULL, V_UPTO(35), NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-tenant-networks:list" },
    { "POST", "/os-tenant-networks", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-tenant-networks/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-tenant-networks:show" },
    { "DELETE", "/os-tenant-networks/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource tenant_networks_resource = { "tenant_networks", tenant_networks_routes };
