/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "fcgi_app/base/strbuf.h"

#include "fcgi_app/base/mem.h"

#include <stdint.h>
#include <stdio.h>

void strbuf_init(struct strbuf *buffer, const void *mem, size_t size)
{
    buffer->mem = mem;
    buffer->length = 0;
    buffer->size = size < 32 ? 32 : size;
    buffer->data = mem_grow(mem, NULL, char, buffer->size);
    buffer->data[0] = '\0';
}

void strbuf_enlarge(struct strbuf *buffer, size_t more)
{
    size_t wanted = buffer->length + more + 1;
    size_t size = buffer->size;

    if (wanted < more)
        mem_exhausted(more);
    while (size < wanted)
        size = size > SIZE_MAX / 2 ? wanted : size * 2;
    buffer->data = mem_grow(buffer->mem, buffer->data, char, size);
    buffer->size = size;
}

void strbuf_vprintf(struct strbuf *buffer, const char *format, va_list args)
{
    va_list again;
    size_t free_space = buffer->size - buffer->length;
    int length;

    va_copy(again, args);
    length = vsnprintf(buffer->data + buffer->length, free_space, format, args);
    if (length > 0 && (size_t)length >= free_space) {
        strbuf_enlarge(buffer, (size_t)length);
        length = vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
    }
    va_end(again);
    strbuf_wrote(buffer, length > 0 ? (size_t)length : 0);
}

void strbuf_printf(struct strbuf *buffer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    strbuf_vprintf(buffer, format, args);
    va_end(args);
}

void strbuf_put_int(struct strbuf *buffer, long long value)
{
    char digits[24];
    char *end = digits + sizeof(digits);
    char *p = end;
    unsigned long long rest = value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value;

    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--p = '-';
    strbuf_put(buffer, p, (size_t)(end - p));
}
