/* SPDX-License-Identifier: Apache-2.0 */
/* /os-fixed-ips/{id}, /os-fixed-ips/{id}/action:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route fixed_ips_routes[] = {
    { "GET", "/os-fixed-ips/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-fixed-ips/{id}/action", "reserve", V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-fixed-ips/{id}/action", "unreserve", V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource fixed_ips_resource = { "fixed_ips", fixed_ips_routes };
