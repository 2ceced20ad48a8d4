/* SPDX-License-Identifier: Apache-2.0 */
/* /os-networks, /os-networks/add, /os-networks/{id}, …: the rows of upstream's module networks. */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route networks_routes[] = {
    { "GET", "/os-networks", NULL, V_UPTO(35), NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-networks:list" },
    { "POST", "/os-networks", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-networks/add", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-networks/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-networks:show" },
    { "DELETE", "/os-networks/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-networks/{id}/action", "disassociate", V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource networks_resource = { "networks", networks_routes };
