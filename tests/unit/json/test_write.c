/* SPDX-License-Identifier: Apache-2.0 */
/* The writer, judged by json.dumps() (tables.py). */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"

#include "tests/unit/table.h"

#include <math.h>

static void strings_as_python(void **state)
{
    json_t *rows = table_read("json/data/strings.json");
    const json_t *row;
    size_t index, size = 0;

    json_array_foreach(rows, index, row)
    {
        void *mem = mem_context(NULL, "row");
        const char *text = table_bytes(mem, row, 0, &size);
        const char *wanted = table_text(row, 1);
        struct strbuf out;

        strbuf_init(&out, mem, 1);
        json_put_string_length(&out, text, size);
        assert_string_equal(out.data, wanted);
        strbuf_cut(&out, 0);
        json_put_body(&out, text, size);
        assert_int_equal(out.length, strlen(wanted) - 2);
        assert_memory_equal(out.data, wanted + 1, out.length);
        if (!memchr(text, 0, size)) {
            strbuf_cut(&out, 0);
            json_put_string(&out, text);
            assert_string_equal(out.data, wanted);
        }
        talloc_free(mem);
    }
    json_decref(rows);
}

/* Bytes that are no UTF-8 do not stop an answer, nor make it invalid. */
static void bad_bytes_are_replaced(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        { "a\xff"
          "b",
          "\"a\\ufffdb\"" },
        { "\xc3", "\"\\ufffd\"" },
        { "\xe2\x82", "\"\\ufffd\\ufffd\"" },
        { "\xf0\x9f\x98", "\"\\ufffd\\ufffd\\ufffd\"" },
        { "\xc0\x81", "\"\\ufffd\\ufffd\"" },
        { "\xc1\x80", "\"\\ufffd\\ufffd\"" },
        { "a" TEXT_NUL "b", "\"a\\u0000b\"" }, /* what stands for a NUL */
        { "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
        { "12345678\x80", "\"12345678\\ufffd\"" },
    };
    void *mem = mem_context(NULL, "test");
    struct strbuf out;

    strbuf_init(&out, mem, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        strbuf_cut(&out, 0);
        json_put_string(&out, rows[i].text);
        assert_string_equal(out.data, rows[i].wanted);
    }
    strbuf_cut(&out, 0);
    json_put_string(&out, NULL);
    assert_string_equal(out.data, "null");
    talloc_free(mem);
}

static void doubles_as_python(void **state)
{
    json_t *rows = table_read("json/data/doubles.json");
    void *mem = mem_context(NULL, "test");
    const json_t *row;
    size_t index;
    struct strbuf out;

    strbuf_init(&out, mem, 1);
    json_array_foreach(rows, index, row)
    {
        uint64_t bits = strtoull(table_text(row, 0), NULL, 16);
        double value;

        memcpy(&value, &bits, sizeof(value));
        strbuf_cut(&out, 0);
        json_put_double(&out, value);
        assert_string_equal(out.data, table_text(row, 1));
    }
    json_decref(rows);
    talloc_free(mem);
}

static void trees_as_python(void **state)
{
    json_t *rows = table_read("json/data/raws.json");
    const json_t *row;
    size_t index, size = 0, read = 0;

    json_array_foreach(rows, index, row)
    {
        void *mem = mem_context(NULL, "row");
        const char *text = table_bytes(mem, row, 0, &size);
        json_t *tree;
        struct strbuf out;
        struct fault *fault = json_read(mem, text, size, &tree);

        if (!text_utf8_valid(text, size)) { /* a surrogate that only a column may hold: requests are UTF-8 */
            talloc_free(mem);
            continue;
        }
        if (!fault != (table_text(row, 1) != NULL))
            fail_msg("%s: %s", text, fault ? fault->message : "read");
        if (!fault) {
            strbuf_init(&out, mem, 1);
            json_put_tree(&out, tree);
            assert_string_equal(out.data, table_text(row, 1));
            read++;
        }
        talloc_free(mem);
    }
    assert_true(read > 100);
    json_decref(rows);
}

static void keys_and_words(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct strbuf out;

    strbuf_init(&out, mem, 1);
    JSON_PUT_LITERAL(&out, "{");
    JSON_PUT_KEY(&out, "id");
    json_put_null(&out);
    JSON_PUT_LITERAL(&out, ", ");
    JSON_PUT_KEY(&out, "on");
    json_put_bool(&out, true);
    json_put_bool(&out, false);
    assert_string_equal(out.data, "{\"id\": null, \"on\": truefalse");
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_as_python), cmocka_unit_test(bad_bytes_are_replaced),
        cmocka_unit_test(doubles_as_python), cmocka_unit_test(trees_as_python),
        cmocka_unit_test(keys_and_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
