/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups as the API shows them; see the header. */
#include "config.h"

#include "routes/views/security_groups.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/take.h"

#include <stdlib.h>
#include <string.h>

static void put_port(struct strbuf *out, const struct security_rule *rule, const char *key, int64_t port)
{
    if (port == SECURITY_NO_PORT)
        json_put_member(out, rule->raw, key);
    else
        strbuf_put_int(out, (long long)port);
}

static void put_rule(struct strbuf *out, const struct security_rule *rule)
{
    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_member(out, rule->raw, "id");
    JSON_PUT_LITERAL(out, ", \"parent_group_id\": ");
    json_put_member(out, rule->raw, "security_group_id");
    JSON_PUT_LITERAL(out, ", \"ip_protocol\": ");
    json_put_member(out, rule->raw, "protocol");
    JSON_PUT_LITERAL(out, ", \"from_port\": ");
    put_port(out, rule, "port_range_min", rule->from_port);
    JSON_PUT_LITERAL(out, ", \"to_port\": ");
    put_port(out, rule, "port_range_max", rule->to_port);
    if (text_is_empty(rule->group_id)) {
        JSON_PUT_LITERAL(out, ", \"group\": {}, \"ip_range\": {\"cidr\": ");
        json_put_string(out, rule->cidr);
        JSON_PUT_LITERAL(out, "}}");
    } else {
        JSON_PUT_LITERAL(out, ", \"group\": {\"name\": ");
        json_put_member(out, rule->group, "name");
        JSON_PUT_LITERAL(out, ", \"tenant_id\": ");
        json_put_member(out, rule->group, "tenant_id");
        JSON_PUT_LITERAL(out, "}, \"ip_range\": {}}");
    }
}

static void put_group(struct strbuf *out, const struct security_group *group)
{
    bool first = true;

    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_member(out, group->raw, "id");
    JSON_PUT_LITERAL(out, ", \"description\": ");
    json_put_member(out, group->raw, "description");
    JSON_PUT_LITERAL(out, ", \"name\": ");
    json_put_member(out, group->raw, "name");
    JSON_PUT_LITERAL(out, ", \"tenant_id\": ");
    json_put_member(out, group->raw, "tenant_id");
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

/* Python orders no values of different types. Fault: TypeError. */
static struct fault *check_comparable(const struct call *call, const struct security_group *groups, size_t count)
{
    static const char *const keys[] = { "tenant_id", "name" };

    for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
        for (size_t i = 1; i < count; i++) {
            const char *first = take_type(json_object_get(groups[0].raw, keys[k]));
            const char *other = take_type(json_object_get(groups[i].raw, keys[k]));

            if (strcmp(first, other))
                return fault_new(
                    call->mem, TypeError,
                    mem_printf(call->mem, "'<' not supported between instances of '%s' and '%s'", other, first));
        }
    return NULL;
}

struct fault *security_groups_view_index(struct call *call, struct security_group *groups, size_t count)
{
    const struct security_group **order = mem_array(call->mem, const struct security_group *, count + 1);

    TRY(check_comparable(call, groups, count));
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
    return NULL;
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
