/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /os-server-groups, /os-server-groups/{id}: the rows of upstream's module server_groups.
 * Neighbours: views/server_groups.c shows, compute/server_groups.c does.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/server_groups.h"
#include "routes/views/server_groups.h"

#include <string.h>

#define POLICY(name) "os_compute_api:os-server-groups:" name

static struct fault *may(const struct call *call, const char *rule, const char *project_id)
{
    return policy_check(call->context, rule, &(struct policy_target){ .project_id = project_id ? project_id : "None" });
}

static struct fault *not_found(const struct call *call, struct fault *fault)
{
    return fault && fault_is(fault, FAULT_InstanceGroupNotFound) ? fault_http(call->mem, 404, "%s", fault->message)
                                                                 : fault;
}

static struct fault *server_groups_index(struct call *call)
{
    const struct context *context = call->context;
    bool all_projects = query_find(&call->query, "all_projects") && context->is_admin;
    struct server_group_list list;
    struct paging paging;

    TRY(may(call, POLICY("index"), context->project_id));
    if (all_projects)
        TRY(may(call, POLICY("index:all_projects"), context->project_id));
    TRY(paging_read(call, &paging));
    if (!paging.limit)
        paging.limit = paging_max_limit(call);
    TRY(server_groups_list(context, all_projects, paging.offset, paging.limit, &list));
    server_groups_view_index(call, &list);
    return NULL;
}

static struct fault *server_groups_show(struct call *call)
{
    struct server_group *group;

    TRY(not_found(call, server_groups_get_whole(call->context, call->vars[0], &group)));
    TRY(may(call, POLICY("show"), group->project_id));
    server_groups_view_show(call, group);
    return NULL;
}

static struct fault *server_groups_remove(struct call *call)
{
    struct server_group *group;

    TRY(not_found(call, server_groups_get(call->context, call->vars[0], &group)));
    TRY(may(call, POLICY("delete"), group->project_id));
    return not_found(call, server_groups_delete(call->context, call->vars[0]));
}

static struct fault *over_quota(const struct call *call, struct fault *fault)
{
    return fault && fault_is(fault, FAULT_OverQuota) ? fault_http(call->mem, 403, "%s", fault->message) : fault;
}

/* The rules as the table keeps them: an object of texts. */
static const char *rules_text(const void *mem, const json_t *rules)
{
    struct strbuf out;
    const char *key, *joint = "{";
    json_t *value;

    strbuf_init(&out, mem, 64);
    json_object_foreach((json_t *)(uintptr_t)rules, key, value)
    {
        struct strbuf text;

        strbuf_init(&text, mem, 16);
        json_put_python_str(&text, value);
        strbuf_puts(&out, joint);
        json_put_string(&out, key);
        strbuf_puts(&out, ": ");
        json_put_string(&out, text.data);
        joint = ", ";
    }
    strbuf_puts(&out, *joint == '{' ? "{}" : "}");
    return out.data;
}

/* Python's int() of the rule, 1 where it is not there. */
static int64_t max_per_host(const json_t *rules)
{
    const json_t *value = json_object_get(rules, "max_server_per_host");
    int64_t number = 1;

    if (json_is_integer(value))
        return json_integer_value(value);
    if (json_is_string(value))
        take_int_text(json_string_value(value), &number);
    return number;
}

static struct fault *check_rules(const struct call *call, const char *policy, const json_t *rules)
{
    bool known;

    if (!json_object_size(rules))
        return NULL;
    if (strcmp(policy, "anti-affinity") != 0)
        return fault_http(call->mem, 400, "Only anti-affinity policy supports rules.");
    if (max_per_host(rules) <= 1)
        return NULL;
    TRY(server_groups_know_rules(call->context, &known));
    return known ? NULL
                 : fault_http(call->mem, 409,
                              "Creating an anti-affinity group with rule max_server_per_host > 1 is not yet "
                              "supported.");
}

static struct fault *server_groups_make(struct call *call)
{
    const json_t *body = json_object_get(call->body, "server_group"), *rules = NULL;
    bool with_rules = versions_hold((struct versions)V_FROM(64), call->version);
    struct server_group group;
    const char *policy;

    TRY(may(call, POLICY("create"), call->context->project_id));
    TRY(over_quota(call, server_groups_check_quota(call->context)));
    if (with_rules) {
        policy = json_string_value(json_object_get(body, "policy"));
        rules = json_object_get(body, "rules");
        TRY(check_rules(call, policy, rules));
    } else {
        policy = json_string_value(json_array_get(json_object_get(body, "policies"), 0));
    }
    TRY(over_quota(call, server_groups_create(call->context, json_string_value(json_object_get(body, "name")), policy,
                                              with_rules ? rules_text(call->mem, rules) : NULL, &group)));
    server_groups_view_show(call, &group);
    return NULL;
}

/* clang-format off */
static const struct route server_groups_routes[] = {
    { "GET", "/os-server-groups", NULL, V_ALL, server_groups_index, 200, .errors = { 0 }, .query = server_groups_index_query,
      .policies = "os_compute_api:os-server-groups:index; "
                  "os_compute_api:os-server-groups:index:all_projects (all_projects query, is_admin)" },
    { "POST", "/os-server-groups", NULL, V_ALL, server_groups_make, 200, .errors = { 400, 403, 409 },
      .body = server_groups_create_body,
      .policies = "os_compute_api:os-server-groups:create" },
    { "GET", "/os-server-groups/{id}", NULL, V_ALL, server_groups_show, 200, .errors = { 404 },
      .policies = "os_compute_api:os-server-groups:show" },
    { "DELETE", "/os-server-groups/{id}", NULL, V_ALL, server_groups_remove, 204, .errors = { 404 },
      .policies = "os_compute_api:os-server-groups:delete" },
    { 0 },
};
/* clang-format on */

const struct resource server_groups_resource = { "server_groups", server_groups_routes };
