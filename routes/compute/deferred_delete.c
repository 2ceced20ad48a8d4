/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module deferred_delete. */
#include "config.h"

#include "fcgi_app/compute/delete.h"
#include "routes/action.h"

static struct fault *restore_server(struct call *call)
{
    static const enum fault_name refused[] = { FAULT_OverQuota, FAULT_COUNT };
    struct target *target;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR | INSTANCE_WITH_BDMS,
                    &target));
    TRY(action_authorize(call, target, "os_compute_api:os-deferred-delete:restore", ACTION_OF_PROJECT));
    fault = server_restore(call->context, target);
    return action_conflict_unlocked(target, action_fault_as(call, fault, 403, refused), "restore");
}

static struct fault *force_delete_server(struct call *call)
{
    struct target *target;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE | DELETE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-deferred-delete:force", ACTION_OF_PROJECT_AND_USER));
    fault = server_delete(call->context, target, DELETE_FORCED);
    if (fault && fault->name == FAULT_InstanceNotFound)
        return fault_http(call->mem, 404, "%s", fault->message);
    return target_conflict(target, fault);
}

/* clang-format off */
static const struct route deferred_delete_routes[] = {
    { "POST", "/servers/{id}/action", "restore", V_ALL, restore_server, 202, .errors = { 403, 404, 409 },
      .policies = "os_compute_api:os-deferred-delete:restore" },
    { "POST", "/servers/{id}/action", "forceDelete", V_ALL, force_delete_server, 202, .errors = { 404, 409 },
      .policies = "os_compute_api:os-deferred-delete:force" },
    { 0 },
};
/* clang-format on */

const struct resource deferred_delete_resource = { "deferred_delete", deferred_delete_routes };
