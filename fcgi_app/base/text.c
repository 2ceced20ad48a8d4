/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "fcgi_app/base/text.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/process.h"
#include "fcgi_app/base/strbuf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

bool text_is_uuid_like(const char *text)
{
    static const char *const dropped[] = { "urn:", "uuid:" };
    size_t digits = 0;

    for (const char *p = text; *p;) {
        bool skipped = false;
        for (size_t i = 0; (*p == 'u' || *p == 'U') && i < sizeof(dropped) / sizeof(dropped[0]); i++)
            if (strncasecmp(p, dropped[i], strlen(dropped[i])) == 0) {
                p += strlen(dropped[i]);
                skipped = true;
                break;
            }
        if (skipped)
            continue;
        if (isxdigit((unsigned char)*p))
            digits++;
        else if (*p != '-' && *p != '{' && *p != '}')
            return false;
        p++;
    }
    return digits == 32;
}

static const char hex[] = "0123456789abcdef";

void text_to_hex(char *out, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        *out++ = hex[bytes[i] >> 4];
        *out++ = hex[bytes[i] & 15];
    }
    *out = '\0';
}

void text_uuid4(char out[37])
{
    static unsigned char pool[512];
    static size_t left;
    static pid_t owner; /* a child that went on with the bytes it inherited would repeat its parent's and siblings' */
    unsigned char *bytes;
    char *p = out;

    if (left < 16 || owner != process_id()) {
        owner = process_id();
        if (getrandom(pool, sizeof(pool), 0) != (ssize_t)sizeof(pool))
            abort();
        left = sizeof(pool);
    }
    left -= 16;
    bytes = pool + left;
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = hex[bytes[i] >> 4];
        *p++ = hex[bytes[i] & 15];
    }
    *p = '\0';
}

int text_bool(const char *text)
{
    static const char *const words[2][6] = {
        { "0", "f", "false", "off", "n", "no" },
        { "1", "t", "true", "on", "y", "yes" },
    };
    size_t length;

    while (isspace((unsigned char)*text))
        text++;
    length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    for (int truth = 0; truth < 2; truth++)
        for (size_t i = 0; i < 6; i++)
            if (strlen(words[truth][i]) == length && strncasecmp(text, words[truth][i], length) == 0)
                return truth;
    return -1;
}

int text_utf8_next(const char *text, size_t length, size_t *size)
{
    const unsigned char *p = (const unsigned char *)text;
    int code_point;
    size_t wanted;

    *size = 1;
    if (!length)
        return -1;
    if (p[0] < 0x80)
        return p[0];
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        wanted = 2;
        code_point = p[0] & 0x1f;
    } else if ((p[0] & 0xf0) == 0xe0) {
        wanted = 3;
        code_point = p[0] & 0x0f;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        wanted = 4;
        code_point = p[0] & 0x07;
    } else {
        return -1;
    }
    if (length < wanted)
        return -1;
    for (size_t i = 1; i < wanted; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return -1;
        code_point = code_point << 6 | (p[i] & 0x3f);
    }
    if ((wanted == 3 && (code_point < 0x800 || (code_point >= 0xd800 && code_point <= 0xdfff))) ||
        (wanted == 4 && (code_point < 0x10000 || code_point > 0x10ffff)))
        return -1;
    *size = wanted;
    return code_point;
}

bool text_utf8_valid(const char *text, size_t length)
{
    size_t size;

    for (; length; text += size, length -= size) {
        size = 1;
        if ((unsigned char)*text >= 0x80 && text_utf8_next(text, length, &size) < 0)
            return false;
    }
    return true;
}

void text_put_utf8(struct strbuf *out, int code_point)
{
    if (!code_point) {
        strbuf_puts(out, TEXT_NUL);
        return;
    }
    if (code_point < 0x80) {
        strbuf_putc(out, (char)code_point);
        return;
    }
    if (code_point < 0x800) {
        strbuf_putc(out, (char)(0xc0 | code_point >> 6));
    } else {
        if (code_point < 0x10000) {
            strbuf_putc(out, (char)(0xe0 | code_point >> 12));
        } else {
            strbuf_putc(out, (char)(0xf0 | code_point >> 18));
            strbuf_putc(out, (char)(0x80 | (code_point >> 12 & 0x3f)));
        }
        strbuf_putc(out, (char)(0x80 | (code_point >> 6 & 0x3f)));
    }
    strbuf_putc(out, (char)(0x80 | (code_point & 0x3f)));
}

char *text_from_latin1(const void *mem, const char *text, size_t length)
{
    struct strbuf out;

    strbuf_init(&out, mem, length * 2 + 1);
    for (size_t i = 0; i < length; i++)
        text_put_utf8(&out, (unsigned char)text[i]);
    return out.data;
}

/* Bytes at the start of what is no UTF-8 that Python takes together: the start of a sequence that breaks off. */
static size_t broken_piece(const unsigned char *text, size_t length)
{
    size_t wanted = *text >= 0xf0 && *text <= 0xf4 ? 4 : *text >= 0xe0 && *text < 0xf0 ? 3 : 1, size = 1;
    unsigned char low = *text == 0xe0 ? 0xa0 : *text == 0xf0 ? 0x90 : 0x80;
    unsigned char high = *text == 0xed ? 0x9f : *text == 0xf4 ? 0x8f : 0xbf;

    for (; size < wanted && size < length && text[size] >= low && text[size] <= high; size++) {
        low = 0x80;
        high = 0xbf;
    }
    return size;
}

char *text_from_utf8(const void *mem, const char *text, size_t length)
{
    struct strbuf out;
    size_t size;

    strbuf_init(&out, mem, length + 16);
    for (size_t i = 0; i < length; i += size) {
        if (text_utf8_next(text + i, length - i, &size) >= 0) {
            strbuf_put(&out, text + i, size);
            continue;
        }
        text_put_utf8(&out, 0xfffd);
        size = broken_piece((const unsigned char *)text + i, length - i);
    }
    return out.data;
}

char *text_strip(const void *mem, const char *text)
{
    size_t length;

    while (isspace((unsigned char)*text))
        text++;
    length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    return mem_strndup(mem, text, length);
}

char **text_split(const void *mem, const char *text, char separator)
{
    size_t count = 1;
    char **pieces;

    for (const char *p = text; *p; p++)
        count += *p == separator;
    pieces = mem_array(mem, char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *end = strchrnul(text, separator);
        pieces[i] = mem_strndup(pieces, text, (size_t)(end - text));
        text = end + 1;
    }
    return pieces;
}

void text_put_html(struct strbuf *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            strbuf_puts(out, "&amp;");
            break;
        case '<':
            strbuf_puts(out, "&lt;");
            break;
        case '>':
            strbuf_puts(out, "&gt;");
            break;
        case '"':
            strbuf_puts(out, "&#34;");
            break;
        case '\'':
            strbuf_puts(out, "&#39;");
            break;
        default:
            strbuf_putc(out, *text);
        }
}

char *text_percent_decoded(const void *mem, const char *text, bool plus)
{
    char *out = mem_strdup(mem, text), *to = out;

    for (const char *at = text; *at; at++) {
        int high, low;

        if (*at == '%' && (high = text_hex_digit(at[1])) >= 0 && (low = text_hex_digit(at[2])) >= 0) {
            *to++ = (char)(high * 16 + low);
            at += 2;
        } else {
            *to++ = plus && *at == '+' ? ' ' : *at;
        }
    }
    *to = '\0';
    return out;
}
