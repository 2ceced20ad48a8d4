/* SPDX-License-Identifier: Apache-2.0 */
/* The engine on small tables; upstream's own schemas are tried in tests/unit/routes/test_schemas.c. */
#include "config.h"

#include "fcgi_app/json/schema.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct schema_node text = { .types = { SCHEMA_STRING }, .max_length = 3 };

static void a_key_may_change_between_versions(void **state)
{
    static const struct schema_node number = { .types = { SCHEMA_INTEGER } };
    static const struct schema_property rows[] = {
        SCHEMA_MUST("a", &text, V_UPTO(9)),
        SCHEMA_MAY("a", &number, V_FROM(10)),
        SCHEMA_MAY("b", &text, V_FROM(20)),
        SCHEMA_LAST,
    };
    static const struct schema_node node = { .types = { SCHEMA_OBJECT }, .properties = rows, .strict = V_FROM(5) };
    static const struct {
        int version;
        const char *body;
        const char *message;
    } cases[] = {
        { 1, "{}", "'a' is a required property" },
        { 1, "{\"a\": \"x\", \"b\": 1}", NULL },
        { 5, "{\"a\": \"x\", \"b\": 1, \"B\": 1}", "Additional properties are not allowed ('B', 'b' were unexpected)" },
        { 9, "{\"a\": 1}", "Invalid input for field/attribute a. Value: 1. 1 is not of type 'string'" },
        { 10, "{\"a\": 1}", NULL },
        { 10, "{}", NULL },
        { 20, "{\"a\": 1, \"b\": \"abcd\"}", "Invalid input for field/attribute b. Value: abcd. 'abcd' is too long" },
    };
    void *mem = mem_context(NULL, "test");

    (void)state;
    assert_null(schema_self_check(mem, &node));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fault *fault;
        json_t *body;

        assert_null(json_read(mem, cases[i].body, strlen(cases[i].body), &body));
        fault = schema_check_body(mem, &node, cases[i].version, false, body);
        assert_int_equal(!fault, !cases[i].message);
        if (fault)
            assert_string_equal(fault->message, cases[i].message);
    }
    talloc_free(mem);
}

static void wrong_tables_are_found(void **state)
{
    static const struct schema_property twice[] = {
        SCHEMA_MAY("a", &text, V_UPTO(10)),
        SCHEMA_MAY("a", &text, V_FROM(10)),
        SCHEMA_LAST,
    };
    static const struct schema_node nodes[] = {
        { .format = "nothing" },
        { .pattern = "(" },
        { .enum_json = "[]" },
        { .properties = twice },
        { .types = { SCHEMA_STRING }, .format = "uuid", .keywords = { SCHEMA_KW_TYPE } },
        { .types = { SCHEMA_STRING }, .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_FORMAT } },
        { .items = &nodes[0] },
    };
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
        assert_non_null(schema_self_check(mem, &nodes[i]));
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_may_change_between_versions),
        cmocka_unit_test(wrong_tables_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
