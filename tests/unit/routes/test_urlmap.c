/* SPDX-License-Identifier: Apache-2.0 */
/* Both URL maps choose as Python's do: data/urlmap.jsonl, written by record_urlmap.py, case by case. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/mem.h"
#include "routes/media_list.h"
#include "routes/urlmap.h"
#include "tests/unit/jsonl.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Answers with what the recorder's application does. */
static struct fault *serve(const struct app *app, struct request *request)
{
    strbuf_printf(&request->response.body, "%s|%s|%s|%s", app->name, request->script_name, request->path_info,
                  request->best_content_type ? request->best_content_type : "");
    return NULL;
}

static struct fault *serve_nothing(const struct app *app, struct request *request)
{
    strbuf_puts(&request->response.body, "nothing");
    return NULL;
}

static struct app *app_new(const void *mem, const char *name)
{
    struct app *app = mem_new(mem, struct app);

    *app = (struct app){ .name = name, .serve = serve };
    return app;
}

static const struct app not_found = { .name = "none", .serve = serve_nothing };

static struct urlmap *map_new(const void *mem, const json_t *record)
{
    bool nova = strcmp(json_string_value(json_object_get(record, "kind")), "nova") == 0;
    struct urlmap *map = urlmap_new(mem, nova ? URLMAP_NOVA : URLMAP_PASTE);
    const json_t *expression;
    size_t i;

    json_array_foreach(json_object_get(record, "map"), i, expression)
    {
        assert_null(urlmap_mount(map, json_string_value(expression), app_new(mem, json_string_value(expression))));
    }
    urlmap_set_not_found(map, &not_found);
    return map;
}

static bool run_record(void *with, const json_t *record)
{
    void *mem = mem_context(NULL, "record");
    const char *host = json_string_value(json_object_get(record, "host"));
    const char *wanted = json_string_value(json_object_get(record, "chosen"));
    const struct app app = { .name = "map", .serve = urlmap_serve, .state = map_new(mem, record) };
    struct request request = { .mem = mem };
    const char *key;
    json_t *value;
    bool same;

    (void)with;
    request_set_param(&request, "SCRIPT_NAME", "/s");
    request_set_param(&request, "PATH_INFO", json_string_value(json_object_get(record, "path")));
    request_set_param(&request, "SERVER_NAME", "server");
    request_set_param(&request, "SERVER_PORT", "80");
    if (host)
        request_set_param(&request, "HTTP_HOST", host);
    json_object_foreach(json_object_get(record, "params"), key, value)
    {
        request_set_param(&request, key, json_string_value(value));
    }
    request_init(&request, mem, NULL, NULL);
    same = urlmap_serve(&app, &request) == NULL && strcmp(request.response.body.data, wanted ? wanted : "nothing") == 0;
    if (!same) {
        char *text = json_dumps(record, 0);
        print_message("%s\n got %s\n", text, request.response.body.data);
        free(text);
    }
    talloc_free(mem);
    return same;
}

static void maps_choose_as_recorded(void **state)
{
    (void)state;
    jsonl_check("tests/unit/routes/data/urlmap.jsonl", 1000, run_record, NULL);
}

static void expressions_that_are_none(void **state)
{
    static const char *const rows[] = { "v2", "domain", "port 80", "domain a domain b", "/a /b", "port", "ftp://x/" };
    void *mem = mem_context(NULL, "rows");
    struct urlmap *map = urlmap_new(mem, URLMAP_NOVA);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fault *fault = urlmap_mount(map, rows[i], &not_found);
        assert_non_null(fault);
        assert_int_equal(fault->name, FAULT_ValueError);
    }
    talloc_free(mem);
}

static void a_later_mount_replaces(void **state)
{
    void *mem = mem_context(NULL, "map");
    struct urlmap *map = urlmap_new(mem, URLMAP_NOVA);
    const struct app app = { .name = "map", .serve = urlmap_serve, .state = map };
    struct request request = { .mem = mem };

    assert_null(urlmap_mount(map, "/x/", app_new(mem, "first")));
    assert_null(urlmap_mount(map, "//x", app_new(mem, "second")));
    request_set_param(&request, "PATH_INFO", "/x");
    request_init(&request, mem, NULL, NULL);
    assert_null(urlmap_serve(&app, &request));
    assert_string_equal(request.response.body.data, "second|/x||application/json");
    talloc_free(mem);
}

static void nothing_mounted_is_a_404(void **state)
{
    void *mem = mem_context(NULL, "map");
    const struct app app = { .name = "map", .serve = urlmap_serve, .state = urlmap_new(mem, URLMAP_PASTE) };
    struct request request = { .mem = mem };

    request_set_param(&request, "PATH_INFO", "/x");
    request_init(&request, mem, NULL, NULL);
    assert_null(urlmap_serve(&app, &request));
    assert_int_equal(request.response.status, 404);
    request_set_param(&request, "PATH_INFO", "*");
    assert_non_null(urlmap_serve(&app, &request));
    talloc_free(mem);
}

/* What fails in Python (a parameter without a value, a list of separators) is as if it were not there. */
static void odd_media_types_are_harmless(void **state)
{
    static const char *const offers[] = { "application/json", NULL };
    static const char *const rows[] = { ";",   ";;,",    "application/json;q", "\"", "a;\"", "\"\\",
                                        "a;=", "a;b=;c", "a; ;b= ;q= " };
    void *mem = mem_context(NULL, "rows");
    const char *mask;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_null(media_best_match(mem, rows[i], offers, &mask));
        assert_null(media_parameter(mem, rows[i], "version"));
    }
    assert_null(media_parameter(mem, "a;version", "version"));
    assert_null(media_parameter(mem, "a;version=;x", "version"));
    assert_string_equal(media_parameter(mem, "a;version= ;x", "version"), " ");
    assert_string_equal(media_parameter(mem, "a;version=\"2.1\"", "version"), "2.1");
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_choose_as_recorded),      cmocka_unit_test(expressions_that_are_none),
        cmocka_unit_test(a_later_mount_replaces),       cmocka_unit_test(nothing_mounted_is_a_404),
        cmocka_unit_test(odd_media_types_are_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
