/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings in and out: WebOb's compat.parse_qsl_text, and urlencode of its pairs. */
#include "config.h"

#include "fcgi_app/http/query.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * int(text[:2], 16) of Python, for 0..255: two digits, or one with white space or a sign beside it, or one alone.
 * -1: it would have raised.  `text` holds at most `length` bytes up to the next %.
 */
static int hex_byte(const char *text, size_t length)
{
    if (length == 0)
        return -1;
    int first = text_hex_digit(text[0]);
    if (length == 1)
        return first;
    int second = text_hex_digit(text[1]);
    if (first >= 0)
        return second >= 0 ? first << 4 | second : is_space(text[1]) ? first : -1;
    if (is_space(text[0]) || (text[0] == '-' && second == 0))
        return second;
    return -1;
}

/* Decodes text[0..length) of a pair (a + there is a space) into `out`; returns the bytes written, never more than read.
 */
static size_t decode(const char *text, size_t length, char *out)
{
    char *to = out;

    for (size_t i = 0; i < length;) {
        if (text[i] != '%') {
            *to++ = text[i] == '+' ? ' ' : text[i];
            i++;
            continue;
        }
        char pair[2] = { 0, 0 };
        size_t have = 0;
        for (; have < 2 && i + 1 + have < length && text[i + 1 + have] != '%'; have++)
            pair[have] = text[i + 1 + have] == '+' ? ' ' : text[i + 1 + have];
        int byte = hex_byte(pair, have);
        if (byte < 0) {
            *to++ = '%';
            i++;
        } else {
            *to++ = (char)byte;
            i += 1 + have;
        }
    }
    return (size_t)(to - out);
}

/* NUL bytes become TEXT_NUL, in place: each was two bytes of the query or more. Returns the new length. */
static size_t spell_nuls(char *text, size_t length)
{
    size_t to = length, from = length;

    for (size_t i = 0; i < length; i++)
        to += !text[i];
    length = to;
    while (from < to)
        if (text[--from]) {
            text[--to] = text[from];
        } else {
            to -= 2;
            memcpy(text + to, TEXT_NUL, 2);
        }
    return length;
}

/* A key or a value into the room, which moves on behind it and its NUL. False: it is not UTF-8. */
static bool take(char **room, const char *text, size_t length, size_t *taken)
{
    size_t decoded = decode(text, length, *room);
    bool well = text_utf8_valid(*room, decoded);

    *taken = spell_nuls(*room, decoded);
    *room += *taken;
    *(*room)++ = '\0';
    return well;
}

static size_t count_pairs(const char *text)
{
    size_t count = 1;

    for (; *text; text++)
        count += *text == '&' || *text == ';';
    return count;
}

struct fault *query_parse(const void *mem, const char *text, struct query *query)
{
    char *room;

    *query = (struct query){ NULL, 0 };
    if (!text || !*text)
        return NULL;
    query->pairs = mem_array(mem, struct query_pair, count_pairs(text));
    /* A pair's key and value take at most its own bytes and two NULs; its separator pays for one. */
    room = mem_grow(mem, NULL, char, 2 * strlen(text) + 2);
    while (*text) {
        size_t length = strcspn(text, "&;");
        if (length) {
            struct query_pair *pair = &query->pairs[query->count++];
            const char *equals = memchr(text, '=', length);
            size_t key_length = equals ? (size_t)(equals - text) : length;
            bool well;

            pair->key = room;
            well = take(&room, text, key_length, &pair->key_length);
            pair->value = room;
            well &= take(&room, equals ? equals + 1 : "", equals ? length - key_length - 1 : 0, &pair->value_length);
            if (!well)
                return fault_http(mem, 400, "Query string is not UTF-8 encoded");
        }
        text += length;
        if (*text)
            text++;
    }
    return NULL;
}

const struct query_pair *query_find(const struct query *query, const char *key)
{
    size_t length = strlen(key);

    for (size_t i = query->count; i > 0; i--)
        if (query->pairs[i - 1].key_length == length && memcmp(query->pairs[i - 1].key, key, length) == 0)
            return &query->pairs[i - 1];
    return NULL;
}

const char *query_get(const struct query *query, const char *key)
{
    const struct query_pair *pair = query_find(query, key);

    return pair ? pair->value : NULL;
}

static void put_quoted(struct strbuf *out, const char *text, size_t length)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
            c == '-' || c == '~') {
            strbuf_putc(out, (char)c);
        } else if (c == ' ') {
            strbuf_putc(out, '+');
        } else if (text_begins_nul(text + i)) {
            strbuf_puts(out, "%00");
            i++;
        } else {
            const char quoted[3] = { '%', hex[c >> 4], hex[c & 15] };
            strbuf_put(out, quoted, sizeof(quoted));
        }
    }
}

char *query_encode(const void *mem, const struct query *query)
{
    struct strbuf out;

    strbuf_init(&out, mem, 256);
    for (size_t i = 0; i < query->count; i++) {
        if (i)
            strbuf_putc(&out, '&');
        put_quoted(&out, query->pairs[i].key, query->pairs[i].key_length);
        strbuf_putc(&out, '=');
        put_quoted(&out, query->pairs[i].value, query->pairs[i].value_length);
    }
    return out.data;
}
