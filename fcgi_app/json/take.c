/* SPDX-License-Identifier: Apache-2.0 */
/* What Python does to a value of the wrong type; see the header.  Neighbour: python.c, which prints values. */
#include "config.h"

#include "fcgi_app/json/take.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/unicode.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *take_type(const json_t *value)
{
    if (json_number_text(value))
        return json_number_is_integer(value) ? "int" : "float";
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        return "dict";
    case JSON_ARRAY:
        return "list";
    case JSON_STRING:
        return "str";
    case JSON_INTEGER:
        return "int";
    case JSON_REAL:
        return "float";
    case JSON_TRUE:
    case JSON_FALSE:
        return "bool";
    default:
        return "NoneType";
    }
}

static bool is_text(const json_t *value)
{
    return json_is_string(value) && !json_number_text(value);
}

struct fault *take_key(const void *mem, const json_t *value, const char *key, json_t **item)
{
    *item = NULL;
    if (json_is_array(value) || is_text(value))
        return fault_new(mem, TypeError,
                         mem_printf(mem, "%s indices must be integers%s", json_is_array(value) ? "list" : "string",
                                    json_is_array(value) ? " or slices, not str" : ", not 'str'"));
    if (!json_is_object(value))
        return fault_new(mem, TypeError, mem_printf(mem, "'%s' object is not subscriptable", take_type(value)));
    *item = json_object_get(value, key);
    return *item ? NULL : fault_new(mem, KeyError, mem_printf(mem, "'%s'", key));
}

struct fault *take_get(const void *mem, const json_t *value, const char *key, json_t **item)
{
    *item = NULL;
    if (!json_is_object(value))
        return fault_new(mem, AttributeError, mem_printf(mem, "'%s' object has no attribute 'get'", take_type(value)));
    *item = json_object_get(value, key);
    return NULL;
}

struct fault *take_attribute(const void *mem, const json_t *value, const char *key, json_t **item)
{
    *item = json_object_get(value, key);
    return *item ? NULL : fault_new(mem, AttributeError, key);
}

struct fault *take_first(const void *mem, const json_t *value, json_t **item)
{
    *item = NULL;
    if (json_is_object(value))
        return fault_new(mem, KeyError, "0");
    if (!json_is_array(value) && !is_text(value))
        return fault_new(mem, TypeError, mem_printf(mem, "'%s' object is not subscriptable", take_type(value)));
    TRY(take_each(mem, value, (json_t **)item));
    *item = json_array_get(*item, 0);
    return *item ? NULL : fault_new(mem, IndexError, "list index out of range");
}

struct fault *take_each(const void *mem, const json_t *value, json_t **array)
{
    const char *key, *text;
    json_t *member;
    size_t size;

    *array = NULL;
    if (json_is_array(value)) {
        *array = (json_t *)(uintptr_t)value;
        return NULL;
    }
    if (!json_is_object(value) && !is_text(value))
        return fault_new(mem, TypeError, mem_printf(mem, "'%s' object is not iterable", take_type(value)));
    TRY(json_read(mem, "[]", 2, array));
    if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, key, member) json_array_append_new(*array, json_string(key));
        return NULL;
    }
    text = json_string_value(value);
    for (size_t i = 0, length = json_string_length(value); i < length; i += size) {
        text_utf8_next(text + i, length - i, &size);
        json_array_append_new(*array, json_stringn_nocheck(text + i, size));
    }
    return NULL;
}

struct fault *take_length(const void *mem, const json_t *value, size_t *length)
{
    json_t *array;

    *length = 0;
    if (!json_is_array(value) && !json_is_object(value) && !is_text(value))
        return fault_new(mem, TypeError, mem_printf(mem, "object of type '%s' has no len()", take_type(value)));
    TRY(take_each(mem, value, &array));
    *length = json_array_size(array);
    return NULL;
}

struct fault *take_hashable(const void *mem, const json_t *value)
{
    if (json_is_array(value) || json_is_object(value))
        return fault_new(mem, TypeError, mem_printf(mem, "unhashable type: '%s'", take_type(value)));
    return NULL;
}

/* Beyond ASCII. */
static bool is_blank(int code_point)
{
    return code_point == 0x85 || code_point == 0x2028 || code_point == 0x2029 || unicode_is_space(code_point);
}

/*
 * The digits and blanks of all scripts as those of ASCII, in place of a text that has others; what is neither, a '?'.
 * Python's int() does so too, and leaves alone what is ASCII already.
 */
static const char *plain(const char *text, char *room, size_t size)
{
    size_t length = strlen(text), step, used = 0;
    bool ascii = true;

    for (size_t i = 0; i < length; i++)
        ascii = ascii && !(text[i] & 0x80);
    if (ascii || length >= size)
        return text;
    for (size_t i = 0; i < length; i += step) {
        int code_point = unicode_next(text + i, length - i, &step), digit = unicode_decimal(code_point);

        room[used++] = code_point > 0 && code_point < 0x7f ? (char)code_point
                       : is_blank(code_point)              ? ' '
                       : digit >= 0                        ? (char)('0' + digit)
                                                           : '?';
    }
    room[used] = '\0';
    return room;
}

bool take_int_text(const char *text, int64_t *value)
{
    char room[256];
    const char *p = plain(text, room, sizeof(room)), *digits;
    int64_t number = 0;
    bool negative;

    while (isspace((unsigned char)*p))
        p++;
    negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    for (digits = p; isdigit((unsigned char)*p) || (*p == '_' && p > digits && isdigit((unsigned char)p[1])); p++) {
        if (*p == '_')
            continue;
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, *p - '0', &number))
            number = INT64_MAX;
    }
    if (p == digits)
        return false;
    while (isspace((unsigned char)*p))
        p++;
    *value = negative ? -number : number;
    return *p == '\0';
}

struct fault *take_int(const void *mem, const json_t *value, int64_t *number)
{
    const char *text;
    struct strbuf quoted;

    *number = 0;
    if (json_is_integer(value) || json_is_boolean(value)) {
        *number = json_is_integer(value) ? json_integer_value(value) : json_is_true(value);
        return NULL;
    }
    if (json_is_real(value) && fabs(json_real_value(value)) < 0x1p63) {
        *number = (int64_t)json_real_value(value);
        return NULL;
    }
    if (!json_is_string(value))
        return fault_new(mem, TypeError,
                         mem_printf(mem,
                                    "int() argument must be a string, a bytes-like object or a real number, not '%s'",
                                    take_type(value)));
    text = json_number_text(value) ? json_number_text(value) : json_string_value(value);
    if (take_int_text(text, number))
        return NULL;
    strbuf_init(&quoted, mem, 64);
    json_put_python_quoted(&quoted, text, strlen(text));
    return fault_new(mem, ValueError, mem_printf(mem, "invalid literal for int() with base 10: %s", quoted.data));
}

bool take_is_true(const json_t *value)
{
    if (json_number_text(value))
        return true; /* none of those is zero */
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        return json_object_size(value) > 0;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
        return json_real_value(value) != 0;
    default:
        return json_is_true(value);
    }
}

const char *take_text(const void *mem, const json_t *value)
{
    struct strbuf text;

    if (is_text(value))
        return json_string_value(value);
    if (!value || json_is_null(value))
        return NULL;
    strbuf_init(&text, mem, 32);
    json_put_python_str(&text, value);
    return text.data;
}
