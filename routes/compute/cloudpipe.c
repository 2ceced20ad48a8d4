/* SPDX-License-Identifier: Apache-2.0 */
/* /os-cloudpipe, /os-cloudpipe/{id}:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route cloudpipe_routes[] = {
    { "GET", "/os-cloudpipe", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-cloudpipe", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "PUT", "/os-cloudpipe/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource cloudpipe_resource = { "cloudpipe", cloudpipe_routes };
