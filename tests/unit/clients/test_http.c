/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to a peer that answers what its path says: well, late, never, in
 * pieces, with rubbish.  The peer is a child of the test on the loopback.
 */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
    int port;
    pid_t pid;
    void *mem;
    struct worker worker;
    _Atomic int *requests; /* how many came, shared with the peer */
} peer;

/*
 * Answers as bytes, read by what reads plain ones and by libcurl: both must make the same of them.  `times`: how often
 * the former has them sent, twice where it leaves them to libcurl.
 */
#define OK "HTTP/1.1 200 OK\r\n"
static const struct raw {
    const char *bytes;
    int times;
    size_t size;   /* where a NUL is in them */
    bool in_bytes; /* sent one at a time */
    bool stays;    /* the peer does not hang up */
} raws[] = {
    { OK "Content-Length: 3\r\n\r\nabc", .times = 1, .stays = true },
    { OK "Content-Length: 3\r\n\r\nabc", .times = 1, .in_bytes = true, .stays = true },
    { OK "content-length:   3  \r\nX-A:b\r\nX-A:\t c \r\nX-Empty:\r\n\r\nabcdef", .times = 1 },
    { "HTTP/1.1 204\r\nX: y\r\n\r\n", .times = 1, .stays = true },
    { "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", .times = 1, .stays = true },
    { "HTTP/1.0 404 Not Found\r\nContent-Type: x\r\n\r\nuntil the end", .times = 1 },
    { "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", .times = 1, .stays = true },
    { OK "Connection: Close\r\nContent-Length: 2\r\n\r\nok", .times = 1 },
    { "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n" OK "Content-Length: 0\r\n\r\n", .times = 1, .in_bytes = true },
    { OK "\r\nuntil the end", .times = 1 },
    { OK "\r\n", .times = 1 },
    { OK "Content-Length: 10\r\n\r\nabc", .times = 1 },
    { OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0a;x=y\r\n0123456789\r\n0\r\n\r\n", .times = 1, .stays = true },
    { OK "Transfer-Encoding: Chunked\r\n\r\n3 \r\nabc\r\nA\r\n0123456789\r\n000\r\n\r\n", .times = 1,
      .in_bytes = true },
    { OK "Transfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n1\r\na\r\n0\r\n\r\n", .times = 1, .stays = true },
    { OK "Transfer-Encoding: chunked\r\n\r\n3\r\nab", .times = 1 },
    { OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", .times = 1 },
    { OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", .times = 1 },
    { OK "Transfer-Encoding: chunked\r\n\r\n", .times = 1 },
    { OK "Content-Length: 3\r\n\r\na\0c", .times = 1, .size = sizeof(OK "Content-Length: 3\r\n\r\na\0c") - 1 },
    { "", .times = 2 },
    { OK "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n", .times = 1 },
    { OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", .times = 1 },
    { OK "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", .times = 1 },
    /* left to libcurl */
    { OK "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Trailer: t\r\n\r\n", .times = 2 },
    { OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", .times = 2 },
    { OK "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", .times = 2 },
    { OK "Content-Length: 3x\r\n\r\nabc", .times = 2 },
    { OK "Content-Length: -3\r\n\r\nabc", .times = 2 },
    { OK "Content-Length: 99999999999999999999\r\n\r\nabc", .times = 2 },
    { OK "Connection: upgrade\r\nContent-Length: 1\r\n\r\na", .times = 2 },
    { OK "X-Folded: a\r\n b\r\nContent-Length: 1\r\n\r\na", .times = 2 },
    { OK "no colon\r\nContent-Length: 1\r\n\r\na", .times = 2 },
    { OK "X-Nul: a\0b\r\nContent-Length: 1\r\n\r\na", .times = 2,
      .size = sizeof(OK "X-Nul: a\0b\r\nContent-Length: 1\r\n\r\na") - 1 },
    { "HTTP/1.1 200 OK\nContent-Length: 1\n\na", .times = 2 },
    { "HTTP/1.1 200 OK\r\nContent-Le", .times = 2 },
    { "HTTP/1.1 20", .times = 3 }, /* which asks twice itself where no line of an answer came */
    { "HTTP/2 200\r\nContent-Length: 1\r\n\r\na", .times = 2 },
    { "HTTP/1.1  200 OK\r\nContent-Length: 1\r\n\r\na", .times = 2 },
    { "HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\na", .times = 2 },
    { "HTTP/1.1 700 What\r\nContent-Length: 1\r\n\r\na", .times = 2 },
    { "no HTTP", .times = 2, .stays = true },
};

static void say(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        _exit(0);
}

/* One connection; its number is in the answers. Whether it is kept. */
static bool serve_one(int fd, int number)
{
    char in[65536], out[4096];
    ssize_t size = 0, got;
    const char *body;

    do {
        got = read(fd, in + size, sizeof(in) - 1 - (size_t)size);
        if (got <= 0)
            return false;
        size += got;
        in[size] = '\0';
        body = strstr(in, "\r\n\r\n");
    } while (!body || (strstr(in, "Content-Length: 5\r\n") && strlen(body) < 9));
    (*peer.requests)++;
    if (strstr(in, " /silent"))
        sleep(20);
    if (strstr(in, " /late"))
        usleep(300000);
    if (strstr(in, " /hangup"))
        return false;
    if (strstr(in, " /half")) {
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        return false;
    }
    if (strstr(in, " /pieces")) {
        say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        return false;
    }
    if (strstr(in, " /rubbish")) {
        say(fd, "SSH-2.0-OpenSSH_9.2\r\n");
        return false;
    }
    if (strstr(in, " /raw/")) {
        const struct raw *raw = &raws[atoi(strstr(in, " /raw/") + strlen(" /raw/"))];
        size_t length = raw->size ? raw->size : strlen(raw->bytes);

        for (size_t i = 0; i < length; i += raw->in_bytes ? 1 : length) {
            if (write(fd, raw->bytes + i, raw->in_bytes ? 1 : length) < 0)
                _exit(0);
            if (raw->in_bytes)
                usleep(300);
        }
        return raw->stays;
    }
    if (strstr(in, " /echo")) {
        dprintf(fd, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(in), in);
        return true;
    }
    if (strstr(in, " /headers")) {
        say(fd, "HTTP/1.1 200 OK\r\n");
        for (int i = 0; i < 6000; i++)
            say(fd, "X-Many: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n");
        say(fd, "Content-Length: 0\r\n\r\n");
        return false;
    }
    if (strstr(in, " /chunks")) {
        say(fd, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A:  b \r\nx-a: "
                "c\r\n\r\n3\r\nabc\r\n");
        usleep(20000);
        say(fd, "2\r\nde\r\n0\r\n\r\n");
        return true;
    }
    if (strstr(in, " /moved")) {
        say(fd, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        return true;
    }
    snprintf(out, sizeof(out), "%d %.*s %s", number, (int)strcspn(in, "\r"), in,
             strstr(in, "\r\n\r\n") ? strstr(in, "\r\n\r\n") + 4 : "");
    dprintf(fd, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(out), out);
    return true;
}

static int open_peer(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 64) ||
        getsockname(listener, (struct sockaddr *)&address, &size))
        return -1;
    peer.port = ntohs(address.sin_port);
    peer.requests = mmap(NULL, sizeof(*peer.requests), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (peer.requests == MAP_FAILED)
        return -1;
    peer.pid = fork();
    if (!peer.pid) {
        setpgid(0, 0);
        signal(SIGCHLD, SIG_IGN);
        for (int number = 1;; number++) {
            int fd = accept(listener, NULL, NULL);

            if (!fork()) {
                while (serve_one(fd, number))
                    ;
                _exit(0);
            }
            close(fd);
        }
    }
    setpgid(peer.pid, peer.pid);
    close(listener);
    peer.mem = mem_context(NULL, "test");
    peer.worker.mem = peer.mem;
    return 0;
}

static int close_peer(void **state)
{
    (void)state;
    talloc_free(peer.mem);
    kill(-peer.pid, SIGKILL);
    waitpid(peer.pid, NULL, 0);
    return 0;
}

static struct http_call ask(const char *path)
{
    struct http_call call = { .method = "GET", .idle_timeout = 5 };

    call.url = mem_printf(peer.mem, "http://127.0.0.1:%d%s", peer.port, path);
    return call;
}

static void answers_come_whole(void **state)
{
    const struct http_header headers[] = { { "X-Auth-Token", "t" }, { "X-Empty", "" } };
    struct http_call call = ask("/chunks");

    (void)state;
    http_perform(&peer.worker, peer.mem, &call, 1);
    assert_int_equal(call.failure, HTTP_ANSWERED);
    assert_int_equal(call.status, 200);
    assert_string_equal(call.reply, "abcde");
    assert_string_equal(http_reply_header(&call, "X-A"), "b");
    assert_null(http_reply_header(&call, "X-B"));

    call = ask("/post");
    call.method = "POST";
    call.body = "12345";
    call.body_size = 5;
    call.headers = headers;
    call.header_count = 2;
    http_perform(&peer.worker, peer.mem, &call, 1);
    assert_int_equal(call.failure, HTTP_ANSWERED);
    assert_non_null(strstr(call.reply, "POST /post HTTP/1.1 12345"));

    call = ask("/moved"); /* is told, not followed */
    http_perform(&peer.worker, peer.mem, &call, 1);
    assert_int_equal(call.status, 302);
    assert_string_equal(http_reply_header(&call, "location"), "/elsewhere");
    assert_string_equal(call.reply, "");

    for (size_t i = 0; i < 3; i++) {
        static const char *const methods[] = { "PUT", "PATCH", "DELETE" };

        call = ask("/x");
        call.method = methods[i];
        http_perform(&peer.worker, peer.mem, &call, 1);
        assert_non_null(strstr(call.reply, mem_printf(peer.mem, " %s /x HTTP/1.1", methods[i])));
    }
}

/* What is asked for goes out as it is written; what requests would tidy is tidied, and a proxy is told the whole of it.
 */
static void urls_are_sent_as_written(void **state)
{
    static const struct {
        const char *path, *sent;
    } rows[] = {
        { "/v2.0/ports?device_id=a%2Fb&fields=id&fields=name", "/v2.0/ports?device_id=a%2Fb&fields=id&fields=name" },
        { "/v3//x/?", "/v3//x/?" },
        { "/a/../b/./c?x=/../y", "/b/c?x=/../y" },
        { "/a?b#c", "/a?b" },
        { "/a#b?c", "/a" },
        { "", "/" },
        { "?a=b", "/?a=b" },
    };
    struct worker behind_proxy = { .mem = mem_context(peer.mem, "behind a proxy") };
    struct http_call call;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        call = ask(rows[i].path);
        http_perform(&peer.worker, peer.mem, &call, 1);
        assert_int_equal(call.failure, HTTP_ANSWERED);
        assert_non_null(strstr(call.reply, mem_printf(peer.mem, " GET %s HTTP/1.1", rows[i].sent)));
    }
    setenv("http_proxy", mem_printf(peer.mem, "http://127.0.0.1:%d", peer.port), 1);
    call = (struct http_call){ .method = "GET", .idle_timeout = 5, .url = "http://nowhere.invalid/v3?x=y" };
    http_perform(&behind_proxy, peer.mem, &call, 1);
    unsetenv("http_proxy");
    assert_int_equal(call.failure, HTTP_ANSWERED);
    assert_non_null(strstr(call.reply, " GET http://nowhere.invalid/v3?x=y HTTP/1.1"));
    talloc_free((void *)(uintptr_t)behind_proxy.mem);
}

static void connections_are_kept(void **state)
{
    struct http_call call = ask("/one");
    int first;

    (void)state;
    http_perform(&peer.worker, peer.mem, &call, 1);
    first = atoi(call.reply);
    for (int i = 0; i < 5; i++) {
        call = ask("/again");
        http_perform(&peer.worker, peer.mem, &call, 1);
        assert_int_equal(atoi(call.reply), first);
    }
    assert_true(http_open_connections(&peer.worker) >= 1);
}

/* A kept connection that ends without an answer: the peer may have done what it was told. */
static void bodies_go_once(void **state)
{
    struct http_call call = ask("/one");
    int before;

    (void)state;
    http_perform(&peer.worker, peer.mem, &call, 1);
    before = *peer.requests;
    call = ask("/hangup");
    call.method = "POST";
    call.body = "hello";
    call.body_size = 5;
    http_perform(&peer.worker, peer.mem, &call, 1);
    assert_int_equal(call.failure, HTTP_CONNECT_FAILURE);
    assert_int_equal(*peer.requests, before + 1);
}

static void several_go_at_once(void **state)
{
    enum { COUNT = 40 };
    struct http_call calls[COUNT];
    uint64_t begun = clock_monotonic_usec();

    (void)state;
    for (int i = 0; i < COUNT; i++)
        calls[i] = ask(mem_printf(peer.mem, i % 2 ? "/late/%d" : "/now/%d", i));
    http_perform(&peer.worker, peer.mem, calls, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(calls[i].failure, HTTP_ANSWERED);
        assert_non_null(strstr(calls[i].reply, mem_printf(peer.mem, "/%d HTTP", i)));
    }
    assert_true(clock_monotonic_usec() - begun < 20 * 300000); /* one after another takes longer */
    http_perform(&peer.worker, peer.mem, NULL, 0);
}

/* As in urllib3: fewer bytes than Content-Length says are what came; chunks that break off are no answer (below). */
static void a_body_that_breaks_off_is_what_came(void **state)
{
    struct http_call call = ask("/half");

    (void)state;
    http_perform(&peer.worker, peer.mem, &call, 1);
    assert_int_equal(call.failure, HTTP_ANSWERED);
    assert_int_equal(call.status, 200);
    assert_string_equal(call.reply, "half");
}

static void failures_have_their_kind(void **state)
{
    static const struct {
        const char *url; /* begun with "/": the peer's */
        enum http_failure failure;
    } rows[] = {
        { "/hangup", HTTP_CONNECT_FAILURE },
        { "/pieces", HTTP_BROKEN },
        { "/rubbish", HTTP_CONNECT_FAILURE },
        { "/headers", HTTP_BROKEN },
        { "http://127.0.0.1:1/", HTTP_CONNECT_FAILURE },
        { "http://nothing.invalid/", HTTP_CONNECT_FAILURE },
        { "ftp://127.0.0.1/", HTTP_CONNECT_FAILURE },
        { "file:///etc/passwd", HTTP_CONNECT_FAILURE },
        { "", HTTP_BROKEN },
    };
    struct http_call call;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        call = ask(rows[i].url);
        if (*rows[i].url != '/')
            call.url = rows[i].url;
        http_perform(&peer.worker, peer.mem, &call, 1);
        if (call.failure != rows[i].failure || !call.error || call.reply)
            fail_msg("%s: %d, %s", call.url, call.failure, call.error ? call.error : "no words");
    }
}

static void same_answer(size_t row, const struct http_call *one, const struct http_call *other)
{
    if (one->failure != other->failure || one->status != other->status || !one->reply != !other->reply ||
        one->reply_size != other->reply_size || one->reply_header_count != other->reply_header_count)
        fail_msg("row %zu: %d %d %s; libcurl: %d %d %s", row, one->failure, one->status,
                 one->reply ? one->reply : one->error, other->failure, other->status,
                 other->reply ? other->reply : other->error);
    if (one->reply)
        assert_memory_equal(one->reply, other->reply, one->reply_size + 1);
    for (size_t i = 0; i < one->reply_header_count; i++) {
        assert_string_equal(one->reply_headers[i].name, other->reply_headers[i].name);
        assert_string_equal(one->reply_headers[i].value, other->reply_headers[i].value);
    }
}

/* Not read by libcurl, once it has told the peer's address. */
static void plain_answers_are_what_libcurl_makes_of_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(raws) / sizeof(raws[0]); i++) {
        const char *path = mem_printf(peer.mem, "/raw/%zu", i);
        struct worker knows = { .mem = mem_context(peer.mem, "one") },
                      does_not = { .mem = mem_context(peer.mem, "two") };
        struct http_call call = ask("/one"), one = ask(path), other = ask(path);
        int before;

        http_perform(&knows, peer.mem, &call, 1);
        assert_int_equal(call.failure, HTTP_ANSWERED);
        call = ask("/one"); /* opens the connection that is kept */
        http_perform(&knows, peer.mem, &call, 1);
        before = *peer.requests;
        http_perform(&knows, peer.mem, &one, 1);
        if (*peer.requests - before != raws[i].times)
            fail_msg("row %zu was asked for %d times", i, *peer.requests - before);
        http_perform(&does_not, peer.mem, &other, 1);
        same_answer(i, &one, &other);
        for (int again = 0; again < 2; again++) { /* whatever became of the connection, the next answer is the next */
            call = ask(mem_printf(peer.mem, "/next/%zu", i));
            http_perform(&knows, peer.mem, &call, 1);
            assert_int_equal(call.failure, HTTP_ANSWERED);
            assert_non_null(strstr(call.reply, mem_printf(peer.mem, "/next/%zu ", i)));
        }
        talloc_free((void *)(uintptr_t)knows.mem);
        talloc_free((void *)(uintptr_t)does_not.mem);
    }
}

/* Whoever asks, the peer is asked in the same words. */
static void plain_requests_are_those_of_libcurl(void **state)
{
    static const struct http_header headers[] = { { "X-Auth-Token", "t" }, { "X-Empty", "" }, { "User-Agent", "u/1" } };
    static const struct http_header accept_json[] = { { "accept", "application/json" } };
    const struct {
        const struct http_header *headers;
        size_t count;
    } rows[] = { { NULL, 0 }, { headers, 3 }, { accept_json, 1 } };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct worker worker = { .mem = mem_context(peer.mem, "worker") };
        struct http_call calls[] = { ask("/echo?a=%20b&c"), ask("/echo?a=%20b&c") };

        for (size_t j = 0; j < 2; j++) {
            calls[j].headers = rows[i].headers;
            calls[j].header_count = rows[i].count;
            assert_int_equal(http_open_connections(&worker), j);
            http_perform(&worker, peer.mem, &calls[j], 1);
            assert_int_equal(calls[j].failure, HTTP_ANSWERED);
        }
        assert_int_equal(http_open_connections(&worker), 2); /* libcurl's, and the other */
        assert_string_equal(calls[0].reply, calls[1].reply);
        talloc_free((void *)(uintptr_t)worker.mem);
    }
}

