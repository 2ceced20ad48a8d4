/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in, as Python's json.loads() reads it.
 *
 * jansson reads.  What it refuses is read again here, since Python accepts
 * more than jansson: integers beyond 64 bits, numbers beyond a double, NaN and
 * Infinity, lone surrogates, NUL; and since the words of the fault
 * are Python's.  Source: Python 3.11's json.decoder and json.scanner.
 */
#include "config.h"

#include "fcgi_app/json/json.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/unicode.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Levels of arrays and objects; jansson's own bound. */
#define DEPTH_MAX 2048
/* Python refuses to convert integers with more digits (sys.int_info.default_max_str_digits). */
#define DIGITS_MAX 4300
/* First byte of a string that stands for a number; no UTF-8 text begins so. */
#define NUMBER_MARK '\xff'

struct reader {
    const char *start, *p, *end;
    const void *mem;
    struct fault *fault; /* set by the first failure */
    int depth;
};

static json_t *read_value(struct reader *reader);

const char *json_number_text(const json_t *value)
{
    const char *text = json_string_value(value);

    return text && *text == NUMBER_MARK ? text + 1 : NULL;
}

bool json_number_is_integer(const json_t *value)
{
    const char *text = json_number_text(value);

    if (text && *text == '-')
        text++;
    return text && *text >= '0' && *text <= '9';
}

static void tree_release(void *tree)
{
    json_decref(tree);
}

static const char *find_not_utf8(const char *text, size_t length)
{
    size_t size;

    for (const char *end = text + length; text < end; text += size)
        if (text_utf8_next(text, (size_t)(end - text), &size) < 0)
            return text;
    return NULL;
}

/* Python's words: the message, line, column and position, counted in code points. */
static json_t *refuse(struct reader *reader, const char *at, const char *message)
{
    size_t line = 1, position = unicode_length(reader->start, (size_t)(at - reader->start));
    const char *line_start = reader->start;

    if (reader->fault)
        return NULL;
    for (const char *p = reader->start; p < at; p++)
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    reader->fault = fault_text(reader->mem, Invalid, "%s: line %zu column %zu (char %zu)", message, line,
                               unicode_length(line_start, (size_t)(at - line_start)) + 1, position);
    return NULL;
}

static void skip_space(struct reader *reader)
{
    while (reader->p < reader->end &&
           (*reader->p == ' ' || *reader->p == '\t' || *reader->p == '\n' || *reader->p == '\r'))
        reader->p++;
}

static bool next_is(const struct reader *reader, char c)
{
    return reader->p < reader->end && *reader->p == c;
}

static bool is_digit(const struct reader *reader, const char *p)
{
    return p < reader->end && *p >= '0' && *p <= '9';
}

static bool take_word(struct reader *reader, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(reader->end - reader->p) < size || memcmp(reader->p, word, size))
        return false;
    reader->p += size;
    return true;
}

static json_t *number_mark(const char *text, size_t length)
{
    char *marked = mem_array(NULL, char, length + 1);
    json_t *value;

    marked[0] = NUMBER_MARK;
    memcpy(marked + 1, text, length);
    value = json_stringn_nocheck(marked, length + 1);
    talloc_free(marked);
    return value;
}

static json_t *integer_from(struct reader *reader, const char *text, size_t length)
{
    size_t digits = length - (*text == '-');
    long long value;

    if (digits > DIGITS_MAX) {
        reader->fault = fault_text(reader->mem, Invalid,
                                   "Exceeds the limit (%d digits) for integer string conversion: value has %zu "
                                   "digits; use sys.set_int_max_str_digits() to increase the limit",
                                   DIGITS_MAX, digits);
        return NULL;
    }
    errno = 0;
    value = strtoll(text, NULL, 10);
    return errno == ERANGE ? number_mark(text, length) : json_integer(value);
}

