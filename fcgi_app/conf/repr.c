/* SPDX-License-Identifier: Apache-2.0 */
/* Python's view of text: which characters are space, and how a string is shown in a message. */
#include "config.h"

#include "fcgi_app/conf/repr.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"

#include <string.h>

bool repr_is_space(int c)
{
    return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

void repr_strip_left(const char **text, size_t *size)
{
    while (*size > 0) {
        size_t width;
        int c = text_utf8_next(*text, *size, &width);
        if (!repr_is_space(c))
            return;
        *text += width;
        *size -= width;
    }
}

void repr_strip_right(const char *text, size_t *size)
{
    while (*size > 0) {
        size_t start = *size - 1;
        size_t width;
        while (start > 0 && *size - start < 4 && ((unsigned char)text[start] & 0xc0) == 0x80)
            start--;
        int c = text_utf8_next(text + start, *size - start, &width);
        if (width != *size - start || !repr_is_space(c))
            return;
        *size = start;
    }
}

void repr_strip(const char **text, size_t *size)
{
    repr_strip_right(*text, size);
    repr_strip_left(text, size);
}

static bool is_printable(int c)
{
    return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c <= 0xa0) && c != 0xad && !(c > 0x20 && repr_is_space(c)) &&
           !(c >= 0xd800 && c <= 0xf8ff) && c != 0xfeff && !(c >= 0x200b && c <= 0x200f);
}

const char *repr_text(const void *mem, const char *text)
{
    char quote = strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';
    size_t size = strlen(text);
    struct strbuf out;

    strbuf_init(&out, mem, size + 3);
    strbuf_putc(&out, quote);
    for (size_t i = 0; i < size;) {
        size_t width;
        int c = text_utf8_next(text + i, size - i, &width);
        if (c == quote || c == '\\')
            strbuf_printf(&out, "\\%c", c);
        else if (c == '\n')
            strbuf_puts(&out, "\\n");
        else if (c == '\r')
            strbuf_puts(&out, "\\r");
        else if (c == '\t')
            strbuf_puts(&out, "\\t");
        else if (c < 0)
            strbuf_printf(&out, "\\x%02x", (unsigned char)text[i]);
        else if (is_printable(c))
            strbuf_put(&out, text + i, width);
        else if (c < 0x100)
            strbuf_printf(&out, "\\x%02x", (unsigned)c);
        else if (c < 0x10000)
            strbuf_printf(&out, "\\u%04x", (unsigned)c);
        else
            strbuf_printf(&out, "\\U%08x", (unsigned)c);
        i += width;
    }
    strbuf_putc(&out, quote);
    return out.data;
}
