/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Equality and order of JSON values by Python's rules.
 * Source: jsonschema's equal() and unbool(), Python's int(str) and float(str).
 */
#include "config.h"

#include "fcgi_app/json/compare.h"

#include "fcgi_app/json/json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longer texts of digits Python's int() refuses. */
#define DIGITS_MAX 4300

static double number_value(const json_t *value)
{
    const char *text = json_number_text(value);

    return text ? strtod(text, NULL) : json_number_value(value);
}

static bool same_number(const json_t *one, const json_t *other)
{
    const char *text = json_number_text(one), *other_text = json_number_text(other);

    if (json_is_integer(one) && json_is_integer(other))
        return json_integer_value(one) == json_integer_value(other);
    if (text && other_text)
        return !strcmp(text, other_text) && strcmp(text, "NaN");
    return number_value(one) == number_value(other);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value) || json_number_text(value);
}

static bool same_object(const json_t *one, const json_t *other)
{
    json_t *object = (json_t *)(uintptr_t)one; /* jansson's iterator takes no const */

    if (json_object_size(one) != json_object_size(other))
        return false;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        const json_t *member = json_object_getn(other, json_object_iter_key(at), json_object_iter_key_len(at));

        if (!member || !compare_same(json_object_iter_value(at), member))
            return false;
    }
    return true;
}

bool compare_same(const json_t *one, const json_t *other)
{
    if (is_number(one) || is_number(other))
        return is_number(one) && is_number(other) && same_number(one, other);
    if (json_typeof(one) != json_typeof(other))
        return false;
    switch (json_typeof(one)) {
    case JSON_STRING:
        return json_string_length(one) == json_string_length(other) &&
               !memcmp(json_string_value(one), json_string_value(other), json_string_length(one));
    case JSON_ARRAY:
        if (json_array_size(one) != json_array_size(other))
            return false;
        for (size_t i = 0; i < json_array_size(one); i++)
            if (!compare_same(json_array_get(one, i), json_array_get(other, i)))
                return false;
        return true;
    case JSON_OBJECT:
        return same_object(one, other);
    default:
        return true;
    }
}

static void integer_set(struct number *number, long long value)
{
    number->integer = value;
    number->real = (double)value;
}

static void real_set(struct number *number, double value)
{
    number->is_real = true;
    number->is_nan = isnan(value);
    number->real = value;
}

/* int() of a real cuts the fraction off; what is beyond a long long is a whole number anyway. */
static void cut_set(struct number *number, double value)
{
    if (fabs(value) < 9e18)
        integer_set(number, (long long)value);
    else
        real_set(number, value);
    number->is_cut = number->is_real && isfinite(value);
}

/* Digits with single underscores between them, as int() and float() allow; `out` has room for all. */
static bool drop_underscores(const char *text, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '_') {
            *out++ = text[i];
            continue;
        }
        if (!i || i + 1 == length || text[i - 1] < '0' || text[i - 1] > '9' || text[i + 1] < '0' || text[i + 1] > '9')
            return false;
    }
    *out = '\0';
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static bool is_decimal(const char *text)
{
    size_t sign = *text == '-' || *text == '+';

    return text[sign] && strspn(text + sign, "0123456789") == strlen(text + sign);
}

/* The forms of float(str): strtod's but hexadecimal ones and nan(…). */
static bool is_float_form(const char *text)
{
    return !strpbrk(text, "xX(") && *text && !is_space(*text);
}

static bool number_from_text(const char *text, size_t length, struct number *number)
{
    char *copy = malloc(length + 1), *end;
    bool well = false;

    if (!copy)
        return false;
    while (length && is_space(*text)) {
        text++;
        length--;
    }
    while (length && is_space(text[length - 1]))
        length--;
    if (length && !memchr(text, '\0', length) && drop_underscores(text, length, copy)) {
        if (is_decimal(copy) && strlen(copy) <= DIGITS_MAX) {
            long long value;

            errno = 0;
            value = strtoll(copy, NULL, 10);
            integer_set(number, value);
            if (errno == ERANGE) {
                const char *digits = strpbrk(text, "123456789");

                number->real = strtod(copy, NULL);
                number->text = digits;
                number->text_length = length - (size_t)(digits - text);
            }
            well = true;
        } else if (is_float_form(copy)) {
            double value = strtod(copy, &end);

            well = !*end;
            if (well)
                real_set(number, value);
        }
    }
    free(copy);
    return well;
}

bool number_from(const json_t *value, struct number *number)
{
    const char *text = json_number_text(value);

    *number = (struct number){ 0 };
    if (text && json_number_is_integer(value)) {
        number->text = text;
        number->text_length = strlen(text);
        number->real = strtod(text, NULL);
        return true;
    }
    if (text) {
        cut_set(number, strtod(text, NULL));
        return true;
    }
    switch (json_typeof(value)) {
    case JSON_TRUE:
    case JSON_FALSE:
        integer_set(number, json_is_true(value));
        return true;
    case JSON_INTEGER:
        integer_set(number, json_integer_value(value));
        return true;
    case JSON_REAL:
        cut_set(number, json_real_value(value));
        return true;
    case JSON_STRING:
        return number_from_text(json_string_value(value), json_string_length(value), number);
    default:
        return false;
    }
}

int number_compare(const struct number *number, const char *bound)
{
    double limit = strtod(bound, NULL);

    return number->real < limit ? -1 : number->real > limit;
}

void number_put(struct strbuf *out, const struct number *number)
{
    if (number->text) {
        if (number->real < 0 && *number->text != '-')
            strbuf_putc(out, '-');
        for (size_t i = 0; i < number->text_length; i++)
            if (number->text[i] != '_')
                strbuf_putc(out, number->text[i]);
    } else if (!number->is_real) {
        strbuf_put_int(out, number->integer);
    } else if (number->is_nan) {
        JSON_PUT_LITERAL(out, "nan");
    } else if (isinf(number->real)) {
        strbuf_puts(out, number->real < 0 ? "-inf" : "inf");
    } else if (number->is_cut) {
        strbuf_printf(out, "%.0f", number->real);
    } else {
        json_put_double(out, number->real);
    }
}
