/* SPDX-License-Identifier: Apache-2.0 */
/* /os-floating-ip-dns, /os-floating-ip-dns/{id}, /os-floating-ip-dns/{domain_id}/entries/{id}:
 * removed from the API. What is left is the refusal, at every version.
 */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"

/* clang-format off */
static const struct route floating_ip_dns_routes[] = {
    { "GET", "/os-floating-ip-dns", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "PUT", "/os-floating-ip-dns/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "DELETE", "/os-floating-ip-dns/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "GET", "/os-floating-ip-dns/{domain_id}/entries/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "PUT", "/os-floating-ip-dns/{domain_id}/entries/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { "DELETE", "/os-floating-ip-dns/{domain_id}/entries/{id}", NULL, V_ALL, route_gone, 200, .errors = { 410 } },
    { 0 },
};
/* clang-format on */

const struct resource floating_ip_dns_resource = { "floating_ip_dns", floating_ip_dns_routes };
