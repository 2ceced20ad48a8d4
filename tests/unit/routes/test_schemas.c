/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schemas that routes name, judged by what upstream's validator said (schema_cases.tsv).
 * `test_schemas --list` prints them for record_schemas.py.
 */
#include "config.h"

#include "routes/resource.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/http/query.h"
#include "fcgi_app/json/formats.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/schema.h"
#include "tests/unit/tsv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Calls `visit` for each schema of each row; stops at the first that it wants. */
static const struct schema_use *walk(bool (*visit)(const struct schema_use *use, bool query, void *arg), void *arg)
{
    for (size_t i = 0; resources[i]; i++)
        for (const struct route *route = resources[i]->routes; route->method; route++) {
            for (const struct schema_use *use = route->body; use && use->node; use++)
                if (visit(use, false, arg))
                    return use;
            for (const struct schema_use *use = route->query; use && use->node; use++)
                if (visit(use, true, arg))
                    return use;
        }
    return NULL;
}

static bool is_named(const struct schema_use *use, bool query, void *arg)
{
    (void)query;
    return !strcmp(use->name, arg);
}

static bool print_use(const struct schema_use *use, bool query, void *arg)
{
    (void)arg;
    printf("%s %s %s\n", query ? "query" : "body", use->name,
           use->versions.max == 0 ? "only"
           : use->legacy          ? "yes"
                                  : "no");
    return false;
}

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

static bool case_holds(const void *mem, const struct schema_use *use, const struct tsv *tsv)
{
    char mode = *tsv->cells[1];
    int version = mode == 'l' ? 1 : use->versions.min;
    const char *said = "";
    struct fault *fault;
    json_t *value;

    assert_null(json_read(mem, tsv->cells[2], tsv->lengths[2], &value));
    if (mode == 'q') {
        struct query query;

        if (!is_query(value))
            return true;
        query = query_from(mem, value);
        fault = schema_check_query(mem, use->node, version, false, &query);
    } else {
        fault = schema_check_body(mem, use->node, version, mode == 'l', value);
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
    struct tsv tsv;
    size_t lines = 0, wrong = 0;

    (void)state;
    for (tsv_open(&tsv, "tests/unit/routes/schema_cases.tsv"); tsv_next(&tsv); lines++) {
        void *scratch = mem_context(mem, "case");
        const struct schema_use *use = walk(is_named, tsv.cells[0]);

        if (!use)
            fail_msg("no route names the schema %s", tsv.cells[0]);
        assert_int_equal(tsv.count, 5);
        wrong += !case_holds(scratch, use, &tsv);
        talloc_free(scratch);
    }
    tsv_close(&tsv);
    print_message("%zu cases\n", lines);
    assert_true(lines > 3000);
    assert_int_equal(wrong, 0);
    talloc_free(mem);
}

static bool is_wrong(const struct schema_use *use, bool query, void *arg)
{
    const char *wrong = schema_self_check(arg, use->node);

    (void)query;
    if (wrong)
        print_error("%s: %s\n", use->name, wrong);
    return wrong != NULL;
}

static void tables_are_sound(void **state)
{
    void *mem = mem_context(NULL, "test");

    (void)state;
    assert_null(walk(is_wrong, mem));
    talloc_free(mem);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sound),
        cmocka_unit_test(errors_are_upstreams),
    };

    if (argc > 1 && !strcmp(argv[1], "--list")) {
        walk(print_use, NULL);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
