/* SPDX-License-Identifier: Apache-2.0 */
/* View rows: versions pick them, members and functions fill them. */
#include "config.h"

#include "fcgi_app/json/view.h"

#include "fcgi_app/json/json.h"

#include "tests/unit/table.h"

struct thing {
    const char *name;
    char *note;
    int64_t count;
    int64_t created, updated;
    double factor;
    bool on;
};

static void put_links(const struct view_state *state, const void *object)
{
    const struct thing *thing = object;

    strbuf_printf(state->out, "[\"%s/%s\"]", (const char *)state->data, thing->name);
}

static bool is_on(const struct view_state *state, const void *object)
{
    return ((const struct thing *)object)->on;
}

static const struct view_field fields[] = {
    VIEW_STRING("name", struct thing, name, V_ALL),
    VIEW_INT("count", struct thing, count, V_UPTO(4)),
    VIEW_BOOL("OS-X:on", struct thing, on, V_ALL),
    VIEW_DOUBLE("factor", struct thing, factor, V_FROM(5)),
    VIEW_WHEN("only", put_links, is_on, V_FROM(3)),
    VIEW_TIME("created", struct thing, created, V_ALL),
    VIEW_TIME_PYTHON("updated", struct thing, updated, V_ALL),
    VIEW_CALL("links", put_links, V_BETWEEN(3, 4)),
    VIEW_STRING("note", struct thing, note, V_ONLY(5)),
    VIEW_END,
};

static void writes(int version, const struct thing *thing, const char *wanted)
{
    void *mem = mem_context(NULL, "test");
    struct strbuf out;
    struct view_plan plan;
    struct view_state state = { &out, version, "http://x" };

    strbuf_init(&out, mem, 1);
    view_plan(&plan, fields, version);
    view_put(&plan, &state, thing);
    assert_string_equal(out.data, wanted);
    talloc_free(mem);
}

static void versions_pick_fields(void **state)
{
    struct thing thing = { "é", NULL, -3, 1795337737203114, 1795337737000000, 0.5, true };

    writes(1, &thing,
           "{\"name\": \"\\u00e9\", \"count\": -3, \"OS-X:on\": true, \"created\": \"2026-11-22T08:55:37Z\", "
           "\"updated\": \"2026-11-22T08:55:37.000000\"}");
    thing.name = "n";
    writes(3, &thing,
           "{\"name\": \"n\", \"count\": -3, \"OS-X:on\": true, \"only\": [\"http://x/n\"], "
           "\"created\": \"2026-11-22T08:55:37Z\", \"updated\": \"2026-11-22T08:55:37.000000\", "
           "\"links\": [\"http://x/n\"]}");
    thing.on = false;
    thing.created = VIEW_NO_TIME;
    thing.updated = 1795337737203114;
    writes(5, &thing,
           "{\"name\": \"n\", \"OS-X:on\": false, \"factor\": 0.5, \"created\": null, "
           "\"updated\": \"2026-11-22T08:55:37.203114\", \"note\": null}");
    thing.updated = VIEW_NO_TIME;
    thing.name = NULL;
    writes(6, &thing, "{\"name\": null, \"OS-X:on\": false, \"factor\": 0.5, \"created\": null, \"updated\": null}");
}

static void nothing_is_an_empty_object(void **state)
{
    static const struct view_field late[] = { VIEW_CALL("links", put_links, V_FROM(90)), VIEW_END };
    void *mem = mem_context(NULL, "test");
    struct strbuf out;
    struct view_plan plan;
    struct view_state view = { &out, 1, "" };

    strbuf_init(&out, mem, 1);
    view_plan(&plan, late, 1);
    view_put(&plan, &view, NULL);
    assert_string_equal(out.data, "{}");
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_pick_fields),
        cmocka_unit_test(nothing_is_an_empty_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
