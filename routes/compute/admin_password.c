/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module admin_password. */
#include "config.h"

#include "routes/action.h"
#include "routes/schemas/admin_password.h"

/* The host answers, and what it says is the client's to know. */
static struct fault *change_password(struct call *call)
{
    static const enum fault_name conflicts[] = { FAULT_InstancePasswordSetFailed, FAULT_SetAdminPasswdNotSupported,
                                                 FAULT_InstanceAgentNotEnabled, FAULT_COUNT };
    const json_t *wanted = json_object_get(call->body, "changePassword");
    struct action_more password = { "new_pass", json_string_value(json_object_get(wanted, "adminPass")) };
    struct target *target;
    struct fault *fault;

    TRY(action_find(call->context, ACTION_CHANGE_PASSWORD, call->vars[0], &target));
    TRY(action_authorize(call, target, "os_compute_api:os-admin-password", ACTION_OF_PROJECT_AND_USER));
    fault = action_run(call->context, ACTION_CHANGE_PASSWORD, target, &password);
    if (fault && fault_is(fault, FAULT_NotImplementedError))
        return fault_http(call->mem, 501, "Unable to set password on instance");
    fault = action_fault_as(call, fault, 409, conflicts);
    return action_conflict_unlocked(target, fault, "changePassword");
}

/* clang-format off */
static const struct route admin_password_routes[] = {
    { "POST", "/servers/{id}/action", "changePassword", V_ALL, change_password, 202, .errors = { 404, 409, 501 },
      .body = admin_password_change_password_body,
      .policies = "os_compute_api:os-admin-password" },
    { 0 },
};
/* clang-format on */

const struct resource admin_password_resource = { "admin_password", admin_password_routes };
