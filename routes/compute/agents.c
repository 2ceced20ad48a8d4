/* SPDX-License-Identifier: Apache-2.0 */
/* /os-agents, /os-agents/{id}:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route agents_routes[] = {
    { "GET", "/os-agents", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-agents", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "PUT", "/os-agents/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "DELETE", "/os-agents/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource agents_resource = { "agents", agents_routes };
