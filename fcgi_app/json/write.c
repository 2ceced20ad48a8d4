/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON out, in the forms of Python's json.dumps() with its defaults.  Views
 * write through here straight into the answer; what Python's other text forms
 * need (str(), repr()) is in python.c, columns are read in scan.c.
 */
#include "config.h"

#include "fcgi_app/json/json.h"

#include "fcgi_app/json/unicode.h"
#include "fcgi_app/json/word.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What a byte of a string becomes: 0 itself, 'u' a \u escape, 'n' \n and so on, 'x' the start of a UTF-8 sequence. */
static const unsigned char escapes[256] = {
    [0 ... 7] = 'u', [11] = 'u',   [14 ... 31] = 'u', ['\b'] = 'b',  ['\t'] = 't', ['\n'] = 'n',
    ['\f'] = 'f',    ['\r'] = 'r', ['"'] = '"',       ['\\'] = '\\', [0x7f] = 'u', [0x80 ... 0xff] = 'x',
};

static const char hex[] = "0123456789abcdef";

static char *put_unit(char *to, unsigned unit)
{
    *to++ = '\\';
    *to++ = 'u';
    *to++ = hex[unit >> 12 & 15];
    *to++ = hex[unit >> 8 & 15];
    *to++ = hex[unit >> 4 & 15];
    *to++ = hex[unit & 15];
    return to;
}

/* The text between the quotes from the first byte on that is not plain.  Six bytes are the most that one becomes. */
static void put_escaped(struct strbuf *out, const char *text, size_t length)
{
    char *start = strbuf_room(out, length * 6);
    char *to = start;

    while (length) {
        unsigned char escape = escapes[(unsigned char)*text];
        size_t size = 1;
        if (!escape) {
            *to++ = *text;
        } else if (escape == 'x') {
            int c = unicode_next(text, length, &size);
            if (c >= 0x10000) {
                to = put_unit(to, 0xd800U + ((unsigned)(c - 0x10000) >> 10));
                to = put_unit(to, 0xdc00U + ((unsigned)(c - 0x10000) & 0x3ff));
            } else {
                to = put_unit(to, c < 0 ? 0xfffd : (unsigned)c);
            }
        } else if (escape == 'u') {
            to = put_unit(to, (unsigned char)*text);
        } else {
            *to++ = '\\';
            *to++ = (char)escape;
        }
        text += size;
        length -= size;
    }
    strbuf_wrote(out, (size_t)(to - start));
}

void json_put_body(struct strbuf *out, const char *text, size_t length)
{
    size_t plain = (size_t)(word_find_special(text, text + length) - text);

    strbuf_put(out, text, plain);
    if (plain < length)
        put_escaped(out, text + plain, length - plain);
}

void json_put_string_length(struct strbuf *out, const char *text, size_t length)
{
    size_t plain = (size_t)(word_find_special(text, text + length) - text);
    char *to = strbuf_room(out, length + 2);

    *to = '"';
    memcpy(to + 1, text, plain);
    if (plain == length) {
        to[1 + plain] = '"';
        strbuf_wrote(out, length + 2);
        return;
    }
    strbuf_wrote(out, plain + 1);
    put_escaped(out, text + plain, length - plain);
    strbuf_putc(out, '"');
}

void json_put_string(struct strbuf *out, const char *text)
{
    if (text)
        json_put_string_length(out, text, strlen(text));
    else
        json_put_null(out);
}

/*
 * Beneath a power of two the numbers stand closer, so a text of 16 digits may
 * read back as `value` though it is not the nearest one of its size.
 */
static bool sixteen(double value, char text[40])
{
    char other[40];
    int exponent;
    long long digits;

    snprintf(other, sizeof(other), "%.16e", value);
    exponent = atoi(strchr(other, 'e') + 1) - 15;
    memmove(other + 1, other + 2, 15);
    other[16] = '\0';
    digits = atoll(other);
    for (int up = 0; up < 2; up++) {
        snprintf(other, sizeof(other), "%llde%d", digits + up, exponent);
        if (strtod(other, NULL) == value) {
            snprintf(text, 40, "%lld.%015llde%d", (digits + up) / 1000000000000000, (digits + up) % 1000000000000000,
                     exponent + 15);
            return true;
        }
    }
    return false;
}

