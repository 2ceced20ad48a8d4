/* SPDX-License-Identifier: Apache-2.0 */
/* Which error wins, what becomes of a handler's fault, and which headers stand on the answer. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "routes/router.h"

#include <string.h>

/* ---- a small API ---- */

static enum fault_name raised;
static int raised_code;

static struct fault *echo(struct call *call)
{
    strbuf_printf(call->out, "{\"%s\": \"%s\"}", call->route->path, call->vars[0] ? call->vars[0] : "");
    return NULL;
}

static struct fault *empty(struct call *call)
{
    return NULL;
}

static struct fault *with_type(struct call *call)
{
    response_set_header(&call->request->response, call->mem, "Content-Type", "text/html; charset=UTF-8");
    return NULL;
}

static struct fault *raise(struct call *call)
{
    strbuf_puts(call->out, "half an answer");
    if (raised_code)
        return fault_http(call->mem, raised_code, NULL);
    return fault_make_text(call->mem, raised, fault_kinds[raised].code, __FILE__, __LINE__, __func__,
                           "what was raised");
}

static const struct schema_node text = { .types = { SCHEMA_STRING } };
static const struct schema_property thing_properties[] = { SCHEMA_MUST("name", &text, V_ALL), SCHEMA_LAST };
static const struct schema_node thing = { .types = { SCHEMA_OBJECT }, .properties = thing_properties };
static const struct schema_use thing_body[] = { { V_ALL, &thing, "things.create", true }, { .node = NULL } };

/* clang-format off */
static const struct route routes[] = {
    { "GET", "/things", NULL, V_ALL, echo, 200, .errors = { 400 } },
    { "POST", "/things", NULL, V_ALL, empty, 202, .errors = { 400 }, .body = thing_body },
    { "GET", "/things/{id}", NULL, V_UPTO(10), echo, 200, .errors = { 404 } },
    { "GET", "/things/{id}", NULL, V_FROM(20), with_type, 200, .errors = { 404 } },
    { "DELETE", "/things/{id}", NULL, V_ALL, raise, 204, .errors = { 404, 409 } },
    { "PUT", "/things/{id}", NULL, V_ALL, NULL, 200, .errors = { 404 } },
    { "POST", "/things/{id}/action", "lift", V_ALL, empty, 202, .errors = { 404 } },
    { "POST", "/things/{id}/action", "drop", V_FROM(20), empty, 204, .errors = { 404 } },
    { 0 },
};
/* clang-format on */
static const struct resource things = { "things", routes };

/* ---- asking it ---- */

struct asked {
    void *mem;
    struct worker worker;
    struct context context;
    struct request request;
    const char *body;
    struct fault *fault;
};

static long read_body(void *source, char *out, size_t size)
{
    const char **body = source;
    size_t length = strlen(*body);

    if (length > size)
        length = size;
    memcpy(out, *body, length);
    *body += length;
    return (long)length;
}

/* Asks with a method, a path (and query), a body and up to two headers (environ names). */
static struct asked *ask_with(const char *method, const char *path, const char *body, const char *name,
                              const char *value, const char *name2, const char *value2)
{
    void *mem = mem_context(NULL, "request");
    struct asked *asked = mem_new(mem, struct asked);
    const char *query = strchr(path, '?');
    const struct app app = { .name = "api" };

    asked->mem = mem;
    asked->context =
        (struct context){ .mem = mem, .worker = &asked->worker, .project_id = "abc", .authenticated = true };
    asked->request.mem = mem;
    request_set_param(&asked->request, "REQUEST_METHOD", method);
    request_set_param(&asked->request, "SCRIPT_NAME", "/v2.1");
    request_set_param(&asked->request, "PATH_INFO",
                      mem_strndup(mem, path, query ? (size_t)(query - path) : strlen(path)));
    request_set_param(&asked->request, "QUERY_STRING", query ? query + 1 : "");
    request_set_param(&asked->request, "HTTP_HOST", "api:8774");
    if (body)
        request_set_param(&asked->request, "CONTENT_LENGTH", mem_printf(mem, "%zu", strlen(body)));
    if (name)
        request_set_param(&asked->request, name, value);
    if (name2)
        request_set_param(&asked->request, name2, value2);
    asked->body = body ? body : "";
    asked->request.read = read_body;
    asked->request.source = &asked->body;
    request_init(&asked->request, mem, &asked->worker, &asked->context);
    asked->request.best_content_type = "application/json";
    asked->fault = router_serve(&app, &asked->request);
    return asked;
}

