/* SPDX-License-Identifier: Apache-2.0 */
/* /os-security-group-rules, /os-security-group-rules/{id}, /os-security-groups, …: the rows of upstream's module
 * security_groups. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/security_groups.h"

/* clang-format off */
static const struct route security_groups_routes[] = {
    { "POST", "/os-security-group-rules", NULL, V_UPTO(35), NULL, 200, .errors = { 400, 403, 404 },
      .policies = "os_compute_api:os-security-groups:rule:create" },
    { "DELETE", "/os-security-group-rules/{id}", NULL, V_UPTO(35), NULL, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-security-groups:rule:delete" },
    { "GET", "/os-security-groups", NULL, V_UPTO(35), NULL, 200, .errors = { 404 },
      .query = security_groups_index_query,
      .policies = "os_compute_api:os-security-groups:get" },
    { "POST", "/os-security-groups", NULL, V_UPTO(35), NULL, 200, .errors = { 400, 403 },
      .policies = "os_compute_api:os-security-groups:create" },
    { "GET", "/os-security-groups/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-security-groups:show" },
    { "PUT", "/os-security-groups/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-security-groups:update" },
    { "DELETE", "/os-security-groups/{id}", NULL, V_UPTO(35), NULL, 202, .errors = { 400, 404 },
      .policies = "os_compute_api:os-security-groups:delete" },
    { "POST", "/servers/{id}/action", "addSecurityGroup", V_ALL, NULL, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-security-groups:add" },
    { "POST", "/servers/{id}/action", "removeSecurityGroup", V_ALL, NULL, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-security-groups:remove" },
    { "GET", "/servers/{server_id}/os-security-groups", NULL, V_ALL, NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-security-groups:list" },
    { 0 },
};
/* clang-format on */

const struct resource security_groups_resource = { "security_groups", security_groups_routes };
