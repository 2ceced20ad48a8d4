/* SPDX-License-Identifier: Apache-2.0 */
/* /os-hypervisors, /os-hypervisors/detail, …: the rows of upstream's module hypervisors. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/hosts.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/hypervisors.h"
#include "routes/views/hypervisors.h"

#define RULE "os_compute_api:os-hypervisors:"

static struct fault *may(const struct call *call, const char *rule)
{
    return policy_check(call->context, rule, &(struct policy_target){ NULL, NULL });
}

static bool has_uuids(const struct call *call)
{
    return versions_hold((struct versions)V_FROM(53), call->version);
}

static struct fault *no_such(const struct call *call)
{
    return fault_http(call->mem, 404, "Hypervisor with ID '%s' could not be found.", call->vars[0]);
}

/* ---- lists ---- */

static struct fault *find_by_name(const struct call *call, const char *name, bool servers, struct hypervisors *found)
{
    const struct hypervisors_query query = { .limit = -1, .name = name, .instances = servers };

    TRY(hypervisors_find(call->context, &query, found));
    if (!found->count)
        return fault_http(call->mem, 404, "No hypervisor matching '%s' could be found.", name);
    return NULL;
}

static struct fault *list(const struct call *call, const char *rule, bool detail)
{
    struct hypervisor_shown shown = { .detail = detail };
    struct hypervisors_query query = { .limit = -1 };
    const char *name = has_uuids(call) ? query_get(&call->query, "hypervisor_hostname_pattern") : NULL;
    const char *servers = has_uuids(call) ? query_get(&call->query, "with_servers") : NULL;
    bool pages = versions_hold((struct versions)V_FROM(33), call->version);
    struct hypervisors found;
    struct paging paging;
    struct fault *fault;

    if (pages) {
        TRY(paging_read(call, &paging));
        query.limit = paging.limit;
        query.marker = paging.marker;
    }
    TRY(may(call, rule));
    shown.servers = query.instances = servers && text_bool(servers) == true;
    if (name) {
        if (query_find(&call->query, "limit") || !text_is_empty(query.marker))
            return fault_http(call->mem, 400, NULL); /* paging over a search is not supported */
        TRY(find_by_name(call, name, query.instances, &found));
        return hypervisors_view_list(call, &found, &shown, false);
    }
    fault = hypervisors_find(call->context, &query, &found);
    if (fault && fault->name == FAULT_MarkerNotFound)
        return fault_http(call->mem, 400, "marker [%s] not found", query.marker);
    TRY(fault);
    return hypervisors_view_list(call, &found, &shown, pages);
}

static struct fault *hypervisors_index(struct call *call)
{
    return list(call, RULE "list", false);
}

static struct fault *hypervisors_detail(struct call *call)
{
    return list(call, RULE "list-detail", true);
}

/* To 2.52 the name stands in the path; a host that is in no cell spoils the answer. */
static struct fault *search(const struct call *call, const char *rule, bool servers)
{
    const struct hypervisor_shown shown = { .detail = false };
    struct hypervisors found;

    TRY(may(call, rule));
    TRY(find_by_name(call, call->vars[0], servers, &found));
    for (size_t i = 0; i < found.count; i++)
        if (!found.items[i].mapped)
            return fault_http(call->mem, 404, "Host '%s' is not mapped to any cell", found.items[i].node->host);
    return hypervisors_view_list(call, &found, &shown, false);
}

static struct fault *hypervisors_search(struct call *call)
{
    return search(call, RULE "search", false);
}

static struct fault *hypervisors_servers(struct call *call)
{
    return search(call, RULE "servers", true);
}

/* ---- one ---- */

static struct fault *find_one(const struct call *call, bool servers, struct hypervisors *found)
{
    struct hypervisors_query query = { .limit = -1, .id = call->vars[0], .instances = servers };
    struct fault *fault;
    int64_t number;

    if (has_uuids(call) && !text_is_uuid_like(call->vars[0]))
        return fault_http(call->mem, 400, "Invalid uuid %s", call->vars[0]);
    if (!has_uuids(call)) {
        if (!take_int_text(call->vars[0], &number))
            return no_such(call);
        query.id = mem_printf(call->mem, "%lld", (long long)number);
    }
    fault = hypervisors_find(call->context, &query, found);
    if (fault && fault->name == FAULT_ComputeHostNotFound)
        return no_such(call);
    TRY(fault);
    return found->items[0].service.row ? NULL : no_such(call);
}

