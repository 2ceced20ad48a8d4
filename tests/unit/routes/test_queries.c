/* SPDX-License-Identifier: Apache-2.0 */
/* The query schemas of lists at every version, judged by what upstream left of a query or said (query_cases.tsv). */
#include "config.h"

#include "routes/schemas/flavors.h"
#include "routes/schemas/servers.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/http/query.h"
#include "fcgi_app/json/json.h"
#include "tests/unit/tsv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct query query_from(const void *mem, const char *pairs)
{
    struct query query = { 0 };
    json_t *list;
    size_t i;
    json_t *pair;

    assert_null(json_read(mem, pairs, strlen(pairs), &list));
    query.pairs = mem_array(mem, struct query_pair, json_array_size(list));
    json_array_foreach(list, i, pair)
    {
        const json_t *key = json_array_get(pair, 0), *value = json_array_get(pair, 1);

        query.pairs[query.count++] = (struct query_pair){
            .key = json_string_value(key),
            .key_length = json_string_length(key),
            .value = json_string_value(value),
            .value_length = json_string_length(value),
        };
    }
    return query;
}

static void put_pairs(struct strbuf *out, const struct query *query)
{
    strbuf_putc(out, '[');
    for (size_t i = 0; i < query->count; i++) {
        strbuf_puts(out, i ? ", [" : "[");
        json_put_string_length(out, query->pairs[i].key, query->pairs[i].key_length);
        strbuf_puts(out, ", ");
        json_put_string_length(out, query->pairs[i].value, query->pairs[i].value_length);
        strbuf_putc(out, ']');
    }
    strbuf_putc(out, ']');
}

enum { AT_RESOURCE, AT_VERSION, AT_LEGACY, AT_PAIRS, AT_EXPECTED };

static void queries_are_judged_as_upstream_does(void **state)
{
    struct tsv tsv;
    size_t lines = 0, wrong = 0;

    (void)state;
    for (tsv_open(&tsv, "tests/unit/routes/query_cases.tsv"); tsv_next(&tsv); lines++) {
        void *mem = mem_context(NULL, "test");
        const struct schema_use *uses = strcmp(tsv.cells[AT_RESOURCE], "servers") ? flavors_query : servers_query;
        bool legacy = *tsv.cells[AT_LEGACY] == '1';
        int version = atoi(tsv.cells[AT_VERSION]);
        const struct schema_use *use = schema_pick(uses, version, legacy);
        struct query query = query_from(mem, tsv.cells[AT_PAIRS]);
        struct fault *fault = schema_check_query(mem, use->node, version, legacy, &query);
        size_t length = tsv.lengths[AT_EXPECTED];
        bool cut = length && tsv.cells[AT_EXPECTED][0] == '!' && tsv.cells[AT_EXPECTED][length - 1] == '[';
        struct strbuf said;

        strbuf_init(&said, mem, 256);
        if (fault)
            strbuf_printf(&said, "!%s", fault->message);
        else
            put_pairs(&said, &query);
        if (cut)
            strbuf_cut(&said, length);
        if (strcmp(said.data, tsv.cells[AT_EXPECTED])) {
            print_error("line %d: %s\n", tsv.number, said.data);
            wrong++;
        }
        talloc_free(mem);
    }
    tsv_close(&tsv);
    assert_true(lines > 500);
    assert_int_equal(wrong, 0);
}

static void tables_hold(void **state)
{
    static const struct schema_use *const all[] = { servers_query, flavors_query };
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        for (const struct schema_use *use = all[i]; use->node; use++)
            assert_null(schema_self_check(mem, use->node));
        for (int version = 1; version <= 93; version++)
            assert_non_null(schema_pick(all[i], version, false));
    }
    /* declared from 2.1 on, so /v2 does not know it */
    assert_null(schema_pick(servers_query, 1, true));
    assert_string_equal(schema_pick(flavors_query, 1, true)->name, "flavors.index_query");
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_are_judged_as_upstream_does),
        cmocka_unit_test(tables_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