static json_t *read_number(struct reader *reader)
{
    const char *start = reader->p, *p = start;
    bool real = false;
    char *copy;
    json_t *value;

    if (p < reader->end && *p == '-')
        p++;
    if (!is_digit(reader, p))
        return refuse(reader, start, "Expecting value");
    if (*p == '0')
        p++;
    else
        while (is_digit(reader, p))
            p++;
    if (p < reader->end && *p == '.' && is_digit(reader, p + 1)) {
        real = true;
        for (p++; is_digit(reader, p);)
            p++;
    }
    if (p < reader->end && (*p == 'e' || *p == 'E')) {
        const char *digits = p + 1;

        if (digits < reader->end && (*digits == '+' || *digits == '-'))
            digits++;
        if (is_digit(reader, digits)) {
            real = true;
            for (p = digits; is_digit(reader, p);)
                p++;
        }
    }
    reader->p = p;
    copy = mem_strndup(NULL, start, (size_t)(p - start));
    if (real) {
        double number = strtod(copy, NULL);

        if (isinf(number))
            value = number < 0 ? number_mark("-Infinity", 9) : number_mark("Infinity", 8);
        else
            value = json_real(number);
    } else {
        value = integer_from(reader, copy, (size_t)(p - start));
    }
    talloc_free(copy);
    return value;
}

/* The four digits of \uXXXX; -1 when they are not. */
static int read_hex(const char *p, const char *end)
{
    int value = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = p[i];

        value <<= 4;
        if (c >= '0' && c <= '9')
            value |= c - '0';
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value |= (c | 0x20) - 'a' + 10;
        else
            return -1;
    }
    return value;
}

/* After the backslash; false when it is no escape. */
static bool read_escape(struct reader *reader, const char *opening, struct strbuf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *known;
    int high, low;

    if (reader->p == reader->end) {
        refuse(reader, opening, "Unterminated string starting at");
        return false;
    }
    if (*reader->p != 'u') {
        known = *reader->p ? strchr(from, *reader->p) : NULL;
        if (!known) {
            refuse(reader, reader->p - 1, "Invalid \\escape");
            return false;
        }
        strbuf_putc(out, to[known - from]);
        reader->p++;
        return true;
    }
    high = read_hex(reader->p + 1, reader->end);
    if (high < 0) {
        refuse(reader, reader->p, "Invalid \\uXXXX escape");
        return false;
    }
    reader->p += 5;
    if (high >= 0xd800 && high <= 0xdbff && reader->end - reader->p >= 6 && reader->p[0] == '\\' &&
        reader->p[1] == 'u') {
        low = read_hex(reader->p + 2, reader->end);
        if (low >= 0xdc00 && low <= 0xdfff) {
            high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            reader->p += 6;
        }
    }
    text_put_utf8(out, high);
    return true;
}

/* After the opening quote; appends the text, escapes resolved. */
static bool read_text(struct reader *reader, struct strbuf *out)
{
    const char *opening = reader->p - 1;

    for (;;) {
        const char *plain = reader->p;

        while (reader->p < reader->end && *reader->p != '"' && *reader->p != '\\' && (unsigned char)*reader->p >= 0x20)
            reader->p++;
        strbuf_put(out, plain, (size_t)(reader->p - plain));
        if (reader->p == reader->end) {
            refuse(reader, opening, "Unterminated string starting at");
            return false;
        }
        if (*reader->p == '"') {
            reader->p++;
            return true;
        }
        if (*reader->p != '\\') {
            refuse(reader, reader->p, "Invalid control character at");
            return false;
        }
        reader->p++;
        if (!read_escape(reader, opening, out))
            return false;
    }
}

static json_t *read_string(struct reader *reader)
{
    struct strbuf text;
    json_t *value = NULL;

    reader->p++;
    strbuf_init(&text, NULL, 64);
    if (read_text(reader, &text))
        value = json_stringn_nocheck(text.data, text.length);
    talloc_free(text.data);
    return value;
}

