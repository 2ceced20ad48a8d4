/* SPDX-License-Identifier: Apache-2.0 */
/* The router's tree: what it refuses in tables, and which row a path finds. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/mem.h"
#include "routes/router.h"

#include <string.h>

static struct fault *nothing(struct call *call)
{
    return NULL;
}

#define PROJECT "6f70656e737461636b20342065766572"

static void assert_found(const char *method, const char *path, const char *template, const char *project,
                         const char *first, const char *second)
{
    void *mem = mem_context(NULL, "test");
    struct route_match match;

    assert_true(router_match(mem, method, path, &match));
    assert_string_equal(match.endpoint->path, template);
    assert_string_equal(match.endpoint->method, method);
    assert_string_equal(match.project_id ? match.project_id : "-", project ? project : "-");
    assert_string_equal(match.vars[0] ? match.vars[0] : "-", first ? first : "-");
    assert_string_equal(match.vars[1] ? match.vars[1] : "-", second ? second : "-");
    talloc_free(mem);
}

static void assert_lost(const char *method, const char *path)
{
    void *mem = mem_context(NULL, "test");
    struct route_match match;

    assert_false(router_match(mem, method, path, &match));
    talloc_free(mem);
}

static int open_all(void **state)
{
    *state = mem_context(NULL, "tables");
    return router_open(*state) != NULL;
}

static int close_all(void **state)
{
    talloc_free(*state);
    return 0;
}

static void test_all_tables_are_well(void **state)
{
    void *mem = mem_context(NULL, "test");
    const char *wrong = router_open(mem);

    if (!wrong)
        wrong = router_check_schemas(mem, resources);
    if (wrong)
        fail_msg("%s", wrong);
    talloc_free(mem);
}

static void test_literal_goes_before_variable(void **state)
{
    assert_found("GET", "/flavors", "/flavors", NULL, NULL, NULL);
    assert_found("GET", "/flavors/detail", "/flavors/detail", NULL, NULL, NULL);
    assert_found("GET", "/flavors/details", "/flavors/{id}", NULL, "details", NULL);
}

static void test_method_without_rows_turns_back_to_the_variable(void **state)
{
    assert_found("PUT", "/flavors/detail", "/flavors/{id}", NULL, "detail", NULL);
    assert_lost("POST", "/flavors/detail");
}

static void test_project_id_is_optional(void **state)
{
    assert_found("GET", "/" PROJECT "/flavors/7", "/flavors/{id}", PROJECT, "7", NULL);
    assert_found("GET", "/6f70656e-7374-6163-6b20-342065766572/flavors", "/flavors",
                 "6f70656e-7374-6163-6b20-342065766572", NULL, NULL);
    assert_lost("GET", "/admin/flavors");
    assert_lost("GET", "/" PROJECT "/" PROJECT "/flavors");
    assert_lost("GET", "/" PROJECT);
}

static void test_two_variables(void **state)
{
    assert_found("GET", "/flavors/7/os-extra_specs/hw:cpu", "/flavors/{flavor_id}/os-extra_specs/{id}", NULL, "7",
                 "hw:cpu");
}

static void test_whole_path_must_match(void **state)
{
    assert_lost("GET", "/flavors/");
    assert_lost("GET", "/flavors/7/");
    assert_lost("GET", "/flavors//os-extra_specs");
    assert_lost("GET", "/Flavors");
    assert_lost("GET", "flavors");
    assert_lost("GET", "/a/b/c/d/e/f/g/h/i/j/k");
    assert_lost("HEAD", "/flavors");
    assert_lost("OPTIONS", "/flavors");
}

static void test_one_line_feed_at_the_end_is_not_seen(void **state)
{
    assert_found("GET", "/flavors\n", "/flavors", NULL, NULL, NULL);
    assert_found("GET", "/flavors/7\n", "/flavors/{id}", NULL, "7", NULL);
    assert_found("GET", "/flavors/\n", "/flavors/{id}", NULL, "\n", NULL);
    assert_lost("GET", "/flavors\n\n");
}

static void test_bytes_of_a_variable_are_latin1(void **state)
{
    assert_found("GET", "/flavors/\xc3\xa9", "/flavors/{id}", NULL, "\xc3\x83\xc2\xa9", NULL);
}

static void test_alias_of_servers(void **state)
{
    assert_found("GET", "/os-volumes_boot/detail", "/os-volumes_boot/detail", NULL, NULL, NULL);
    assert_found("POST", "/os-volumes_boot/7/action", "/os-volumes_boot/{id}/action", NULL, "7", NULL);
    assert_lost("GET", "/os-volumes_boot/7/tags");
}

/* ---- tables that are wrong ---- */

