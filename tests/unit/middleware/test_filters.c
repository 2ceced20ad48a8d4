/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each filter around a small application does what Python's does:
 * data/filters.jsonl, written by record.py, case by case; then what a record
 * does not show.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/profiler.h"
#include "middleware/filters.h"
#include "tests/unit/jsonl.h"
#include "tests/unit/middleware/fixture.h"

#include <jansson.h>
#include <openssl/evp.h>

/* ---- the recorded cases ---- */

static const struct middleware *const kinds[] = {
    &compute_req_id,       &cors,    &faultwrap,  &healthcheck, &http_proxy_to_wsgi,
    &legacy_v2_compatible, &noauth2, &osprofiler, &request_log, &sizelimit,
};

static const struct middleware *kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    fail_msg("no filter %s", name);
    return NULL;
}

static const char *text_of(const json_t *record, const char *key)
{
    return json_string_value(json_object_get(record, key));
}

/* The application: answers as the record says, with what it saw as the body. */
static struct fault *serve_record(const struct app *app, struct request *request)
{
    const json_t *record = app->state, *header;
    const char *version = request_header(request, "OpenStack-API-Version");
    size_t i;

    request->response.status = (int)json_integer_value(json_object_get(record, "app_status"));
    response_add_header(&request->response, request->mem, "Content-Type", "text/plain");
    json_array_foreach(json_object_get(record, "app_headers"), i, header)
    {
        response_add_header(&request->response, request->mem, json_string_value(json_array_get(header, 0)),
                            json_string_value(json_array_get(header, 1)));
    }
    strbuf_printf(&request->response.body, "%s|%s|%s|%s|%s|%s", request->scheme, request->host, request->remote_addr,
                  request->script_name, version ? version : "", request->legacy_v2 ? "True" : "False");
    return NULL;
}

static int line_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *lines_text(const void *mem, char **lines, size_t count)
{
    char *text = mem_strdup(mem, "");

    qsort(lines, count, sizeof(*lines), line_compare);
    for (size_t i = 0; i < count; i++)
        text = mem_printf(mem, "%s%s\n", text, lines[i]);
    return text;
}

static const char *answered(const struct fixture *fixture)
{
    const struct response *response = &fixture->request.response;
    char **lines = mem_array(fixture->mem, char *, response->header_count + 1);

    for (size_t i = 0; i < response->header_count; i++)
        lines[i] = mem_printf(fixture->mem, "%s: %s", response->headers[i].name, response->headers[i].value);
    return lines_text(fixture->mem, lines, response->header_count);
}

static const char *recorded(const struct fixture *fixture, const json_t *headers)
{
    char **lines = mem_array(fixture->mem, char *, json_array_size(headers) + 1);

    for (size_t i = 0; i < json_array_size(headers); i++)
        lines[i] = mem_printf(fixture->mem, "%s: %s", json_string_value(json_array_get(json_array_get(headers, i), 0)),
                              json_string_value(json_array_get(json_array_get(headers, i), 1)));
    return lines_text(fixture->mem, lines, json_array_size(headers));
}

/* Opens the record's filter with its settings. */
static void open_filter(struct fixture *fixture, const json_t *record, struct filter *filter)
{
    struct settings *settings = mem_new(fixture->mem, struct settings);
    struct setting *local = mem_array(fixture->mem, struct setting, 16);
    const char *key;
    json_t *value;

    json_object_foreach(json_object_get(record, "settings"), key, value)
    {
        local[settings->local_count++] = (struct setting){ key, json_string_value(value) };
    }
    settings->mem = fixture->mem;
    settings->section = "filter:x";
    settings->file = "paste.ini";
    settings->local = local;
    filter->kind = kind_of(text_of(record, "filter"));
    filter->name = "x";
    /* The recorder makes cors without the factory, which wants one of two keys. */
    if (filter->kind == &cors && !settings_get(settings, "allowed_origin")) {
        local[settings->local_count++] = (struct setting){ "oslo_config_project", "nova" };
        local[settings->local_count++] = (struct setting){ "oslo_config_file", fixture->options_file };
    }
    if (filter->kind->open)
        assert_null(filter->kind->open(settings, fixture->worker.conf, &filter->state));
}

