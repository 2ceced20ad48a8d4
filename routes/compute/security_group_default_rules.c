/* SPDX-License-Identifier: Apache-2.0 */
/* /os-security-group-default-rules, /os-security-group-default-rules/{id}:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route security_group_default_rules_routes[] = {
    { "GET", "/os-security-group-default-rules", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/os-security-group-default-rules", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-security-group-default-rules/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "DELETE", "/os-security-group-default-rules/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource security_group_default_rules_resource = { "security_group_default_rules",
                                                                security_group_default_rules_routes };
