/* SPDX-License-Identifier: Apache-2.0 */
/* JSON in, and Python's repr() of it, against what Python answered (read_cases.tsv). */
#include "config.h"

#include "fcgi_app/json/json.h"

#include "fcgi_app/base/mem.h"
#include "tests/unit/tsv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void texts_read_as_pythons(void **state)
{
    struct tsv tsv;
    size_t lines = 0;

    (void)state;
    for (tsv_open(&tsv, "tests/unit/json/read_cases.tsv"); tsv_next(&tsv); lines++) {
        void *mem = mem_context(NULL, "test");
        struct strbuf out;
        json_t *tree;
        struct fault *fault = json_read(mem, tsv.cells[0], tsv.lengths[0], &tree);

        strbuf_init(&out, mem, 64);
        if (!fault) {
            json_put_python_repr(&out, tree);
        } else {
            assert_int_equal(fault->name, FAULT_Invalid);
            strbuf_printf(&out, "!%.*s", strncmp(fault->message, "'utf-8'", 7) ? 500 : 0, fault->message);
            if (out.length == 1)
                strbuf_puts(&out, "utf-8");
        }
        if (out.length != tsv.lengths[1] || memcmp(out.data, tsv.cells[1], out.length))
            fail_msg("line %d: %s gives %s, not %s", tsv.number, tsv.cells[0], out.data, tsv.cells[1]);
        talloc_free(mem);
    }
    tsv_close(&tsv);
    assert_true(lines > 100);
}

static void deep_texts_are_refused(void **state)
{
    void *mem = mem_context(NULL, "test");
    size_t depth = 100000;
    char *text = mem_array(mem, char, depth + 1);
    json_t *tree;

    (void)state;
    memset(text, '[', depth);
    assert_non_null(json_read(mem, text, depth, &tree));
    /* the second reader has the same bound */
    memcpy(text, "[NaN,", 5);
    assert_non_null(json_read(mem, text, depth, &tree));
    talloc_free(mem);
}

static void str_prints_texts_bare(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct strbuf out;
    json_t *tree;

    (void)state;
    strbuf_init(&out, mem, 64);
    assert_null(json_read(mem, "\"it's\"", 6, &tree));
    json_put_python_str(&out, tree);
    strbuf_putc(&out, '|');
    assert_null(json_read(mem, "[\"it's\"]", 8, &tree));
    json_put_python_str(&out, tree);
    strbuf_putc(&out, '|');
    assert_null(json_read(mem, "99999999999999999999", 20, &tree));
    json_put_python_str(&out, tree);
    assert_string_equal(out.data, "it's|[\"it's\"]|99999999999999999999");
    talloc_free(mem);
}

static void trees_write_what_they_read(void **state)
{
    static const char text[] = "{\"a\": [99999999999999999999, NaN, -Infinity, \"\\ud800\", \"\\ud83d\\ude00\"]}";
    void *mem = mem_context(NULL, "test");
    struct strbuf out;
    json_t *tree;

    (void)state;
    strbuf_init(&out, mem, 64);
    assert_null(json_read(mem, text, sizeof(text) - 1, &tree));
    json_put_tree(&out, tree);
    assert_string_equal(out.data, text);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_read_as_pythons),
        cmocka_unit_test(deep_texts_are_refused),
        cmocka_unit_test(str_prints_texts_bare),
        cmocka_unit_test(trees_write_what_they_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
