/* SPDX-License-Identifier: Apache-2.0 */
/* The engine with upstream's schemas, judged by what upstream's validator said (schema_cases.tsv). */
#include "config.h"

#include "fcgi_app/json/schema.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/http/query.h"
#include "fcgi_app/json/formats.h"
#include "fcgi_app/json/json.h"
#include "tests/unit/json/schema_facts.h"
#include "tests/unit/tsv.h"

/* The lists of a query's tree as pairs. */
static struct query query_from(const void *mem, json_t *lists)
{
    struct query query = { 0 };

    for (void *at = json_object_iter(lists); at; at = json_object_iter_next(lists, at)) {
        json_t *list = json_object_iter_value(at);

        for (size_t i = 0; i < json_array_size(list); i++) {
            query.pairs = mem_grow(mem, query.pairs, struct query_pair, query.count + 1);
            query.pairs[query.count++] = (struct query_pair){
                .key = json_object_iter_key(at),
                .key_length = json_object_iter_key_len(at),
                .value = json_string_value(json_array_get(list, i)),
                .value_length = json_string_length(json_array_get(list, i)),
            };
        }
    }
    return query;
}

/* Can a query string say this?  Only texts without NUL, and no empty list. */
static bool is_query(json_t *lists)
{
    const char *key;
    json_t *list, *value;
    size_t i;

    json_object_foreach(lists, key, list)
    {
        if (!json_array_size(list))
            return false;
        json_array_foreach(list, i, value) if (!json_is_string(value) || json_number_text(value)) return false;
    }
    return true;
}

/* Upstream's text where it prints its class of printable characters, which the table shortens. */
static const char *shortened(const void *mem, const char *message)
{
    struct strbuf pattern, quoted;
    const char *found;

    strbuf_init(&pattern, mem, 8192);
    strbuf_init(&quoted, mem, 8192);
    format_put_printable_pattern(&pattern);
    json_put_python_quoted(&quoted, pattern.data, pattern.length);
    found = strstr(message, quoted.data);
    if (!found)
        return message;
    return mem_printf(mem, "%.*s'<PRINTABLE>'%s", (int)(found - message), message, found + quoted.length);
}

static bool case_holds(const void *mem, const struct schema_node *node, const struct tsv *tsv)
{
    char mode = *tsv->cells[1];
    const char *said = "";
    struct fault *fault;
    json_t *value;

    assert_null(json_read(mem, tsv->cells[2], tsv->lengths[2], &value));
    if (mode == 'q') {
        struct query query;

        if (!is_query(value))
            return true;
        query = query_from(mem, value);
        fault = schema_check_query(mem, node, 1, false, &query);
    } else {
        fault = schema_check_body(mem, node, 1, mode == 'l', value);
    }
    if (fault) {
        assert_int_equal(fault->name, FAULT_ValidationError);
        said = shortened(mem, fault->message);
    }
    if (strcmp(said, tsv->cells[3])) {
        print_error("line %d: %s %c %s\n  said    %s\n  not     %s\n", tsv->number, tsv->cells[0], mode, tsv->cells[2],
                    said, tsv->cells[3]);
        return false;
    }
    if (tsv->lengths[4]) {
        struct strbuf left;

        strbuf_init(&left, mem, 256);
        json_put_tree(&left, value);
        if (strcmp(left.data, tsv->cells[4])) {
            print_error("line %d: %s left %s\n", tsv->number, tsv->cells[0], left.data);
            return false;
        }
    }
    return true;
}

static void errors_are_upstreams(void **state)
{
    void *mem = mem_context(NULL, "test");
    const char *root = getenv("srcdir"), *cases = getenv("NOVA_SCHEMA_CASES");
    struct tsv tsv;
    struct facts facts;
    size_t lines = 0, wrong = 0;

    (void)state;
    /* more cases, about schemas of the whole table, can be given in the environment */
    if (cases)
        assert_true(facts_read(mem, mem_printf(mem, "%s/schemas.tsv", getenv("NOVA_FACTS")), &facts));
    else
        assert_true(facts_read(mem, mem_printf(mem, "%s/tests/unit/json/schemas.tsv", root ? root : "."), &facts));
    for (tsv_open(&tsv, cases ? cases : "tests/unit/json/schema_cases.tsv"); tsv_next(&tsv); lines++) {
        void *scratch = mem_context(mem, "case");
        const struct schema_node *node = facts_find(&facts, tsv.cells[0]);

        assert_non_null(node);
        assert_int_equal(tsv.count, 5);
        wrong += !case_holds(scratch, node, &tsv);
        talloc_free(scratch);
    }
    tsv_close(&tsv);
    print_message("%zu cases\n", lines);
    assert_true(lines > 700);
    assert_int_equal(wrong, 0);
    talloc_free(mem);
}

static void every_schema_of_upstream_can_be_said(void **state)
{
    void *mem = mem_context(NULL, "test");
    const char *given = getenv("NOVA_FACTS"), *root = getenv("srcdir");
    const char *directory = given ? given : mem_printf(mem, "%s/../shared/nova-facts", root ? root : ".");
    struct facts facts;

    (void)state;
    if (!facts_read(mem, mem_printf(mem, "%s/schemas.tsv", directory), &facts)) {
        print_message("NOVA_FACTS is not set and %s/schemas.tsv is not there\n", directory);
        talloc_free(mem);
        skip();
    }
    for (size_t i = 0; i < facts.count; i++) {
        const char *wrong = schema_self_check(mem, facts.schemas[i].nodes[0]);

        if (wrong)
            fail_msg("%s: %s", facts.schemas[i].name, wrong);
    }
    print_message("%zu schemas\n", facts.count);
    assert_true(facts.count > 100);
    talloc_free(mem);
}

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
        cmocka_unit_test(errors_are_upstreams),
        cmocka_unit_test(every_schema_of_upstream_can_be_said),
        cmocka_unit_test(a_key_may_change_between_versions),
        cmocka_unit_test(wrong_tables_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
