/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: which ones Python would take (regex_cases.tsv), and how ours search. */
#include "config.h"

#include "fcgi_app/json/patterns.h"

#include "tests/unit/tsv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expressions_are_taken_as_by_python(void **state)
{
    struct tsv tsv;
    size_t lines = 0, wrong = 0;

    (void)state;
    for (tsv_open(&tsv, "tests/unit/json/regex_cases.tsv"); tsv_next(&tsv); lines++)
        if (pattern_is_python(tsv.cells[0], tsv.lengths[0]) != (*tsv.cells[1] == '1')) {
            print_error("line %d: %s should be %s\n", tsv.number, tsv.cells[0], tsv.cells[1]);
            wrong++;
        }
    tsv_close(&tsv);
    assert_true(lines > 900);
    assert_int_equal(wrong, 0);
}

static void patterns_search_as_pythons(void **state)
{
    (void)state;
    assert_true(pattern_found("^[0-9]*$", "12\n", 3));
    assert_false(pattern_found("^[0-9]+\\Z", "12\n", 3));
    assert_true(pattern_found("^[0-9]+\\Z", "12", 2));
    assert_true(pattern_found("b", "abc", 3));
    assert_false(pattern_matches("b", "abc", 3));
    assert_true(pattern_matches("a", "abc", 3));
    assert_true(pattern_found("^\\d$", "\xd9\xa3", 2));
    assert_true(pattern_found("^[^,/]$", "\xed\xa0\x80", 3));
    assert_true(pattern_found("^a.b$", "a\0b", 3));
    assert_null(pattern_wrong("^(?! )[a-zA-Z0-9. _-]+(?<! )$"));
    assert_non_null(pattern_wrong("(a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_are_taken_as_by_python),
        cmocka_unit_test(patterns_search_as_pythons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
