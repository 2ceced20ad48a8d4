/* SPDX-License-Identifier: Apache-2.0 */
/* /os-security-group-rules, /os-security-group-rules/{id}, /os-security-groups, …: the rows of upstream's module
 * security_groups. */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/security_groups.h"
#include "fcgi_app/compute/target.h"
#include "fcgi_app/policies/policies.h"
#include "routes/paging.h"
#include "routes/resource.h"
#include "routes/schemas/security_groups.h"
#include "routes/views/security_groups.h"

#define RULE(name) "os_compute_api:os-security-groups:" name

static struct fault *check_policy(const struct call *call, const char *rule)
{
    const struct policy_target target = policy_own_project(call->context);

    return policy_check(call->context, rule, &target);
}

/* Faults of the groups as HTTP has them. */
static struct fault *outward(const struct call *call, struct fault *fault)
{
    static const struct {
        enum fault_name name;
        int code;
    } codes[] = {
        { FAULT_SecurityGroupNotFound, 404 },
        { FAULT_NoUniqueMatch, 409 },
        { FAULT_SecurityGroupLimitExceeded, 403 },
        { FAULT_Invalid, 400 },
    };

    for (size_t i = 0; fault && fault->name != FAULT_Http && i < sizeof(codes) / sizeof(codes[0]); i++)
        if (fault_is(fault, codes[i].name))
            return fault_http(call->mem, codes[i].code, "%s", fault->message);
    return fault;
}

/* The group that the path names. */
static struct fault *find_group(const struct call *call, struct security_group *group)
{
    TRY(security_group_check_id(call->mem, call->vars[0]));
    return security_group_get(call->context, call->mem, call->vars[0], group);
}

/* ---- groups ---- */

static struct fault *groups_index(struct call *call)
{
    bool all = call->context->is_admin && query_find(&call->query, "all_tenants");
    struct security_group *groups;
    struct paging paging;
    size_t count, skip;

    TRY(check_policy(call, RULE("get")));
    TRY(security_groups_list(call->context, call->mem, all, &groups, &count));
    TRY(paging_read(call, &paging));
    skip = paging.offset < (int64_t)count ? (size_t)paging.offset : count;
    groups += skip;
    count -= skip;
    if ((int64_t)count > paging.limit)
        count = (size_t)paging.limit;
    TRY(security_groups_resolve(call->context, call->mem, groups, count));
    return security_groups_view_index(call, groups, count);
}

static struct fault *groups_show(struct call *call)
{
    struct security_group group;

    TRY(check_policy(call, RULE("show")));
    TRY(outward(call, find_group(call, &group)));
    TRY(security_groups_resolve(call->context, call->mem, &group, 1));
    security_groups_view_show(call, &group);
    return NULL;
}

static struct fault *groups_delete(struct call *call)
{
    struct security_group group;

    TRY(check_policy(call, RULE("delete")));
    TRY(outward(call, find_group(call, &group)));
    return outward(call, security_group_delete(call->context, call->mem, call->vars[0]));
}

/* What stands under the key of a body that no schema has checked. */
static struct fault *from_body(const struct call *call, const char *key, const json_t **value)
{
    if (!json_object_size(call->body))
        return fault_http(call->mem, 400, "The request body can't be empty");
    *value = json_object_get(call->body, key);
    if (!*value || json_is_null(*value))
        return fault_http(call->mem, 400, "Missing parameter %s", key);
    if (!json_is_object(*value))
        return fault_new(call->mem, AttributeError, "object has no attribute 'get'");
    return NULL;
}

static struct fault *groups_create(struct call *call)
{
    struct security_group group;
    const json_t *asked;

    TRY(check_policy(call, RULE("create")));
    TRY(from_body(call, "security_group", &asked));
    TRY(outward(call, security_group_create(call->context, call->mem, json_object_get(asked, "name"),
                                            json_object_get(asked, "description"), &group)));
    TRY(security_groups_resolve(call->context, call->mem, &group, 1));
    security_groups_view_show(call, &group);
    return NULL;
}

static struct fault *groups_update(struct call *call)
{
    struct security_group group;
    const json_t *asked;

    TRY(check_policy(call, RULE("update")));
    TRY(outward(call, find_group(call, &group)));
    TRY(from_body(call, "security_group", &asked));
    TRY(outward(call, security_group_update(call->context, call->mem, call->vars[0], json_object_get(asked, "name"),
                                            json_object_get(asked, "description"), &group)));
    TRY(security_groups_resolve(call->context, call->mem, &group, 1));
    security_groups_view_show(call, &group);
    return NULL;
}

/* ---- rules ---- */

static struct fault *add_rule(const struct call *call, const json_t *asked, struct security_rule *rule)
{
    const json_t *group_id = json_object_get(asked, "group_id");
    const struct security_rule_asked wanted = { .protocol = json_object_get(asked, "ip_protocol"),
                                                .from_port = json_object_get(asked, "from_port"),
                                                .to_port = json_object_get(asked, "to_port"),
                                                .cidr = json_object_get(asked, "cidr"),
                                                .group_id = json_string_value(group_id) };
    const char *parent_id = json_string_value(json_object_get(asked, "parent_group_id"));
    struct security_group parent, source = { 0 };
    bool by_group = group_id && !json_is_null(group_id);

