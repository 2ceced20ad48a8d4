/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a server group by version; see the header. */
#include "config.h"

#include "routes/views/server_groups.h"

#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"

#include <stdlib.h>

/* A number, or the text of one. */
static bool take_number(struct json_scan *scan, int64_t *number)
{
    struct json_scan again = *scan;
    struct json_piece text;

    if (!json_scan_string(scan, &text))
        return json_scan_int(&again, number);
    *number = strtoll(text.text, NULL, 10);
    return true;
}

/* The one rule that is shown, as a number. */
static void put_rules(const struct view_state *state, const void *object)
{
    const struct server_group *group = object;
    struct json_scan scan = json_scan_text(group->rules, group->rules ? strlen(group->rules) : 0);
    struct json_piece key;
    int64_t number;
    bool shown = false;

    strbuf_putc(state->out, '{');
    for (json_scan_object(&scan); json_scan_key(&scan, &key);) {
        if (shown || !json_key_is(key, "max_server_per_host")) {
            json_scan_skip(&scan);
        } else if (take_number(&scan, &number)) {
            JSON_PUT_KEY(state->out, "max_server_per_host");
            strbuf_put_int(state->out, number);
            shown = true;
        }
    }
    strbuf_putc(state->out, '}');
}

static void put_policies(const struct view_state *state, const void *object)
{
    const struct server_group *group = object;

    strbuf_putc(state->out, '[');
    if (group->policy)
        json_put_string(state->out, group->policy);
    strbuf_putc(state->out, ']');
}

static void put_nothing(const struct view_state *state, const void *object)
{
    JSON_PUT_LITERAL(state->out, "{}");
}

static void put_members(const struct view_state *state, const void *object)
{
    const struct server_group *group = object;

    strbuf_putc(state->out, '[');
    for (size_t i = 0; i < group->member_count; i++) {
        if (i)
            JSON_PUT_LITERAL(state->out, ", ");
        json_put_string(state->out, group->members[i]);
    }
    strbuf_putc(state->out, ']');
}

static const struct view_field fields[] = {
    VIEW_STRING("id", struct server_group, uuid, V_ALL),
    VIEW_STRING("name", struct server_group, name, V_ALL),
    VIEW_STRING("policy", struct server_group, policy, V_FROM(64)),
    VIEW_CALL("rules", put_rules, V_FROM(64)),
    VIEW_CALL("policies", put_policies, V_UPTO(63)),
    VIEW_CALL("metadata", put_nothing, V_UPTO(63)),
    VIEW_CALL("members", put_members, V_ALL),
    VIEW_STRING("project_id", struct server_group, project_id, V_FROM(13)),
    VIEW_STRING("user_id", struct server_group, user_id, V_FROM(13)),
    VIEW_END,
};

void server_groups_view_show(struct call *call, const struct server_group *group)
{
    struct view_state state = { call->out, call->version, NULL };
    struct view_plan plan;

    view_plan(&plan, fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"server_group\": ");
    view_put(&plan, &state, group);
    strbuf_putc(call->out, '}');
}

void server_groups_view_index(struct call *call, const struct server_group_list *list)
{
    struct view_state state = { call->out, call->version, NULL };
    struct view_plan plan;

    view_plan(&plan, fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"server_groups\": [");
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        view_put(&plan, &state, &list->rows[i]);
    }
    JSON_PUT_LITERAL(call->out, "]}");
}
