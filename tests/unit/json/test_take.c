/* SPDX-License-Identifier: Apache-2.0 */
/* What Python makes of values of the wrong type, held against the classes that CPython 3.11 raises. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"
#include "tests/unit/table.h"

#include <stdio.h>

enum how { KEY, GET, ATTRIBUTE, FIRST, EACH, LENGTH, HASHABLE, INT };

/* `wanted`: the class of the fault, or what comes out, as JSON. */
static const struct row {
    const char *value;
    enum how how;
    const char *wanted;
} rows[] = {
    { "{\"k\": 1}", KEY, "1" },
    { "{\"k\": null}", KEY, "null" },
    { "{}", KEY, "KeyError" },
    { "[]", KEY, "TypeError" },
    { "\"k\"", KEY, "TypeError" },
    { "7", KEY, "TypeError" },
    { "null", KEY, "TypeError" },
    { "true", KEY, "TypeError" },
    { "18446744073709551616", KEY, "TypeError" },
    { "{\"k\": []}", GET, "[]" },
    { "{}", GET, "null" },
    { "[]", GET, "AttributeError" },
    { "\"\"", GET, "AttributeError" },
    { "null", GET, "AttributeError" },
    { "{}", ATTRIBUTE, "AttributeError" },
    { "{\"k\": null}", ATTRIBUTE, "null" },
    { "[3, 4]", FIRST, "3" },
    { "\"\\u00e9b\"", FIRST, "\"\\u00e9\"" },
    { "[]", FIRST, "IndexError" },
    { "\"\"", FIRST, "IndexError" },
    { "{\"k\": 1}", FIRST, "KeyError" },
    { "null", FIRST, "TypeError" },
    { "[1, 2]", EACH, "[1, 2]" },
    { "{\"a\": 1, \"b\": 2}", EACH, "[\"a\", \"b\"]" },
    { "\"a\\u00e9\"", EACH, "[\"a\", \"\\u00e9\"]" },
    { "1.5", EACH, "TypeError" },
    { "null", EACH, "TypeError" },
    { "NaN", EACH, "TypeError" },
    { "\"a\\u00e9\"", LENGTH, "2" },
    { "{\"a\": 1}", LENGTH, "1" },
    { "false", LENGTH, "TypeError" },
    { "\"a\"", HASHABLE, "null" },
    { "null", HASHABLE, "null" },
    { "[]", HASHABLE, "TypeError" },
    { "{}", HASHABLE, "TypeError" },
    { "7", INT, "7" },
    { "-7.9", INT, "-7" },
    { "true", INT, "1" },
    { "\" 12 \"", INT, "12" },
    { "\"x\"", INT, "ValueError" },
    { "\"\"", INT, "ValueError" },
    { "\"1.5\"", INT, "ValueError" },
    { "null", INT, "TypeError" },
    { "[]", INT, "TypeError" },
    { "{}", INT, "TypeError" },
};

static struct fault *apply(const void *mem, const struct row *row, const json_t *value, json_t **out)
{
    const char *text;
    int64_t number;
    size_t length;

    *out = NULL;
    switch (row->how) {
    case KEY:
        return take_key(mem, value, "k", out);
    case GET:
        return take_get(mem, value, "k", out);
    case ATTRIBUTE:
        return take_attribute(mem, value, "k", out);
    case FIRST:
        return take_first(mem, value, out);
    case EACH:
        return take_each(mem, value, out);
    case LENGTH:
        TRY(take_length(mem, value, &length));
        return json_read(mem, mem_printf(mem, "%zu", length), length > 9 ? 2 : 1, out);
    case INT:
        TRY(take_int(mem, value, &number));
        text = mem_printf(mem, "%lld", (long long)number);
        return json_read(mem, text, strlen(text), out);
    case HASHABLE:
        break;
    }
    return take_hashable(mem, value);
}

