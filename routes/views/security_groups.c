/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups as the API shows them; see the header. */
#include "config.h"

#include "routes/views/security_groups.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <stdlib.h>
#include <string.h>

static void put_port(struct strbuf *out, int64_t port)
{
    if (port == SECURITY_NO_PORT)
        json_put_null(out);
    else
        strbuf_put_int(out, (long long)port);
}

static void put_rule(struct strbuf *out, const struct security_rule *rule)
{
    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_string(out, rule->id);
    JSON_PUT_LITERAL(out, ", \"parent_group_id\": ");
    json_put_string(out, rule->parent_group_id);
    JSON_PUT_LITERAL(out, ", \"ip_protocol\": ");
    json_put_string(out, rule->protocol);
    JSON_PUT_LITERAL(out, ", \"from_port\": ");
    put_port(out, rule->from_port);
    JSON_PUT_LITERAL(out, ", \"to_port\": ");
    put_port(out, rule->to_port);
    if (text_is_empty(rule->group_id)) {
        JSON_PUT_LITERAL(out, ", \"group\": {}, \"ip_range\": {\"cidr\": ");
        json_put_string(out, rule->cidr);
        JSON_PUT_LITERAL(out, "}}");
    } else {
        JSON_PUT_LITERAL(out, ", \"group\": {\"name\": ");
        json_put_string(out, rule->group_name);
        JSON_PUT_LITERAL(out, ", \"tenant_id\": ");
        json_put_string(out, rule->group_tenant);
        JSON_PUT_LITERAL(out, "}, \"ip_range\": {}}");
    }
}

static void put_group(struct strbuf *out, const struct security_group *group)
{
    bool first = true;

    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_string(out, group->id);
    JSON_PUT_LITERAL(out, ", \"description\": ");
    json_put_string(out, group->description);
    JSON_PUT_LITERAL(out, ", \"name\": ");
    json_put_string(out, group->name);
    JSON_PUT_LITERAL(out, ", \"tenant_id\": ");
    json_put_string(out, group->project_id);
    JSON_PUT_LITERAL(out, ", \"rules\": [");
    for (size_t i = 0; i < group->rule_count; i++) {
        if (group->rules[i].group_gone)
            continue;
        if (!first)
            JSON_PUT_LITERAL(out, ", ");
        first = false;
        put_rule(out, &group->rules[i]);
    }
    JSON_PUT_LITERAL(out, "]}");
}

static int by_project_and_name(const void *a, const void *b)
{
    const struct security_group *one = *(const struct security_group *const *)a;
    const struct security_group *other = *(const struct security_group *const *)b;
    int order = strcmp(one->project_id ? one->project_id : "", other->project_id ? other->project_id : "");

    if (!order)
        order = strcmp(one->name ? one->name : "", other->name ? other->name : "");
    return order ? order : one < other ? -1 : one > other;
}

void security_groups_view_index(struct call *call, struct security_group *groups, size_t count)
{
    const struct security_group **order = mem_array(call->mem, const struct security_group *, count + 1);

    for (size_t i = 0; i < count; i++)
        order[i] = &groups[i];
    qsort(order, count, sizeof(void *), by_project_and_name);
    JSON_PUT_LITERAL(call->out, "{\"security_groups\": [");
    for (size_t i = 0; i < count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put_group(call->out, order[i]);
    }
    JSON_PUT_LITERAL(call->out, "]}");
}

void security_groups_view_show(struct call *call, const struct security_group *group)
{
    JSON_PUT_LITERAL(call->out, "{\"security_group\": ");
    put_group(call->out, group);
    strbuf_putc(call->out, '}');
}

void security_groups_view_rule(struct call *call, const struct security_rule *rule)
{
    JSON_PUT_LITERAL(call->out, "{\"security_group_rule\": ");
    put_rule(call->out, rule);
    strbuf_putc(call->out, '}');
}
