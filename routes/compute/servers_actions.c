/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of upstream's module servers. Neighbours: servers.c has the rows, compute/actions.h does. */
#include "config.h"

#include "routes/compute/servers_actions.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/compute/delete.h"
#include "fcgi_app/compute/resize.h"
#include "fcgi_app/compute/update.h"
#include "fcgi_app/conf/conf.h"
#include "routes/action.h"
#include "routes/views/servers.h"

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

void servers_take_changes(const struct call *call, const json_t *server, struct target *target)
{
    static const struct {
        const char *key, *column;
        bool address;
    } texts[] = {
        { "description", "display_description", false },
        { "hostname", "hostname", false },
        { "accessIPv4", "access_ip_v4", true },
        { "accessIPv6", "access_ip_v6", true },
    };
    const char *name = json_string_value(json_object_get(server, "name"));

    if (name)
        target_set_text(target, "display_name", text_strip(call->mem, name));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const json_t *value = json_object_get(server, texts[i].key);
        const char *text = json_string_value(value);

        if (value)
            target_set_text(target, texts[i].column, texts[i].address ? create_address(call->mem, text) : text);
    }
}

struct fault *servers_update(struct call *call)
{
    const json_t *changes = json_object_get(call->body, "server");
    const char *disk = json_string_value(json_object_get(changes, "OS-DCF:diskConfig"));
    struct instance *shown;
    struct target *target;
    struct server server;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR, &target));
    TRY(action_authorize(call, target, "os_compute_api:servers:update", ACTION_OF_PROJECT_AND_USER));
    servers_take_changes(call, changes, target);
    if (disk)
        target_set_bool(target, "auto_disk_config", !strcmp(disk, "AUTO"));
    fault = server_update(call->context, target);
    if (!fault)
        fault = servers_get(call->context, call->vars[0], servers_view_wants(call) | INSTANCE_FAULT, false,
                            call->version >= 71, &server);
    if (fault && fault->name == FAULT_InstanceNotFound)
        return fault_http(call->mem, 404, "Instance could not be found");
    TRY(fault);
    /* The time of this change is not in the answer to it. */
    shown = mem_memdup(call->mem, server.instance, sizeof(*server.instance));
    shown->updated_at = target->row->updated_at;
    server.instance = shown;
    return servers_view_changed(call, &server, false);
}
