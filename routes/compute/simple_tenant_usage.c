/* SPDX-License-Identifier: Apache-2.0 */
/* /os-simple-tenant-usage, /os-simple-tenant-usage/{id}: the rows of upstream's module simple_tenant_usage. */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/policies/policies.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/simple_tenant_usage.h"
#include "routes/views/usage.h"

#include <string.h>

/* The first value of the key that is not empty, as parse_qs() gives it. */
static const char *first_value(const struct call *call, const char *key)
{
    for (size_t i = 0; i < call->query.count; i++)
        if (!strcmp(call->query.pairs[i].key, key) && *call->query.pairs[i].value)
            return call->query.pairs[i].value;
    return NULL;
}

static struct fault *read_time(const struct call *call, const char *key, int64_t *usec)
{
    const char *text = first_value(call, key);

    *usec = clock_utc_usec();
    if (text && !usage_parse_time(text, usec))
        return fault_http(call->mem, 400, "Invalid datetime string: Datetime is in invalid format");
    return NULL;
}

/* The span, which ends now at the latest; links came with 2.40, and with them pages. */
static struct fault *read_query(const struct call *call, bool links, struct usage_query *query, bool *detailed)
{
    const char *detail = first_value(call, "detailed");
    struct paging paging;
    int64_t now;

    TRY(read_time(call, "start", &query->start));
    TRY(read_time(call, "end", &query->stop));
    if (!first_value(call, "end") && query->stop <= query->start && !first_value(call, "start"))
        query->stop = query->start + 1;
    if (query->start >= query->stop)
        return fault_http(call->mem, 400, "Invalid start time. The start time cannot occur after the end time.");
    *detailed = detail && !strcmp(detail, "1");
    now = clock_utc_usec();
    if (query->stop > now)
        query->stop = now;
    query->limit = paging_max_limit(call);
    query->marker = NULL;
    if (!links)
        return NULL;
    TRY(paging_read(call, &paging));
    query->limit = paging.limit;
    query->marker = paging.marker;
    return NULL;
}

static struct fault *find(const struct call *call, const struct usage_query *query, struct usage *usage)
{
    struct fault *fault = usage_find(call->context, query, usage);

    if (fault && fault->name == FAULT_MarkerNotFound)
        return fault_http(call->mem, 400, "%s", fault->message);
    return fault;
}

static struct fault *simple_tenant_usage_index(struct call *call)
{
    bool links = versions_hold((struct versions)V_FROM(40), call->version), detailed;
    struct usage_query query = { 0 };
    struct usage usage;

    TRY(policy_check(call->context, "os_compute_api:os-simple-tenant-usage:list", NULL));
    TRY(read_query(call, links, &query, &detailed));
    TRY(find(call, &query, &usage));
    usage_view_list(call, &usage, &query, detailed, links);
    return NULL;
}

static struct fault *simple_tenant_usage_show(struct call *call)
{
    bool links = versions_hold((struct versions)V_FROM(40), call->version), detailed;
    struct usage_query query = { .project_id = call->vars[0] };
    struct usage usage;

    TRY(policy_check(call->context, "os_compute_api:os-simple-tenant-usage:show",
                     &(struct policy_target){ .project_id = call->vars[0] }));
    TRY(read_query(call, links, &query, &detailed));
    TRY(find(call, &query, &usage));
    usage_view_show(call, &usage, &query, links);
    return NULL;
}

/* clang-format off */
static const struct route simple_tenant_usage_routes[] = {
    { "GET", "/os-simple-tenant-usage", NULL, V_FROM(40), simple_tenant_usage_index, 200, .errors = { 400 },
      .query = simple_tenant_usage_index_query,
      .policies = "os_compute_api:os-simple-tenant-usage:list" },
    { "GET", "/os-simple-tenant-usage", NULL, V_UPTO(39), simple_tenant_usage_index, 200, .errors = { 400 },
      .query = simple_tenant_usage_index_query,
      .policies = "os_compute_api:os-simple-tenant-usage:list" },
    { "GET", "/os-simple-tenant-usage/{id}", NULL, V_FROM(40), simple_tenant_usage_show, 200, .errors = { 400 },
      .query = simple_tenant_usage_show_query,
      .policies = "os_compute_api:os-simple-tenant-usage:show" },
    { "GET", "/os-simple-tenant-usage/{id}", NULL, V_UPTO(39), simple_tenant_usage_show, 200, .errors = { 400 },
      .query = simple_tenant_usage_show_query,
      .policies = "os_compute_api:os-simple-tenant-usage:show" },
    { 0 },
};
/* clang-format on */

const struct resource simple_tenant_usage_resource = { "simple_tenant_usage", simple_tenant_usage_routes };