static bool run_record(void *with, const json_t *record)
{
    const json_t *headers = json_object_get(record, "headers");
    int status = (int)json_integer_value(json_object_get(record, "status"));
    const char *body = text_of(record, "answer"), *wanted, *got;
    const struct response *response;
    struct fixture fixture;
    struct filter filter = { NULL, NULL, NULL };
    const struct filter *filters[] = { &filter };
    struct app app = { "app", filters, 1, serve_record, (void *)record };
    bool same;

    (void)with;
    fixture_open(&fixture, text_of(record, "options"));
    open_filter(&fixture, record, &filter);
    fixture_request(&fixture, text_of(record, "method"), "/healthcheck");
    request_set_param(&fixture.request, "HTTP_HOST", "api.example");
    for (size_t i = 0; i < json_array_size(headers); i++)
        fixture_header(&fixture, json_string_value(json_array_get(json_array_get(headers, i), 0)),
                       json_string_value(json_array_get(json_array_get(headers, i), 1)));
    fixture_ready(&fixture, NULL);
    chain_answer(&app, &fixture.request);
    response = &fixture.request.response;
    wanted = recorded(&fixture, json_object_get(record, "answer_headers"));
    got = answered(&fixture);
    same = response->status == status && strcmp(wanted, got) == 0 &&
           (strcmp(text_of(record, "method"), "HEAD") == 0 || strcmp(response->body.data, body) == 0);
    if (!same) {
        char *text = json_dumps(record, 0);
        print_message("%s\n got %d\n%s%s\n\n", text, response->status, got, response->body.data);
        free(text);
    }
    fixture_close(&fixture);
    return same;
}

static void filters_do_as_recorded(void **state)
{
    (void)state;
    jsonl_check("tests/unit/middleware/data/filters.jsonl", 1000, run_record, NULL);
}

/* ---- what a record does not show ---- */

static struct fixture fixture;
static enum fault_name raised;
static int raised_code;
static const char *raised_text;
static bool served;

static int open_fixture(void **state)
{
    fixture_open(&fixture, "[profiler]\nenabled = True\nhmac_keys = first, second\nconnection_string = log://\n");
    return 0;
}

static int close_fixture(void **state)
{
    fixture_close(&fixture);
    return 0;
}

static struct fault *serve_raise(const struct app *app, struct request *request)
{
    served = true;
    strbuf_puts(&request->response.body, "half");
    if (raised_code)
        return fault_http(request->mem, raised_code, NULL);
    if (!raised_text)
        return NULL;
    return fault_make_text(request->mem, raised, fault_kinds[raised].code, __FILE__, __LINE__, __func__, "%s",
                           raised_text);
}

/* Runs a request through filters of these kinds, with settings of none. */
static void run(const struct middleware *const *wanted, size_t count)
{
    static const struct settings settings_template = { .section = "filter:x", .file = "paste.ini" };
    struct settings *settings = mem_memdup(fixture.mem, &settings_template, sizeof(settings_template));
    struct filter *filters = mem_array(fixture.mem, struct filter, count);
    const struct filter **list = mem_array(fixture.mem, const struct filter *, count);
    struct app *app = mem_new(fixture.mem, struct app);

    settings->mem = fixture.mem;
    for (size_t i = 0; i < count; i++) {
        filters[i].kind = wanted[i];
        filters[i].name = wanted[i]->name;
        list[i] = &filters[i];
        if (wanted[i]->open)
            assert_null(wanted[i]->open(settings, fixture.worker.conf, &filters[i].state));
    }
    *app = (struct app){ "app", list, count, serve_raise, NULL };
    served = false;
    chain_answer(app, &fixture.request);
}

