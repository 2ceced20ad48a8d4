/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of upstream's module servers. Neighbours: servers.c has the rows, compute/actions.h does. */
#include "config.h"

#include "routes/compute/servers_actions.h"

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
