/* SPDX-License-Identifier: Apache-2.0 */
/* /os-certificates, /os-certificates/{id}:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route certificates_routes[] = {
    { "POST", "/os-certificates", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-certificates/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource certificates_resource = { "certificates", certificates_routes };
