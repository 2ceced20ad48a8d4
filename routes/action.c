/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that actions on servers share. */
#include "config.h"

#include "routes/action.h"

#include "fcgi_app/json/json.h"
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
    static const enum fault_name conflicts[] = { FAULT_InstanceNotReady, FAULT_COUNT };
    struct target *target;
    struct fault *fault;

    TRY(action_find(call->context, action, call->vars[0], &target));
    TRY(action_authorize(call, target, rule, keys));
    fault = action_run(call->context, action, target, more);
    return target_conflict(target, action_fault_as(call, fault, 409, conflicts));
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

/* The words of a state that the host found, of which the answer tells in the API's own. */
static struct fault *remote_state(const struct target *target, const struct fault *fault, const char *word)
{
    struct json_scan scan =
        json_scan_text(fault->remote_kwargs, fault->remote_kwargs ? strlen(fault->remote_kwargs) : 0);
    struct json_piece key, value;
    const char *attribute = NULL, *state = NULL;

    if (json_scan_object(&scan))
        while (json_scan_key(&scan, &key)) {
            bool is_attribute = json_key_is(key, "attr"), is_state = json_key_is(key, "state");

            if (!is_attribute && !is_state)
                json_scan_skip(&scan);
            else if (json_scan_string(&scan, &value) && is_attribute)
                attribute = json_piece_text(target->mem, value);
            else if (is_state)
                state = json_piece_text(target->mem, value);
        }
    if (!attribute || !state)
        return fault_http(target->mem, 409, "Instance %s is in an invalid state for '%s'", target->row->uuid, word);
    return fault_http(target->mem, 409, "Cannot '%s' instance %s while it is in %s %s", word, target->row->uuid,
                      attribute, state);
}

struct fault *action_answer(struct call *call, const struct target *target, struct fault *fault, const char *word)
{
    if (!fault)
        return NULL;
    if (fault_is(fault, FAULT_InstanceNotReady))
        return fault_http(call->mem, 409, "%s", fault->message);
    if (fault_is(fault, FAULT_NotImplementedError))
        return fault_http(call->mem, 501, "The requested functionality is not supported.");
    if (word && fault_is(fault, FAULT_InstanceInvalidState))
        return fault->remote ? remote_state(target, fault, word) : fault_http(call->mem, 409, "%s", fault->message);
    return fault;
}

struct fault *action_image_answer(struct call *call, const char *id, const char *location)
{
    if (call->version >= 45) {
        strbuf_puts(call->out, "{\"image_id\": ");
        json_put_string(call->out, id);
        strbuf_putc(call->out, '}');
    } else {
        /* The reference makes this answer itself, with its web library's type. */
        response_set_header(&call->request->response, call->mem, "Content-Type", "text/html; charset=UTF-8");
        if (location)
            response_set_header(&call->request->response, call->mem, "Location", location);
    }
    return NULL;
}
