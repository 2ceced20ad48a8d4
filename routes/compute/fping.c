/* SPDX-License-Identifier: Apache-2.0 */
/* /os-fping, /os-fping/{id}:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route fping_routes[] = {
    { "GET", "/os-fping", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-fping/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource fping_resource = { "fping", fping_routes };
