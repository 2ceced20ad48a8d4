/* SPDX-License-Identifier: Apache-2.0 */
/* FastCGI in and out: what front servers send, odd parameter sets, and whole exchanges over a socket with libfcgi. */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/http/fcgi.h"

#include "tests/unit/table.h"

#include <fcgiapp.h>

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- parameters ---- */

#define TEXTS_MAX 64

/* Takes "NAME=value" texts, NULL-terminated, as a front server would send them. */
static void receive(void *mem, struct request *request, const char *const *texts)
{
    char *copies[TEXTS_MAX];
    size_t count = 0;

    for (; texts[count]; count++)
        copies[count] = mem_strdup(mem, texts[count]);
    copies[count] = NULL;
    http_fcgi_params(copies, mem, NULL, NULL, request);
}

static void front_servers_agree(void **state)
{
    const char *srcdir = getenv("srcdir");
    char path[4096];
    char line[8192];
    FILE *file;
    int sets = 0;

    snprintf(path, sizeof(path), "%s/tests/unit/http/data/front_servers.txt", srcdir ? srcdir : ".");
    file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        void *mem;
        struct request request;
        char *texts[TEXTS_MAX], *who, *script, *path_info, *url, *rest;
        size_t count = 0;

        if (strncmp(line, "> ", 2) != 0)
            continue;
        mem = mem_context(NULL, "set");
        rest = mem_strndup(mem, line + 2, strcspn(line + 2, "\n"));
        who = strsep(&rest, "|");
        script = strsep(&rest, "|");
        path_info = strsep(&rest, "|");
        url = rest;
        while (fgets(line, sizeof(line), file) && *line != '\n')
            texts[count++] = mem_strndup(mem, line, strcspn(line, "\n"));
        texts[count] = NULL;
        http_fcgi_params(texts, mem, NULL, NULL, &request);
        if (strcmp(request.script_name, script) != 0 || strcmp(request.path_info, path_info) != 0 ||
            strcmp(request_url(&request), url) != 0)
            fail_msg("%s: '%s' '%s' %s", who, request.script_name, request.path_info, request_url(&request));
        assert_string_equal(request.method, "GET");
        assert_string_equal(request.scheme, "http");
        assert_string_equal(request.remote_addr, "127.0.0.1");
        assert_true(request.content_length <= 0);
        assert_non_null(request_param(&request, "HTTP_X_AUTH_TOKEN"));
        assert_null(request_param(&request, "HTTP_PROXY"));
        assert_null(request_param(&request, "NOVA_SCRIPT_NAME"));
        talloc_free(mem);
        sets++;
    }
    fclose(file);
    assert_int_equal(sets, 31);
}