static int check(const void *mem, const struct row *row)
{
    json_t *value = NULL, *out;
    struct fault *fault = json_read(mem, row->value, strlen(row->value), &value);
    struct strbuf got;

    strbuf_init(&got, mem, 64);
    if (!fault)
        fault = apply(mem, row, value, &out);
    if (fault)
        strbuf_puts(&got, fault_class(fault->name));
    else
        json_put_tree(&got, out);
    if (!strcmp(got.data, row->wanted))
        return 0;
    fprintf(stderr, "%s, %d: %s in place of %s\n", row->value, (int)row->how, got.data, row->wanted);
    return 1;
}

/* bool(), str() and type() */
static int check_truth(const void *mem)
{
    static const struct {
        const char *value, *text;
        bool is_true;
        const char *type;
    } truths[] = {
        { "null", NULL, false, "NoneType" },
        { "0", "0", false, "int" },
        { "0.0", "0.0", false, "float" },
        { "\"\"", "", false, "str" },
        { "[]", "[]", false, "list" },
        { "{}", "{}", false, "dict" },
        { "false", "False", false, "bool" },
        { "true", "True", true, "bool" },
        { "\"0\"", "0", true, "str" },
        { "-1", "-1", true, "int" },
        { "[0]", "[0]", true, "list" },
        { "NaN", "nan", true, "float" },
        { "{\"a\": null}", "{'a': None}", true, "dict" },
    };
    int wrong = 0;

    for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
        json_t *value = NULL;
        const char *text;

        if (json_read(mem, truths[i].value, strlen(truths[i].value), &value))
            return 1;
        text = take_text(mem, value);
        if (take_is_true(value) == truths[i].is_true && !strcmp(take_type(value), truths[i].type) &&
            (text && truths[i].text ? !strcmp(text, truths[i].text) : text == truths[i].text))
            continue;
        fprintf(stderr, "%s: %d, %s\n", truths[i].value, take_is_true(value), text ? text : "None");
        wrong++;
    }
    return wrong;
}

static void goes_wrong_as_python(void **state)
{
    void *mem = mem_context(NULL, "test");
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        wrong += check(mem, &rows[i]);
    assert_int_equal(wrong, 0);
    talloc_free(mem);
}

static void tells_truth_and_text(void **state)
{
    void *mem = mem_context(NULL, "test");

    (void)state;
    assert_int_equal(check_truth(mem), 0);
    talloc_free(mem);
}

/* bytes.decode('utf-8', 'replace') */
static void replaces_what_is_no_utf8(void **state)
{
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        { "a\xc3\xa9", "a\xc3\xa9" },
        { "\xff\xe9", "\xef\xbf\xbd\xef\xbf\xbd" },
        { "\xe2\x82x", "\xef\xbf\xbdx" },
        { "\xf0\x9f\x98", "\xef\xbf\xbd" },
        { "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "\xc3(", "\xef\xbf\xbd(" },
    };
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(text_from_utf8(mem, cases[i].bytes, strlen(cases[i].bytes)), cases[i].text);
    talloc_free(mem);
}

static void reads_integers_as_python(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } texts[] = {
        { "0", true, 0 },
        { "007", true, 7 },
        { " 12\n", true, 12 },
        { "+3", true, 3 },
        { "-4", true, -4 },
        { "1_000", true, 1000 },
        { "", false, 0 },
        { "1__0", false, 0 },
        { "_1", false, 0 },
        { "1_", false, 0 },
        { "1.0", false, 0 },
        { "0x10", false, 0 },
        { "- 1", false, 0 },
        { "1 2", false, 0 },
        { "+", false, 0 },
        { "9223372036854775807", true, INT64_MAX },
        { "9223372036854775808", true, INT64_MAX },
        { "-99999999999999999999", true, -INT64_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int64_t value = 0;

        if (take_int_text(texts[i].text, &value) != texts[i].good)
            fail_msg("\"%s\" is judged wrongly", texts[i].text);
        if (texts[i].good)
            assert_int_equal(value, texts[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_wrong_as_python),
        cmocka_unit_test(tells_truth_and_text),
        cmocka_unit_test(reads_integers_as_python),
        cmocka_unit_test(replaces_what_is_no_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
