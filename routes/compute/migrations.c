/* SPDX-License-Identifier: Apache-2.0 */
/* /os-migrations: the rows of upstream's module migrations. */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/migrations.h"
#include "fcgi_app/compute/servers_filters.h"
#include "fcgi_app/policies/policies.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/migrations.h"
#include "routes/views/migrations.h"

static const char *text_of(const struct call *call, const char *key)
{
    return query_get(&call->query, key);
}

/* Below 2.59 the schema lets everything through, and more keys filter than it names. */
static void read_texts(const struct call *call, struct migration_search *search)
{
    search->status = text_of(call, "status");
    search->host = text_of(call, "host");
    search->source_compute = text_of(call, "source_compute");
    search->node = text_of(call, "node");
    search->type = text_of(call, "migration_type");
    search->instance_uuid = text_of(call, "instance_uuid");
    search->user_id = text_of(call, "user_id");
    search->project_id = text_of(call, "project_id");
    search->uuid = text_of(call, "uuid");
}

static struct fault *read_times(const struct call *call, struct migration_search *search)
{
    const char *since = text_of(call, "changes-since"), *before = text_of(call, "changes-before");

    search->changes_since = search->changes_before = DB_NO_TIME;
    if (since && call->version >= 59 && !servers_read_time(since, &search->changes_since))
        return fault_new(call->mem, ValueError, "changes-since");
    if (!before || call->version < 66)
        return NULL;
    if (!servers_read_time(before, &search->changes_before))
        return fault_new(call->mem, ValueError, "changes-before");
    if (since && search->changes_before < search->changes_since)
        return fault_http(call->mem, 400, "%s",
                          "The value of changes-since must be less than or equal to changes-before.");
    return NULL;
}

static struct fault *migrations_index(struct call *call)
{
    struct migration_search search = { .sorted = call->version >= 59 };
    const char *hidden = text_of(call, "hidden");
    struct migration_list list = { 0 };
    struct fault *fault = NULL;
    struct paging paging;

    if (search.sorted) {
        TRY(paging_read(call, &paging));
        search.limit = paging.limit;
        search.marker = paging.marker;
    }
    TRY(policy_check(call->context, "os_compute_api:os-migrations:index", NULL));
    read_texts(call, &search);
    TRY(read_times(call, &search));
    if (!hidden || text_bool(hidden) != true) /* hidden ones are never shown */
        fault = migrations_list(call->context, &search, &list);
    if (fault && fault_is(fault, FAULT_MarkerNotFound))
        return fault_http(call->mem, 400, "%s", fault->message);
    TRY(fault);
    migrations_view_index(call, &list);
    return NULL;
}

/* clang-format off */
static const struct route migrations_routes[] = {
    { "GET", "/os-migrations", NULL, V_UPTO(22), migrations_index, 200, .errors = { 0 }, .query = migrations_index_query,
      .policies = "os_compute_api:os-migrations:index" },
    { "GET", "/os-migrations", NULL, V_BETWEEN(23, 58), migrations_index, 200, .errors = { 0 }, .query = migrations_index_query,
      .policies = "os_compute_api:os-migrations:index" },
    { "GET", "/os-migrations", NULL, V_BETWEEN(59, 65), migrations_index, 200, .errors = { 400 }, .query = migrations_index_query,
      .policies = "os_compute_api:os-migrations:index" },
    { "GET", "/os-migrations", NULL, V_FROM(66), migrations_index, 200, .errors = { 400 }, .query = migrations_index_query,
      .policies = "os_compute_api:os-migrations:index" },
    { 0 },
};
/* clang-format on */

const struct resource migrations_resource = { "migrations", migrations_routes };