/*
 * The fewest digits that read back as the same number: `digits` gets them,
 * the result is the place of the point after the first of them.
 */
static int shortest(double value, char digits[32])
{
    char text[40];
    int precision = value < 1e-300 ? 1 : 15;
    size_t count = 0;

    do
        snprintf(text, sizeof(text), "%.*e", precision - 1, value);
    while (strtod(text, NULL) != value && ++precision < 17);
    if (precision == 17 && !sixteen(value, text))
        snprintf(text, sizeof(text), "%.16e", value);
    for (const char *p = text; *p != 'e'; p++)
        if (*p != '.')
            digits[count++] = *p;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    digits[count] = '\0';
    return atoi(strchr(text, 'e') + 1);
}

/* Most numbers that people write have few decimals: a whole number over a power of ten that is exactly `value`. */
static bool put_decimal(struct strbuf *out, double value)
{
    double scale = 10;

    for (int decimals = 1; decimals <= 6; decimals++, scale *= 10) {
        double whole = floor(value * scale + 0.5);
        if (whole >= 1e15 || value < 1e-4)
            return false;
        if (whole / scale == value) {
            long long number = (long long)whole, unit = (long long)scale;
            char digits[8];
            strbuf_put_int(out, number / unit);
            number %= unit;
            for (int i = decimals; i > 0; i--, number /= 10)
                digits[i] = (char)('0' + number % 10);
            digits[0] = '.';
            strbuf_put(out, digits, (size_t)decimals + 1);
            return true;
        }
    }
    return false;
}

void json_put_double(struct strbuf *out, double value)
{
    char digits[32];

    if (isnan(value)) {
        JSON_PUT_LITERAL(out, "NaN");
        return;
    }
    if (signbit(value))
        strbuf_putc(out, '-');
    value = fabs(value);
    if (isinf(value)) {
        JSON_PUT_LITERAL(out, "Infinity");
        return;
    }
    if (value < 1e15 && value == floor(value)) {
        strbuf_put_int(out, (long long)value);
        strbuf_put(out, ".0", 2);
        return;
    }
    if (put_decimal(out, value))
        return;
    int point = shortest(value, digits);
    int count = (int)strlen(digits);
    if (point < -4 || point >= 16) {
        strbuf_putc(out, digits[0]);
        if (count > 1)
            strbuf_printf(out, ".%s", digits + 1);
        strbuf_printf(out, "e%c%02d", point < 0 ? '-' : '+', abs(point));
    } else if (point < 0) {
        strbuf_printf(out, "0.%.*s%s", -point - 1, "0000", digits);
    } else if (count <= point + 1) {
        strbuf_printf(out, "%s%.*s.0", digits, point + 1 - count, "0000000000000000");
    } else {
        strbuf_printf(out, "%.*s.%s", point + 1, digits, digits + point + 1);
    }
}

void json_put_tree(struct strbuf *out, const json_t *tree)
{
    const char *separator = "";
    const char *key, *number;
    size_t key_length, index;
    json_t *value, *object = (json_t *)(uintptr_t)tree; /* jansson's iterators want it writable */

    if (!tree) {
        json_put_null(out);
        return;
    }
    switch (json_typeof(tree)) {
    case JSON_OBJECT:
        strbuf_putc(out, '{');
        json_object_keylen_foreach(object, key, key_length, value)
        {
            strbuf_puts(out, separator);
            separator = ", ";
            json_put_string_length(out, key, key_length);
            strbuf_put(out, ": ", 2);
            json_put_tree(out, value);
        }
        strbuf_putc(out, '}');
        break;
    case JSON_ARRAY:
        strbuf_putc(out, '[');
        json_array_foreach(tree, index, value)
        {
            strbuf_puts(out, separator);
            separator = ", ";
            json_put_tree(out, value);
        }
        strbuf_putc(out, ']');
        break;
    case JSON_STRING:
        if ((number = json_number_text(tree)))
            strbuf_puts(out, number);
        else
            json_put_string_length(out, json_string_value(tree), json_string_length(tree));
        break;
    case JSON_INTEGER:
        strbuf_put_int(out, json_integer_value(tree));
        break;
    case JSON_REAL:
        json_put_double(out, json_real_value(tree));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_put_bool(out, json_is_true(tree));
        break;
    case JSON_NULL:
        json_put_null(out);
        break;
    }
}
