/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of the house: talloc, with three lifetimes that have names.
 *
 *   worker   kept until the process leaves: tables, connections, caches
 *   request  one context, freed once when the answer is out
 *   scratch  a child context inside a loop
 *
 * Code of a request never frees.  Foreign things hang on a context with a
 * destructor (mem_attach).  No memory means: say so and stop the process;
 * the pool replaces it.  So nothing here returns NULL.
 */
#ifndef NOVA_BASE_MEM_H
#define NOVA_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>
#include <talloc.h>

/* A zeroed object or array on `mem`; never NULL. */
#define mem_new(mem, type) ((type *)mem_zeroed((mem), sizeof(type), #type))
#define mem_array(mem, type, count) ((type *)mem_array_zeroed((mem), sizeof(type), (count), #type "[]"))

/* An array grown to `count` elements; the new ones are not zeroed. Owner: that of `array`, or `mem` when it was NULL.
 */
#define mem_grow(mem, array, type, count) ((type *)mem_regrown((mem), (array), sizeof(type), (count), #type "[]"))

void *mem_zeroed(const void *mem, size_t size, const char *name);
void *mem_array_zeroed(const void *mem, size_t size, size_t count, const char *name);
void *mem_regrown(const void *mem, void *array, size_t size, size_t count, const char *name);

/*
 * Once a worker: what a request frees stays with the process for the next one, up to 16 MiB at the heap's end.  Given
 * back to the kernel after each request it would have to be faulted in again, which costs more than a list itself.
 */
void mem_keep_freed(void);

/* A new context under `parent` (NULL: a root), named for reports. */
void *mem_context(const void *parent, const char *name);

/*
 * The context of one request.  A talloc pool of `size` bytes in a release
 * build, plain talloc under sanitizers so that they see every edge.
 */
void *mem_request_context(const void *parent, size_t size);

char *mem_strdup(const void *mem, const char *text);
char *mem_strndup(const void *mem, const char *text, size_t length);
void *mem_memdup(const void *mem, const void *data, size_t size);
char *mem_printf(const void *mem, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *mem_vprintf(const void *mem, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Calls `release(thing)` when `mem` is freed; later attached, earlier released. */
void mem_attach(const void *mem, void *thing, void (*release)(void *thing));

/* Says on stderr that memory ran out, and aborts. */
void mem_exhausted(size_t size) __attribute__((noreturn));

#endif
