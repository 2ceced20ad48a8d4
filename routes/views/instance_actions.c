/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of an action and of its events; see the header. */
#include "config.h"

#include "routes/views/instance_actions.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/compute/servers.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "routes/links.h"

struct show {
    const struct action_row *action;
    const struct action_event_list *events;
    const struct action_sight *sight;
};

static const struct action_sight *sight_of(const struct view_state *state)
{
    return ((const struct show *)state->data)->sight;
}

static bool sees_traceback(const struct view_state *state, const void *object)
{
    return sight_of(state)->traceback;
}

static bool sees_host(const struct view_state *state, const void *object)
{
    return sight_of(state)->host;
}

static bool sees_host_id(const struct view_state *state, const void *object)
{
    return sight_of(state)->host_id;
}

static bool sees_details(const struct view_state *state, const void *object)
{
    return sight_of(state)->details;
}

static void put_traceback(const struct view_state *state, const void *object)
{
    json_put_string(state->out, ((const struct action_event_row *)object)->traceback);
}

static void put_host(const struct view_state *state, const void *object)
{
    json_put_string(state->out, ((const struct action_event_row *)object)->host);
}

static void put_details(const struct view_state *state, const void *object)
{
    json_put_string(state->out, ((const struct action_event_row *)object)->details);
}

static void put_host_id(const struct view_state *state, const void *object)
{
    const struct show *show = state->data;
    const char *project = show->action->project_id;
    struct instance there = { .project_id = project && *project ? project : show->sight->project_id,
                              .host = ((const struct action_event_row *)object)->host };
    char id[57];

    server_host_id(&there, id);
    json_put_string(state->out, id);
}

static const struct view_field event_fields[] = {
    VIEW_STRING("event", struct action_event_row, event, V_ALL),
    VIEW_TIME_PYTHON("start_time", struct action_event_row, start_time, V_ALL),
    VIEW_TIME_PYTHON("finish_time", struct action_event_row, finish_time, V_ALL),
    VIEW_STRING("result", struct action_event_row, result, V_ALL),
    VIEW_WHEN("traceback", put_traceback, sees_traceback, V_ALL),
    VIEW_WHEN("host", put_host, sees_host, V_ALL),
    VIEW_WHEN("hostId", put_host_id, sees_host_id, V_ALL),
    VIEW_WHEN("details", put_details, sees_details, V_ALL),
    VIEW_END,
};

static bool sees_events(const struct view_state *state, const void *object)
{
    return state->data && sight_of(state)->events;
}

static void put_events(const struct view_state *state, const void *object)
{
    const struct show *show = state->data;
    struct view_plan plan;

    view_plan(&plan, event_fields, state->version);
    strbuf_putc(state->out, '[');
    for (size_t i = 0; i < show->events->count; i++) {
        if (i)
            JSON_PUT_LITERAL(state->out, ", ");
        view_put(&plan, state, &show->events->rows[i]);
    }
    strbuf_putc(state->out, ']');
}

static const struct view_field fields[] = {
    VIEW_STRING("action", struct action_row, action, V_ALL),
    VIEW_STRING("instance_uuid", struct action_row, instance_uuid, V_ALL),
    VIEW_STRING("request_id", struct action_row, request_id, V_ALL),
    VIEW_STRING("user_id", struct action_row, user_id, V_ALL),
    VIEW_STRING("project_id", struct action_row, project_id, V_ALL),
    VIEW_TIME_PYTHON("start_time", struct action_row, start_time, V_ALL),
    VIEW_STRING("message", struct action_row, message, V_ALL),
    VIEW_TIME_PYTHON("updated_at", struct action_row, updated_at, V_FROM(58)),
    VIEW_WHEN("events", put_events, sees_events, V_ALL),
    VIEW_END,
};

void instance_actions_view_index(struct call *call, const struct action_list *list)
{
    struct view_state state = { call->out, call->version, NULL };
    struct view_plan plan;

    view_plan(&plan, fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"instanceActions\": [");
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        view_put(&plan, &state, &list->rows[i]);
    }
    strbuf_putc(call->out, ']');
    if (versions_hold((struct versions)V_FROM(58), call->version))
        links_put_next(call, NULL, mem_printf(call->mem, "servers/%s/os-instance-actions", call->vars[0]), list->count,
                       list->count ? list->rows[list->count - 1].request_id : NULL);
    strbuf_putc(call->out, '}');
}

void instance_actions_view_show(struct call *call, const struct action_row *action,
                                const struct action_event_list *events, const struct action_sight *sight)
{
    const struct show show = { action, events, sight };
    struct view_state state = { call->out, call->version, &show };
    struct view_plan plan;

    view_plan(&plan, fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"instanceAction\": ");
    view_put(&plan, &state, action);
    strbuf_putc(call->out, '}');
}
