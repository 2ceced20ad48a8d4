/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings, judged by WebOb's table (tables.py). */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/http/query.h"

#include "tests/unit/table.h"

/* A NUL of the table is TEXT_NUL of ours. */
static void same_bytes(const json_t *hex, const char *bytes, size_t size)
{
    size_t wanted;
    char *text = table_unhex(NULL, json_string_value(hex), &wanted);

    assert_int_equal(strlen(bytes), size);
    for (size_t i = 0; i < wanted; i++) {
        size_t step = text[i] ? 1 : strlen(TEXT_NUL);

        assert_memory_equal(bytes, text[i] ? &text[i] : TEXT_NUL, step);
        bytes += step;
    }
    assert_string_equal(bytes, "");
    talloc_free(text);
}

static void parses_as_webob(void **state)
{
    json_t *rows = table_read("http/data/queries.json");
    const json_t *row, *pair;
    size_t index, at;

    json_array_foreach(rows, index, row)
    {
        void *mem = mem_context(NULL, "row");
        const json_t *pairs = json_array_get(row, 1);
        const char *text = table_bytes(mem, row, 0, NULL);
        struct query query;
        struct fault *fault = query_parse(mem, text, &query);

        if (json_is_null(pairs)) {
            if (!fault)
                fail_msg("no fault: %s", text);
            assert_int_equal(fault->code, 400);
            assert_string_equal(fault->message, "Query string is not UTF-8 encoded");
        } else {
            if (fault || query.count != json_array_size(pairs))
                fail_msg("%zu pairs of %s", query.count, text);
            json_array_foreach(pairs, at, pair)
            {
                same_bytes(json_array_get(pair, 0), query.pairs[at].key, query.pairs[at].key_length);
                same_bytes(json_array_get(pair, 1), query.pairs[at].value, query.pairs[at].value_length);
            }
            assert_string_equal(query_encode(mem, &query), table_text(row, 2));
        }
        talloc_free(mem);
    }
    json_decref(rows);
}

static void last_value_wins(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct query query;

    assert_null(query_parse(mem, "a=1&b=2&a=3&c", &query));
    assert_string_equal(query_get(&query, "a"), "3");
    assert_string_equal(query_get(&query, "b"), "2");
    assert_string_equal(query_get(&query, "c"), "");
    assert_null(query_get(&query, "d"));
    assert_null(query_parse(mem, "a=1%00&b%00c=2&b=3", &query));
    assert_string_equal(query_get(&query, "a"), "1" TEXT_NUL);
    assert_int_equal(query_find(&query, "a")->value_length, 3);
    assert_string_equal(query_get(&query, "b"), "3");
    assert_string_equal(query_get(&query, "b" TEXT_NUL "c"), "2");
    assert_string_equal(query_encode(mem, &query), "a=1%00&b%00c=2&b=3");
    assert_null(query_parse(mem, "%00%00a%00=%00", &query));
    assert_string_equal(query_get(&query, TEXT_NUL TEXT_NUL "a" TEXT_NUL), TEXT_NUL);
    /* its two bytes are nothing that a client may send */
    assert_non_null(query_parse(mem, "a=%C0%80", &query));
    assert_null(query_parse(mem, "b%00c=2", &query));
    assert_null(query_find(&query, "b")); /* another name */
    assert_null(query_parse(mem, NULL, &query));
    assert_int_equal(query.count, 0);
    assert_null(query_get(&query, "a"));
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_as_webob),
        cmocka_unit_test(last_value_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
