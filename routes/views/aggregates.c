/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of an aggregate by version; see the header.  Neighbour: routes/compute/aggregates.c. */
#include "config.h"

#include "routes/views/aggregates.h"

#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"

static void put_hosts(const struct view_state *state, const void *object)
{
    json_put_tree(state->out, ((const struct aggregate *)object)->hosts);
}

static void put_metadata(const struct view_state *state, const void *object)
{
    json_put_tree(state->out, ((const struct aggregate *)object)->metadata);
}

static bool is_known(const struct view_state *state, const void *object)
{
    (void)object;
    return !*(const bool *)state->data;
}

static void put_null(const struct view_state *state, const void *object)
{
    (void)object;
    json_put_null(state->out);
}

static void put_false(const struct view_state *state, const void *object)
{
    (void)object;
    json_put_bool(state->out, false);
}

static void put_zone(const struct view_state *state, const void *object)
{
    json_put_string(state->out, json_string_value(json_object_get(((const struct aggregate *)object)->metadata,
                                                                  "availability_zone")));
}

static const struct view_field fields[] = {
    VIEW_INT("id", struct aggregate, id, V_ALL),
    VIEW_STRING("uuid", struct aggregate, uuid, V_FROM(41)),
    VIEW_STRING("name", struct aggregate, name, V_ALL),
    VIEW_WHEN("hosts", put_hosts, is_known, V_ALL),
    VIEW_WHEN("metadata", put_metadata, is_known, V_ALL),
    VIEW_TIME_PYTHON("created_at", struct aggregate, created_at, V_ALL),
    VIEW_TIME_PYTHON("updated_at", struct aggregate, updated_at, V_ALL),
    VIEW_CALL("deleted_at", put_null, V_ALL),
    VIEW_CALL("deleted", put_false, V_ALL),
    VIEW_CALL("availability_zone", put_zone, V_ALL),
    VIEW_END,
};

static void put(const struct call *call, const struct aggregate *aggregate, bool fresh)
{
    const struct view_state state = { .out = call->out, .version = call->version, .data = &fresh };
    struct view_plan plan;

    view_plan(&plan, fields, call->version);
    view_put(&plan, &state, aggregate);
}

void aggregates_view_list(const struct call *call, const struct aggregates *list)
{
    JSON_PUT_LITERAL(call->out, "{\"aggregates\": [");
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        put(call, &list->items[i], false);
    }
    JSON_PUT_LITERAL(call->out, "]}");
}

void aggregates_view_show(const struct call *call, const struct aggregate *aggregate, bool fresh)
{
    JSON_PUT_LITERAL(call->out, "{\"aggregate\": ");
    put(call, aggregate, fresh);
    JSON_PUT_LITERAL(call->out, "}");
}
