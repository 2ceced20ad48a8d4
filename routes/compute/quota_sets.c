/* SPDX-License-Identifier: Apache-2.0 */
/* /os-quota-sets/{id}, /os-quota-sets/{id}/detail, /os-quota-sets/{id}/defaults: the rows of upstream's module
 * quota_sets. */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/keystone_projects.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "fcgi_app/quota/quota.h"
#include "routes/resource.h"
#include "routes/schemas/quota_sets.h"
#include "routes/views/quotas.h"

#include <string.h>

/* The path's project is the target, and keystone must know it. */
static struct fault *may(const struct call *call, const char *rule, bool check_project)
{
    TRY(policy_check(call->context, rule, &(struct policy_target){ .project_id = call->vars[0] }));
    return check_project ? keystone_project_check(call->context, call->vars[0]) : NULL;
}

/* The first user_id that has a value; NULL: the project as a whole. */
static const char *asked_user(const struct call *call)
{
    for (size_t i = 0; i < call->query.count; i++)
        if (!strcmp(call->query.pairs[i].key, "user_id") && *call->query.pairs[i].value)
            return call->query.pairs[i].value;
    return NULL;
}

static struct fault *quota_sets_show(struct call *call)
{
    struct quota_values limits;

    TRY(may(call, "os_compute_api:os-quota-sets:show", true));
    TRY(quota_of(call->context, call->vars[0], asked_user(call), &limits, NULL));
    quotas_view_set(call, call->vars[0], &limits);
    return NULL;
}

/* Here the last user_id counts, and an empty one is none. */
static struct fault *quota_sets_detail(struct call *call)
{
    const char *user_id = query_get(&call->query, "user_id");
    struct quota_values limits, used;

    TRY(may(call, "os_compute_api:os-quota-sets:detail", true));
    TRY(quota_of(call->context, call->vars[0], text_is_empty(user_id) ? NULL : user_id, &limits, &used));
    quotas_view_detail(call, call->vars[0], &limits, &used, quota_reserved(call->context));
    return NULL;
}

static struct fault *quota_sets_defaults(struct call *call)
{
    struct quota_values limits;

    TRY(may(call, "os_compute_api:os-quota-sets:defaults", true));
    TRY(quota_defaults(call->context, &limits));
    quotas_view_set(call, call->vars[0], &limits);
    return NULL;
}

/* ---- update ---- */

/* -1 is no limit, which no bound is above. */
static bool is_above(int64_t a, int64_t b)
{
    return b != QUOTA_UNLIMITED && (a == QUOTA_UNLIMITED || a > b);
}

static struct fault *check_bounds(const struct call *call, const struct quota_setting *setting,
                                  const struct quota_values *minimum, const struct quota_values *maximum)
{
    int64_t least = minimum->of[setting->resource], most = maximum->of[setting->resource];
    const char *name = quota_name(setting->resource);

    if (is_above(least, setting->limit))
        return fault_http(call->mem, 400,
                          "Quota limit %lld for %s must be greater than or equal to already used and reserved %lld.",
                          (long long)setting->limit, name, (long long)least);
    if (is_above(setting->limit, most))
        return fault_http(call->mem, 400, "Quota limit %lld for %s must be less than or equal to %lld.",
                          (long long)setting->limit, name, (long long)most);
    return NULL;
}

static bool is_forced(const json_t *force)
{
    return json_is_true(force) || (json_is_string(force) && text_bool(json_string_value(force)) == true);
}

/* The schema lets in integers and texts of them; false: nothing is said. */
static bool read_limit(const json_t *value, int64_t *limit)
{
    if (json_is_string(value))
        return take_int_text(json_string_value(value), limit);
    *limit = json_integer_value(value);
    return json_is_integer(value);
}

static struct fault *read_settings(const struct call *call, json_t *body, const char *user_id,
                                   struct quota_setting settings[QUOTA_COUNT], size_t *count)
{
    bool forced = is_forced(json_object_get(body, "force"));
    struct quota_values minimum, maximum;
    const char *key;
    json_t *value;

