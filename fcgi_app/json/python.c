/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON values in the words of Python's str() and repr(): error texts of the
 * contract print what a client sent that way.
 * Source: Python 3.11, unicode_repr() and the container types.
 */
#include "config.h"

#include "fcgi_app/json/json.h"

#include "fcgi_app/json/unicode.h"

static void put_escape(struct strbuf *out, int code_point)
{
    if (code_point == '\n')
        strbuf_put(out, "\\n", 2);
    else if (code_point == '\r')
        strbuf_put(out, "\\r", 2);
    else if (code_point == '\t')
        strbuf_put(out, "\\t", 2);
    else if (code_point < 0x100)
        strbuf_printf(out, "\\x%02x", (unsigned)code_point);
    else if (code_point < 0x10000)
        strbuf_printf(out, "\\u%04x", (unsigned)code_point);
    else
        strbuf_printf(out, "\\U%08x", (unsigned)code_point);
}

void json_put_python_quoted(struct strbuf *out, const char *text, size_t length)
{
    char quote = memchr(text, '\'', length) && !memchr(text, '"', length) ? '"' : '\'';
    size_t size;

    strbuf_putc(out, quote);
    for (const char *end = text + length; text < end; text += size) {
        int code_point = unicode_next(text, (size_t)(end - text), &size);

        if (code_point == quote || code_point == '\\') {
            strbuf_putc(out, '\\');
            strbuf_putc(out, (char)code_point);
        } else if (code_point < 0) {
            put_escape(out, (unsigned char)*text);
        } else if (code_point != ' ' && (unicode_is_control(code_point) || unicode_is_space(code_point))) {
            put_escape(out, code_point);
        } else {
            strbuf_put(out, text, size);
        }
    }
    strbuf_putc(out, quote);
}

static void put_number_text(struct strbuf *out, const char *text)
{
    if (!strcmp(text, "NaN"))
        JSON_PUT_LITERAL(out, "nan");
    else if (!strcmp(text, "Infinity"))
        JSON_PUT_LITERAL(out, "inf");
    else if (!strcmp(text, "-Infinity"))
        JSON_PUT_LITERAL(out, "-inf");
    else
        strbuf_puts(out, text);
}

static void put_list(struct strbuf *out, const json_t *value)
{
    size_t count = json_array_size(value);

    strbuf_putc(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            strbuf_put(out, ", ", 2);
        json_put_python_repr(out, json_array_get(value, i));
    }
    strbuf_putc(out, ']');
}

static void put_dict(struct strbuf *out, const json_t *value)
{
    json_t *object = (json_t *)(uintptr_t)value; /* jansson's iterator takes no const */
    const char *between = "";

    strbuf_putc(out, '{');
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        strbuf_puts(out, between);
        json_put_python_quoted(out, json_object_iter_key(at), json_object_iter_key_len(at));
        strbuf_put(out, ": ", 2);
        json_put_python_repr(out, json_object_iter_value(at));
        between = ", ";
    }
    strbuf_putc(out, '}');
}

void json_put_python_repr(struct strbuf *out, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_NULL:
        JSON_PUT_LITERAL(out, "None");
        return;
    case JSON_TRUE:
        JSON_PUT_LITERAL(out, "True");
        return;
    case JSON_FALSE:
        JSON_PUT_LITERAL(out, "False");
        return;
    case JSON_INTEGER:
        strbuf_put_int(out, json_integer_value(value));
        return;
    case JSON_REAL:
        json_put_double(out, json_real_value(value));
        return;
    case JSON_STRING:
        if (json_number_text(value))
            put_number_text(out, json_number_text(value));
        else
            json_put_python_quoted(out, json_string_value(value), json_string_length(value));
        return;
    case JSON_ARRAY:
        put_list(out, value);
        return;
    case JSON_OBJECT:
        put_dict(out, value);
        return;
    default:
        return;
    }
}

void json_put_python_str(struct strbuf *out, const json_t *value)
{
    if (json_is_string(value) && !json_number_text(value))
        strbuf_put(out, json_string_value(value), json_string_length(value));
    else
        json_put_python_repr(out, value);
}
