/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module lock_server. */
#include "config.h"

#include "routes/action.h"
#include "routes/schemas/lock_server.h"

static struct fault *lock_server(struct call *call)
{
    const json_t *wanted = json_object_get(call->body, "lock");
    struct target *target;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-lock-server:lock", ACTION_OF_PROJECT_AND_USER));
    return action_lock(call->context, target,
                       call->version >= 73 ? json_string_value(json_object_get(wanted, "locked_reason")) : NULL);
}

/* An administrator's lock is for administrators to open, and the other way round: the override's policy decides. */
static struct fault *unlock_server(struct call *call)
{
    struct target *target;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-lock-server:unlock", ACTION_OF_PROJECT));
    if (action_locked_by_other(call->context, target))
        TRY(action_authorize(call, target, "os_compute_api:os-lock-server:unlock:unlock_override", ACTION_OF_PROJECT));
    return action_unlock(call->context, target);
}

/* clang-format off */
static const struct route lock_server_routes[] = {
    { "POST", "/servers/{id}/action", "lock", V_ALL, lock_server, 202, .errors = { 404 }, .body = lock_server_lock_body,
      .policies = "os_compute_api:os-lock-server:lock" },
    { "POST", "/servers/{id}/action", "unlock", V_ALL, unlock_server, 202, .errors = { 404 },
      .policies = "os_compute_api:os-lock-server:unlock; "
                  "os_compute_api:os-lock-server:unlock:unlock_override (only if locked_by is not the caller kind)" },
    { 0 },
};
/* clang-format on */

const struct resource lock_server_resource = { "lock_server", lock_server_routes };