static void a_fault_becomes_an_answer(void **state)
{
    static const struct middleware *const chain[] = { &compute_req_id, &faultwrap };
    static const struct {
        enum fault_name name;
        const char *text;
        int http; /* WebOb's error of this code instead */
        int status;
        const char *body;
    } rows[] = {
        { FAULT_InstanceNotFound, "secret", 0, 404,
          "{\"itemNotFound\": {\"code\": 404, \"message\": \"The resource could not be found.\"}}" },
        { FAULT_Internal, "secret", 0, 500,
          "{\"computeFault\": {\"code\": 500, \"message\": \"The server has either erred or is incapable of performing "
          "the requested operation.\"}}" },
        { FAULT_PolicyNotAuthorized, "secret", 0, 403,
          "{\"forbidden\": {\"code\": 403, \"message\": \"Access was denied to this resource.\"}}" },
        { FAULT_Internal, NULL, 404, 404, "404 Not Found\n\nThe resource could not be found.\n\n   " },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        raised = rows[i].name;
        raised_text = rows[i].text;
        raised_code = rows[i].http;
        fixture_request(&fixture, "GET", "/x");
        fixture_ready(&fixture, NULL);
        run(chain, 2);
        assert_int_equal(fixture.request.response.status, rows[i].status);
        assert_string_equal(fixture.request.response.body.data, rows[i].body);
        /* The filter around it went on as with any answer. */
        assert_string_equal(fixture_answer_header(&fixture, "x-compute-request-id"), fixture.context.request_id);
    }
    raised_code = 0;
    raised_text = NULL;
}

static void nothing_catches_it(void **state)
{
    static const struct middleware *const chain[] = { &compute_req_id, &request_log };

    raised = FAULT_Internal;
    raised_text = "secret";
    fixture_request(&fixture, "GET", "/x");
    fixture_ready(&fixture, NULL);
    run(chain, 2);
    raised_text = NULL;
    assert_int_equal(fixture.request.response.status, 500);
    assert_string_equal(fixture.request.response.body.data, "Internal Server Error");
    assert_string_equal(fixture_answer_header(&fixture, "x-compute-request-id"), "");
}

