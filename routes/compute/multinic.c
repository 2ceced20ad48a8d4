/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module multinic. */
#include "config.h"

#include "routes/action.h"
#include "routes/resource.h"
#include "routes/schemas/multinic.h"

/* One value of the action's body goes to the server's host as it is: a network's id may be a number. */
struct change {
    const char *argument;
    const json_t *value;
};

static void put_change(struct rpc_args *args, const void *arg)
{
    const struct change *change = arg;

    json_put_tree(rpc_arg(args, change->argument), change->value);
}

static struct fault *change_address(struct call *call, const char *rule, const char *action, const char *key,
                                    const char *argument, enum rpc_method method)
{
    const struct change change = { argument, json_object_get(json_object_get(call->body, action), key) };
    struct target *target;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE, &target));
    TRY(action_authorize(call, target, rule, ACTION_OF_PROJECT));
    TRY(target_check_lock(call->context, target));
    return action_send(call->context, target, method, NULL, false, put_change, &change);
}

static struct fault *add_fixed_ip(struct call *call)
{
    return change_address(call, "os_compute_api:os-multinic:add", "addFixedIp", "networkId", "network_id",
                          RPC_add_fixed_ip_to_instance);
}

static struct fault *remove_fixed_ip(struct call *call)
{
    return change_address(call, "os_compute_api:os-multinic:remove", "removeFixedIp", "address", "address",
                          RPC_remove_fixed_ip_from_instance);
}

/* clang-format off */
static const struct route multinic_routes[] = {
    { "POST", "/servers/{id}/action", "addFixedIp", V_UPTO(43), add_fixed_ip, 202, .errors = { 400, 404 },
      .body = multinic_add_fixed_ip_body,
      .policies = "os_compute_api:os-multinic:add" },
    { "POST", "/servers/{id}/action", "removeFixedIp", V_UPTO(43), remove_fixed_ip, 202, .errors = { 400, 404 },
      .body = multinic_remove_fixed_ip_body,
      .policies = "os_compute_api:os-multinic:remove" },
    { 0 },
};
/* clang-format on */

const struct resource multinic_resource = { "multinic", multinic_routes };