    *count = 0;
    TRY(quota_settable(call->context, call->vars[0], user_id, &minimum, &maximum));
    if (quota_is_unified(call->context))
        return NULL;
    json_object_foreach(body, key, value)
    {
        struct quota_setting *setting = &settings[*count];

        setting->resource = quota_by_name(key);
        if (setting->resource == QUOTA_COUNT || !read_limit(value, &setting->limit))
            continue;
        if (!forced)
            TRY(check_bounds(call, setting, &minimum, &maximum));
        ++*count;
    }
    return NULL;
}

static struct fault *quota_sets_update(struct call *call)
{
    json_t *body = json_object_get(call->body, "quota_set");
    const char *user_id = asked_user(call);
    struct quota_setting settings[QUOTA_COUNT];
    struct quota_values limits;
    size_t count;

    TRY(may(call, "os_compute_api:os-quota-sets:update", true));
    if (json_object_get(body, "networks"))
        return fault_http(call->mem, 400, "The networks quota has been removed");
    TRY(read_settings(call, body, user_id, settings, &count));
    TRY(quota_set(call->context, call->vars[0], user_id, settings, count));
    TRY(quota_of(call->context, call->vars[0], user_id, &limits, NULL));
    quotas_view_set(call, NULL, &limits);
    return NULL;
}

static struct fault *quota_sets_delete(struct call *call)
{
    TRY(may(call, "os_compute_api:os-quota-sets:delete", false));
    if (quota_is_unified(call->context))
        return NULL;
    return quota_delete(call->context, call->vars[0], asked_user(call));
}

/* clang-format off */
static const struct route quota_sets_routes[] = {
    { "GET", "/os-quota-sets/{id}", NULL, V_UPTO(35), quota_sets_show, 200, .errors = { 400 }, .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:show" },
    { "GET", "/os-quota-sets/{id}", NULL, V_BETWEEN(36, 56), quota_sets_show, 200, .errors = { 400 },
      .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:show" },
    { "GET", "/os-quota-sets/{id}", NULL, V_FROM(57), quota_sets_show, 200, .errors = { 400 }, .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:show" },
    { "PUT", "/os-quota-sets/{id}", NULL, V_UPTO(35), quota_sets_update, 200, .errors = { 400 },
      .query = quota_sets_show_query, .body = quota_sets_update_body,
      .policies = "os_compute_api:os-quota-sets:update" },
    { "PUT", "/os-quota-sets/{id}", NULL, V_BETWEEN(36, 56), quota_sets_update, 200, .errors = { 400 },
      .query = quota_sets_show_query, .body = quota_sets_update_body,
      .policies = "os_compute_api:os-quota-sets:update" },
    { "PUT", "/os-quota-sets/{id}", NULL, V_FROM(57), quota_sets_update, 200, .errors = { 400 },
      .query = quota_sets_show_query, .body = quota_sets_update_body,
      .policies = "os_compute_api:os-quota-sets:update" },
    { "DELETE", "/os-quota-sets/{id}", NULL, V_ALL, quota_sets_delete, 202, .errors = { 0 }, .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:delete" },
    { "GET", "/os-quota-sets/{id}/detail", NULL, V_UPTO(35), quota_sets_detail, 200, .errors = { 400 },
      .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:detail" },
    { "GET", "/os-quota-sets/{id}/detail", NULL, V_BETWEEN(36, 56), quota_sets_detail, 200, .errors = { 400 },
      .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:detail" },
    { "GET", "/os-quota-sets/{id}/detail", NULL, V_FROM(57), quota_sets_detail, 200, .errors = { 400 },
      .query = quota_sets_show_query,
      .policies = "os_compute_api:os-quota-sets:detail" },
    { "GET", "/os-quota-sets/{id}/defaults", NULL, V_UPTO(35), quota_sets_defaults, 200, .errors = { 400 },
      .policies = "os_compute_api:os-quota-sets:defaults" },
    { "GET", "/os-quota-sets/{id}/defaults", NULL, V_BETWEEN(36, 56), quota_sets_defaults, 200, .errors = { 400 },
      .policies = "os_compute_api:os-quota-sets:defaults" },
    { "GET", "/os-quota-sets/{id}/defaults", NULL, V_FROM(57), quota_sets_defaults, 200, .errors = { 400 },
      .policies = "os_compute_api:os-quota-sets:defaults" },
    { 0 },
};
/* clang-format on */

const struct resource quota_sets_resource = { "quota_sets", quota_sets_routes };