static struct fault *hypervisors_show(struct call *call)
{
    const char *servers = has_uuids(call) ? query_get(&call->query, "with_servers") : NULL;
    struct hypervisor_shown shown = { .detail = true, .servers = servers && text_bool(servers) == true };
    struct hypervisors found;

    TRY(may(call, RULE "show"));
    TRY(find_one(call, shown.servers, &found));
    strbuf_puts(call->out, "{\"hypervisor\": ");
    TRY(hypervisors_view_put(call, &found.items[0], &shown));
    strbuf_puts(call->out, "}");
    return NULL;
}

static struct fault *hypervisors_uptime(struct call *call)
{
    struct hypervisor_shown shown = { .detail = false };
    struct hypervisors found;
    struct fault *fault;
    json_t *uptime;

    TRY(may(call, RULE "uptime"));
    TRY(find_one(call, false, &found));
    fault = host_uptime(call->context, found.items[0].node->host, &uptime);
    if (fault && fault_is(fault, FAULT_NotImplementedError))
        return fault_http(call->mem, 501, "The requested functionality is not supported.");
    if (fault && (fault_is(fault, FAULT_ComputeServiceUnavailable) || fault_is(fault, FAULT_HostNotFound)))
        return fault_http(call->mem, 400, "%s", fault->message);
    if (fault && fault_is(fault, FAULT_HostMappingNotFound))
        return no_such(call);
    TRY(fault);
    shown.uptime = uptime;
    strbuf_puts(call->out, "{\"hypervisor\": ");
    TRY(hypervisors_view_put(call, &found.items[0], &shown));
    strbuf_puts(call->out, "}");
    return NULL;
}

static struct fault *hypervisors_statistics_handler(struct call *call)
{
    struct compute_node_sums sums;

    TRY(may(call, RULE "statistics"));
    TRY(hypervisors_statistics(call->context, &sums));
    hypervisors_view_statistics(call, &sums);
    return NULL;
}

/* clang-format off */
static const struct route hypervisors_routes[] = {
    { "GET", "/os-hypervisors", NULL, V_FROM(53), hypervisors_index, 200, .errors = { 400, 404 }, .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list" },
    { "GET", "/os-hypervisors", NULL, V_BETWEEN(33, 52), hypervisors_index, 200, .errors = { 400 }, .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list" },
    { "GET", "/os-hypervisors", NULL, V_UPTO(32), hypervisors_index, 200, .errors = { 0 }, .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list" },
    { "GET", "/os-hypervisors/detail", NULL, V_FROM(53), hypervisors_detail, 200, .errors = { 400, 404 },
      .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list-detail" },
    { "GET", "/os-hypervisors/detail", NULL, V_BETWEEN(33, 52), hypervisors_detail, 200, .errors = { 400 },
      .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list-detail" },
    { "GET", "/os-hypervisors/detail", NULL, V_UPTO(32), hypervisors_detail, 200, .errors = { 0 }, .query = hypervisors_index_query,
      .policies = "os_compute_api:os-hypervisors:list-detail" },
    { "GET", "/os-hypervisors/statistics", NULL, V_UPTO(87), hypervisors_statistics_handler, 200, .errors = { 0 },
      .policies = "os_compute_api:os-hypervisors:statistics" },
    { "GET", "/os-hypervisors/{id}", NULL, V_FROM(53), hypervisors_show, 200, .errors = { 400, 404 },
      .query = hypervisors_show_query,
      .policies = "os_compute_api:os-hypervisors:show" },
    { "GET", "/os-hypervisors/{id}", NULL, V_UPTO(52), hypervisors_show, 200, .errors = { 404 }, .query = hypervisors_show_query,
      .policies = "os_compute_api:os-hypervisors:show" },
    { "GET", "/os-hypervisors/{id}/search", NULL, V_UPTO(52), hypervisors_search, 200, .errors = { 404 },
      .policies = "os_compute_api:os-hypervisors:search" },
    { "GET", "/os-hypervisors/{id}/servers", NULL, V_UPTO(52), hypervisors_servers, 200, .errors = { 404 },
      .policies = "os_compute_api:os-hypervisors:servers" },
    { "GET", "/os-hypervisors/{id}/uptime", NULL, V_UPTO(87), hypervisors_uptime, 200, .errors = { 400, 404, 501 },
      .policies = "os_compute_api:os-hypervisors:uptime" },
    { 0 },
};
/* clang-format on */

const struct resource hypervisors_resource = { "hypervisors", hypervisors_routes };
