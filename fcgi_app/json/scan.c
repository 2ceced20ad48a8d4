/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pull scanner: JSON of database columns without a tree.  A list of
 * servers reads some kilobytes of it a row, so strings are crossed eight bytes
 * at a time and containers that nobody asked for are skipped by their
 * brackets alone.  The text need not end in a NUL byte and is never read past
 * its end.
 */
#include "config.h"

#include "fcgi_app/json/json.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/word.h"

#include <stdlib.h>

/* Containers inside each other that json_put_raw() follows. */
#define DEPTH_LIMIT 200

/* What a byte means between values. */
enum {
    PLAIN,
    SPACE, /* white space */
    QUOTE,
    OPEN,
    CLOSE,
    COMMA, /* , and : */
};
static const unsigned char classes[256] = {
    [' '] = SPACE, ['\t'] = SPACE, ['\n'] = SPACE, ['\r'] = SPACE, ['"'] = QUOTE, ['{'] = OPEN,
    ['['] = OPEN,  ['}'] = CLOSE,  [']'] = CLOSE,  [','] = COMMA,  [':'] = COMMA,
};

static void spoil(struct json_scan *scan)
{
    scan->bad = true;
    scan->p = scan->end;
}

/* Past white space; the byte that stands there, 0 at the end (and for a NUL byte, which nothing takes). */
static inline char next_byte(struct json_scan *scan)
{
    const char *p = scan->p;

    while (p < scan->end && classes[(unsigned char)*p] == SPACE)
        p++;
    scan->p = p;
    return p < scan->end ? *p : '\0';
}

/* From behind the opening quote to the closing one; NULL: there is none. */
static inline const char *string_end(const char *p, const char *end, bool *escaped)
{
    *escaped = false;
    for (;;) {
        p = word_find_quote(p, end);
        if (p == end)
            return NULL;
        if (*p == '"')
            return p;
        *escaped = true;
        if (end - p < 2)
            return NULL;
        p += 2;
    }
}

/* Takes a string whose quote stands at scan->p. */
static inline bool take_string(struct json_scan *scan, struct json_piece *piece)
{
    const char *text = scan->p + 1;
    bool escaped;
    const char *close = string_end(text, scan->end, &escaped);

    if (!close) {
        spoil(scan);
        return false;
    }
    *piece = (struct json_piece){ text, (size_t)(close - text), escaped };
    scan->p = close + 1;
    return true;
}

/*
 * Brackets outside strings from `p` to `stop` or a little further, byte by
 * byte; NULL when the depth came to nothing (scan->p is behind it) or the text
 * was bad.  `p` stands outside strings, and so does the result.
 */
static const char *count_brackets(struct json_scan *scan, const char *p, const char *stop, size_t *depth)
{
    bool escaped;

    for (; p < stop; p++) {
        switch (classes[(unsigned char)*p]) {
        case QUOTE:
            p = string_end(p + 1, scan->end, &escaped);
            if (!p) {
                spoil(scan);
                return NULL;
            }
            break;
        case OPEN:
            ++*depth;
            break;
        case CLOSE:
            if (--*depth == 0) {
                scan->p = p + 1;
                return NULL;
            }
            break;
        default:
            break;
        }
    }
    return p;
}

