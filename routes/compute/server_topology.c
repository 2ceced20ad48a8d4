/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/topology: the rows of upstream's module server_topology. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route server_topology_routes[] = {
    { "GET", "/servers/{server_id}/topology", NULL, V_FROM(78), NULL, 200, .errors = { 404 },
      .policies = "compute:server:topology:index; compute:server:topology:host:index?" },
    { 0 },
};
/* clang-format on */

const struct resource server_topology_resource = { "server_topology", server_topology_routes };
