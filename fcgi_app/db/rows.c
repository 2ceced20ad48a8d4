/* SPDX-License-Identifier: Apache-2.0 */
/* Results into structs: libpq's text values by the statement's column rows, without copying texts. */
#include "config.h"

#include "fcgi_app/db/link.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"

#include <stdlib.h>
#include <string.h>

static int64_t parse_int(const char *text)
{
    bool negative = *text == '-';
    uint64_t value = 0;

    for (text += negative; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return (int64_t)(negative ? 0 - value : value);
}

/* One value into its member. `text` is NULL for SQL's NULL. */
static void put_value(char *member, unsigned type, const char *text, size_t length)
{
    union {
        const char *text;
        struct db_bytes bytes;
        int64_t integer;
        double real;
        bool truth;
    } value;
    size_t size;

    switch (type) {
    case DB_TEXT:
        value.text = text;
        size = sizeof(value.text);
        break;
    case DB_BYTES:
        value.bytes = (struct db_bytes){ text, length };
        size = sizeof(value.bytes);
        break;
    case DB_INT:
        value.integer = text ? parse_int(text) : 0;
        size = sizeof(value.integer);
        break;
    case DB_INT_NULL:
        value.integer = text ? parse_int(text) : DB_NULL_INT;
        size = sizeof(value.integer);
        break;
    case DB_BOOL:
        value.truth = text && *text == 't';
        size = sizeof(value.truth);
        break;
    case DB_DOUBLE:
        value.real = text ? strtod(text, NULL) : 0;
        size = sizeof(value.real);
        break;
    default: /* DB_TIME */
        if (!text || !clock_parse_sql(text, length, &value.integer))
            value.integer = DB_NO_TIME;
        size = sizeof(value.integer);
        break;
    }
    memcpy(member, &value, size);
}

struct fault *rows_fill(const void *mem, const struct db_statement *statement, const PGresult *result,
                        struct db_rows *rows)
{
    int count = PQntuples(result), columns = PQnfields(result);
    char *row;

    rows->affected = strtoull(PQcmdTuples((PGresult *)(uintptr_t)result), NULL, 10);
    if (!statement->columns)
        return NULL;
    if (columns != statement->column_count)
        return fault_text(mem, Internal, "Statement %s has %d columns where its rows say %u", statement->name, columns,
                          (unsigned)statement->column_count);
    rows->count = (size_t)count;
    if (!count)
        return NULL;
    rows->rows = row = mem_array_zeroed(mem, statement->row_size, (size_t)count, statement->name);
    for (int i = 0; i < count; i++, row += statement->row_size)
        for (int j = 0; j < columns; j++) {
            const struct db_column *column = &statement->columns[j];
            const char *text = PQgetvalue(result, i, j);
            size_t length = (size_t)PQgetlength(result, i, j);

            if (!length && PQgetisnull(result, i, j))
                text = NULL;
            put_value(row + column->offset, column->type, text, length);
        }
    return NULL;
}
