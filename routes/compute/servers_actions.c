/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of upstream's module servers. Neighbours: servers.c has the rows, compute/actions.h does. */
#include "config.h"

#include "routes/compute/servers_actions.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/delete.h"
#include "fcgi_app/compute/resize.h"
#include "fcgi_app/conf/conf.h"
#include "routes/action.h"

#include <strings.h>

struct fault *servers_start(struct call *call)
{
    return action_simple(call, ACTION_START, "os_compute_api:servers:start", ACTION_OF_PROJECT_AND_USER, NULL);
}

struct fault *servers_stop(struct call *call)
{
    return action_simple(call, ACTION_STOP, "os_compute_api:servers:stop", ACTION_OF_PROJECT_AND_USER, NULL);
}

struct fault *servers_trigger_crash_dump(struct call *call)
{
    return action_simple(call, ACTION_CRASH_DUMP, "os_compute_api:servers:trigger_crash_dump",
                         ACTION_OF_PROJECT_AND_USER, NULL);
}

struct fault *servers_reboot(struct call *call)
{
    const char *type = json_string_value(json_object_get(json_object_get(call->body, "reboot"), "type"));

    return action_simple(call, strcasecmp(type, "soft") ? ACTION_REBOOT_HARD : ACTION_REBOOT_SOFT,
                         "os_compute_api:servers:reboot", ACTION_OF_PROJECT_AND_USER, NULL);
}

/* Softly where [DEFAULT] reclaim_instance_interval is set, but for servers that never ran. */
struct fault *servers_delete(struct call *call)
{
    static const enum fault_name conflicts[] = { FAULT_AllocationDeleteFailed, FAULT_COUNT };
    struct target *target;
    struct fault *fault = NULL;
    bool soft = conf_int(call->context->worker->conf, OPTION_DEFAULT_reclaim_instance_interval) != 0;

    TRY(target_find(call->context, call->vars[0], CONFIRM_WANTS | DELETE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:servers:delete", ACTION_OF_PROJECT_AND_USER));
    if (soft)
        fault = server_delete(call->context, target, DELETE_SOFT);
    if (!soft || (fault && fault_is(fault, FAULT_InstanceInvalidState)))
        fault = server_delete(call->context, target, DELETE_NOW);
    if (fault && fault->name == FAULT_InstanceNotFound)
        return fault_http(call->mem, 404, "Instance could not be found");
    return target_conflict(target, action_fault_as(call, fault, 409, conflicts));
}

struct fault *servers_confirm_resize(struct call *call)
{
    static const enum fault_name conflicts[] = { FAULT_ServiceUnavailable, FAULT_COUNT };
    struct target *target;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], CONFIRM_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:servers:confirm_resize", ACTION_OF_PROJECT));
    fault = server_confirm_resize(call->context, target);
    if (fault && fault_is(fault, FAULT_MigrationNotFound))
        return fault_http(call->mem, 400, "Instance has not been resized.");
    return target_conflict(target, action_fault_as(call, fault, 409, conflicts));
}
