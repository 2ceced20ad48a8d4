/* SPDX-License-Identifier: Apache-2.0 */
/* The common part of writing objects: the frame, members by table, stored objects. */
#include "config.h"

#include "fcgi_app/objects/write.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void object_begin(struct strbuf *out, const char *name)
{
    const struct object_kind *kind = object_kind(name);

    if (!kind) {
        fprintf(stderr, "nova-api-fcgi: the registry has no object %s\n", name);
        abort();
    }
    strbuf_puts(out, "{\"nova_object.name\": \"");
    strbuf_puts(out, kind->name);
    strbuf_puts(out, "\", \"nova_object.namespace\": \"nova\", \"nova_object.version\": \"");
    strbuf_puts(out, kind->version);
    strbuf_puts(out, "\", \"nova_object.data\": {");
}

void object_end(struct strbuf *out, const char *const *changes)
{
    strbuf_putc(out, '}');
    if (changes && *changes) {
        strbuf_puts(out, ", \"nova_object.changes\": [");
        for (size_t i = 0; changes[i]; i++) {
            strbuf_puts(out, i ? ", \"" : "\"");
            strbuf_puts(out, changes[i]);
            strbuf_putc(out, '"');
        }
        strbuf_putc(out, ']');
    }
    strbuf_putc(out, '}');
}

void object_key(struct strbuf *out, const char *name)
{
    if (out->length && out->data[out->length - 1] != '{')
        strbuf_puts(out, ", ");
    strbuf_putc(out, '"');
    strbuf_puts(out, name);
    strbuf_puts(out, "\": ");
}

void object_put_time(struct strbuf *out, int64_t usec)
{
    char text[21];

    if (usec == DB_NO_TIME) {
        json_put_null(out);
        return;
    }
    clock_format_iso(usec, text);
    strbuf_putc(out, '"');
    strbuf_puts(out, text);
    strbuf_putc(out, '"');
}

void object_put_row(struct strbuf *out, const char *name, const struct object_member *members, size_t count,
                    const void *row, const char *const *changes)
{
    object_begin(out, name);
    for (size_t i = 0; i < count; i++) {
        const void *at = (const char *)row + members[i].offset;
        int64_t number;

        object_key(out, members[i].name);
        switch (members[i].kind) {
        case OBJECT_TEXT:
            json_put_string(out, *(const char *const *)at);
            break;
        case OBJECT_INT:
            number = *(const int64_t *)at;
            if (number == DB_NULL_INT)
                json_put_null(out);
            else
                strbuf_put_int(out, number);
            break;
        case OBJECT_BOOL:
            json_put_bool(out, *(const bool *)at);
            break;
        case OBJECT_FLAG:
            json_put_bool(out, *(const int64_t *)at != 0);
            break;
        case OBJECT_TIME:
            object_put_time(out, *(const int64_t *)at);
            break;
        case OBJECT_NULL:
            json_put_null(out);
            break;
        case OBJECT_FALSE:
            json_put_bool(out, false);
            break;
        }
    }
    object_end(out, changes);
}

void object_put_stored(struct strbuf *out, struct db_bytes text)
{
    json_put_raw(out, text.length ? text.data : "null", text.length ? text.length : strlen("null"));
}
