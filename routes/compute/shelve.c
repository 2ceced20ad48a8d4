/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module shelve. */
#include "config.h"

#include "fcgi_app/compute/shelve.h"
#include "fcgi_app/policies/policies.h"
#include "routes/action.h"
#include "routes/schemas/shelve.h"

static const enum fault_name bad[] = { FAULT_InvalidRequest, FAULT_ExtendedResourceRequestOldCompute,
                                       FAULT_ComputeHostNotFound, FAULT_COUNT };
static const enum fault_name conflicts[] = { FAULT_UnshelveInstanceInvalidState, FAULT_UnshelveHostNotInAZ,
                                             FAULT_MismatchVolumeAZException, FAULT_UnexpectedTaskStateError,
                                             FAULT_COUNT };

static struct fault *shelve_server(struct call *call)
{
    struct target *target;

    TRY(target_find(call->context, call->vars[0], SHELVE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-shelve:shelve", ACTION_OF_PROJECT_AND_USER));
    return target_conflict(target, action_fault_as(call, server_shelve(call->context, target), 409, conflicts));
}

static struct fault *shelve_offload_server(struct call *call)
{
    struct target *target;

    TRY(target_find(call->context, call->vars[0], SHELVE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-shelve:shelve_offload", ACTION_OF_PROJECT_AND_USER));
    return target_conflict(target, server_shelve_offload(call->context, target));
}

static struct fault *may_choose_host(const struct context *context, const struct target *target)
{
    return policy_check(context, "os_compute_api:os-shelve:unshelve_to_host",
                        &(struct policy_target){ target->row->project_id, target->row->user_id });
}

static struct fault *unshelve_server(struct call *call)
{
    const json_t *wanted = json_object_get(call->body, "unshelve");
    const json_t *zone = json_object_get(wanted, "availability_zone");
    struct unshelving how = { 0 };
    struct target *target;
    struct fault *fault;

    if (call->version >= 77 && zone) { /* 2.77 */
        how.zone_given = true;
        how.zone = json_string_value(zone);
    }
    if (call->version >= 91) /* 2.91 */
        how.host = json_string_value(json_object_get(wanted, "host"));
    TRY(target_find(call->context, call->vars[0], UNSHELVE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-shelve:unshelve", ACTION_OF_PROJECT));
    fault = server_unshelve(call->context, target, &how, may_choose_host);
    fault = action_fault_as(call, fault, 409, conflicts);
    return target_conflict(target, action_fault_as(call, fault, 400, bad));
}

/* clang-format off */
static const struct route shelve_routes[] = {
    { "POST", "/servers/{id}/action", "shelve", V_ALL, shelve_server, 202, .errors = { 400, 403, 404, 409 },
      .policies = "os_compute_api:os-shelve:shelve" },
    { "POST", "/servers/{id}/action", "shelveOffload", V_ALL, shelve_offload_server, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-shelve:shelve_offload" },
    { "POST", "/servers/{id}/action", "unshelve", V_ALL, unshelve_server, 202, .errors = { 400, 404, 409 },
      .body = shelve_unshelve_body,
      .policies = "os_compute_api:os-shelve:unshelve; "
                  "os_compute_api:os-shelve:unshelve_to_host (>=2.91, body has host)" },
    { 0 },
};
/* clang-format on */

const struct resource shelve_resource = { "shelve", shelve_routes };
