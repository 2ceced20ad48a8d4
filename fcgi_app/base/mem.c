/* SPDX-License-Identifier: Apache-2.0 */
/* talloc that never returns NULL, and destructors for foreign things. */
#include "config.h"

#include "fcgi_app/base/mem.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mem_exhausted(size_t size)
{
    fprintf(stderr, "nova-api-fcgi: out of memory (%zu bytes wanted)\n", size);
    abort();
}

static void *checked(void *block, size_t size)
{
    if (!block)
        mem_exhausted(size);
    return block;
}

void *mem_zeroed(const void *mem, size_t size, const char *name)
{
    void *block = checked(talloc_named_const(mem, size, name), size);
    memset(block, 0, size);
    return block;
}

void *mem_array_zeroed(const void *mem, size_t size, size_t count, const char *name)
{
    size_t total;

    if (__builtin_mul_overflow(size, count, &total))
        mem_exhausted(SIZE_MAX);
    return mem_zeroed(mem, total, name);
}

void *mem_regrown(const void *mem, void *array, size_t size, size_t count, const char *name)
{
    size_t total;

    if (__builtin_mul_overflow(size, count, &total))
        mem_exhausted(SIZE_MAX);
    return checked(_talloc_realloc(mem, array, total, name), total);
}

#define KEPT_BYTES (16 << 20)

void mem_keep_freed(void)
{
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
}

void *mem_context(const void *parent, const char *name)
{
    return checked(talloc_named_const(parent, 0, name), 0);
}

void *mem_request_context(const void *parent, size_t size)
{
#if defined(__SANITIZE_ADDRESS__) || defined(NOVA_SANITIZERS)
    (void)size;
    return mem_context(parent, "request");
#else
    void *pool = checked(talloc_pool(parent, size), size);
    talloc_set_name_const(pool, "request");
    return pool;
#endif
}

char *mem_strdup(const void *mem, const char *text)
{
    return mem_strndup(mem, text, strlen(text));
}

char *mem_strndup(const void *mem, const char *text, size_t length)
{
    char *copy = checked(talloc_named_const(mem, length + 1, "char[]"), length + 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void *mem_memdup(const void *mem, const void *data, size_t size)
{
    void *copy = checked(talloc_named_const(mem, size, "data"), size);

    if (size)
        memcpy(copy, data, size);
    return copy;
}

char *mem_vprintf(const void *mem, const char *format, va_list args)
{
    return checked(talloc_vasprintf(mem, format, args), strlen(format));
}

char *mem_printf(const void *mem, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = mem_vprintf(mem, format, args);
    va_end(args);
    return text;
}

struct attachment {
    void *thing;
    void (*release)(void *thing);
};

static int attachment_release(struct attachment *attachment)
{
    attachment->release(attachment->thing);
    return 0;
}

void mem_attach(const void *mem, void *thing, void (*release)(void *thing))
{
    struct attachment *attachment = mem_new(mem, struct attachment);

    attachment->thing = thing;
    attachment->release = release;
    talloc_set_destructor(attachment, attachment_release);
}
