/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module migrate_server. */
#include "config.h"

#include "fcgi_app/compute/live.h"
#include "fcgi_app/compute/resize.h"
#include "routes/action.h"
#include "routes/schemas/migrate_server.h"

#include <string.h>
#include <strings.h>

static struct fault *migrate_server(struct call *call)
{
    static const enum fault_name refused[] = { FAULT_OverQuota, FAULT_COUNT };
    static const enum fault_name conflicts[] = { FAULT_InstanceNotReady, FAULT_ServiceUnavailable, FAULT_COUNT };
    static const enum fault_name bad[] = { FAULT_ComputeHostNotFound, FAULT_CannotMigrateToSameHost,
                                           FAULT_ExtendedResourceRequestOldCompute, FAULT_COUNT };
    const json_t *wanted = json_object_get(call->body, "migrate");
    struct resizing how = { .disk_config = -1 };
    struct target *target;
    struct fault *fault;

    if (call->version >= 56) /* 2.56 */
        how.host = json_string_value(json_object_get(wanted, "host"));
    TRY(target_find(call->context, call->vars[0], MIGRATE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-migrate-server:migrate", ACTION_OF_PROJECT));
    fault = server_resize(call->context, target, &how);
    if (fault && fault->name == FAULT_InstanceNotFound)
        return fault_http(call->mem, 404, "%s", fault->message);
    fault = action_fault_as(call, fault, 403, refused);
    fault = action_fault_as(call, fault, 409, conflicts);
    return target_conflict(target, action_fault_as(call, fault, 400, bad));
}

/* true, "True", "on", 1 …: what the schema has let through. */
static bool is_true(const json_t *value)
{
    const char *text = json_string_value(value);

    return json_is_true(value) || (text && strchr("tTyY1oO", *text) && strcasecmp(text, "off"));
}

static struct fault *live_migrate_server(struct call *call)
{
    static const enum fault_name answered[] = {
        FAULT_NoValidHost,
        FAULT_ComputeServiceUnavailable,
        FAULT_InvalidHypervisorType,
        FAULT_InvalidCPUInfo,
        FAULT_UnableToMigrateToSelf,
        FAULT_DestinationHypervisorTooOld,
        FAULT_InvalidLocalStorage,
        FAULT_InvalidSharedStorage,
        FAULT_HypervisorUnavailable,
        FAULT_MigrationPreCheckError,
        FAULT_ForbiddenPortsWithAccelerator,
        FAULT_COUNT,
    };
    static const enum fault_name bad[] = { FAULT_ComputeHostNotFound, FAULT_ExtendedResourceRequestOldCompute,
                                           FAULT_COUNT };
    const json_t *wanted = json_object_get(call->body, "os-migrateLive");
    const json_t *block = json_object_get(wanted, "block_migration");
    struct live_migration how = { .host = json_string_value(json_object_get(wanted, "host")),
                                  .block_migration = is_true(block),
                                  .disk_over_commit = -1,
                                  .force = -1,
                                  .waited = call->version < 34 }; /* 2.34 */
    struct target *target;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], LIVE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-migrate-server:migrate_live", ACTION_OF_PROJECT));
    if (call->version >= 30) { /* 2.30 */
        how.force = is_true(json_object_get(wanted, "force"));
        if (how.force && !how.host)
            return fault_http(call->mem, 400, "Can't force to a non-provided destination");
    }
    if (call->version < 25) /* 2.25 */
        how.disk_over_commit = is_true(json_object_get(wanted, "disk_over_commit"));
    else if (json_is_string(block) && !strcmp(json_string_value(block), "auto"))
        how.block_migration = -1;
    fault = server_live_migrate(call->context, target, &how);
    if (how.waited)
        fault = action_fault_as(call, fault, 400, answered);
    return target_conflict(target, action_fault_as(call, fault, 400, bad));
}

/* clang-format off */
static const struct route migrate_server_routes[] = {
    { "POST", "/servers/{id}/action", "migrate", V_ALL, migrate_server, 202, .errors = { 400, 403, 404, 409 },
      .body = migrate_server_migrate_body,
      .policies = "os_compute_api:os-migrate-server:migrate; "
                  "compute:servers:resize:cross_cell? (decides cross-cell)" },
    { "POST", "/servers/{id}/action", "os-migrateLive", V_ALL, live_migrate_server, 202, .errors = { 400, 403, 404, 409 },
      .body = migrate_server_migrate_live_body,
      .policies = "os_compute_api:os-migrate-server:migrate_live" },
    { 0 },
};
/* clang-format on */

const struct resource migrate_server_resource = { "migrate_server", migrate_server_routes };