static void ids_are_taken_only_when_well_formed(void **state)
{
    static const struct middleware *const chain[] = { &compute_req_id };
    static const struct {
        const char *header;
        bool taken;
    } rows[] = {
        { "req-01234567-89ab-cdef-0123-456789abcdef", true },   { "req-01234567-89AB-cdef-0123-456789abcdef", false },
        { "01234567-89ab-cdef-0123-456789abcdef", false },      { "req-0123456789abcdef0123456789abcdef", false },
        { "req-01234567-89ab-cdef-0123-456789abcdef0", false }, { "", false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fixture_request(&fixture, "GET", "/x");
        fixture_header(&fixture, "X-Openstack-Request-Id", rows[i].header);
        fixture_ready(&fixture, NULL);
        run(chain, 1);
        assert_true(!!fixture.context.global_request_id == rows[i].taken);
        assert_int_equal(strlen(fixture.context.request_id), 40);
        assert_string_not_equal(fixture.context.request_id, rows[i].header);
    }
}

static void a_refused_request_is_not_served(void **state)
{
    static const struct middleware *const too_large[] = { &compute_req_id, &sizelimit, &noauth2 };
    static const struct middleware *const no_token[] = { &compute_req_id, &noauth2 };

    fixture_request(&fixture, "POST", "/x");
    fixture_header(&fixture, "Content-Length", "114689");
    fixture_ready(&fixture, NULL);
    run(too_large, 3);
    assert_int_equal(fixture.request.response.status, 413);
    assert_false(served);
    assert_string_equal(fixture_answer_header(&fixture, "x-compute-request-id"), fixture.context.request_id);

    fixture_request(&fixture, "GET", "/x");
    fixture_ready(&fixture, NULL);
    run(no_token, 2);
    assert_int_equal(fixture.request.response.status, 204);
    assert_false(served);
    assert_false(fixture.context.authenticated);
}

static void a_body_without_length_is_limited_while_read(void **state)
{
    static const struct middleware *const chain[] = { &sizelimit };
    const char *data;
    struct fault *fault;
    size_t size;
    char *body = mem_array(fixture.mem, char, 114690);

    memset(body, 'x', 114689);
    fixture_request(&fixture, "POST", "/x");
    fixture_ready(&fixture, body);
    run(chain, 1);
    fault = request_body(&fixture.request, &data, &size);
    assert_non_null(fault);
    assert_int_equal(fault->code, 413);
    assert_string_equal(fault->message, "Request is too large. Larger than 114688.");
}

static void tokens_say_who_one_is(void **state)
{
    static const struct middleware *const chain[] = { &noauth2 };
    static const struct {
        const char *token, *user, *project;
        bool admin;
    } rows[] = {
        { "admin:p", "admin", "p", true }, { "admin", "admin", "admin", true }, { "bob:p", "bob", "p", false },
        { "bob:", "bob", "bob", false },   { "a:b:c", "a", "b:c", false },      { ":p", NULL, "p", false },
        { "", NULL, NULL, false },         { "Admin:p", "Admin", "p", false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct context *context = &fixture.context;
        fixture_request(&fixture, "GET", "/x");
        fixture_header(&fixture, "X-Auth-Token", rows[i].token);
        fixture_ready(&fixture, NULL);
        run(chain, 1);
        assert_true(served);
        assert_true(context->authenticated);
        assert_true(context->is_admin == rows[i].admin);
        assert_null(context->roles[0]);
        assert_null(context->auth_token);
        assert_true(rows[i].user ? !strcmp(context->user_id, rows[i].user) : !context->user_id);
        assert_true(rows[i].project ? !strcmp(context->project_id, rows[i].project) : !context->project_id);
        assert_string_equal(context->remote_address, "192.0.2.1");
    }
}

static void the_offered_url_may_lack_the_project(void **state)
{
    static const struct middleware *const chain[] = { &noauth2_v2_18 };

    fixture_request(&fixture, "GET", "/v2.1/");
    fixture_header(&fixture, "Host", "api.example");
    fixture_header(&fixture, "X-Auth-Project-Id", "p");
    fixture_ready(&fixture, NULL);
    run(chain, 1);
    assert_false(served);
    assert_string_equal(fixture_answer_header(&fixture, "X-Auth-Token"), "admin:p");
    assert_string_equal(fixture_answer_header(&fixture, "X-Server-Management-Url"), "http://api.example/v2.1");
}

/* ---- profiling ---- */

static char *encode(const char *text)
{
    char *out = mem_array(fixture.mem, char, strlen(text) * 2 + 8);

    EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)text, (int)strlen(text));
    for (char *p = out; *p; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    return out;
}

static struct profiler *seen_profiler;
static char seen_parent[128];

static struct fault *serve_profiler(const struct app *app, struct request *request)
{
    const char *info, *hmac;

    seen_profiler = request->worker->profiler;
    seen_parent[0] = '\0';
    if (profiler_headers(seen_profiler, request->mem, &info, &hmac)) {
        char out[256];
        int size = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)info, (int)strlen(info));
        assert_true(profiler_verify(info, "second", hmac));
        assert_true(size > 0);
        snprintf(seen_parent, sizeof(seen_parent), "%.60s", out);
    }
    return NULL;
}

