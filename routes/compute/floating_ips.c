/* SPDX-License-Identifier: Apache-2.0 */
/* /os-floating-ips, /os-floating-ips/{id}, /servers/{id}/action: the rows of upstream's module floating_ips. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/floating_ips.h"

/* clang-format off */
static const struct route floating_ips_routes[] = {
    { "GET", "/os-floating-ips", NULL, V_UPTO(35), NULL, 200, .errors = { 0 },
      .policies = "os_compute_api:os-floating-ips:list" },
    { "POST", "/os-floating-ips", NULL, V_UPTO(35), NULL, 200, .errors = { 400, 403, 404 },
      .policies = "os_compute_api:os-floating-ips:create" },
    { "GET", "/os-floating-ips/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-floating-ips:show" },
    { "DELETE", "/os-floating-ips/{id}", NULL, V_UPTO(35), NULL, 202, .errors = { 400, 403, 404, 409 },
      .policies = "os_compute_api:os-floating-ips:delete" },
    { "POST", "/servers/{id}/action", "addFloatingIp", V_UPTO(43), NULL, 202, .errors = { 400, 403, 404 },
      .body = floating_ips_add_floating_ip_body,
      .policies = "os_compute_api:os-floating-ips:add" },
    { "POST", "/servers/{id}/action", "removeFloatingIp", V_UPTO(43), NULL, 202, .errors = { 400, 403, 404, 409 },
      .body = floating_ips_remove_floating_ip_body,
      .policies = "os_compute_api:os-floating-ips:remove" },
    { 0 },
};
/* clang-format on */

const struct resource floating_ips_resource = { "floating_ips", floating_ips_routes };
