/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module admin_actions. */
#include "config.h"

#include "routes/action.h"
#include "routes/gone.h"
#include "routes/schemas/admin_actions.h"

static struct fault *inject_network_info(struct call *call)
{
    return action_simple(call, ACTION_INJECT_NETWORK, "os_compute_api:os-admin-actions:inject_network_info",
                         ACTION_OF_PROJECT, NULL);
}

static struct fault *reset_state(struct call *call)
{
    const json_t *wanted = json_object_get(call->body, "os-resetState");
    struct target *target;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-admin-actions:reset_state", ACTION_OF_PROJECT));
    return action_reset_state(call->context, target, json_string_value(json_object_get(wanted, "state")));
}

/* clang-format off */
static const struct route admin_actions_routes[] = {
    { "POST", "/servers/{id}/action", "resetNetwork", V_ALL, route_gone, 200, .errors = { 410 } },
    { "POST", "/servers/{id}/action", "injectNetworkInfo", V_ALL, inject_network_info, 202, .errors = { 404, 409 },
      .policies = "os_compute_api:os-admin-actions:inject_network_info" },
    { "POST", "/servers/{id}/action", "os-resetState", V_ALL, reset_state, 202, .errors = { 404 },
      .body = admin_actions_reset_state_body,
      .policies = "os_compute_api:os-admin-actions:reset_state" },
    { 0 },
};
/* clang-format on */

const struct resource admin_actions_resource = { "admin_actions", admin_actions_routes };
