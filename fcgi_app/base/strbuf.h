/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing buffer of bytes on a memory context: what answers, log lines
 * and statements are written into.  Always followed by a NUL byte that does
 * not count, so that `data` is also a C string.
 */
#ifndef NOVA_BASE_STRBUF_H
#define NOVA_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

struct strbuf {
    const void *mem; /* where `data` grows */
    char *data;      /* never NULL once initialised */
    size_t length;   /* bytes written */
    size_t size;     /* bytes allocated, the final NUL included */
};

/* An empty buffer on `mem` with room for `size` bytes before it grows. */
void strbuf_init(struct strbuf *buffer, const void *mem, size_t size);

/* Makes room for `more` bytes and the NUL; slow path of the inlines below. */
void strbuf_enlarge(struct strbuf *buffer, size_t more);

void strbuf_printf(struct strbuf *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *buffer, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Decimal, without the cost of printf. */
void strbuf_put_int(struct strbuf *buffer, long long value);

/* Room for `more` bytes: returns where to write them; then strbuf_wrote(). */
static inline char *strbuf_room(struct strbuf *buffer, size_t more)
{
    if (buffer->size - buffer->length <= more)
        strbuf_enlarge(buffer, more);
    return buffer->data + buffer->length;
}

static inline void strbuf_wrote(struct strbuf *buffer, size_t more)
{
    buffer->length += more;
    buffer->data[buffer->length] = '\0';
}

static inline void strbuf_put(struct strbuf *buffer, const void *data, size_t size)
{
    memcpy(strbuf_room(buffer, size), data, size);
    strbuf_wrote(buffer, size);
}

static inline void strbuf_putc(struct strbuf *buffer, char c)
{
    *strbuf_room(buffer, 1) = c;
    strbuf_wrote(buffer, 1);
}

static inline void strbuf_puts(struct strbuf *buffer, const char *text)
{
    strbuf_put(buffer, text, strlen(text));
}

/* Cuts back to `length` bytes, at most what is there. */
static inline void strbuf_cut(struct strbuf *buffer, size_t length)
{
    if (length < buffer->length) {
        buffer->length = length;
        buffer->data[length] = '\0';
    }
}

#endif