static void only_signed_traces_are_followed(void **state)
{
    static const struct {
        const char *info, *key;
        bool traced;
    } rows[] = {
        { "{\"base_id\": \"b\", \"parent_id\": \"p\"}", "second", true },
        { "{\"base_id\": \"b\"}", "second", true },
        { "{\"parent_id\": \"p\"}", "second", false },
        { "{\"base_id\": \"b\", \"x\": \"p\"}", "second", false },
        { "{\"base_id\": \"b\"}", "third", false },
        { "[]", "second", false },
        { "", "second", false },
    };
    const struct settings settings = { .mem = fixture.mem, .section = "filter:p", .file = "paste.ini" };
    struct filter filter = { &osprofiler, NULL, "p" };
    const struct filter *list[] = { &filter };
    const struct app app = { "app", list, 1, serve_profiler, NULL };

    assert_null(osprofiler.open(&settings, fixture.worker.conf, &filter.state));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *info = encode(rows[i].info), hmac[PROFILER_HMAC_SIZE];
        profiler_sign(info, rows[i].key, hmac);
        fixture_request(&fixture, "GET", "/x?y");
        fixture_header(&fixture, "X-Trace-Info", info);
        fixture_header(&fixture, "X-Trace-HMAC", hmac);
        fixture_ready(&fixture, NULL);
        chain_answer(&app, &fixture.request);
        assert_true(!!seen_profiler == rows[i].traced);
        assert_null(fixture.worker.profiler);
        if (rows[i].traced)
            assert_non_null(strstr(seen_parent, "{\"base_id\": \"b\", \"parent_id\": \""));
    }
    /* Without headers, and with a wrong signature of the right size. */
    fixture_request(&fixture, "GET", "/x");
    fixture_ready(&fixture, NULL);
    chain_answer(&app, &fixture.request);
    assert_null(seen_profiler);
    fixture_request(&fixture, "GET", "/x");
    fixture_header(&fixture, "X-Trace-Info", encode(rows[0].info));
    fixture_header(&fixture, "X-Trace-HMAC", "0123456789012345678901234567890123456789");
    fixture_ready(&fixture, NULL);
    chain_answer(&app, &fixture.request);
    assert_null(seen_profiler);
}