/* An address at which nobody listens any more is asked for anew, and what comes of that is said. */
static void a_peer_may_go(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct worker worker = { .mem = mem_context(peer.mem, "worker") };
    struct http_call call = { .method = "GET", .idle_timeout = 5 };
    pid_t pid;

    (void)state;
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    pid = fork();
    if (!pid) {
        for (int i = 0; i < 2; i++) /* libcurl's connection, and one that is kept */
            serve_one(accept(listener, NULL, NULL), i);
        _exit(0);
    }
    close(listener);
    call.url = mem_printf(peer.mem, "http://127.0.0.1:%d/x", ntohs(address.sin_port));
    for (int i = 0; i < 2; i++) {
        http_perform(&worker, peer.mem, &call, 1);
        assert_int_equal(call.failure, HTTP_ANSWERED);
    }
    waitpid(pid, NULL, 0);
    http_perform(&worker, peer.mem, &call, 1);
    assert_int_equal(call.failure, HTTP_CONNECT_FAILURE);
    assert_non_null(strstr(call.error, "127.0.0.1"));
    talloc_free((void *)(uintptr_t)worker.mem);
}

static void silence_ends_a_call(void **state)
{
    struct http_call calls[] = { ask("/silent"), ask("/late") };
    uint64_t begun = clock_monotonic_usec();

    (void)state;
    calls[0].idle_timeout = 0.5;
    http_perform(&peer.worker, peer.mem, calls, 2);
    assert_int_equal(calls[0].failure, HTTP_TIMEOUT);
    assert_int_equal(calls[1].failure, HTTP_ANSWERED);
    assert_true(clock_monotonic_usec() - begun < 10 * 1000000);
}

