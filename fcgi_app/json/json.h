/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON as Python's json module reads and writes it.
 *
 * Out: json_put_* append to a strbuf with Python's default separators
 * (", " and ": "), non-ASCII escaped, numbers in Python's forms.
 * In: jansson, with the flags that bring it to Python's reading.
 * Columns: a pull scanner over JSON text that builds no tree.
 */
#ifndef NOVA_JSON_JSON_H
#define NOVA_JSON_JSON_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/strbuf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- out ---- */

/*
 * A string with quotes; ensure_ascii escapes, surrogate pairs beyond the BMP.
 * NULL writes null.  A lone surrogate in three bytes goes out as its escape, a
 * byte that is no UTF-8 as \ufffd.
 */
void json_put_string(struct strbuf *out, const char *text);
void json_put_string_length(struct strbuf *out, const char *text, size_t length);
/* The same without the quotes, for a string made of several texts. */
void json_put_body(struct strbuf *out, const char *text, size_t length);
/* repr(float) of Python; NaN, Infinity, -Infinity as Python writes them. */
void json_put_double(struct strbuf *out, double value);
static inline void json_put_null(struct strbuf *out)
{
    strbuf_put(out, "null", 4);
}
static inline void json_put_bool(struct strbuf *out, bool value)
{
    if (value)
        strbuf_put(out, "true", 4);
    else
        strbuf_put(out, "false", 5);
}
/* A jansson tree, as json.dumps() would write it; null for NULL, what is not there. */
void json_put_tree(struct strbuf *out, const json_t *tree);
/* One of an object's values likewise; null for a key, or an object, that is not there. */
static inline void json_put_member(struct strbuf *out, const json_t *object, const char *key)
{
    json_put_tree(out, json_object_get(object, key));
}

/* Text of a key that is a literal: JSON_PUT_KEY(out, "id") writes "id":  and the space. */
#define JSON_PUT_KEY(out, literal) strbuf_put((out), "\"" literal "\": ", sizeof("\"" literal "\": ") - 1)
#define JSON_PUT_LITERAL(out, literal) strbuf_put((out), (literal), sizeof(literal) - 1)

/* ---- in ---- */

/*
 * Reads a whole text as json.loads() does: any value at the top, duplicate
 * keys (last wins, first place), big integers, NaN.  The tree hangs on `mem`.
 * Fault: Invalid with Python's message; callers mostly answer their own words.
 */
struct fault *json_read(const void *mem, const char *text, size_t length, json_t **tree) FAULT_CHECK;

/*
 * Numbers that jansson has no value for (integers beyond 64 bits, NaN,
 * Infinity) are read as strings that begin with a byte which no UTF-8 text
 * begins with.  json_number_text() answers the number as json.dumps() writes
 * it ("18446744073709551616", "NaN", "-Infinity"), NULL for any other value.
 * Lone surrogates are kept in strings and keys, three bytes each.
 */
const char *json_number_text(const json_t *value);
/* Is it one of those, and an integer? */
bool json_number_is_integer(const json_t *value);

/* Python's str() and repr() of a JSON value: True, None, 'text', {'a': 1}. */
void json_put_python_str(struct strbuf *out, const json_t *value);
void json_put_python_repr(struct strbuf *out, const json_t *value);
/* repr() of a str. */
void json_put_python_quoted(struct strbuf *out, const char *text, size_t length);

/* ---- columns ---- */

/*
 * A cursor over JSON text from a database column.  No memory is taken; a
 * malformed text makes every later call answer "nothing" and sets `bad`.
 *
 *     struct json_scan scan = json_scan_text(text, length);
 *     for (json_scan_object(&scan); json_scan_key(&scan, &key);)
 *         if (json_key_is(key, "name")) ...json_scan_string(&scan, &piece)
 *         else json_scan_skip(&scan);
 */
struct json_scan {
    const char *p, *end;
    bool bad;
    bool first; /* no element of the current container was taken yet */
};

/* Raw text between the quotes, escapes left in, or the text of a number. */
struct json_piece {
    const char *text;
    size_t length;
    bool escaped; /* holds backslashes */
};

enum json_kind {
    JSON_KIND_NONE,
    JSON_KIND_NULL,
    JSON_KIND_BOOL,
    JSON_KIND_NUMBER,
    JSON_KIND_STRING,
    JSON_KIND_ARRAY,
    JSON_KIND_OBJECT
};

static inline struct json_scan json_scan_text(const char *text, size_t length)
{
    return (struct json_scan){ text, text ? text + length : text, text == NULL, false };
}
/* What stands next; takes nothing. */
enum json_kind json_scan_peek(struct json_scan *scan);
/* Enters an object or array; false (and nothing taken but the value) when something else stands there. */
bool json_scan_object(struct json_scan *scan);
bool json_scan_array(struct json_scan *scan);
/* The next key; false at the object's end, which is then left behind. */
bool json_scan_key(struct json_scan *scan, struct json_piece *key);
/* Is there a further element?  false at the array's end, which is then left behind. */
bool json_scan_element(struct json_scan *scan);
/* Takes a value of that type; false when it is another one (then it is skipped). */
bool json_scan_string(struct json_scan *scan, struct json_piece *piece);
bool json_scan_int(struct json_scan *scan, int64_t *value);
bool json_scan_bool(struct json_scan *scan, bool *value);
/* Takes any value; `raw`, when given, gets its text. */
void json_scan_skip(struct json_scan *scan);
void json_scan_raw(struct json_scan *scan, struct json_piece *raw);
/* Moves to the value of `key` in the object that stands next; false: no such key, object left behind. */
bool json_scan_find(struct json_scan *scan, const char *key);

static inline bool json_piece_is(struct json_piece piece, const char *text, size_t length)
{
    return piece.length == length && !memcmp(piece.text, text, length);
}
#define json_key_is(piece, literal) json_piece_is((piece), (literal), sizeof(literal) - 1)
/* The piece with its escapes resolved, NUL-terminated, on mem. */
char *json_piece_text(const void *mem, struct json_piece piece);
/* The piece as a JSON string of Python's writing: re-escaped to ASCII where needed. */
void json_put_piece(struct strbuf *out, struct json_piece piece);
/* Raw JSON text written again with Python's separators, escapes and number forms; null when it is malformed. */
void json_put_raw(struct strbuf *out, const char *text, size_t length);

#endif
