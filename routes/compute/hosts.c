/* SPDX-License-Identifier: Apache-2.0 */
/* /os-hosts, /os-hosts/{id}, /os-hosts/{id}/reboot, …: the rows of upstream's module hosts. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/hosts.h"

/* clang-format off */
static const struct route hosts_routes[] = {
    { "GET", "/os-hosts", NULL, V_UPTO(42), NULL, 200, .errors = { 0 }, .query = hosts_index_query,
      .policies = "os_compute_api:os-hosts:list" },
    { "GET", "/os-hosts/{id}", NULL, V_UPTO(42), NULL, 200, .errors = { 404 },
      .policies = "os_compute_api:os-hosts:show" },
    { "PUT", "/os-hosts/{id}", NULL, V_UPTO(42), NULL, 200, .errors = { 400, 404, 501 }, .body = hosts_update_body,
      .policies = "os_compute_api:os-hosts:update" },
    { "GET", "/os-hosts/{id}/reboot", NULL, V_UPTO(42), NULL, 200, .errors = { 400, 404, 501 },
      .policies = "os_compute_api:os-hosts:reboot" },
    { "GET", "/os-hosts/{id}/shutdown", NULL, V_UPTO(42), NULL, 200, .errors = { 400, 404, 501 },
      .policies = "os_compute_api:os-hosts:shutdown" },
    { "GET", "/os-hosts/{id}/startup", NULL, V_UPTO(42), NULL, 200, .errors = { 400, 404, 501 },
      .policies = "os_compute_api:os-hosts:start" },
    { 0 },
};
/* clang-format on */

const struct resource hosts_resource = { "hosts", hosts_routes };
