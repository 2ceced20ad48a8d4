/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of expectations that Python wrote: JSON files beside the tests, bytes in hex. */
#ifndef NOVA_TESTS_TABLE_H
#define NOVA_TESTS_TABLE_H

#include "fcgi_app/base/mem.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The rows of a file under tests/unit/; json_decref() when done. */
static inline json_t *table_read(const char *path)
{
    const char *srcdir = getenv("srcdir");
    char full[4096];
    json_error_t error;
    json_t *rows;

    snprintf(full, sizeof(full), "%s/tests/unit/%s", srcdir ? srcdir : ".", path);
    rows = json_load_file(full, JSON_ALLOW_NUL, &error);
    if (!rows)
        print_error("%s: %s\n", full, error.text);
    assert_non_null(rows);
    assert_true(json_array_size(rows) > 0);
    return rows;
}

/* A column's text, or NULL where it is null. */
static inline const char *table_text(const json_t *row, size_t column)
{
    return json_string_value(json_array_get(row, column));
}

/* Bytes of a hex text, NUL-terminated on mem; `size` may be NULL. */
static inline char *table_unhex(const void *mem, const char *hex, size_t *size)
{
    size_t length = strlen(hex) / 2;
    char *bytes = mem_strndup(mem, hex, length);

    for (size_t i = 0; i < length; i++) {
        const char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };
        bytes[i] = (char)strtol(digits, NULL, 16);
    }
    if (size)
        *size = length;
    return bytes;
}

/* The same of a column; NULL where it is null. */
static inline char *table_bytes(const void *mem, const json_t *row, size_t column, size_t *size)
{
    const char *hex = table_text(row, column);

    return hex ? table_unhex(mem, hex, size) : NULL;
}

#endif
