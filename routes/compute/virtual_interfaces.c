/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/os-virtual-interfaces:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route virtual_interfaces_routes[] = {
    { "GET", "/servers/{server_id}/os-virtual-interfaces", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource virtual_interfaces_resource = { "virtual_interfaces", virtual_interfaces_routes };