static struct asked *ask(const char *method, const char *path, const char *body)
{
    return ask_with(method, path, body, NULL, NULL, NULL, NULL);
}

static const char *header(const struct asked *asked, const char *name)
{
    const char *value = response_header(&asked->request.response, name);

    return value ? value : "-";
}

static void assert_answer(struct asked *asked, int status, const char *body)
{
    assert_null(asked->fault);
    assert_string_equal(asked->request.response.body.data, body);
    assert_int_equal(asked->request.response.status, status);
}

/* Checks and lets go. */
static void expect(struct asked *asked, int status, const char *body)
{
    assert_answer(asked, status, body);
    talloc_free(asked->mem);
}

#define FAULT_BODY(key, code, text) "{\"" key "\": {\"code\": " code ", \"message\": \"" text "\"}}"
#define NOT_FOUND FAULT_BODY("itemNotFound", "404", "The resource could not be found.")
#define MALFORMED FAULT_BODY("badRequest", "400", "Malformed request body")
#define ASKED_VERSION "HTTP_OPENSTACK_API_VERSION"
#define TYPE "CONTENT_TYPE"

static void test_success_has_version_headers(void **state)
{
    struct asked *asked = ask_with("GET", "/things/7", NULL, ASKED_VERSION, "compute 2.5", NULL, NULL);

    assert_answer(asked, 200, "{\"/things/{id}\": \"7\"}");
    assert_string_equal(header(asked, "Content-Type"), "application/json");
    assert_string_equal(header(asked, "OpenStack-API-Version"), "compute 2.5");
    assert_string_equal(header(asked, "X-OpenStack-Nova-API-Version"), "2.5");
    assert_string_equal(header(asked, "Vary"), "OpenStack-API-Version");
    assert_string_equal(asked->request.route, "/things/{id}");
    talloc_free(asked->mem);
}

static void test_handler_may_choose_its_type(void **state)
{
    struct asked *asked = ask_with("GET", "/things/7", NULL, ASKED_VERSION, "compute 2.20", NULL, NULL);

    assert_answer(asked, 200, "");
    assert_string_equal(header(asked, "Content-Type"), "text/html; charset=UTF-8");
    talloc_free(asked->mem);
}

static void test_version_goes_before_content_type(void **state)
{
    struct asked *asked = ask_with("GET", "/things", NULL, ASKED_VERSION, "compute 2.a", TYPE, "text/xml");

    assert_answer(asked, 400,
                  FAULT_BODY("badRequest", "400",
                             "API Version String 2.a is of invalid format. Must be of format MajorNum.MinorNum."));
    assert_string_equal(header(asked, "OpenStack-API-Version"), "-");
    assert_string_equal(header(asked, "Content-Type"), "application/json; charset=UTF-8");
    talloc_free(asked->mem);
}

static void test_version_out_of_range_is_echoed(void **state)
{
    struct asked *asked = ask_with("GET", "/things", NULL, ASKED_VERSION, "compute 3.0", NULL, NULL);

    assert_int_equal(asked->request.response.status, 406);
    assert_string_equal(header(asked, "OpenStack-API-Version"), "compute 3.0");
    talloc_free(asked->mem);
}

static void test_content_type_goes_before_action_and_project(void **state)
{
    const char *unsupported = FAULT_BODY("badMediaType", "415", "Unsupported Content-Type");

    expect(ask_with("POST", "/def/things/7/action", "{", TYPE, "text/xml", NULL, NULL), 415, unsupported);
    expect(ask_with("GET", "/things", NULL, TYPE, "Application/json", NULL, NULL), 415, unsupported);
    expect(ask_with("GET", "/things", NULL, TYPE, "application/json ;a=b", NULL, NULL), 415, unsupported);
    expect(ask_with("GET", "/things", NULL, TYPE, "application/json;a=b", NULL, NULL), 200, "{\"/things\": \"\"}");
    expect(ask_with("GET", "/things", NULL, TYPE, "text/plain", NULL, NULL), 200, "{\"/things\": \"\"}");
    expect(ask_with("GET", "/things", NULL, TYPE, "", NULL, NULL), 200, "{\"/things\": \"\"}");
}