/* RFC 2202, test case 2. */
static void signatures_are_hmac_sha1(void **state)
{
    char hmac[PROFILER_HMAC_SIZE];

    profiler_sign("what do ya want for nothing?", "Jefe", hmac);
    assert_string_equal(hmac, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    assert_true(profiler_verify("what do ya want for nothing?", "Jefe", hmac));
    assert_false(profiler_verify("what do ya want for nothing!", "Jefe", hmac));
    assert_false(profiler_verify("what do ya want for nothing?", "Jefe", "effc"));
}

/* What Python alone has to tell (its version, its collector, its threads) has its key, and says that there is none. */
static void a_detailed_health_says_what_was_checked(void **state)
{
    static struct setting local[] = { { "detailed", "true" },
                                      { "backends", "disable_by_file" },
                                      { "disable_by_file_path", "/" } };
    struct settings settings = {
        .mem = fixture.mem, .section = "filter:x", .file = "paste.ini", .local = local, .local_count = 3
    };
    struct filter filter = { .kind = &healthcheck, .name = "x" };
    enum verdict verdict = VERDICT_GO_ON;
    const json_t *reason;
    json_t *answer;
    char *written;

    assert_null(healthcheck.open(&settings, fixture.worker.conf, &filter.state));
    fixture_request(&fixture, "GET", "/healthcheck");
    request_set_param(&fixture.request, "HTTP_ACCEPT", "application/json");
    fixture_ready(&fixture, NULL);
    assert_null(healthcheck.enter(&filter, &fixture.request, &verdict));
    assert_int_equal(verdict, VERDICT_DONE);
    assert_int_equal(fixture.request.response.status, 503);
    answer = json_loads(fixture.request.response.body.data, 0, NULL);
    assert_true(json_is_true(json_object_get(answer, "detailed")));
    assert_int_equal(strlen(text_of(answer, "now")), 26);
    assert_memory_equal(text_of(answer, "platform"), "Linux-", 6);
    assert_non_null(strstr(text_of(answer, "platform"), "-with-glibc"));
    reason = json_array_get(json_object_get(answer, "reasons"), 0);
    assert_string_equal(text_of(reason, "reason"), "DISABLED BY FILE");
    assert_string_equal(text_of(reason, "class"), "HealthcheckResult");
    assert_non_null(text_of(reason, "details"));
    assert_memory_equal(text_of(answer, "python_version"), "none (nova-api-fcgi 26.2", 24);
    assert_int_equal(json_array_size(json_object_get(json_object_get(answer, "gc"), "counts")), 3);
    assert_int_equal(json_array_size(json_object_get(json_object_get(answer, "gc"), "threshold")), 3);
    assert_true(json_is_array(json_object_get(answer, "greenthreads")));
    assert_true(json_is_array(json_object_get(answer, "threads")));
    written = json_dumps(answer, JSON_INDENT(4) | JSON_SORT_KEYS);
    assert_string_equal(fixture.request.response.body.data, written); /* the reference's form of JSON */
    free(written);
    json_decref(answer);
    fixture_request(&fixture, "GET", "/healthcheck");
    request_set_param(&fixture.request, "HTTP_ACCEPT", "text/html");
    fixture_ready(&fixture, NULL);
    assert_null(healthcheck.enter(&filter, &fixture.request, &verdict));
    assert_non_null(strstr(fixture.request.response.body.data, "<B>Server hostname:</B>"));
    assert_non_null(strstr(fixture.request.response.body.data, "<B>Python version:</B><PRE>none (nova-api-fcgi "));
    assert_non_null(strstr(fixture.request.response.body.data, "<B>Counts:</B><PRE>(0, 0, 0)</PRE>"));
    assert_non_null(strstr(fixture.request.response.body.data, "<TH>\nDetails\n</TH>"));
}

static char events[4][512];
static size_t event_count;

static void take_event(void *arg, const char *event)
{
    assert_ptr_equal(arg, events);
    snprintf(events[event_count++], sizeof(events[0]), "%s", event);
}

static void events_form_a_tree(void **state)
{
    struct profiler *profiler = profiler_open(fixture.mem, "key", "base\"\n", NULL, take_event, events);
    json_t *trees[4];

    event_count = 0;
    profiler_start(profiler, "wsgi", "{\"request\": {\"path\": \"/x\"}}");
    profiler_start(profiler, "db", NULL);
    profiler_stop(profiler, "{}");
    profiler_stop(profiler, NULL);
    profiler_stop(profiler, NULL);
    assert_int_equal(event_count, 4);
    for (size_t i = 0; i < 4; i++) {
        trees[i] = json_loads(events[i], 0, NULL);
        assert_non_null(trees[i]);
        assert_string_equal(text_of(trees[i], "base_id"), "base");
        assert_non_null(text_of(json_object_get(trees[i], "info"), "host"));
    }
    assert_string_equal(text_of(trees[0], "name"), "wsgi-start");
    assert_string_equal(text_of(trees[1], "name"), "db-start");
    assert_string_equal(text_of(trees[2], "name"), "db-stop");
    assert_string_equal(text_of(trees[3], "name"), "wsgi-stop");
    assert_string_equal(text_of(trees[0], "parent_id"), "base");
    assert_string_equal(text_of(trees[1], "parent_id"), text_of(trees[0], "trace_id"));
    assert_string_equal(text_of(trees[2], "trace_id"), text_of(trees[1], "trace_id"));
    for (size_t i = 0; i < 4; i++)
        json_decref(trees[i]);
    profiler_start(NULL, "db", NULL);
    profiler_stop(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_do_as_recorded),
        cmocka_unit_test(a_detailed_health_says_what_was_checked),
        cmocka_unit_test(a_fault_becomes_an_answer),
        cmocka_unit_test(nothing_catches_it),
        cmocka_unit_test(ids_are_taken_only_when_well_formed),
        cmocka_unit_test(a_refused_request_is_not_served),
        cmocka_unit_test(a_body_without_length_is_limited_while_read),
        cmocka_unit_test(tokens_say_who_one_is),
        cmocka_unit_test(the_offered_url_may_lack_the_project),
        cmocka_unit_test(only_signed_traces_are_followed),
        cmocka_unit_test(signatures_are_hmac_sha1),
        cmocka_unit_test(events_form_a_tree),
    };

    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
