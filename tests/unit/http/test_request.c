/* SPDX-License-Identifier: Apache-2.0 */
/* A request's parameters, members, body and URLs (these judged by WebOb's table, tables.py), and answer headers. */
#include "config.h"

#include "fcgi_app/http/request.h"

#include "tests/unit/table.h"

static void set(struct request *request, const char *name, const char *value)
{
    if (value)
        request_set_param(request, name, value);
}

static void urls_as_webob(void **state)
{
    json_t *rows = table_read("http/data/urls.json");
    const json_t *row;
    size_t index;

    json_array_foreach(rows, index, row)
    {
        void *mem = mem_context(NULL, "row");
        struct request request = { .mem = mem };
        const json_t *server = json_array_get(row, 2);

        set(&request, "wsgi.url_scheme", table_text(row, 0));
        set(&request, "HTTP_HOST", table_text(row, 1));
        set(&request, "SERVER_NAME", table_text(server, 0));
        set(&request, "SERVER_PORT", table_text(server, 1));
        set(&request, "SCRIPT_NAME", table_bytes(mem, row, 3, NULL));
        set(&request, "PATH_INFO", table_bytes(mem, row, 4, NULL));
        set(&request, "QUERY_STRING", table_text(row, 5));
        request_init(&request, mem, NULL, NULL);
        assert_string_equal(request_host_url(&request), table_text(row, 6));
        assert_string_equal(request_application_url(&request), table_text(row, 7));
        assert_string_equal(request_path_url(&request), table_text(row, 8));
        assert_string_equal(request_url(&request), table_text(row, 9));
        talloc_free(mem);
    }
    json_decref(rows);
}

static void parameters_come_and_go(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct request request = { .mem = mem };
    enum { COUNT = 500 };

    for (int i = 0; i < COUNT; i++)
        request_set_param(&request, mem_printf(mem, "NAME_%d", i), mem_printf(mem, "%d", i));
    for (int i = 0; i < COUNT; i += 3)
        request_delete_param(&request, mem_printf(mem, "NAME_%d", i));
    for (int i = 1; i < COUNT; i += 3)
        request_set_param(&request, mem_printf(mem, "NAME_%d", i), "again");
    request_delete_param(&request, "NAME_0");
    request_delete_param(&request, "NEVER");
    for (int i = 0; i < COUNT; i++) {
        const char *value = request_param(&request, mem_printf(mem, "NAME_%d", i));
        if (i % 3 == 0)
            assert_null(value);
        else
            assert_string_equal(value, i % 3 == 1 ? "again" : mem_printf(mem, "%d", i));
    }
    assert_int_equal(request.params.count, COUNT - (COUNT + 2) / 3);
    for (size_t i = 0; i < request.params.count; i++)
        assert_int_equal(request.params.items[i].length, strlen(request.params.items[i].value));
    for (int i = 0; i < COUNT; i++)
        request_delete_param(&request, mem_printf(mem, "NAME_%d", i));
    assert_int_equal(request.params.count, 0);
    talloc_free(mem);
}

