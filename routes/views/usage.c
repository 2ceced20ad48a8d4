/* SPDX-License-Identifier: Apache-2.0 */
/* Usage; see the header.  Neighbour: routes/compute/simple_tenant_usage.c. */
#include "config.h"

#include "routes/views/usage.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "routes/links.h"

static void put_number(struct strbuf *out, struct usage_number number)
{
    if (number.is_float)
        json_put_double(out, number.value);
    else
        JSON_PUT_LITERAL(out, "0");
}

static void put_hours(const struct view_state *state, const void *object)
{
    put_number(state->out, ((const struct usage_server *)object)->hours);
}

static const struct view_field server_fields[] = {
    VIEW_CALL("hours", put_hours, V_ALL),
    VIEW_STRING("flavor", struct usage_server, flavor, V_ALL),
    VIEW_STRING("instance_id", struct usage_server, uuid, V_ALL),
    VIEW_STRING("name", struct usage_server, name, V_ALL),
    VIEW_STRING("tenant_id", struct usage_server, project_id, V_ALL),
    VIEW_INT("memory_mb", struct usage_server, memory_mb, V_ALL),
    VIEW_INT("local_gb", struct usage_server, local_gb, V_ALL),
    VIEW_INT("vcpus", struct usage_server, vcpus, V_ALL),
    VIEW_TIME_PYTHON("started_at", struct usage_server, started_at, V_ALL),
    VIEW_TIME_PYTHON("ended_at", struct usage_server, ended_at, V_ALL),
    VIEW_STRING("state", struct usage_server, state, V_ALL),
    VIEW_INT("uptime", struct usage_server, uptime, V_ALL),
    VIEW_END,
};

static const struct view_field span_fields[] = {
    VIEW_TIME_PYTHON("start", struct usage_query, start, V_ALL),
    VIEW_TIME_PYTHON("stop", struct usage_query, stop, V_ALL),
    VIEW_END,
};

struct usage_view {
    const struct call *call;
    const struct usage_query *query;
    bool detailed;
};

static void put_servers(const struct view_state *state, const void *object)
{
    const struct usage_project *project = object;
    struct view_plan plan;

    view_plan(&plan, server_fields, state->version);
    JSON_PUT_LITERAL(state->out, "[");
    for (size_t i = 0; i < project->count; i++) {
        if (i)
            JSON_PUT_LITERAL(state->out, ", ");
        view_put(&plan, state, &project->servers[i]);
    }
    JSON_PUT_LITERAL(state->out, "]");
}

static bool is_detailed(const struct view_state *state, const void *object)
{
    (void)object;
    return ((const struct usage_view *)state->data)->detailed;
}

static void put_local_gb(const struct view_state *state, const void *object)
{
    put_number(state->out, ((const struct usage_project *)object)->local_gb);
}

static void put_vcpus(const struct view_state *state, const void *object)
{
    put_number(state->out, ((const struct usage_project *)object)->vcpus);
}

static void put_memory_mb(const struct view_state *state, const void *object)
{
    put_number(state->out, ((const struct usage_project *)object)->memory_mb);
}

static void put_total_hours(const struct view_state *state, const void *object)
{
    put_number(state->out, ((const struct usage_project *)object)->hours);
}

static const struct view_field project_fields[] = {
    VIEW_STRING("tenant_id", struct usage_project, project_id, V_ALL),
    VIEW_WHEN("server_usages", put_servers, is_detailed, V_ALL),
    VIEW_CALL("total_local_gb_usage", put_local_gb, V_ALL),
    VIEW_CALL("total_vcpus_usage", put_vcpus, V_ALL),
    VIEW_CALL("total_memory_mb_usage", put_memory_mb, V_ALL),
    VIEW_CALL("total_hours", put_total_hours, V_ALL),
    VIEW_END,
};

/* The project's members, and the span's behind them in the same object. */
static void put_project(const struct call *call, const struct usage_project *project, const struct usage_query *query,
                        bool detailed)
{
    const struct usage_view view = { call, query, detailed };
    const struct view_state state = { .out = call->out, .version = call->version, .data = &view };
    struct view_plan plan;
    size_t at;

    view_plan(&plan, project_fields, call->version);
    view_put(&plan, &state, project);
    at = call->out->length - 1;
    view_plan(&plan, span_fields, call->version);
    view_put(&plan, &state, query);
    /* "}{" between them becomes ", " */
    memcpy(call->out->data + at, ", ", 2);
}

void usage_view_list(const struct call *call, const struct usage *usage, const struct usage_query *query, bool detailed,
                     bool links)
{
    JSON_PUT_LITERAL(call->out, "{\"tenant_usages\": [");
    for (size_t i = 0; i < usage->project_count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put_project(call, &usage->projects[i], query, detailed);
    }
    JSON_PUT_LITERAL(call->out, "]");
    if (links && usage->last)
        links_put_next(call, "tenant_usages", "os-simple-tenant-usage", usage->server_count, usage->last);
    JSON_PUT_LITERAL(call->out, "}");
}

void usage_view_show(const struct call *call, const struct usage *usage, const struct usage_query *query, bool links)
{
    JSON_PUT_LITERAL(call->out, "{\"tenant_usage\": ");
    if (usage->project_count)
        put_project(call, &usage->projects[0], query, true);
    else
        JSON_PUT_LITERAL(call->out, "{}");
    if (links && usage->last)
        links_put_next(call, "tenant_usage", mem_printf(call->mem, "os-simple-tenant-usage/%s", query->project_id),
                       usage->server_count, usage->last);
    JSON_PUT_LITERAL(call->out, "}");
}
