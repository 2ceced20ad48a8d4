/* SPDX-License-Identifier: Apache-2.0 */
/* Small questions about text that several floors ask in the same words as Python's libraries. */
#ifndef NOVA_BASE_TEXT_H
#define NOVA_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

/* Is it a UUID as oslo.utils' is_uuid_like sees it: 32 hex digits after dropping urn:, uuid:, braces and dashes? */
bool text_is_uuid_like(const char *text);

/* A fresh random UUID (version 4), 36 characters and NUL. */
void text_uuid4(char out[37]);

/* oslo.utils' strutils.bool_from_string: true, false, or -1 when it is neither. */
int text_bool(const char *text);

/*
 * A NUL character inside a text.  A client may write one (\u0000 in JSON, %00
 * in a URL), and a C string would end there; so it stands in our texts as
 * these two bytes, which no valid UTF-8 has, and goes out as what it was.  A
 * database takes neither.
 */
#define TEXT_NUL "\xc0\x80"
static inline bool text_begins_nul(const char *text)
{
    return text[0] == TEXT_NUL[0] && text[1] == TEXT_NUL[1];
}

/*
 * A path's bytes may be any, so there a byte 0xc0 that a client wrote stands as TEXT_C0, to be told from TEXT_NUL.
 * text_path_byte() takes the next byte as it was sent and moves on behind it.
 */
#define TEXT_C0 "\xc0\x81"
static inline unsigned char text_path_byte(const char **path)
{
    unsigned char byte = (unsigned char)*(*path)++;

    if (byte != 0xc0 || (**path != TEXT_NUL[1] && **path != TEXT_C0[1]))
        return byte;
    return *(*path)++ == TEXT_NUL[1] ? 0 : byte;
}

/* The next code point of valid UTF-8 and its size in bytes; -1 and size 1 where it is not valid. */
int text_utf8_next(const char *text, size_t length, size_t *size);
bool text_utf8_valid(const char *text, size_t length);

/* Appends the code point as UTF-8 (surrogates too, as three bytes; NUL as TEXT_NUL). */
void text_put_utf8(struct strbuf *out, int code_point);

/* Bytes of a header, which the reference reads as Latin-1, as UTF-8 on mem. */
char *text_from_latin1(const void *mem, const char *text, size_t length);

/* Python's str.strip(): a copy of the part between ASCII white space, on mem. */
char *text_strip(const void *mem, const char *text);

/* Bytes as UTF-8 on mem, U+FFFD for each piece that is none: Python's bytes.decode('utf-8', 'replace'). */
char *text_from_utf8(const void *mem, const char *text, size_t length);

/* Percent-decoding, on mem: urllib.parse.unquote of a part of a URL; with `plus`, '+' is a space, as in a query. */
char *text_percent_decoded(const void *mem, const char *text, bool plus);

/* Pieces of `text` cut at `separator`, NULL-terminated, on mem; "" gives one empty piece, as Python's split does. */
char **text_split(const void *mem, const char *text, char separator);

/* Appends text as HTML shows it: & < > and both quotes as references, spelt as markupsafe does. */
void text_put_html(struct strbuf *out, const char *text);

/* `size` bytes as twice as many small hexadecimal digits, and a NUL, at `out`. */
void text_to_hex(char *out, const unsigned char *bytes, size_t size);

/* The value of a hexadecimal digit; -1: it is none. */
static inline int text_hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
        return (c | 0x20) - 'a' + 10;
    return -1;
}

static inline bool text_is_empty(const char *text)
{
    return !text || !*text;
}

#endif
