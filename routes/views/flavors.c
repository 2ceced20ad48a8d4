/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a flavor by version; see the header.  Neighbour: routes/compute/flavors.c. */
#include "config.h"

#include "routes/views/flavors.h"

#include "fcgi_app/json/json.h"
#include "fcgi_app/json/view.h"
#include "routes/links.h"

struct flavor_view {
    struct links links;
    bool extra_specs;
};

static void put_links(const struct view_state *state, const void *object)
{
    const struct flavor_view *view = state->data;
    const struct flavor *flavor = object;

    links_put(&view->links, state->out, flavor->flavorid);
}

/* Nothing is an empty text, until 2.75 makes it 0. */
static void put_swap(const struct view_state *state, const void *object)
{
    const struct flavor *flavor = object;

    if (flavor->swap)
        strbuf_put_int(state->out, flavor->swap);
    else
        JSON_PUT_LITERAL(state->out, "\"\"");
}

static void put_rxtx_factor(const struct view_state *state, const void *object)
{
    const struct flavor *flavor = object;

    if (flavor->rxtx_factor < 0 || flavor->rxtx_factor > 0)
        json_put_double(state->out, flavor->rxtx_factor);
    else
        JSON_PUT_LITERAL(state->out, "\"\"");
}

static void put_extra_specs(const struct view_state *state, const void *object)
{
    const struct flavor *flavor = object;

    if (flavor->extra_specs.data)
        json_put_raw(state->out, flavor->extra_specs.data, flavor->extra_specs.length);
    else
        JSON_PUT_LITERAL(state->out, "{}");
}

static bool shows_extra_specs(const struct view_state *state, const void *object)
{
    return ((const struct flavor_view *)state->data)->extra_specs;
}

static const struct view_field brief_fields[] = {
    VIEW_STRING("id", struct flavor, flavorid, V_ALL),
    VIEW_STRING("name", struct flavor, name, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_STRING("description", struct flavor, description, V_FROM(55)),
    VIEW_END,
};

static const struct view_field full_fields[] = {
    VIEW_STRING("id", struct flavor, flavorid, V_ALL),
    VIEW_STRING("name", struct flavor, name, V_ALL),
    VIEW_INT("ram", struct flavor, memory_mb, V_ALL),
    VIEW_INT("disk", struct flavor, root_gb, V_ALL),
    VIEW_CALL("swap", put_swap, V_UPTO(74)),
    VIEW_INT("swap", struct flavor, swap, V_FROM(75)),
    VIEW_INT("OS-FLV-EXT-DATA:ephemeral", struct flavor, ephemeral_gb, V_ALL),
    VIEW_BOOL("OS-FLV-DISABLED:disabled", struct flavor, disabled, V_ALL),
    VIEW_INT("vcpus", struct flavor, vcpus, V_ALL),
    VIEW_BOOL("os-flavor-access:is_public", struct flavor, is_public, V_ALL),
    VIEW_CALL("rxtx_factor", put_rxtx_factor, V_ALL),
    VIEW_CALL("links", put_links, V_ALL),
    VIEW_STRING("description", struct flavor, description, V_FROM(55)),
    VIEW_WHEN("extra_specs", put_extra_specs, shows_extra_specs, V_FROM(61)),
    VIEW_END,
};

static void put_list(const struct call *call, const struct flavor_list *list, const struct view_field *fields,
                     const char *path, bool extra_specs)
{
    struct flavor_view view = { .extra_specs = extra_specs };
    const struct view_state state = { .out = call->out, .version = call->version, .data = &view };
    struct view_plan plan;

    links_open(call, "flavors", &view.links);
    view_plan(&plan, fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"flavors\": [");
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        view_put(&plan, &state, &list->flavors[i]);
    }
    JSON_PUT_LITERAL(call->out, "]");
    if (list->count)
        links_put_next(call, "flavors", path, list->count, list->flavors[list->count - 1].flavorid);
    JSON_PUT_LITERAL(call->out, "}");
}

void flavors_view_index(const struct call *call, const struct flavor_list *list)
{
    put_list(call, list, brief_fields, "flavors", false);
}

void flavors_view_detail(const struct call *call, const struct flavor_list *list, bool extra_specs)
{
    put_list(call, list, full_fields, "flavors/detail", extra_specs);
}

void flavors_view_show(const struct call *call, const struct flavor *flavor, bool extra_specs)
{
    struct flavor_view view = { .extra_specs = extra_specs };
    const struct view_state state = { .out = call->out, .version = call->version, .data = &view };
    struct view_plan plan;

    links_open(call, "flavors", &view.links);
    view_plan(&plan, full_fields, call->version);
    JSON_PUT_LITERAL(call->out, "{\"flavor\": ");
    view_put(&plan, &state, flavor);
    JSON_PUT_LITERAL(call->out, "}");
}