/* Takes a container whose bracket stands at scan->p, by counting brackets outside strings. */
static void take_container(struct json_scan *scan)
{
    const char *p = scan->p;
    size_t depth = 0;

#ifdef WORD_BLOCK
    uint64_t inside = 0; /* all ones when `p` stands inside a string */
    bool escaped;

    while (scan->end - p >= WORD_BLOCK || inside) {
        struct word_marks marks = scan->end - p >= WORD_BLOCK ? word_marks(p) : (struct word_marks){ .backslash = 1 };
        if (marks.backslash && inside) {
            p = string_end(p, scan->end, &escaped);
            if (!p) {
                spoil(scan);
                return;
            }
            p++;
            inside = 0;
        } else if (marks.backslash) {
            p = count_brackets(scan, p, p + WORD_BLOCK, &depth);
            if (!p)
                return;
        } else {
            uint64_t between = word_between(marks.quote) ^ inside;
            uint64_t opens = marks.open & ~between;
            for (uint64_t brackets = opens | (marks.close & ~between); brackets; brackets &= brackets - 1) {
                if (opens & brackets & -brackets) {
                    depth++;
                } else if (--depth == 0) {
                    scan->p = p + __builtin_ctzll(brackets) + 1;
                    return;
                }
            }
            inside = between >> 63 ? UINT64_MAX : 0;
            p += WORD_BLOCK;
        }
    }
#endif
    p = count_brackets(scan, p, scan->end, &depth);
    if (p)
        spoil(scan);
}

/* Takes a number or a word: the bytes up to a separator. */
static struct json_piece take_word(struct json_scan *scan)
{
    const char *start = scan->p;
    const char *p = start;

    while (p < scan->end && classes[(unsigned char)*p] == PLAIN)
        p++;
    if (p == start)
        spoil(scan);
    else
        scan->p = p;
    return (struct json_piece){ start, (size_t)(p - start), false };
}

enum json_kind json_scan_peek(struct json_scan *scan)
{
    char c = next_byte(scan);

    switch (c) {
    case '"':
        return JSON_KIND_STRING;
    case '{':
        return JSON_KIND_OBJECT;
    case '[':
        return JSON_KIND_ARRAY;
    case 't':
    case 'f':
        return JSON_KIND_BOOL;
    case 'n':
        return JSON_KIND_NULL;
    default:
        return c == '-' || c == 'N' || c == 'I' || (c >= '0' && c <= '9') ? JSON_KIND_NUMBER : JSON_KIND_NONE;
    }
}

static bool enter(struct json_scan *scan, char bracket)
{
    if (next_byte(scan) != bracket) {
        json_scan_skip(scan);
        return false;
    }
    scan->p++;
    scan->first = true;
    return true;
}

bool json_scan_object(struct json_scan *scan)
{
    return enter(scan, '{');
}

bool json_scan_array(struct json_scan *scan)
{
    return enter(scan, '[');
}

/* Past the comma before the next member, or past the closing bracket: false. */
static inline bool next_member(struct json_scan *scan, char close)
{
    char c = next_byte(scan);

    if (c == close) {
        scan->p++;
        scan->first = false;
        return false;
    }
    if (!scan->first) {
        if (c != ',') {
            spoil(scan);
            return false;
        }
        scan->p++;
    }
    scan->first = false;
    return !scan->bad;
}

bool json_scan_key(struct json_scan *scan, struct json_piece *key)
{
    const char *p = scan->p;

    /* Python's own layout needs no looking around: , "key": value */
    if (!scan->first && scan->end - p > 3 && p[0] == ',' && p[1] == ' ' && p[2] == '"') {
        scan->p = p + 2;
    } else {
        if (!next_member(scan, '}'))
            return false;
        if (next_byte(scan) != '"') {
            spoil(scan);
            return false;
        }
    }
    if (!take_string(scan, key))
        return false;
    if (next_byte(scan) != ':') {
        spoil(scan);
        return false;
    }
    scan->p++;
    return true;
}

bool json_scan_element(struct json_scan *scan)
{
    return next_member(scan, ']');
}

bool json_scan_string(struct json_scan *scan, struct json_piece *piece)
{
    if (next_byte(scan) != '"') {
        json_scan_skip(scan);
        return false;
    }
    return take_string(scan, piece);
}

bool json_scan_int(struct json_scan *scan, int64_t *value)
{
    struct json_piece word;
    size_t i = 0;
    int64_t number = 0;

    if (json_scan_peek(scan) != JSON_KIND_NUMBER) {
        json_scan_skip(scan);
        return false;
    }
    word = take_word(scan);
    if (word.text[0] == '-')
        i = 1;
    if (i == word.length)
        return false;
    for (; i < word.length; i++) {
        char c = word.text[i];
        if (c < '0' || c > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, c - '0', &number))
            return false;
    }
    if (word.text[0] != '-' && __builtin_sub_overflow(0, number, &number))
        return false;
    *value = number;
    return true;
}

