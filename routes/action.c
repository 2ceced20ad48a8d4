/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that actions on servers share. */
#include "config.h"

#include "routes/action.h"

#include "fcgi_app/policies/policies.h"

struct fault *action_authorize(struct call *call, const struct target *target, const char *rule,
                               enum action_target keys)
{
    return policy_check(call->context, rule,
                        &(struct policy_target){ target->row->project_id,
                                                 keys == ACTION_OF_PROJECT_AND_USER ? target->row->user_id : NULL });
}

struct fault *action_simple(struct call *call, enum server_action action, const char *rule, enum action_target keys,
                            const struct action_more *more)
{
    struct target *target;

    TRY(action_find(call->context, action, call->vars[0], &target));
    TRY(action_authorize(call, target, rule, keys));
    return target_conflict(target, action_run(call->context, action, target, more));
}

struct fault *action_conflict_unlocked(const struct target *target, struct fault *fault, const char *word)
{
    if (fault && fault_is(fault, FAULT_InstanceIsLocked))
        return fault_http(target->mem, 409, "Instance %s is in an invalid state for '%s'", target->row->uuid, word);
    return target_conflict(target, fault);
}

struct fault *action_fault_as(struct call *call, struct fault *fault, int code, const enum fault_name *names)
{
    for (size_t i = 0; fault && names[i] != FAULT_COUNT; i++)
        if (fault_is(fault, names[i]))
            return fault_http(call->mem, code, "%s", fault->message);
    return fault;
}
