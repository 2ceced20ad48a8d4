/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /flavors, /flavors/detail, /flavors/{id}.
 * Neighbours: views/flavors.c shows, compute/flavors.c finds; flavor_manage.c, flavor_access.c and
 * flavors_extraspecs.c have the other rows beneath /flavors.
 */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/flavors.h"
#include "routes/views/flavors.h"

#include <strings.h>

#define SEES_EXTRA_SPECS "os_compute_api:os-flavor-extra-specs:index"

/* Only an administrator's word counts; absent is yes, "none" is both. */
static struct fault *read_is_public(const struct call *call, enum flavor_public *is_public)
{
    const char *text = query_get(&call->query, "is_public");

    *is_public = FLAVOR_PUBLIC;
    if (!text || !call->context->is_admin)
        return NULL;
    if (!strcasecmp(text, "none")) {
        *is_public = FLAVOR_PUBLIC_OR_NOT;
        return NULL;
    }
    switch (text_bool(text)) {
    case true:
        return NULL;
    case false:
        *is_public = FLAVOR_NOT_PUBLIC;
        return NULL;
    default:
        return fault_http(call->mem, 400, "Invalid is_public filter [%s]", text);
    }
}

static struct fault *read_minimum(const struct call *call, const char *key, int64_t *value, bool *given)
{
    const char *text = query_get(&call->query, key);

    *given = text != NULL;
    if (text && !take_int_text(text, value))
        return fault_http(call->mem, 400, "Invalid %s filter [%s]", key, text);
    return NULL;
}

static struct fault *list_flavors(const struct call *call, enum flavor_depth depth, struct flavor_list *list)
{
    const char *sort_key = query_get(&call->query, "sort_key");
    const char *sort_dir = query_get(&call->query, "sort_dir");
    struct flavor_filter filter = {
        .sort_key = text_is_empty(sort_key) ? "flavorid" : sort_key,
        .descending = sort_dir && !strcmp(sort_dir, "desc"),
    };
    struct paging paging;
    struct fault *fault;

    TRY(paging_read(call, &paging));
    filter.limit = paging.limit;
    filter.marker = paging.marker;
    TRY(read_is_public(call, &filter.is_public));
    TRY(read_minimum(call, "minRam", &filter.min_memory_mb, &filter.has_min_memory_mb));
    TRY(read_minimum(call, "minDisk", &filter.min_root_gb, &filter.has_min_root_gb));
    fault = flavors_list(call->context, call->mem, depth, filter, list);
    if (fault && fault->name == FAULT_MarkerNotFound)
        return fault_http(call->mem, 400, "marker [%s] not found", paging.marker);
    return fault;
}

/* From 2.61 on, for those whom the policy lets see them. */
static struct fault *wants_extra_specs(const struct call *call, bool *shown)
{
    *shown = versions_hold((struct versions)V_FROM(61), call->version);
    return *shown ? policy_allows(call->context, SEES_EXTRA_SPECS, NULL, shown) : NULL;
}

static struct fault *flavors_index(struct call *call)
{
    struct flavor_list list;

    TRY(list_flavors(call, FLAVOR_BRIEF, &list));
    flavors_view_index(call, &list);
    return NULL;
}

static struct fault *flavors_detail(struct call *call)
{
    struct flavor_list list;
    bool extra_specs;

    TRY(wants_extra_specs(call, &extra_specs));
    TRY(list_flavors(call, extra_specs ? FLAVOR_EXTRA_SPECS : FLAVOR_DETAIL, &list));
    flavors_view_detail(call, &list, extra_specs);
    return NULL;
}

static struct fault *flavors_show(struct call *call)
{
    const struct flavor *flavor;
    struct fault *fault;
    bool extra_specs;

    TRY(wants_extra_specs(call, &extra_specs));
    fault = flavors_get(call->context, call->mem, call->vars[0], extra_specs, &flavor);
    if (fault && fault->name == FAULT_FlavorNotFound)
        return fault_http(call->mem, 404, "%s", fault->message);
    TRY(fault);
    flavors_view_show(call, flavor, extra_specs);
    return NULL;
}

/* clang-format off */
static const struct route flavors_routes[] = {
    { "GET", "/flavors", NULL, V_ALL, flavors_index, 200, .errors = { 400 }, .query = flavors_query },
    { "GET", "/flavors/detail", NULL, V_ALL, flavors_detail, 200, .errors = { 400 }, .query = flavors_query,
      .policies = "os_compute_api:os-flavor-extra-specs:index?" },
    { "GET", "/flavors/{id}", NULL, V_ALL, flavors_show, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-extra-specs:index?" },
    { 0 },
};
/* clang-format on */

const struct resource flavors_resource = { "flavors", flavors_routes };
