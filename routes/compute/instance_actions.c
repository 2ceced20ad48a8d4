/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/os-instance-actions, /servers/{server_id}/os-instance-actions/{id}: the rows of upstream's
 * module instance_actions. */
#include "config.h"

#include "fcgi_app/compute/action_log.h"
#include "fcgi_app/compute/servers_filters.h"
#include "fcgi_app/policies/policies.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/instance_actions.h"
#include "routes/views/instance_actions.h"

#define POLICY(name) "os_compute_api:os-instance-actions:" name

static bool from(const struct call *call, int version)
{
    return call->version >= version;
}

/* From 2.21 on a deleted server's actions are shown, too. */
static struct fault *find(const struct call *call, const char *rule, struct action_owner *owner)
{
    TRY(action_log_owner(call->context, call->vars[0], from(call, 21), owner));
    return policy_check(call->context, rule, &(struct policy_target){ .project_id = owner->project_id });
}

static struct fault *read_search(const struct call *call, struct action_search *search)
{
    const char *since = query_get(&call->query, "changes-since"), *before = query_get(&call->query, "changes-before");
    struct paging paging;

    if (since && !servers_read_time(since, &search->changes_since))
        return fault_new(call->mem, ValueError, "changes-since");
    if (before && !servers_read_time(before, &search->changes_before))
        return fault_new(call->mem, ValueError, "changes-before");
    if (since && before && search->changes_before < search->changes_since)
        return fault_http(call->mem, 400, "%s",
                          "The value of changes-since must be less than or equal to changes-before.");
    TRY(paging_read(call, &paging));
    search->limit = paging.limit;
    search->marker = paging.marker;
    return NULL;
}

static struct fault *instance_actions_index(struct call *call)
{
    struct action_search search = { .changes_since = DB_NO_TIME, .changes_before = DB_NO_TIME, .limit = DB_NULL_INT };
    struct action_owner owner;
    struct action_list list;
    struct fault *fault;

    TRY(find(call, POLICY("list"), &owner));
    if (from(call, 58))
        TRY(read_search(call, &search));
    fault = action_log_list(call->context, &owner, &search, &list);
    if (fault && fault_is(fault, FAULT_MarkerNotFound))
        return fault_http(call->mem, 400, "%s", fault->message);
    TRY(fault);
    instance_actions_view_index(call, &list);
    return NULL;
}

static struct fault *instance_actions_show(struct call *call)
{
    struct action_sight sight = { .host_id = from(call, 62) };
    const struct action_row *action;
    struct action_event_list events;
    struct policy_target target;
    struct action_owner owner;
    bool every;

    TRY(find(call, POLICY("show"), &owner));
    TRY(action_log_get(call->context, &owner, call->vars[1], &action, &events));
    if (!action)
        return fault_http(call->mem, 404, "Action %s not found", call->vars[1]);
    target = (struct policy_target){ .project_id = owner.project_id };
    sight.project_id = owner.project_id;
    TRY(policy_allows(call->context, POLICY("events"), &target, &every));
    if (every) {
        sight.events = sight.traceback = true;
        sight.host = from(call, 62);
    } else {
        sight.events = from(call, 51);
    }
    if (sight.events && from(call, 84))
        TRY(policy_allows(call->context, POLICY("events:details"), &target, &sight.details));
    instance_actions_view_show(call, action, &events, &sight);
    return NULL;
}

/* clang-format off */
static const struct route instance_actions_routes[] = {
    { "GET", "/servers/{server_id}/os-instance-actions", NULL, V_UPTO(57), instance_actions_index, 200, .errors = { 404 },
      .query = instance_actions_index_query,
      .policies = "os_compute_api:os-instance-actions:list" },
    { "GET", "/servers/{server_id}/os-instance-actions", NULL, V_FROM(58), instance_actions_index, 200, .errors = { 400, 404 },
      .query = instance_actions_index_query,
      .policies = "os_compute_api:os-instance-actions:list" },
    { "GET", "/servers/{server_id}/os-instance-actions/{id}", NULL, V_ALL, instance_actions_show, 200, .errors = { 404 },
      .policies = "os_compute_api:os-instance-actions:show; os_compute_api:os-instance-actions:events?; "
                  "os_compute_api:os-instance-actions:events:details?" },
    { 0 },
};
/* clang-format on */

const struct resource instance_actions_resource = { "instance_actions", instance_actions_routes };
