/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compute_req_id, faultwrap and request_log around one application: the
 * answer with its headers in their order, and each line of the log, are
 * those that Python's gave (data/wrapped.jsonl, written by
 * record_wrapped.py).
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/log.h"
#include "middleware/filters.h"
#include "tests/unit/jsonl.h"
#include "tests/unit/middleware/fixture.h"

#include <jansson.h>

#define ID "req-11111111-1111-4111-8111-111111111111"
#define TRACE "TRACE "

static const char *text_of(const json_t *record, const char *key)
{
    const char *text = json_string_value(json_object_get(record, key));

    return text ? text : "";
}

static struct fault *serve(const struct app *app, struct request *request)
{
    const json_t *record = app->state, *header, *with = json_object_get(record, "answer_with");
    json_t *http = json_object_get(record, "http");
    const char *raises = text_of(record, "raises");
    size_t i;

    if (json_object_get(record, "version"))
        request->version_text = text_of(record, "version");
    if (http)
        return fault_http(request->mem, (int)json_integer_value(http), NULL);
    for (enum fault_name name = 0; *raises && name < FAULT_COUNT; name++)
        if (strcmp(fault_kinds[name].name, raises) == 0)
            return fault_make_text(request->mem, name, fault_kinds[name].code, __FILE__, __LINE__, __func__, "%s",
                                   text_of(record, "words"));
    assert_string_equal(raises, "");
    request->response.status = (int)json_integer_value(json_object_get(record, "status"));
    request->response.no_length = request->response.status == 204;
    if (!request->response.no_length)
        response_add_header(&request->response, request->mem, "Content-Type", "text/plain");
    json_array_foreach(with, i, header)
    {
        response_add_header(&request->response, request->mem, json_string_value(json_array_get(header, 0)),
                            json_string_value(json_array_get(header, 1)));
    }
    strbuf_puts(&request->response.body, text_of(record, "body"));
    return NULL;
}

/* Of the log since the last call: no traces, which name files, and TIME for the time. */
static const char *logged(const void *mem, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[4096], *all = mem_strdup(mem, "");

    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        char *time = strstr(line, " time: ");

        if (strncmp(line, TRACE, sizeof(TRACE) - 1) == 0)
            continue;
        if (time) {
            assert_int_equal(strspn(time + 7, "0123456789"), strcspn(time + 7, "."));
            assert_int_equal(strcspn(strchr(time, '.'), "\n"), 7);
            strcpy(time, " time: TIME\n");
        }
        all = mem_printf(mem, "%s%s", all, line);
    }
    fclose(file);
    assert_int_equal(truncate(path, 0), 0);
    return all;
}

static const char *headers_of(const struct fixture *fixture)
{
    const struct response *response = &fixture->request.response;
    const char *own = fixture->context.request_id;
    char *all = mem_strdup(fixture->mem, "");

    for (size_t i = 0; i < response->header_count; i++)
        all = mem_printf(fixture->mem, "%s%s: %s\n", all, response->headers[i].name,
                         strcmp(response->headers[i].value, own) == 0 ? ID : response->headers[i].value);
    return all;
}

static const char *recorded(const struct fixture *fixture, const json_t *record, const char *key)
{
    char *all = mem_strdup(fixture->mem, "");
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(record, key), i, row)
    {
        all = json_is_string(row)
                  ? mem_printf(fixture->mem, "%s%s\n", all, json_string_value(row))
                  : mem_printf(fixture->mem, "%s%s: %s\n", all, json_string_value(json_array_get(row, 0)),
                               json_string_value(json_array_get(row, 1)));
    }
    return all;
}

/* A path as a front server passes it on: bytes, of which the record has one a character. */
static const char *bytes_of(const void *mem, const char *text)
{
    char *out = mem_strdup(mem, text), *end = out;

    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at >= 0xc2 && *at <= 0xc3 && at[1])
            *end++ = (char)((*at << 6) | (at[1] & 0x3f)), at++;
        else
            *end++ = (char)*at;
    *end = '\0';
    return out;
}

static bool run_record(void *with, const json_t *record)
{
    const json_t *headers = json_object_get(record, "headers"), *header;
    struct filter filters[] = { { .kind = &compute_req_id, .name = "a" },
                                { .kind = &faultwrap, .name = "b" },
                                { .kind = &request_log, .name = "c" } };
    const struct filter *list[] = { &filters[0], &filters[1], &filters[2] };
    struct app app = { "app", list, 3, serve, (void *)record };
    static const char *const levels[] = { NULL };
    struct log_settings settings = {
        .program = "x",
        .context_format = "%(levelname)s %(name)s %(message)s",
        .default_format = "%(levelname)s %(name)s %(message)s",
        .exception_prefix = TRACE,
        .user_identity_format = "",
        .instance_format = "",
        .instance_uuid_format = "",
        .debug_format_suffix = "",
        .default_log_levels = levels,
        .log_rotation_type = "none",
        .rate_limit_except_level = "CRITICAL",
    };
    const char *wanted, *got;
    struct fixture fixture;
    bool same;
    size_t i;

    (void)with;
    fixture_open(&fixture, text_of(record, "options"));
    settings.log_file = fixture_file(fixture.mem, "");
    assert_null(log_setup(&settings));
    fixture_request(&fixture, text_of(record, "method"), "/");
    request_set_param(&fixture.request, "HTTP_HOST", "api.example");
    request_set_param(&fixture.request, "SCRIPT_NAME", text_of(record, "script"));
    request_set_param(&fixture.request, "PATH_INFO", bytes_of(fixture.mem, text_of(record, "path")));
    request_set_param(&fixture.request, "QUERY_STRING", text_of(record, "query"));
    if (json_object_get(record, "remote"))
        request_set_param(&fixture.request, "REMOTE_ADDR", text_of(record, "remote"));
    else
        request_delete_param(&fixture.request, "REMOTE_ADDR");
    json_array_foreach(headers, i, header)
    {
        fixture_header(&fixture, json_string_value(json_array_get(header, 0)),
                       json_string_value(json_array_get(header, 1)));
    }
    fixture_ready(&fixture, NULL);
    chain_answer(&app, &fixture.request);
    wanted = mem_printf(fixture.mem, "%lld\n%s%s\n%s", (long long)json_integer_value(json_object_get(record, "status")),
                        recorded(&fixture, record, "answer_headers"), text_of(record, "answer"),
                        recorded(&fixture, record, "log"));
    got = mem_printf(fixture.mem, "%d\n%s%s\n%s", fixture.request.response.status, headers_of(&fixture),
                     strcmp(text_of(record, "method"), "HEAD") == 0 ? "" : fixture.request.response.body.data,
                     logged(fixture.mem, settings.log_file));
    same = strcmp(wanted, got) == 0;
    if (!same)
        printf("---- %s%s: wanted\n%s---- got\n%s----end\n", text_of(record, "raises"), text_of(record, "path"), wanted,
               got);
    log_shutdown();
    fixture_close(&fixture);
    return same;
}

static void answers_and_lines_are_as_recorded(void **state)
{
    (void)state;
    jsonl_check("tests/unit/middleware/data/wrapped.jsonl", 400, run_record, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(answers_and_lines_are_as_recorded) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
