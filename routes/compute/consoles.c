/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/consoles, /servers/{server_id}/consoles/{id}:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route consoles_routes[] = {
    { "GET", "/servers/{server_id}/consoles", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/servers/{server_id}/consoles", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/servers/{server_id}/consoles/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "DELETE", "/servers/{server_id}/consoles/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource consoles_resource = { "consoles", consoles_routes };