bool json_scan_bool(struct json_scan *scan, bool *value)
{
    struct json_piece word;

    if (json_scan_peek(scan) != JSON_KIND_BOOL) {
        json_scan_skip(scan);
        return false;
    }
    word = take_word(scan);
    *value = json_key_is(word, "true");
    return *value || json_key_is(word, "false");
}

void json_scan_skip(struct json_scan *scan)
{
    struct json_piece ignored;

    json_scan_raw(scan, &ignored);
}

void json_scan_raw(struct json_scan *scan, struct json_piece *raw)
{
    char c = next_byte(scan);
    const char *start = scan->p;

    if (c == '"')
        take_string(scan, raw);
    else if (c == '{' || c == '[')
        take_container(scan);
    else
        take_word(scan);
    *raw = (struct json_piece){ start, scan->bad ? 0 : (size_t)(scan->p - start), false };
    scan->first = false;
}

bool json_scan_find(struct json_scan *scan, const char *key)
{
    size_t length = strlen(key);
    struct json_piece piece;

    if (!json_scan_object(scan))
        return false;
    while (json_scan_key(scan, &piece)) {
        if (json_piece_is(piece, key, length))
            return true;
        json_scan_skip(scan);
    }
    return false;
}

/* ---- pieces ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The code unit of an escape whose backslash stands at `p`, and its size; -1 where it is none. */
static int unescape(const char *p, size_t length, size_t *size)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int unit = 0;

    *size = length < 2 ? length : 2;
    if (length < 2)
        return -1;
    if (p[1] != 'u') {
        const char *at = p[1] ? strchr(from, p[1]) : NULL;
        return at ? to[at - from] : -1;
    }
    if (length < 6)
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_value(p[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    *size = 6;
    return unit;
}

char *json_piece_text(const void *mem, struct json_piece piece)
{
    struct strbuf out;
    const char *p = piece.text, *end = piece.text + piece.length;

    if (!piece.escaped)
        return mem_strndup(mem, piece.text, piece.length);
    strbuf_init(&out, mem, piece.length + 1);
    while (p < end) {
        const char *stop = memchr(p, '\\', (size_t)(end - p));
        size_t size, more;
        int unit, low;
        if (!stop)
            stop = end;
        strbuf_put(&out, p, (size_t)(stop - p));
        p = stop;
        if (p == end)
            break;
        unit = unescape(p, (size_t)(end - p), &size);
        p += size;
        if (unit >= 0xd800 && unit < 0xdc00 && p < end && *p == '\\') {
            low = unescape(p, (size_t)(end - p), &more);
            if (low >= 0xdc00 && low < 0xe000) {
                unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                p += more;
            }
        }
        text_put_utf8(&out, unit < 0 ? 0xfffd : unit);
    }
    return out.data;
}

void json_put_piece(struct strbuf *out, struct json_piece piece)
{
    const char *p = piece.text, *end = piece.text + piece.length;

    if (!piece.escaped) {
        json_put_string_length(out, piece.text, piece.length);
        return;
    }
    strbuf_putc(out, '"');
    while (p < end) {
        const char *stop = memchr(p, '\\', (size_t)(end - p));
        size_t size;
        int unit;
        if (!stop)
            stop = end;
        json_put_body(out, p, (size_t)(stop - p));
        p = stop;
        if (p == end)
            break;
        unit = unescape(p, (size_t)(end - p), &size);
        p += size;
        if (unit >= 0 && unit < 0x80) {
            char c = (char)unit;
            json_put_body(out, &c, 1);
        } else {
            strbuf_printf(out, "\\u%04x", unit < 0 ? 0xfffdU : (unsigned)unit);
        }
    }
    strbuf_putc(out, '"');
}

/* ---- rewriting ---- */

/* Is it what json.loads() takes for a string: no control characters, escapes that exist? */
static bool is_string(struct json_piece piece)
{
    const char *end = piece.text + piece.length;
    size_t size;

    for (const char *p = word_find_special(piece.text, end); p < end; p = word_find_special(p + size, end)) {
        size = 1;
        if ((unsigned char)*p < ' ' || (*p == '\\' && unescape(p, (size_t)(end - p), &size) < 0))
            return false;
    }
    return true;
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

/* Does JSON's grammar take the word for a number?  `integer`: without point and exponent. */
static bool is_number(struct json_piece word, bool *integer)
{
    const char *p = word.text, *end = p + word.length, *digits;

    if (p < end && *p == '-')
        p++;
    digits = p;
    p = skip_digits(p, end);
    if (p == digits || (*digits == '0' && p > digits + 1))
        return false;
    *integer = p == end;
    if (p < end && *p == '.') {
        digits = ++p;
        p = skip_digits(p, end);
        if (p == digits)
            return false;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        digits = p;
        p = skip_digits(p, end);
        if (p == digits)
            return false;
    }
    return p == end;
}

/* Words and integers go out as they are, a number with point or exponent as repr(float). */
static void put_word(struct strbuf *out, struct json_scan *scan, struct json_piece word)
{
    static const char *const words[] = { "true", "false", "null", "NaN", "Infinity", "-Infinity" };
    char number[512];
    bool integer;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (json_piece_is(word, words[i], strlen(words[i]))) {
            strbuf_put(out, word.text, word.length);
            return;
        }
    if (!is_number(word, &integer) || (!integer && word.length >= sizeof(number))) {
        spoil(scan);
    } else if (!integer) {
        memcpy(number, word.text, word.length);
        number[word.length] = '\0';
        json_put_double(out, strtod(number, NULL));
    } else if (json_key_is(word, "-0")) {
        strbuf_putc(out, '0');
    } else {
        strbuf_put(out, word.text, word.length);
    }
}

static void put_checked(struct strbuf *out, struct json_scan *scan, struct json_piece piece)
{
    if (is_string(piece))
        json_put_piece(out, piece);
    else
        spoil(scan);
}

static void put_value(struct strbuf *out, struct json_scan *scan, int depth)
{
    const char *separator = "";
    struct json_piece piece;

    switch (depth > DEPTH_LIMIT ? JSON_KIND_NONE : json_scan_peek(scan)) {
    case JSON_KIND_OBJECT:
        strbuf_putc(out, '{');
        for (json_scan_object(scan); json_scan_key(scan, &piece);) {
            strbuf_puts(out, separator);
            separator = ", ";
            put_checked(out, scan, piece);
            strbuf_put(out, ": ", 2);
            put_value(out, scan, depth + 1);
        }
        strbuf_putc(out, '}');
        break;
    case JSON_KIND_ARRAY:
        strbuf_putc(out, '[');
        for (json_scan_array(scan); json_scan_element(scan);) {
            strbuf_puts(out, separator);
            separator = ", ";
            put_value(out, scan, depth + 1);
        }
        strbuf_putc(out, ']');
        break;
    case JSON_KIND_STRING:
        if (json_scan_string(scan, &piece))
            put_checked(out, scan, piece);
        break;
    case JSON_KIND_NULL:
    case JSON_KIND_BOOL:
    case JSON_KIND_NUMBER:
        put_word(out, scan, take_word(scan));
        break;
    case JSON_KIND_NONE:
        spoil(scan);
        break;
    }
}

void json_put_raw(struct strbuf *out, const char *text, size_t length)
{
    struct json_scan scan = json_scan_text(text, length);
    size_t start = out->length;

    put_value(out, &scan, 0);
    if (scan.bad || next_byte(&scan) || scan.p < scan.end) {
        strbuf_cut(out, start);
        json_put_null(out);
    }
}
