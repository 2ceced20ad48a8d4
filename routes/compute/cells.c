/* SPDX-License-Identifier: Apache-2.0 */
/* /os-cells, /os-cells/capacities, /os-cells/detail, …:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route cells_routes[] = {
    { "POST", "/os-cells", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-cells", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-cells/capacities", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-cells/detail", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-cells/info", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-cells/sync_instances", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-cells/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "PUT", "/os-cells/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "DELETE", "/os-cells/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-cells/{id}/capacities", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource cells_resource = { "cells", cells_routes };