static bool read_member(struct reader *reader, json_t *object)
{
    struct strbuf key;
    bool well = false;

    reader->p++;
    strbuf_init(&key, NULL, 64);
    if (read_text(reader, &key)) {
        skip_space(reader);
        if (next_is(reader, ':')) {
            json_t *value;

            reader->p++;
            skip_space(reader);
            value = read_value(reader);
            well = value && !json_object_setn_new_nocheck(object, key.data, key.length, value);
        } else {
            refuse(reader, reader->p, "Expecting ':' delimiter");
        }
    }
    talloc_free(key.data);
    return well;
}

static json_t *read_object(struct reader *reader)
{
    json_t *object = json_object();
    const char *name = "Expecting property name enclosed in double quotes";

    reader->p++;
    skip_space(reader);
    if (next_is(reader, '}')) {
        reader->p++;
        return object;
    }
    for (;;) {
        if (!next_is(reader, '"')) {
            refuse(reader, reader->p, name);
            break;
        }
        if (!read_member(reader, object))
            break;
        skip_space(reader);
        if (next_is(reader, '}')) {
            reader->p++;
            return object;
        }
        if (!next_is(reader, ',')) {
            refuse(reader, reader->p, "Expecting ',' delimiter");
            break;
        }
        reader->p++;
        skip_space(reader);
    }
    json_decref(object);
    return NULL;
}

static json_t *read_array(struct reader *reader)
{
    json_t *array = json_array();

    reader->p++;
    skip_space(reader);
    if (next_is(reader, ']')) {
        reader->p++;
        return array;
    }
    for (;;) {
        json_t *value = read_value(reader);

        if (!value || json_array_append_new(array, value))
            break;
        skip_space(reader);
        if (next_is(reader, ']')) {
            reader->p++;
            return array;
        }
        if (!next_is(reader, ',')) {
            refuse(reader, reader->p, "Expecting ',' delimiter");
            break;
        }
        reader->p++;
        skip_space(reader);
    }
    json_decref(array);
    return NULL;
}

static json_t *read_container(struct reader *reader)
{
    json_t *value;

    if (reader->depth == DEPTH_MAX)
        return refuse(reader, reader->p, "Too many levels");
    reader->depth++;
    value = *reader->p == '{' ? read_object(reader) : read_array(reader);
    reader->depth--;
    return value;
}

static json_t *read_value(struct reader *reader)
{
    if (reader->p == reader->end)
        return refuse(reader, reader->p, "Expecting value");
    switch (*reader->p) {
    case '"':
        return read_string(reader);
    case '{':
    case '[':
        return read_container(reader);
    default:
        break;
    }
    if (take_word(reader, "null"))
        return json_null();
    if (take_word(reader, "true"))
        return json_true();
    if (take_word(reader, "false"))
        return json_false();
    if (take_word(reader, "NaN"))
        return number_mark("NaN", 3);
    if (take_word(reader, "Infinity"))
        return number_mark("Infinity", 8);
    if (take_word(reader, "-Infinity"))
        return number_mark("-Infinity", 9);
    return read_number(reader);
}

struct fault *json_read(const void *mem, const char *text, size_t length, json_t **tree)
{
    struct reader reader = { .start = text, .p = text, .end = text + length, .mem = mem };
    const char *wrong;

    /* jansson takes a NUL byte for the end */
    *tree = length && !memchr(text, '\0', length) ? json_loadb(text, length, JSON_DECODE_ANY, NULL) : NULL;
    if (!*tree) {
        wrong = length ? find_not_utf8(text, length) : NULL;
        if (wrong)
            return fault_text(mem, Invalid, "'utf-8' codec can't decode byte 0x%02x in position %td",
                              (unsigned char)*wrong, wrong - text);
        if (length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
            refuse(&reader, text, "Unexpected UTF-8 BOM (decode using utf-8-sig)");
        skip_space(&reader);
        *tree = reader.fault ? NULL : read_value(&reader);
        if (*tree) {
            skip_space(&reader);
            if (reader.p < reader.end) {
                json_decref(*tree);
                *tree = refuse(&reader, reader.p, "Extra data");
            }
        }
    }
    if (*tree)
        mem_attach(mem, *tree, tree_release);
    return reader.fault;
}
