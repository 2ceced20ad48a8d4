/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain that the paste file builds answers as Python's nova-api did:
 * data/recorded.jsonl, written by record.py, request by request.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/text.h"
#include "fcgi_app/paste/loader.h"
#include "tests/unit/jsonl.h"
#include "tests/unit/middleware/fixture.h"

#include <jansson.h>

/* Text of a recording is Latin-1; the bytes that were on the wire. */
static char *bytes_of(const void *mem, const json_t *text)
{
    const char *utf8 = json_string_value(text);
    size_t length = json_string_length(text), size;
    char *out = mem_array(mem, char, length + 1), *end = out;

    for (; length; utf8 += size, length -= size)
        *end++ = (char)text_utf8_next(utf8, length, &size);
    return out;
}

/* What the recorded server made of a header's value: white space in front is gone. */
static const char *header_value(const void *mem, const char *text)
{
    return mem_strdup(mem, text + strspn(text, " \t"));
}

static bool is_request_id(const char *name)
{
    return strcasecmp(name, "x-openstack-request-id") == 0 || strcasecmp(name, "x-compute-request-id") == 0;
}

/* The answer's headers as the recording has them: sorted lines, ids masked. */
static char *headers_text(const void *mem, char **lines, size_t count)
{
    char *text = mem_strdup(mem, "");

    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j && strcmp(lines[j - 1], lines[j]) > 0; j--) {
            char *line = lines[j];
            lines[j] = lines[j - 1];
            lines[j - 1] = line;
        }
    for (size_t i = 0; i < count; i++)
        text = mem_printf(mem, "%s%s\n", text, lines[i]);
    return text;
}

static char *answered_headers(struct fixture *fixture)
{
    const struct response *response = &fixture->request.response;
    char **lines = mem_array(fixture->mem, char *, response->header_count + 1);

    for (size_t i = 0; i < response->header_count; i++)
        lines[i] = mem_printf(fixture->mem, "%s: %s", response->headers[i].name,
                              is_request_id(response->headers[i].name) ? "ID" : response->headers[i].value);
    return headers_text(fixture->mem, lines, response->header_count);
}

static char *recorded_headers(struct fixture *fixture, const json_t *headers)
{
    char **lines = mem_array(fixture->mem, char *, json_array_size(headers) + 1);

    for (size_t i = 0; i < json_array_size(headers); i++) {
        const json_t *header = json_array_get(headers, i);
        lines[i] = mem_printf(fixture->mem, "%s: %s", bytes_of(fixture->mem, json_array_get(header, 0)),
                              bytes_of(fixture->mem, json_array_get(header, 1)));
    }
    return headers_text(fixture->mem, lines, json_array_size(headers));
}

/* Asks; false: the answer is another one, which is then printed. */
struct served {
    struct fixture fixture;
    const struct app *app;
};

static bool ask(void *with, const json_t *record)
{
    struct served *served = with;
    struct fixture *fixture = &served->fixture;
    const char *method = json_string_value(json_object_get(record, "method"));
    const char *target = json_string_value(json_object_get(record, "target"));
    int status = (int)json_integer_value(json_object_get(record, "status"));
    const char *wanted = bytes_of(fixture->mem, json_object_get(record, "answer"));
    const char *wanted_headers = recorded_headers(fixture, json_object_get(record, "answer_headers"));
    const json_t *headers = json_object_get(record, "headers"), *body = json_object_get(record, "body");
    struct response *response = &fixture->request.response;
    bool head = strcmp(method, "HEAD") == 0;

    fixture_request(fixture, method, target);
    for (size_t i = 0; i < json_array_size(headers); i++)
        fixture_header(
            fixture, json_string_value(json_array_get(json_array_get(headers, i), 0)),
            header_value(fixture->mem, bytes_of(fixture->mem, json_array_get(json_array_get(headers, i), 1))));
    fixture_ready(fixture, json_is_string(body) ? bytes_of(fixture->mem, body) : NULL);
    chain_answer(served->app, &fixture->request);
    if (response->status == status && (head || strcmp(response->body.data, wanted) == 0) &&
        strcmp(answered_headers(fixture), wanted_headers) == 0)
        return true;
    print_message("%s %s %s\n wanted %d\n%s%s\n got %d\n%s%s\n\n", method, target, json_dumps(headers, 0), status,
                  wanted_headers, wanted, response->status, answered_headers(fixture), response->body.data);
    return false;
}

static void test_recorded(void **state)
{
    const char *srcdir = getenv("srcdir");
    struct served served;
    struct fixture *fixture = &served.fixture;

    (void)state;
    fixture_open(fixture, "[api]\nauth_strategy = noauth2\n");
    assert_null(paste_load(fixture->mem, fixture->worker.conf,
                           mem_printf(fixture->mem, "%s/tests/unit/paste/data/distribution.ini", srcdir ? srcdir : "."),
                           "osapi_compute", &served.app));
    jsonl_check("tests/unit/paste/data/recorded.jsonl", 600, ask, &served);
    fixture_close(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_recorded) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
