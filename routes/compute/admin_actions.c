/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module admin_actions. */
#include "config.h"

#include "routes/gone.h"
#include "routes/resource.h"
#include "routes/schemas/admin_actions.h"

/* clang-format off */
static const struct route admin_actions_routes[] = {
    { "POST", "/servers/{id}/action", "resetNetwork", V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/servers/{id}/action", "injectNetworkInfo", V_ALL, NULL, 202, .errors = { 404, 409 },
      .policies = "os_compute_api:os-admin-actions:inject_network_info" },
    { "POST", "/servers/{id}/action", "os-resetState", V_ALL, NULL, 202, .errors = { 404 },
      .body = admin_actions_reset_state_body,
      .policies = "os_compute_api:os-admin-actions:reset_state" },
    { 0 },
};
/* clang-format on */

const struct resource admin_actions_resource = { "admin_actions", admin_actions_routes };