static void odd_paths(void **state)
{
    static const struct {
        const char *script, *path, *uri, *prefix; /* NULL: not sent */
        const char *script_name, *path_info, *query;
    } rows[] = {
        { NULL, NULL, "/v2.1/a%20b?x=%20", NULL, "", "/v2.1/a b", "x=%20" },
        { "", "", "/v2.1/%zz%4?", NULL, "", "/v2.1/%zz%4", "" },
        { "", "", "/a%00b", NULL, "", "/a" TEXT_NUL "b", "" },
        /* the two bytes that stand for a NUL, from a client */
        { "", "", "/a%C0%80b", NULL, "",
          "/a" TEXT_C0 "\x80"
          "b",
          "" },
        { "",
          "/a\xc0\x80"
          "b",
          "/a%C0%80b", NULL, "",
          "/a" TEXT_C0 "\x80"
          "b",
          "" },
        { "", "/a\xc0\x80", "/a%C0%80%00%c0%81", NULL, "", "/a" TEXT_C0 "\x80" TEXT_NUL TEXT_C0 "\x81", "" },
        { "", "", "/\xc0%", NULL, "", "/" TEXT_C0 "%", "" },
        { "", "/v2.1/", "/v2.1/%00?a=%00", NULL, "", "/v2.1/" TEXT_NUL, "a=%00" },
        { "/compute/v2.1", "/a", "/compute/v2.1/a%00b", "/compute", "/compute", "/v2.1/a" TEXT_NUL "b", "" },
        { "", "/v2.1/a", "/other?a=%00", NULL, "", "/v2.1/a", "a=%00" },
        { NULL, NULL, "http://api.example/v2.1/x?q", NULL, "", "/v2.1/x", "q" },
        { NULL, NULL, "http://api.example", NULL, "", "", "" },
        { NULL, NULL, "http://api.example?q", NULL, "", "", "q" },
        { NULL, NULL, "*", NULL, "", "/*", "" },
        { NULL, NULL, NULL, NULL, "", "", "" },
        { NULL, NULL, "", NULL, "", "", "" },
        { "/", "v2.1", NULL, NULL, "", "/v2.1", "" },
        { "/", "/v2.1", NULL, NULL, "", "/v2.1", "" },
        { NULL, "v2.1", NULL, NULL, "", "/v2.1", "" },
        { "/v2.1", "/servers", "/other", NULL, "", "/v2.1/servers", "" },
        { "/compute/v2.1", NULL, NULL, "/compute", "/compute", "/v2.1", "" },
        { "/compute", "", NULL, "/compute", "/compute", "", "" },
        { "/computer", "/v2.1", NULL, "/compute", "/compute", "/computer/v2.1", "" },
        { "/v2.1", NULL, NULL, "/compute/", "/compute", "/v2.1", "" },
        { "/v2.1", NULL, NULL, "/", "", "/v2.1", "" },
        { "/v2.1", NULL, NULL, "", "", "/v2.1", "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *mem = mem_context(NULL, "row");
        const char *texts[5];
        size_t count = 0;
        struct request request;

        if (rows[i].script)
            texts[count++] = mem_printf(mem, "SCRIPT_NAME=%s", rows[i].script);
        if (rows[i].path)
            texts[count++] = mem_printf(mem, "PATH_INFO=%s", rows[i].path);
        if (rows[i].uri)
            texts[count++] = mem_printf(mem, "REQUEST_URI=%s", rows[i].uri);
        if (rows[i].prefix)
            texts[count++] = mem_printf(mem, "NOVA_SCRIPT_NAME=%s", rows[i].prefix);
        texts[count] = NULL;
        receive(mem, &request, texts);
        assert_string_equal(request.script_name, rows[i].script_name);
        assert_string_equal(request.path_info, rows[i].path_info);
        assert_string_equal(request.query_string, rows[i].query);
        assert_string_equal(request_param(&request, "PATH_INFO"), rows[i].path_info);
        talloc_free(mem);
    }
}

static void the_last_of_equal_headers_counts(void **state)
{
    static const char *const texts[] = { "HTTP_X_AUTH_TOKEN=under",
                                         "HTTP_X_AUTH_TOKEN=dash",
                                         "HTTP_PROXY=http://evil/",
                                         "=no name",
                                         "no value",
                                         "EMPTY=",
                                         "EQUALS=a=b",
                                         NULL };
    void *mem = mem_context(NULL, "test");
    struct request request;

    receive(mem, &request, texts);
    assert_string_equal(request_header(&request, "X-Auth-Token"), "dash");
    assert_null(request_header(&request, "Proxy"));
    assert_null(request_param(&request, ""));
    assert_null(request_param(&request, "no value"));
    assert_string_equal(request_param(&request, "EMPTY"), "");
    assert_string_equal(request_param(&request, "EQUALS"), "a=b");
    talloc_free(mem);
}

/* ---- the head of an answer ---- */

static void heads(void **state)
{
    static const char *const none[] = { NULL };
    void *mem = mem_context(NULL, "test");
    struct request request;
    struct response *response = &request.response;
    struct strbuf out;

    receive(mem, &request, none);
    strbuf_init(&out, mem, 1);
    strbuf_puts(&response->body, "12345");
    response_add_header(response, mem, "Content-Type", "text/plain");
    response_add_header(response, mem, "Location", "http://h/\r\nSet-Cookie: evil\n");
    http_fcgi_head(&out, &request);
    assert_string_equal(out.data, "Status: 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n"
                                  "Location: http://h/  Set-Cookie: evil \r\n\r\n");

    response_reset(response, mem);
    response->status = 204;
    response->no_length = true;
    strbuf_cut(&out, 0);
    http_fcgi_head(&out, &request);
    assert_string_equal(out.data, "Status: 204 No Content\r\n\r\n");

    response_reset(response, mem);
    response->status = 499;
    response->reason = "Own Words";
    response_add_header(response, mem, "content-length", "7");
    strbuf_cut(&out, 0);
    http_fcgi_head(&out, &request);
    assert_string_equal(out.data, "Status: 499 Own Words\r\ncontent-length: 7\r\n\r\n");
    talloc_free(mem);
}

/* ---- over a socket ---- */

static void put_record(struct strbuf *out, int type, const void *content, size_t size)
{
    const char *from = content;

    do {
        size_t part = size < 65535 ? size : 65535;
        const unsigned char head[8] = { 1, (unsigned char)type, 0, 1, (unsigned char)(part >> 8), (unsigned char)part };
        strbuf_put(out, head, sizeof(head));
        strbuf_put(out, from, part);
        from += part;
        size -= part;
    } while (size);
}

static void put_size(struct strbuf *out, size_t size)
{
    if (size < 128) {
        strbuf_putc(out, (char)size);
        return;
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        strbuf_putc(out, (char)((size >> shift & 0xff) | (shift == 24 ? 0x80 : 0)));
}

static void put_param(struct strbuf *out, const char *name, const char *value)
{
    put_size(out, strlen(name));
    put_size(out, strlen(value));
    strbuf_puts(out, name);
    strbuf_puts(out, value);
}

/* The child's part: one request, an answer of as many bytes as the query tells, then the parameters' total size. */
static int serve(int listening)
{
    FCGX_Request fcgx;
    void *mem = mem_context(NULL, "request");
    struct request request;
    const char *body;
    size_t size, total = 0;
    struct fault *fault;

    alarm(20);
    if (FCGX_Init() || FCGX_InitRequest(&fcgx, listening, 0) || FCGX_Accept_r(&fcgx))
        return 2;
    http_fcgi_receive(&fcgx, mem, NULL, NULL, &request);
    fault = request_body(&request, &body, &size);
    if (fault)
        return 3;
    for (size_t i = 0; i < request.params.count; i++)
        total += strlen(request.params.items[i].name) + request.params.items[i].length;
    response_add_header(&request.response, mem, "X-Params", mem_printf(mem, "%zu", total));
    response_add_header(&request.response, mem, "X-Body", mem_printf(mem, "%zu", size));
    for (long i = strtol(request.query_string, NULL, 10); i > 0; i--)
        strbuf_putc(&request.response.body, (char)('a' + i % 26));
    if (strcmp(request.path_info, "/wait") == 0)
        usleep(100000);
    fault = http_fcgi_send(&fcgx, &request);
    FCGX_Finish_r(&fcgx);
    return fault ? 4 : 0;
}

struct exchange {
    const char *method, *path, *query;
    size_t param_size, body_size;
    bool leave; /* the front server goes before the answer comes */
};

/* Sends a request to a fresh child, reads records until the end record; returns the child's status. */
static int talk(void *mem, const struct exchange *exchange, struct strbuf *answer, int *end_records)
{
    char directory[] = "/tmp/nova-test-XXXXXX";
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct strbuf params, out;
    const unsigned char begin[8] = { 0, 1 };
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    char *filler = mem_grow(mem, NULL, char, exchange->param_size + exchange->body_size + 1);
    unsigned char head[8];
    int status;
    pid_t child;

    assert_non_null(mkdtemp(directory));
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", directory);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listening, 1), 0);
    child = fork();
    if (child == 0) {
        close(client);
        _exit(serve(listening));
    }
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    unlink(address.sun_path);
    rmdir(directory);

    memset(filler, 'x', exchange->param_size + exchange->body_size);
    filler[exchange->param_size] = '\0';
    strbuf_init(&params, mem, 256);
    strbuf_init(&out, mem, 256);
    put_param(&params, "REQUEST_METHOD", exchange->method);
    put_param(&params, "SCRIPT_NAME", exchange->path);
    put_param(&params, "QUERY_STRING", exchange->query);
    put_param(&params, "HTTP_X_BIG", filler);
    filler[exchange->param_size] = 'x';
    if (exchange->body_size)
        put_param(&params, "CONTENT_LENGTH", mem_printf(mem, "%zu", exchange->body_size));
    put_record(&out, 1, begin, sizeof(begin));
    put_record(&out, 4, params.data, params.length);
    put_record(&out, 4, "", 0);
    if (exchange->body_size)
        put_record(&out, 5, filler, exchange->body_size);
    put_record(&out, 5, "", 0);
    for (size_t sent = 0; sent < out.length;) {
        ssize_t more = write(client, out.data + sent, out.length - sent);
        assert_true(more > 0);
        sent += (size_t)more;
    }
    *end_records = 0;
    while (!exchange->leave && recv(client, head, sizeof(head), MSG_WAITALL) == sizeof(head)) {
        size_t content = (size_t)(head[4] << 8 | head[5]), padded = content + head[6];
        char *room = strbuf_room(answer, padded);
        assert_int_equal(head[0], 1);
        assert_int_equal(head[3], 1);
        assert_true(padded == 0 || recv(client, room, padded, MSG_WAITALL) == (ssize_t)padded);
        if (head[1] == 6)
            strbuf_wrote(answer, content);
        *end_records += head[1] == 3;
    }
    close(client);
    close(listening);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void exchanges(void **state)
{
    static const struct exchange rows[] = {
        { "GET", "/", "0", 0, 0, false },
        { "GET", "/", "100", 10, 0, false },
        { "GET", "/", "7900", 10, 5, false },
        { "GET", "/", "7950", 10, 5, false },
        { "GET", "/", "8000", 10, 5, false },
        { "GET", "/", "65400", 10, 5, false },
        { "GET", "/", "65528", 10, 5, false },
        { "GET", "/", "70001", 200000, 0, false },
        { "POST", "/", "3000001", 70000, 300000, false },
        { "POST", "/", "20000003", 0, 1, false },
        { "HEAD", "/", "100", 0, 0, false },
        { "HEAD", "/", "100000", 0, 0, false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *mem = mem_context(NULL, "row");
        struct strbuf answer, wanted;
        int end_records;
        long size = strtol(rows[i].query, NULL, 10);
        size_t params = strlen("REQUEST_METHOD") + strlen(rows[i].method) + strlen("SCRIPT_NAME") +
                        strlen("PATH_INFO") + strlen(rows[i].path) + strlen("QUERY_STRING") + strlen(rows[i].query) +
                        strlen("HTTP_X_BIG") + rows[i].param_size + strlen("FCGI_ROLERESPONDER");

        if (rows[i].body_size)
            params += strlen(mem_printf(mem, "CONTENT_LENGTH%zu", rows[i].body_size));
        strbuf_init(&answer, mem, 256);
        strbuf_init(&wanted, mem, 256);
        assert_int_equal(talk(mem, &rows[i], &answer, &end_records), 0);
        assert_int_equal(end_records, 1);
        strbuf_printf(&wanted, "Status: 200 OK\r\nContent-Length: %ld\r\nX-Params: %zu\r\nX-Body: %zu\r\n\r\n", size,
                      params, rows[i].body_size);
        for (; size > 0 && strcmp(rows[i].method, "HEAD") != 0; size--)
            strbuf_putc(&wanted, (char)('a' + size % 26));
        assert_int_equal(answer.length, wanted.length);
        assert_true(memcmp(answer.data, wanted.data, wanted.length) == 0);
        talloc_free(mem);
    }
}

static void front_servers_that_leave(void **state)
{
    static const struct exchange rows[] = {
        { "GET", "/wait", "100", 0, 0, true },
        { "GET", "/wait", "3000000", 0, 0, true },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *mem = mem_context(NULL, "row");
        struct strbuf answer;
        int end_records;

        strbuf_init(&answer, mem, 256);
        assert_int_equal(talk(mem, &rows[i], &answer, &end_records), 4);
        talloc_free(mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_servers_agree),
        cmocka_unit_test(odd_paths),
        cmocka_unit_test(the_last_of_equal_headers_counts),
        cmocka_unit_test(heads),
        cmocka_unit_test(exchanges),
        cmocka_unit_test(front_servers_that_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
