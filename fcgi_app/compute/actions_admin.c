/* SPDX-License-Identifier: Apache-2.0 */
/* Actions that change a server's row and tell nobody: lock, unlock, reset of the state. */
#include "config.h"

#include "fcgi_app/compute/actions.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/compute/instance_actions.h"
#include "fcgi_app/compute/target_notify.h"

#include <string.h>

static bool is_owner(const struct context *context, const struct target *target)
{
    return context->project_id && target->row->project_id && !strcmp(context->project_id, target->row->project_id);
}

bool action_locked_by_other(const struct context *context, const struct target *target)
{
    const char *by = target->row->locked_by;

    return by && *by && strcmp(by, is_owner(context, target) ? "owner" : "admin") != 0;
}

/* Upstream tells of locks as an administrator, whoever asked. */
static void tell(const struct context *context, struct target *target, const char *action)
{
    struct context elevated = *context;
    const char **roles;
    size_t count = 0;
    bool admin = false;

    while (context->roles && context->roles[count])
        admin = !strcmp(context->roles[count++], "admin") || admin;
    roles = mem_array(context->mem, const char *, count + 2);
    for (size_t i = 0; i < count; i++)
        roles[i] = context->roles[i];
    if (!admin)
        roles[count] = "admin";
    elevated.roles = roles;
    elevated.is_admin = true;
    target_notify_action(&elevated, target, NULL, action, NULL);
}

struct fault *action_lock(const struct context *context, struct target *target, const char *reason)
{
    struct instance_event event = { "api_lock", instance_action_host(context) };
    bool owner = is_owner(context, target);

    if (target->row->locked && owner)
        return NULL;
    target_set_bool(target, "locked", true);
    target_set_text(target, "locked_by", owner ? "owner" : "admin");
    if (reason && *reason)
        target_set_system(target, "locked_reason", reason);
    TRY(target_save(context, target, &(struct target_guard){ .action = "lock", .event = &event }));
    tell(context, target, "lock");
    return NULL;
}

struct fault *action_unlock(const struct context *context, struct target *target)
{
    struct instance_event event = { "api_unlock", instance_action_host(context) };

    target_set_bool(target, "locked", false);
    target_set_text(target, "locked_by", NULL);
    target_drop_system(target, "locked_reason");
    TRY(target_save(context, target, &(struct target_guard){ .action = "unlock", .event = &event }));
    tell(context, target, "unlock");
    return NULL;
}

struct fault *action_reset_state(const struct context *context, struct target *target, const char *vm_state)
{
    target_set_text(target, "vm_state", vm_state);
    target_set_text(target, "task_state", NULL);
    return target_save(context, target, &(struct target_guard){ .action = "resetState", .finished = true });
}
