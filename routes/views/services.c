/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a service by version; see the header.  Neighbour: routes/compute/services.c. */
#include "config.h"

#include "routes/views/services.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"

struct service_view {
    const struct context *context;
    const struct service *service;
};

static void put_zone(const struct view_state *state, const void *object)
{
    (void)object;
    json_put_string(state->out, ((const struct service_view *)state->data)->service->zone);
}

static void put_status(const struct view_state *state, const void *object)
{
    json_put_string(state->out, ((const struct service_row *)object)->disabled ? "disabled" : "enabled");
}

static void put_state(const struct view_state *state, const void *object)
{
    const struct service_view *view = state->data;

    json_put_string(state->out, service_is_up(view->context, object) ? "up" : "down");
}

static const struct view_field fields[] = {
    VIEW_STRING("binary", struct service_row, binary, V_ALL),
    VIEW_STRING("host", struct service_row, host, V_ALL),
    VIEW_INT("id", struct service_row, id, V_UPTO(52)),
    VIEW_STRING("id", struct service_row, uuid, V_FROM(53)),
    VIEW_CALL("zone", put_zone, V_ALL),
    VIEW_CALL("status", put_status, V_ALL),
    VIEW_CALL("state", put_state, V_ALL),
    VIEW_TIME_PYTHON("updated_at", struct service_row, updated_at, V_ALL),
    VIEW_STRING("disabled_reason", struct service_row, disabled_reason, V_ALL),
    VIEW_BOOL("forced_down", struct service_row, forced_down, V_FROM(11)),
    VIEW_END,
};

static void put(const struct call *call, const struct view_plan *plan, const struct service *service)
{
    const struct service_view view = { call->context, service };
    const struct view_state state = { .out = call->out, .version = call->version, .data = &view };

    if (service->partial) {
        JSON_PUT_LITERAL(call->out, "{\"binary\": ");
        json_put_string(call->out, service->row->binary);
        JSON_PUT_LITERAL(call->out, ", \"host\": ");
        json_put_string(call->out, service->row->host);
        JSON_PUT_LITERAL(call->out, ", \"status\": \"UNKNOWN\"}");
        return;
    }
    view_put(plan, &state, service->row);
}

bool services_is_api(const struct service *service)
{
    return !strcmp(service->row->binary, "nova-osapi_compute") || !strcmp(service->row->binary, "nova-metadata");
}

static bool is_asked(const char *asked, const char *has)
{
    return text_is_empty(asked) || (has && !strcmp(asked, has));
}

void services_view_list(const struct call *call, const struct services *services, const char *host, const char *binary)
{
    struct view_plan plan;
    const char *joint = "";

    view_plan(&plan, fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"services\": [");
    for (size_t i = 0; i < services->count; i++) {
        const struct service *service = &services->items[i];

        if (services_is_api(service) || !is_asked(host, service->row->host) || !is_asked(binary, service->row->binary))
            continue;
        strbuf_puts(call->out, joint);
        put(call, &plan, service);
        joint = ", ";
    }
    JSON_PUT_LITERAL(call->out, "]}");
}

void services_view_show(const struct call *call, const struct service *service)
{
    struct view_plan plan;

    view_plan(&plan, fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"service\": ");
    put(call, &plan, service);
    JSON_PUT_LITERAL(call->out, "}");
}

void services_view_change(const struct call *call, const char *host, const char *binary, const char *status,
                          const char *reason, const bool *forced_down)
{
    JSON_PUT_LITERAL(call->out, "{\"service\": {\"host\": ");
    json_put_string(call->out, host);
    JSON_PUT_LITERAL(call->out, ", \"binary\": ");
    json_put_string(call->out, binary);
    if (status) {
        JSON_PUT_LITERAL(call->out, ", \"status\": ");
        json_put_string(call->out, status);
    }
    if (!text_is_empty(reason)) {
        JSON_PUT_LITERAL(call->out, ", \"disabled_reason\": ");
        json_put_string(call->out, reason);
    }
    if (forced_down) {
        JSON_PUT_LITERAL(call->out, ", \"forced_down\": ");
        json_put_bool(call->out, *forced_down);
    }
    JSON_PUT_LITERAL(call->out, "}}");
}
