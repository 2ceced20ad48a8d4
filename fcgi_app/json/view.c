/* SPDX-License-Identifier: Apache-2.0 */
/* Rows into JSON: a plan of the fields that a version shows, walked once an object. */
#include "config.h"

#include "fcgi_app/json/view.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/json/json.h"

#include <assert.h>

void view_plan(struct view_plan *plan, const struct view_field *fields, int version)
{
    plan->count = 0;
    for (const struct view_field *field = fields; field->kind != VIEW_KIND_END; field++)
        if (versions_hold(field->versions, version)) {
            assert(plan->count < sizeof(plan->fields) / sizeof(plan->fields[0]));
            plan->fields[plan->count++] = field;
        }
}

static void put_time(struct strbuf *out, int64_t usec)
{
    char text[24] = "\"";

    if (usec == VIEW_NO_TIME) {
        json_put_null(out);
        return;
    }
    clock_format_iso(usec, text + 1);
    text[21] = '"';
    strbuf_put(out, text, 22);
}

static void put_time_python(struct strbuf *out, int64_t usec)
{
    char text[32] = "\"";

    if (usec == VIEW_NO_TIME) {
        json_put_null(out);
        return;
    }
    clock_format_python(usec, text + 1);
    if (text[20] == '\0')
        memcpy(text + 20, ".000000", 7);
    text[27] = '"';
    strbuf_put(out, text, 28);
}

static void put_value(const struct view_field *field, const struct view_state *state, const void *object)
{
    const void *member = (const char *)object + field->offset;
    struct strbuf *out = state->out;

    switch ((enum view_kind)field->kind) {
    case VIEW_KIND_STRING:
        json_put_string(out, *(const char *const *)member);
        break;
    case VIEW_KIND_INT:
        strbuf_put_int(out, *(const int64_t *)member);
        break;
    case VIEW_KIND_BOOL:
        json_put_bool(out, *(const bool *)member);
        break;
    case VIEW_KIND_DOUBLE:
        json_put_double(out, *(const double *)member);
        break;
    case VIEW_KIND_TIME:
        put_time(out, *(const int64_t *)member);
        break;
    case VIEW_KIND_TIME_PYTHON:
        put_time_python(out, *(const int64_t *)member);
        break;
    case VIEW_KIND_CALL:
        field->put(state, object);
        break;
    case VIEW_KIND_END:
        break;
    }
}

void view_put(const struct view_plan *plan, const struct view_state *state, const void *object)
{
    struct strbuf *out = state->out;
    bool first = true;

    strbuf_putc(out, '{');
    for (size_t i = 0; i < plan->count; i++) {
        const struct view_field *field = plan->fields[i];
        if (field->when && !field->when(state, object))
            continue;
        if (!first)
            strbuf_put(out, ", ", 2);
        first = false;
        strbuf_put(out, field->key, field->key_size);
        put_value(field, state, object);
    }
    strbuf_putc(out, '}');
}