    TRY(security_group_check_id(call->mem, parent_id));
    TRY(security_group_get(call->context, call->mem, parent_id, &parent));
    if (by_group) {
        TRY(security_group_check_id(call->mem, wanted.group_id));
        TRY(security_group_get(call->context, call->mem, wanted.group_id, &source));
    }
    TRY(security_rule_add(call->context, call->mem, &parent, &wanted, rule));
    rule->group = source.raw;
    return NULL;
}

static struct fault *rules_create(struct call *call)
{
    struct security_rule rule;
    const json_t *asked;

    TRY(check_policy(call, RULE("rule:create")));
    TRY(from_body(call, "security_group_rule", &asked));
    TRY(outward(call, add_rule(call, asked, &rule)));
    security_groups_view_rule(call, &rule);
    return NULL;
}

static struct fault *remove_rule(const struct call *call)
{
    struct security_group group;
    struct security_rule rule;

    TRY(security_group_check_id(call->mem, call->vars[0]));
    TRY(security_rule_get(call->context, call->mem, call->vars[0], &rule));
    TRY(security_group_get(call->context, call->mem, rule.parent_group_id ? rule.parent_group_id : "", &group));
    return security_rule_delete(call->context, call->mem, rule.id ? rule.id : call->vars[0]);
}

static struct fault *rules_delete(struct call *call)
{
    TRY(check_policy(call, RULE("rule:delete")));
    return outward(call, remove_rule(call));
}

/* ---- servers ---- */

static struct fault *find_server(const struct call *call, const char *rule, struct target **target)
{
    TRY(target_find(call->context, call->vars[0], 0, target));
    return policy_check(call->context, rule, &(struct policy_target){ (*target)->row->project_id, NULL });
}

static struct fault *server_groups(struct call *call)
{
    struct security_group *groups;
    struct target *target;
    size_t count;

    TRY(find_server(call, RULE("list"), &target));
    TRY(security_groups_of_server(call->context, call->mem, target->row->uuid, &groups, &count));
    TRY(security_groups_resolve(call->context, call->mem, groups, count));
    return security_groups_view_index(call, groups, count);
}

/* The group's name in an action's body. */
static struct fault *name_of(const struct call *call, const char *action, const char **name)
{
    const json_t *asked = json_object_get(call->body, action), *value = json_object_get(asked, "name");

    if (!json_is_object(asked))
        return fault_http(call->mem, 400, "Missing parameter dict");
    if (!value)
        return fault_http(call->mem, 400, "Security group not specified");
    *name = json_string_value(value);
    if (!*name && (json_is_number(value) || json_is_true(value) || json_array_size(value) || json_object_size(value)))
        return fault_new(call->mem, AttributeError, "object has no attribute 'strip'");
    if (text_is_empty(*name) || !*text_strip(call->mem, *name))
        return fault_http(call->mem, 400, "Security group name cannot be empty");
    return NULL;
}

static struct fault *add_group(struct call *call)
{
    struct target *target;
    const char *name;

    TRY(find_server(call, RULE("add"), &target));
    TRY(name_of(call, "addSecurityGroup", &name));
    return outward(call, security_group_add_to_server(call->context, call->mem, target->row->uuid, name));
}

static struct fault *remove_group(struct call *call)
{
    struct target *target;
    const char *name;

    TRY(find_server(call, RULE("remove"), &target));
    TRY(name_of(call, "removeSecurityGroup", &name));
    return outward(call, security_group_remove_from_server(call->context, call->mem, target->row->uuid, name));
}

/* clang-format off */
static const struct route security_groups_routes[] = {
    { "POST", "/os-security-group-rules", NULL, V_UPTO(35), rules_create, 200, .errors = { 400, 403, 404 },
      .policies = "os_compute_api:os-security-groups:rule:create" },
    { "DELETE", "/os-security-group-rules/{id}", NULL, V_UPTO(35), rules_delete, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-security-groups:rule:delete" },
    { "GET", "/os-security-groups", NULL, V_UPTO(35), groups_index, 200, .errors = { 404 },
      .query = security_groups_index_query,
      .policies = "os_compute_api:os-security-groups:get" },
    { "POST", "/os-security-groups", NULL, V_UPTO(35), groups_create, 200, .errors = { 400, 403 },
      .policies = "os_compute_api:os-security-groups:create" },
    { "GET", "/os-security-groups/{id}", NULL, V_UPTO(35), groups_show, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-security-groups:show" },
    { "PUT", "/os-security-groups/{id}", NULL, V_UPTO(35), groups_update, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-security-groups:update" },
    { "DELETE", "/os-security-groups/{id}", NULL, V_UPTO(35), groups_delete, 202, .errors = { 400, 404 },
      .policies = "os_compute_api:os-security-groups:delete" },
    { "POST", "/servers/{id}/action", "addSecurityGroup", V_ALL, add_group, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-security-groups:add" },
    { "POST", "/servers/{id}/action", "removeSecurityGroup", V_ALL, remove_group, 202, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-security-groups:remove" },
    { "GET", "/servers/{server_id}/os-security-groups", NULL, V_ALL, server_groups, 200, .errors = { 404 },
      .policies = "os_compute_api:os-security-groups:list" },
    { 0 },
};
/* clang-format on */

const struct resource security_groups_resource = { "security_groups", security_groups_routes };