static void test_action_bodies(void **state)
{
    const char *path = "/things/7/action";

    expect(ask("POST", path, NULL), 400, MALFORMED);
    expect(ask("POST", path, "{"), 400, MALFORMED);
    expect(ask("POST", path, "{}"), 400, MALFORMED);
    expect(ask("POST", path, "{\"lift\": 1, \"drop\": 2}"), 400, MALFORMED);
    expect(ask("POST", path, "\"lift\""), 400, MALFORMED);
    expect(ask("POST", path, "[]"), 400, MALFORMED);
    expect(ask("POST", path, "\"l\""), 404, NOT_FOUND);
    expect(ask("POST", path, "[1]"), 404, NOT_FOUND);
    expect(ask("POST", path, "null"), 404, NOT_FOUND);
    expect(ask("POST", path, "NaN"), 404, NOT_FOUND);
    expect(ask("POST", path, "-Infinity"), 404, NOT_FOUND);
    expect(ask("POST", path, "123456789012345678901234567890"), 404, NOT_FOUND);
    expect(ask("POST", path, "{\"sing\": 1}"), 400, FAULT_BODY("badRequest", "400", "There is no such action: sing"));
    expect(ask("POST", path, "{\"lift\": 1}"), 202, "");
}

static void test_action_goes_before_project_and_project_before_version_of_row(void **state)
{
    const char *project = FAULT_BODY(
        "badRequest", "400", "Malformed request URL: URL's project_id 'def' doesn't match Context's project_id 'abc'");

    expect(ask("POST", "/def/things/7/action", "{\"sing\": 1}"), 400,
           FAULT_BODY("badRequest", "400", "There is no such action: sing"));
    expect(ask("POST", "/def/things/7/action", "{\"drop\": 1}"), 400, project);
    expect(ask("POST", "/abc/things/7/action", "{\"drop\": 1}"), 404, NOT_FOUND);
    expect(ask_with("GET", "/def/things/7", NULL, ASKED_VERSION, "compute 2.15", NULL, NULL), 400, project);
    expect(ask_with("GET", "/abc/things/7", NULL, ASKED_VERSION, "compute 2.15", NULL, NULL), 404, NOT_FOUND);
}

static void test_body_goes_before_project(void **state)
{
    expect(ask("POST", "/def/things", "{"), 400, MALFORMED);
    expect(ask("GET", "/abc/things", "{"), 200, "{\"/things\": \"\"}");
}

static void test_project_goes_before_schema(void **state)
{
    expect(ask("POST", "/abc/things", "{}"), 400, FAULT_BODY("badRequest", "400", "'name' is a required property"));
    expect(ask("POST", "/abc/things", NULL), 400, FAULT_BODY("badRequest", "400", "None is not of type 'object'"));
    expect(ask("POST", "/abc/things", "{\"name\": \"x\"}"), 202, "");
    expect(ask("POST", "/def/things", "{}"), 400,
           FAULT_BODY("badRequest", "400",
                      "Malformed request URL: URL's project_id 'def' doesn't match Context's project_id 'abc'"));
}

static void test_row_without_handler(void **state)
{
    expect(ask("PUT", "/abc/things/7", "{}"), 501,
           FAULT_BODY("notImplemented", "501", "This operation is not available yet."));
    expect(ask("PUT", "/abc/things/7", "{"), 400, MALFORMED);
}

static void test_method_override(void **state)
{
    raised_code = 409;
    expect(ask("GET", "/things/7?_method=delete", NULL), 409,
           FAULT_BODY("conflictingRequest", "409", "There was a conflict when trying to complete your request."));
    expect(ask("POST", "/things?_method=GET", "{}"), 500,
           FAULT_BODY("computeFault", "500",
                      "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova "
                      "API log if possible.\\n<class 'TypeError'>"));
    expect(ask("GET", "/things?_method=POST", NULL), 500,
           FAULT_BODY("computeFault", "500",
                      "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova "
                      "API log if possible.\\n<class 'KeyError'>"));
}

