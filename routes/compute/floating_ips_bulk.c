/* SPDX-License-Identifier: Apache-2.0 */
/* /os-floating-ips-bulk, /os-floating-ips-bulk/{id}:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route floating_ips_bulk_routes[] = {
    { "GET", "/os-floating-ips-bulk", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-floating-ips-bulk", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-floating-ips-bulk/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "PUT", "/os-floating-ips-bulk/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource floating_ips_bulk_resource = { "floating_ips_bulk", floating_ips_bulk_routes };
