/* SPDX-License-Identifier: Apache-2.0 */
/* Resizes and images among the actions of upstream's module servers. Neighbour: servers.c has the rows. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/compute/rejects.h"
#include "fcgi_app/compute/resize.h"
#include "fcgi_app/compute/snapshot.h"
#include "fcgi_app/quota/quota.h"
#include "routes/action.h"
#include "routes/compute/servers_actions.h"
#include "routes/compute/servers_create.h"

#include <string.h>

struct fault *servers_revert_resize(struct call *call)
{
    struct target *target;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], CONFIRM_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:servers:revert_resize", ACTION_OF_PROJECT));
    fault = server_revert_resize(call->context, target);
    if (fault && fault_is(fault, FAULT_MigrationNotFound))
        return fault_http(call->mem, 400, "Instance has not been resized.");
    if (fault && fault_is(fault, FAULT_FlavorNotFound))
        return fault_http(call->mem, 400, "Flavor used by the instance could not be found.");
    return target_conflict(target, fault);
}

struct fault *servers_resize(struct call *call)
{
    static const enum fault_name refused[] = { FAULT_OverQuota, FAULT_COUNT };
    static const enum fault_name conflicts[] = { FAULT_InstanceNotReady, FAULT_ServiceUnavailable,
                                                 FAULT_MixedInstanceNotSupportByComputeService, FAULT_COUNT };
    static const enum fault_name bad[] = {
        FAULT_CannotResizeDisk,
        FAULT_CannotResizeToSameFlavor,
        FAULT_FlavorNotFound,
        FAULT_AutoDiskConfigDisabledByImage,
        FAULT_ExtendedResourceRequestOldCompute,
        FAULT_COUNT,
    };
    const json_t *wanted = json_object_get(call->body, "resize"), *flavor = json_object_get(wanted, "flavorRef");
    const char *disk = json_string_value(json_object_get(wanted, "OS-DCF:diskConfig"));
    struct resizing how = { .disk_config = disk ? !strcmp(disk, "AUTO") : -1 };
    struct target *target;
    struct strbuf text;
    struct fault *fault;

    strbuf_init(&text, call->mem, 40);
    json_put_python_str(&text, flavor);
    how.flavor_id = text.data;
    TRY(target_find(call->context, call->vars[0], MIGRATE_WANTS | INSTANCE_WITH_NUMA, &target));
    TRY(action_authorize(call, target, "os_compute_api:servers:resize", ACTION_OF_PROJECT_AND_USER));
    fault = server_resize(call->context, target, &how);
    fault = action_fault_as(call, fault, 403, refused);
    fault = action_fault_as(call, fault, 409, conflicts);
    fault = target_conflict(target, fault);
    fault = servers_image_conflict(call, action_fault_as(call, fault, 400, bad));
    if (fault && fault_is(fault, FAULT_Invalid))
        return fault_http(call->mem, 400, "Invalid instance image.");
    return fault;
}

struct fault *servers_create_image(struct call *call)
{
    static const enum fault_name bad[] = { FAULT_Invalid, FAULT_COUNT };
    static const enum fault_name refused[] = { FAULT_OverQuota, FAULT_COUNT };
    const json_t *wanted = json_object_get(call->body, "createImage");
    const json_t *metadata = json_object_get(wanted, "metadata");
    const char *name = text_strip(call->mem, json_string_value(json_object_get(wanted, "name")));
    struct target *target;
    struct fault *fault;
    const char *id;

    TRY(target_find(call->context, call->vars[0], CONFIRM_WANTS | INSTANCE_WITH_BDMS, &target));
    TRY(action_authorize(call, target, "os_compute_api:servers:create_image", ACTION_OF_PROJECT));
    if (call->version <= 38) { /* 2.39 */
        fault = quota_check_image_metadata(call->context, (int64_t)json_object_size(metadata));
        TRY(action_fault_as(call, fault, 403, refused));
    }
    if (target_is_volume_backed(target)) {
        TRY(action_authorize(call, target, "os_compute_api:servers:create_image:allow_volume_backed",
                             ACTION_OF_PROJECT));
        fault = server_snapshot_volumes(call->context, target, name, metadata, &id);
    } else {
        fault = server_snapshot(call->context, target, name, metadata, &id);
    }
    fault = target_conflict(target, fault);
    TRY(action_fault_as(call, action_fault_as(call, fault, 400, bad), 403, refused));
    return action_image_answer(call, id,
                               mem_printf(call->mem, "%s/images/%s", glance_url(call->context, call->mem), id));
}