static void test_no_route(void **state)
{
    struct asked *asked = ask_with("GET", "/nothing", NULL, "HTTP_ACCEPT", "text/plain", ASKED_VERSION, "compute 2.5");

    assert_answer(asked, 404, "404 Not Found\n\nThe resource could not be found.\n\n   ");
    assert_string_equal(header(asked, "OpenStack-API-Version"), "-");
    talloc_free(asked->mem);
}

/* ---- faults of a handler ---- */

static struct asked *ask_raising(enum fault_name name, int code)
{
    raised = name;
    raised_code = code;
    return ask("DELETE", "/things/7", NULL);
}

#define SUPPORT                                                                                                        \
    "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if "      \
    "possible.\\n"

static void test_declared_code_leaves(void **state)
{
    expect(ask_raising(FAULT_Http, 404), 404, NOT_FOUND);
}

static void test_undeclared_code_is_500(void **state)
{
    expect(ask_raising(FAULT_Http, 400), 500,
           FAULT_BODY("computeFault", "500", SUPPORT "<class 'webob.exc.HTTPBadRequest'>"));
    expect(ask_raising(FAULT_InstanceNotFound, 0), 500,
           FAULT_BODY("computeFault", "500", SUPPORT "<class 'nova.exception.InstanceNotFound'>"));
    expect(ask_raising(FAULT_ValueError, 0), 500, FAULT_BODY("computeFault", "500", SUPPORT "<class 'ValueError'>"));
    expect(ask_raising(FAULT_InvalidInput, 0), 500,
           FAULT_BODY("computeFault", "500", SUPPORT "<class 'nova.exception.InvalidInput'>"));
}

static void test_families(void **state)
{
    expect(ask_raising(FAULT_PolicyNotAuthorized, 0), 403, FAULT_BODY("forbidden", "403", "what was raised"));
    expect(ask_raising(FAULT_NotSupported, 0), 400, FAULT_BODY("badRequest", "400", "what was raised"));
    expect(ask_raising(FAULT_ValidationError, 0), 400, FAULT_BODY("badRequest", "400", "what was raised"));
}

static void test_unauthorized_goes_up(void **state)
{
    struct asked *asked = ask_raising(FAULT_Unauthorized, 0);

    assert_non_null(asked->fault);
    assert_int_equal(asked->fault->code, 401);
    talloc_free(asked->mem);
}

static void test_body_that_is_no_text_goes_up(void **state)
{
    struct asked *asked = ask("DELETE", "/things/7", "\xff");

    assert_non_null(asked->fault);
    assert_int_equal(asked->fault->code, 500);
    talloc_free(asked->mem);
    expect(ask("POST", "/things/7/action", "\xff"), 400, MALFORMED);
}

static int open_things(void **state)
{
    static const struct resource *const tables[] = { &things, NULL };

    *state = mem_context(NULL, "tables");
    return router_open_tables(*state, tables) != NULL;
}

static int close_things(void **state)
{
    talloc_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_success_has_version_headers),
        cmocka_unit_test(test_handler_may_choose_its_type),
        cmocka_unit_test(test_version_goes_before_content_type),
        cmocka_unit_test(test_version_out_of_range_is_echoed),
        cmocka_unit_test(test_content_type_goes_before_action_and_project),
        cmocka_unit_test(test_action_bodies),
        cmocka_unit_test(test_action_goes_before_project_and_project_before_version_of_row),
        cmocka_unit_test(test_body_goes_before_project),
        cmocka_unit_test(test_project_goes_before_schema),
        cmocka_unit_test(test_row_without_handler),
        cmocka_unit_test(test_method_override),
        cmocka_unit_test(test_no_route),
        cmocka_unit_test(test_declared_code_leaves),
        cmocka_unit_test(test_undeclared_code_is_500),
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_unauthorized_goes_up),
        cmocka_unit_test(test_body_that_is_no_text_goes_up),
    };

    return cmocka_run_group_tests_name("resource", tests, open_things, close_things);
}