static void headers_cannot_be_smuggled(void **state)
{
    static const char *const bad[] = { "a\r\nX-Roles: admin", "a\nb", "a\r" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct http_header header = { "X-Name", bad[i] };
        struct http_call call = ask("/x");

        call.headers = &header;
        call.header_count = 1;
        http_perform(&peer.worker, peer.mem, &call, 1);
        assert_int_equal(call.failure, HTTP_BROKEN);
        header = (struct http_header){ bad[i], "x" };
        http_perform(&peer.worker, peer.mem, &call, 1);
        assert_int_equal(call.failure, HTTP_BROKEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_whole),
        cmocka_unit_test(urls_are_sent_as_written),
        cmocka_unit_test(connections_are_kept),
        cmocka_unit_test(bodies_go_once),
        cmocka_unit_test(several_go_at_once),
        cmocka_unit_test(a_body_that_breaks_off_is_what_came),
        cmocka_unit_test(failures_have_their_kind),
        cmocka_unit_test(silence_ends_a_call),
        cmocka_unit_test(headers_cannot_be_smuggled),
        cmocka_unit_test(plain_answers_are_what_libcurl_makes_of_them),
        cmocka_unit_test(plain_requests_are_those_of_libcurl),
        cmocka_unit_test(a_peer_may_go),
    };

    unsetenv("http_proxy");
    unsetenv("HTTP_PROXY");
    unsetenv("all_proxy");
    return cmocka_run_group_tests(tests, open_peer, close_peer);
}