static void assert_refused(const struct route *routes, const char *words)
{
    void *mem = mem_context(NULL, "test");
    const struct resource resource = { "bad", routes };
    const struct resource *const tables[] = { &resource, NULL };

    assert_string_equal(router_open_tables(mem, tables), words);
    talloc_free(mem);
}

#define ROW(method, path, action, versions)                                                                            \
    {                                                                                                                  \
        (method), (path), (action), versions, nothing, 200, .errors = { 0 }                                            \
    }

static void test_overlapping_versions_are_refused(void **state)
{
    const struct route routes[] = { ROW("GET", "/a", NULL, V_UPTO(10)), ROW("GET", "/a", NULL, V_FROM(10)), { 0 } };

    assert_refused(routes, "routes of bad: GET /a: its versions overlap those of an earlier row");
}

static void test_overlapping_actions_are_refused(void **state)
{
    const struct route routes[] = { ROW("POST", "/a/action", "do", V_UPTO(10)),
                                    ROW("POST", "/a/action", "undo", V_FROM(10)),
                                    ROW("POST", "/a/action", "do", V_FROM(10)),
                                    { 0 } };

    assert_refused(routes, "routes of bad: POST /a/action do: its versions overlap those of an earlier row");
}

static void test_actions_keep_to_themselves(void **state)
{
    const struct route routes[] = { ROW("POST", "/a", "do", V_ALL), ROW("POST", "/a", NULL, V_ALL), { 0 } };

    assert_refused(routes, "routes of bad: POST /a: actions and others share a path");
}

static void test_words_about_single_rows(void **state)
{
    const struct route method[] = { ROW("PATCH", "/a", NULL, V_ALL), { 0 } };
    const struct route path[] = { ROW("GET", "a", NULL, V_ALL), { 0 } };
    const struct route versions[] = { ROW("GET", "/a", NULL, V_BETWEEN(9, 3)), { 0 } };
    const struct route vars[] = { ROW("GET", "/{a}/{b}/{c}/{d}/{e}", NULL, V_ALL), { 0 } };
    const struct route status[] = { { "GET", "/a", NULL, V_ALL, nothing, 404, .errors = { 0 } }, { 0 } };

    assert_refused(method, "routes of bad: PATCH /a: unknown method");
    assert_refused(path, "routes of bad: GET a: not a path, or too long");
    assert_refused(versions, "routes of bad: GET /a: an empty range of versions");
    assert_refused(vars, "routes of bad: GET /{a}/{b}/{c}/{d}/{e}: too many variables");
    assert_refused(status, "routes of bad: GET /a: the status is not one of success");
}

static void test_bad_schema_is_told_with_its_row(void **state)
{
    static const struct schema_node broken = { .types = { SCHEMA_STRING }, .pattern = "(" };
    static const struct schema_use uses[] = { { V_ALL, &broken, "bad.create", true }, { .node = NULL } };
    const struct route routes[] = { { "POST", "/a", NULL, V_ALL, nothing, 200, .body = uses }, { 0 } };
    void *mem = mem_context(NULL, "test");
    const struct resource resource = { "bad", routes };
    const struct resource *const tables[] = { &resource, NULL };
    const char *words = router_check_schemas(mem, tables);

    assert_non_null(words);
    assert_non_null(strstr(words, "routes of bad: POST /a: schema bad.create: "));
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest matching[] = {
        cmocka_unit_test(test_literal_goes_before_variable),
        cmocka_unit_test(test_method_without_rows_turns_back_to_the_variable),
        cmocka_unit_test(test_project_id_is_optional),
        cmocka_unit_test(test_two_variables),
        cmocka_unit_test(test_whole_path_must_match),
        cmocka_unit_test(test_one_line_feed_at_the_end_is_not_seen),
        cmocka_unit_test(test_bytes_of_a_variable_are_latin1),
        cmocka_unit_test(test_alias_of_servers),
    };
    const struct CMUnitTest tables[] = {
        cmocka_unit_test(test_all_tables_are_well),
        cmocka_unit_test(test_overlapping_versions_are_refused),
        cmocka_unit_test(test_overlapping_actions_are_refused),
        cmocka_unit_test(test_actions_keep_to_themselves),
        cmocka_unit_test(test_words_about_single_rows),
        cmocka_unit_test(test_bad_schema_is_told_with_its_row),
    };

    return cmocka_run_group_tests_name("matching", matching, open_all, close_all) |
           cmocka_run_group_tests_name("tables", tables, NULL, NULL);
}