static void headers_are_parameters(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct request request = { .mem = mem };
    char long_name[300];

    request_set_param(&request, "HTTP_X_AUTH_TOKEN", "t");
    request_set_param(&request, "CONTENT_TYPE", "application/json");
    request_set_param(&request, "CONTENT_LENGTH", "5");
    request_set_param(&request, "HTTP_CONTENT_TYPE", "text/other");
    assert_string_equal(request_header(&request, "X-Auth-Token"), "t");
    assert_string_equal(request_header(&request, "x-auth-TOKEN"), "t");
    assert_string_equal(request_header(&request, "content-type"), "application/json");
    assert_string_equal(request_header(&request, "Content-Length"), "5");
    assert_null(request_header(&request, "Auth-Token"));
    memset(long_name, 'a', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = '\0';
    assert_null(request_header(&request, long_name));
    talloc_free(mem);
}

static void members_follow_parameters(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct request request = { .mem = mem };

    request_init(&request, mem, NULL, NULL);
    assert_string_equal(request.method, "GET");
    assert_string_equal(request.script_name, "");
    assert_string_equal(request.query_string, "");
    assert_string_equal(request.remote_addr, "");
    assert_string_equal(request.scheme, "http");
    assert_int_equal(request.content_length, -1);

    request_set_param(&request, "HTTPS", "on");
    assert_string_equal(request.scheme, "http"); /* only wsgi.url_scheme moves it after the start */
    request_init(&request, mem, NULL, NULL);
    assert_string_equal(request.scheme, "https");
    request_set_param(&request, "wsgi.url_scheme", "http");
    assert_string_equal(request.scheme, "http");
    request_set_param(&request, "HTTP_HOST", "proxy.example:8774");
    assert_string_equal(request_host_url(&request), "http://proxy.example:8774");
    request_set_param(&request, "SCRIPT_NAME", "/p");
    assert_string_equal(request_application_url(&request), "http://proxy.example:8774/p");
    request_set_param(&request, "REMOTE_ADDR", "203.0.113.9");
    assert_string_equal(request.remote_addr, "203.0.113.9");
    request_delete_param(&request, "REMOTE_ADDR");
    assert_string_equal(request.remote_addr, "");
    request_delete_param(&request, "HTTP_HOST");
    request_set_param(&request, "SERVER_NAME", "srv");
    request_set_param(&request, "SERVER_PORT", "80");
    request_init(&request, mem, NULL, NULL);
    assert_string_equal(request.host, "srv:80");
    talloc_free(mem);
}

static void https_has_many_words(void **state)
{
    static const struct {
        const char *name, *value, *scheme;
    } rows[] = {
        { "HTTPS", "on", "https" },           { "HTTPS", "ON", "https" }, { "HTTPS", "1", "https" },
        { "HTTPS", "off", "http" },           { "HTTPS", "", "http" },    { "REQUEST_SCHEME", "https", "https" },
        { "REQUEST_SCHEME", "http", "http" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *mem = mem_context(NULL, "row");
        struct request request = { .mem = mem };
        request_set_param(&request, rows[i].name, rows[i].value);
        request_init(&request, mem, NULL, NULL);
        assert_string_equal(request.scheme, rows[i].scheme);
        talloc_free(mem);
    }
}

static void lengths_are_digits(void **state)
{
    static const struct {
        const char *text;
        int64_t length;
    } rows[] = {
        { "", -1 },    { "0", 0 },
        { "12", 12 },  { "9000000000", 9000000000 },
        { "-1", -2 },  { "+1", -2 },
        { "1a", -2 },  { " 1", -2 },
        { "0x1", -2 }, { "99999999999999999999999", INT64_MAX / 10 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *mem = mem_context(NULL, "row");
        struct request request = { .mem = mem };
        request_set_param(&request, "CONTENT_LENGTH", rows[i].text);
        request_init(&request, mem, NULL, NULL);
        assert_int_equal(request.content_length, rows[i].length);
        talloc_free(mem);
    }
}

/* A body that comes in pieces of three bytes, and may break. */
struct source {
    const char *text;
    bool breaks;
    size_t reads;
};

static long read_source(void *from, char *out, size_t size)
{
    struct source *source = from;
    size_t length = strlen(source->text);

    source->reads++;
    if (!length && source->breaks)
        return -1;
    if (length > 3)
        length = 3;
    if (length > size)
        length = size;
    memcpy(out, source->text, length);
    source->text += length;
    return (long)length;
}

static struct fault *read_body(void *mem, const char *length, struct source *source, size_t limit, const char **data,
                               size_t *size)
{
    struct request request = { .mem = mem, .read = read_source, .source = source, .body_limit = limit };
    struct fault *fault;

    if (length)
        request_set_param(&request, "CONTENT_LENGTH", length);
    request_init(&request, mem, NULL, NULL);
    fault = request_body(&request, data, size);
    if (!fault) {
        size_t reads = source->reads;
        assert_null(request_body(&request, data, size)); /* kept, not read again */
        assert_int_equal(source->reads, reads);
    }
    return fault;
}

static void bodies_are_read_once(void **state)
{
    static const struct {
        const char *length, *text;
        bool breaks;
        size_t limit;
        int code;
        const char *body;
    } rows[] = {
        { "10", "0123456789", false, 0, 0, "0123456789" },
        { "4", "0123456789", false, 0, 0, "0123" },
        { NULL, "0123456789", false, 0, 0, "0123456789" },
        { "0", "", false, 0, 0, "" },
        { NULL, "", false, 0, 0, "" },
        { "10", "0123456789", false, 10, 0, "0123456789" },
        { "10", "0123456789", false, 9, 413, NULL },
        { NULL, "0123456789", false, 10, 0, "0123456789" },
        { NULL, "0123456789", false, 9, 413, NULL },
        { "11", "0123456789", false, 0, 400, NULL },
        { "11", "0123456789", true, 0, 400, NULL },
        { NULL, "0123456789", true, 0, 400, NULL },
        { "ten", "0123456789", false, 0, 400, NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *mem = mem_context(NULL, "row");
        struct source source = { rows[i].text, rows[i].breaks, 0 };
        const char *data = NULL;
        size_t size = 0;
        struct fault *fault = read_body(mem, rows[i].length, &source, rows[i].limit, &data, &size);

        assert_int_equal(fault ? fault->code : 0, rows[i].code);
        if (!fault) {
            assert_string_equal(data, rows[i].body);
            assert_int_equal(size, strlen(rows[i].body));
        } else if (fault->code == 413) {
            assert_string_equal(fault->message, "Request is too large. Larger than 9.");
        }
        talloc_free(mem);
    }
}

static void long_bodies_without_length(void **state)
{
    void *mem = mem_context(NULL, "test");
    char *text = mem_strndup(mem, "", 0);
    const char *data;
    size_t size;
    struct source source = { 0 };

    for (int i = 0; i < 12; i++)
        text = mem_printf(mem, "%s%s0123456789", text, text);
    source.text = text;
    assert_null(read_body(mem, NULL, &source, 0, &data, &size));
    assert_int_equal(size, strlen(text));
    assert_string_equal(data, text);
    talloc_free(mem);
}

static void answer_headers_keep_order(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct response response = { 0 };

    response_reset(&response, mem);
    response_add_header(&response, mem, "Vary", "A");
    response_add_header(&response, mem, "X-One", "1");
    response_add_header(&response, mem, "vary", "B");
    assert_string_equal(response_header(&response, "VARY"), "A");
    response_set_header(&response, mem, "Vary", "C");
    assert_int_equal(response.header_count, 2);
    assert_string_equal(response.headers[0].value, "C");
    assert_string_equal(response.headers[1].name, "X-One");
    response_set_header(&response, mem, "X-Two", "2");
    response_remove_header(&response, "x-one");
    assert_int_equal(response.header_count, 2);
    assert_string_equal(response.headers[1].name, "X-Two");
    assert_null(response_header(&response, "X-One"));
    for (int i = 0; i < 50; i++)
        response_add_header(&response, mem, "X-Many", "m");
    assert_int_equal(response.header_count, 52);
    response.status = 404;
    strbuf_puts(&response.body, "gone");
    response_reset(&response, mem);
    assert_int_equal(response.status, 200);
    assert_int_equal(response.header_count, 0);
    assert_int_equal(response.body.length, 0);
    talloc_free(mem);
}

static void quotes_with_a_safe_set(void **state)
{
    void *mem = mem_context(NULL, "test");

    assert_string_equal(http_quote(mem, "a b/c?\xc3\xa9", ""), "a%20b%2Fc%3F%C3%A9");
    assert_string_equal(http_quote(mem, "a b/c?", "/"), "a%20b/c%3F");
    assert_string_equal(http_quote(mem, "", "/"), "");
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_as_webob),
        cmocka_unit_test(parameters_come_and_go),
        cmocka_unit_test(headers_are_parameters),
        cmocka_unit_test(members_follow_parameters),
        cmocka_unit_test(https_has_many_words),
        cmocka_unit_test(lengths_are_digits),
        cmocka_unit_test(bodies_are_read_once),
        cmocka_unit_test(long_bodies_without_length),
        cmocka_unit_test(answer_headers_keep_order),
        cmocka_unit_test(quotes_with_a_safe_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
