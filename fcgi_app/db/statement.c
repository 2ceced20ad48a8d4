/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters, and statements that are put together from clauses while a request runs. */
#include "config.h"

#include "fcgi_app/db/db.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned db_param_text(struct db_params *params, const char *value)
{
    if (params->count == sizeof(params->values) / sizeof(params->values[0])) {
        /* A statement's shape decides this, not a caller's data. */
        fprintf(stderr, "nova-api-fcgi: a statement has more parameters than struct db_params holds\n");
        abort();
    }
    params->values[params->count++] = value;
    return params->count;
}

unsigned db_param_int(struct db_params *params, const void *mem, int64_t value)
{
    return db_param_text(params, value == DB_NULL_INT ? NULL : mem_printf(mem, "%" PRId64, value));
}

unsigned db_param_bool(struct db_params *params, bool value)
{
    return db_param_text(params, value ? "true" : "false");
}

unsigned db_param_time(struct db_params *params, const void *mem, int64_t usec)
{
    char text[27];

    if (usec == DB_NO_TIME)
        return db_param_text(params, NULL);
    clock_format_sql(usec, text);
    return db_param_text(params, mem_strdup(mem, text));
}

unsigned db_param_texts(struct db_params *params, const void *mem, const char *const *values, size_t count)
{
    struct strbuf out;

    strbuf_init(&out, mem, count * 40 + 3);
    strbuf_putc(&out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            strbuf_putc(&out, ',');
        if (!values[i]) {
            strbuf_puts(&out, "NULL");
            continue;
        }
        strbuf_putc(&out, '"');
        for (const char *c = values[i]; *c; c++) {
            if (*c == '"' || *c == '\\')
                strbuf_putc(&out, '\\');
            strbuf_putc(&out, *c);
        }
        strbuf_putc(&out, '"');
    }
    strbuf_putc(&out, '}');
    return db_param_text(params, out.data);
}

unsigned db_param_ints(struct db_params *params, const void *mem, const int64_t *values, size_t count)
{
    struct strbuf out;

    strbuf_init(&out, mem, count * 12 + 3);
    strbuf_putc(&out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            strbuf_putc(&out, ',');
        strbuf_put_int(&out, values[i]);
    }
    strbuf_putc(&out, '}');
    return db_param_text(params, out.data);
}

const struct db_statement *db_statement_dynamic(const void *mem, const struct db_statement *model, const char *sql,
                                                unsigned params)
{
    struct db_statement *statement = mem_memdup(mem, model, sizeof(*model));
    uint64_t first = 0xcbf29ce484222325, second = 0x9e3779b97f4a7c15, word;

    for (size_t left = strlen(sql), at = 0; left; at += sizeof(word)) {
        size_t size = left < sizeof(word) ? left : sizeof(word);

        word = 0;
        memcpy(&word, sql + at, size);
        first = (first ^ word) * 0x100000001b3;
        first ^= first >> 32;
        second = (second + word) * 0xff51afd7ed558ccd;
        second ^= second >> 29;
        left -= size;
    }
    statement->name = mem_printf(statement, "%.20s_%016" PRIx64 "%016" PRIx64, model->name, first, second);
    statement->sql = sql;
    statement->params = (unsigned char)params;
    statement->dynamic = true;
    return statement;
}
