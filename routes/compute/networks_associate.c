/* SPDX-License-Identifier: Apache-2.0 */
/* /os-networks/{id}/action:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route networks_associate_routes[] = {
    { "POST", "/os-networks/{id}/action", "disassociate_host", V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-networks/{id}/action", "disassociate_project", V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-networks/{id}/action", "associate_host", V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource networks_associate_resource = { "networks_associate", networks_associate_routes };
