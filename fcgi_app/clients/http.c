/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's side; see the header.
 *
 * One multi handle for each process holds the connections; easy handles are
 * kept and reset, since making one costs more than a call on the loopback.
 * A single call goes through the same multi handle, so that it finds the
 * connections that several left.
 */
#include "config.h"

#include "fcgi_app/clients/http.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/clients/state.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    KEPT_HANDLES = 16,       /* idle easy handles */
    KEPT_CONNECTIONS = 32,   /* open connections, all peers together */
    AT_ONCE = 24,            /* calls of one http_perform() that run at the same time */
    KEPT_CONNECTION_AGE = 50 /* seconds idle after which a kept connection is not used again */
};

struct http {
    CURLM *multi;
    CURL *idle[KEPT_HANDLES];
    size_t idle_count;
    unsigned open;
    const char *proxy;  /* HTTP_PROXY where libcurl would not look at it; NULL: none */
    bool direct;        /* no proxy for http: is in the environment */
    const char *cafile; /* REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE */
};

/* A call that runs. */
struct running {
    struct http *http;
    struct http_call *call;
    const void *mem;
    CURL *easy;
    struct curl_slist *headers;
    struct strbuf body;
    struct http_header *reply_headers;
    size_t header_count, header_size, header_bytes;
    size_t sent;        /* bytes of the call's body */
    uint64_t seen_usec; /* when its peer was last heard of; 0: it does not run */
    uint64_t idle_usec; /* how long the peer may be silent */
    bool too_large;
    char error[CURL_ERROR_SIZE];
};

static int http_close(struct http *http)
{
    while (http->idle_count)
        curl_easy_cleanup(http->idle[--http->idle_count]);
    if (http->multi)
        curl_multi_cleanup(http->multi);
    return 0;
}

static struct http *http_of(struct worker *worker)
{
    static bool initialised; /* libcurl's own, once a process */
    struct http *http = clients_state(worker, "http", sizeof(struct http));

    if (http->multi)
        return http;
    if (!initialised && curl_global_init(CURL_GLOBAL_DEFAULT))
        mem_exhausted(0);
    initialised = true;
    http->multi = curl_multi_init();
    if (!http->multi)
        mem_exhausted(0);
    talloc_set_destructor(http, http_close);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    /* requests reads the name in capitals too, but not under CGI, where a client could set it. */
    if (!getenv("http_proxy") && !getenv("REQUEST_METHOD"))
        http->proxy = getenv("HTTP_PROXY");
    http->direct = !http->proxy && !getenv("http_proxy") && !getenv("all_proxy") && !getenv("ALL_PROXY");
    http->cafile = getenv("REQUESTS_CA_BUNDLE");
    if (!http->cafile || !*http->cafile)
        http->cafile = getenv("CURL_CA_BUNDLE");
    return http;
}

/* ---- what libcurl calls ---- */

static curl_socket_t socket_opens(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http *http = arg;
    curl_socket_t fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

    (void)purpose;
    if (fd != CURL_SOCKET_BAD)
        http->open++;
    return fd;
}

static int socket_closes(void *arg, curl_socket_t fd)
{
    struct http *http = arg;

    if (http->open)
        http->open--;
    return close(fd);
}

static size_t body_comes(char *data, size_t one, size_t size, void *arg)
{
    struct running *running = arg;

    (void)one;
    running->seen_usec = clock_monotonic_usec();
    if (size > HTTP_BODY_LIMIT - running->body.length) {
        running->too_large = true;
        return 0;
    }
    strbuf_put(&running->body, data, size);
    return size;
}

static size_t header_comes(char *data, size_t one, size_t size, void *arg)
{
    struct running *running = arg;
    size_t length = one * size, value;
    const char *colon;
    struct http_header *header;

    running->seen_usec = clock_monotonic_usec();
    while (length && strchr("\r\n \t", data[length - 1]))
        length--;
    if (length >= 5 && !strncmp(data, "HTTP/", 5)) { /* of an interim answer, or of the one that counts */
        running->header_count = 0;
        return one * size;
    }
    running->header_bytes += length;
    if (running->header_bytes > HTTP_HEADERS_LIMIT) {
        running->too_large = true;
        return 0;
    }
    colon = memchr(data, ':', length);
    if (!colon)
        return one * size;
    if (running->header_count == running->header_size) {
        running->header_size = running->header_size ? running->header_size * 2 : 16;
        running->reply_headers =
            mem_grow(running->mem, running->reply_headers, struct http_header, running->header_size);
    }
    header = &running->reply_headers[running->header_count++];
    header->name = mem_strndup(running->mem, data, (size_t)(colon - data));
    value = (size_t)(colon - data) + 1;
    while (value < length && (data[value] == ' ' || data[value] == '\t'))
        value++;
    header->value = mem_strndup(running->mem, data + value, length - value);
    return one * size;
}

/* ---- one call ---- */

static long milliseconds(double seconds)
{
    return seconds >= 1e6 ? 1000000000L : seconds > 0.001 ? (long)(seconds * 1000) : 1L;
}

static void set_tls(CURL *easy, const struct http *http, const struct http_tls *tls)
{
    const char *cafile = tls && tls->cafile ? tls->cafile : http->cafile;

    if (tls && tls->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    } else if (cafile && *cafile) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, cafile);
    }
    if (tls && tls->certfile) {
        curl_easy_setopt(easy, CURLOPT_SSLCERT, tls->certfile);
        curl_easy_setopt(easy, CURLOPT_SSLKEY, tls->keyfile ? tls->keyfile : tls->certfile);
    }
}

static double idle_of(const struct http_call *call)
{
    return call->idle_timeout > 0 ? call->idle_timeout : HTTP_IDLE_SECONDS;
}

static void set_times(CURL *easy, const struct http_call *call)
{
    double total = call->total_timeout > 0 ? call->total_timeout : HTTP_TOTAL_SECONDS;

    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     milliseconds(call->connect_timeout > 0 ? call->connect_timeout : idle_of(call)));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(total));
}

static void add_header(struct running *running, const char *text)
{
    struct curl_slist *longer = curl_slist_append(running->headers, text);

    if (!longer)
        mem_exhausted(strlen(text));
    running->headers = longer;
}

static bool no_line_break(const char *text)
{
    return !strpbrk(text, "\r\n");
}

/* Whether every header can be sent; one that would begin a line of its own cannot. */
static bool set_headers(struct running *running)
{
    const struct http_call *call = running->call;

    add_header(running, "Expect:");
    for (size_t i = 0; i < call->header_count; i++) {
        const struct http_header *header = &call->headers[i];

        if (!no_line_break(header->name) || !no_line_break(header->value))
            return false;
        add_header(running, *header->value ? mem_printf(running->mem, "%s: %s", header->name, header->value)
                                           : mem_printf(running->mem, "%s;", header->name));
    }
    curl_easy_setopt(running->easy, CURLOPT_HTTPHEADER, running->headers);
    return true;
}

/* Sends the body, once: where it would have to come again, libcurl gives up (see bodies_are_sent_once). */
static size_t body_goes(char *buffer, size_t size, size_t count, void *arg)
{
    struct running *running = arg;
    size_t left = running->call->body_size - running->sent, room = size * count;

    if (room > left)
        room = left;
    if (room)
        memcpy(buffer, (const char *)running->call->body + running->sent, room);
    running->sent += room;
    return room;
}

/*
 * libcurl would send a request a second time by itself when a kept connection ends without a byte of an answer, and
 * the peer may have done what the first one said.  It cannot where the body is not to be had again; whoever calls
 * decides about another try.
 */
static void bodies_are_sent_once(CURL *easy, struct running *running)
{
    running->sent = 0;
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, body_goes);
    curl_easy_setopt(easy, CURLOPT_READDATA, running);
}

static void set_method(CURL *easy, struct running *running)
{
    const struct http_call *call = running->call;
    bool post = !strcmp(call->method, "POST");

    if (!strcmp(call->method, "HEAD")) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (call->body || post) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        if (call->body_size)
            bodies_are_sent_once(easy, running);
        else
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_size);
    }
    if (!post && strcmp(call->method, "GET"))
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
    else if (!post && call->body)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "GET");
}

/* Where the path begins in a URL that goes out as it is written; NULL: libcurl has to tidy it, or to ask a proxy. */
static const char *target_of(const struct http *http, const char *url)
{
    const char *authority, *path;

    if (!http->direct || strncmp(url, "http://", 7) != 0)
        return NULL;
    authority = url + 7;
    path = authority + strcspn(authority, "/?#@\\");
    if (*path != '/' || path == authority || strstr(path, "/.") || strchr(path, '#'))
        return NULL;
    for (const char *at = path; *at; at++)
        if (*at <= ' ' || *at >= 0x7f)
            return NULL;
    return path;
}

/* libcurl takes a URL apart and puts it together three times, a letter at a time: it gets only what it needs of it. */
static void set_url(struct running *running)
{
    const char *url = running->call->url, *target = target_of(running->http, url);

    if (target) {
        curl_easy_setopt(running->easy, CURLOPT_URL, mem_strndup(running->mem, url, (size_t)(target - url) + 1));
        curl_easy_setopt(running->easy, CURLOPT_REQUEST_TARGET, target);
    } else {
        curl_easy_setopt(running->easy, CURLOPT_URL, url);
    }
}

/* Whether it runs now. */
static bool begin(struct http *http, struct running *running)
{
    CURL *easy = http->idle_count ? http->idle[--http->idle_count] : curl_easy_init();

    if (!easy)
        mem_exhausted(0);
    running->easy = easy;
    running->http = http;
    strbuf_init(&running->body, running->mem, 1024);
    if (!set_headers(running)) {
        running->call->failure = HTTP_BROKEN;
        running->call->error = "a header with a line break in it";
        return false;
    }
    set_url(running);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, running);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, running->error);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)KEPT_CONNECTION_AGE);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, socket_opens);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, http);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, socket_closes);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, http);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_comes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, running);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_comes);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, running);
    if (http->proxy && *http->proxy && !strncasecmp(running->call->url, "http:", 5))
        curl_easy_setopt(easy, CURLOPT_PROXY, http->proxy);
    set_method(easy, running);
    set_times(easy, running->call);
    set_tls(easy, http, running->call->tls);
    if (curl_multi_add_handle(http->multi, easy)) {
        running->call->failure = HTTP_BROKEN;
        running->call->error = "libcurl takes no further call";
        return false;
    }
    running->idle_usec = (uint64_t)(idle_of(running->call) * 1e6);
    running->seen_usec = clock_monotonic_usec();
    return true;
}

static void finish(struct running *running)
{
    struct http *http = running->http;

    curl_slist_free_all(running->headers);
    running->headers = NULL;
    if (http->idle_count < KEPT_HANDLES) {
        curl_easy_reset(running->easy);
        http->idle[http->idle_count++] = running->easy;
    } else {
        curl_easy_cleanup(running->easy);
    }
    running->easy = NULL;
    running->seen_usec = 0;
}

static enum http_failure failure_of(CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_TIMEOUT;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_INTERFACE_FAILED:
    case CURLE_WEIRD_SERVER_REPLY:   /* requests calls it an aborted connection */
    case CURLE_UNSUPPORTED_PROTOCOL: /* also HTTP/0.9, which is no HTTP to requests either */
        return HTTP_CONNECT_FAILURE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return HTTP_TLS_FAILURE;
    default:
        return HTTP_BROKEN;
    }
}

/* Fewer bytes than Content-Length says are all that came, to urllib3 as here; chunks that break off are an error. */
static bool is_chunked(const struct running *running)
{
    for (size_t i = 0; i < running->header_count; i++)
        if (!strcasecmp(running->reply_headers[i].name, "transfer-encoding"))
            return true;
    return false;
}

/*
 * A peer that refuses our certificate may do so when the handshake is over for us (TLS 1.3): that is an alert, read
 * where an answer should be, or an end in the middle of what is sent.  Where an answer should be, an end without an
 * alert is a connection that broke, to Python's ssl too.
 */
static bool is_refused_by_tls(const struct running *running, CURLcode code)
{
    if (strncasecmp(running->call->url, "https:", 6))
        return false;
    return code == CURLE_SEND_ERROR || (code == CURLE_RECV_ERROR && strstr(running->error, "SSL routines") &&
                                        !strstr(running->error, "unexpected eof"));
}

/* Did the answer begin and then end within its body? To requests that is another fault than no connection. */
static bool broke_off(const struct running *running, CURLcode code)
{
    return running->header_count &&
           (code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE || code == CURLE_WEIRD_SERVER_REPLY);
}

static void conclude(struct running *running, CURLcode code)
{
    struct http_call *call = running->call;
    long status = 0;

    if (code == CURLE_OK || (code == CURLE_PARTIAL_FILE && !is_chunked(running))) {
        curl_easy_getinfo(running->easy, CURLINFO_RESPONSE_CODE, &status);
        call->failure = HTTP_ANSWERED;
        call->status = (int)status;
        call->reply_headers = running->reply_headers;
        call->reply_header_count = running->header_count;
        call->reply = running->body.data;
        call->reply_size = running->body.length;
        return;
    }
    call->failure = running->too_large || broke_off(running, code) ? HTTP_BROKEN
                    : is_refused_by_tls(running, code)             ? HTTP_TLS_FAILURE
                                                                   : failure_of(code);
    if (running->too_large)
        call->error = "the answer is too large";
    else
        call->error = mem_strdup(running->mem, *running->error ? running->error : curl_easy_strerror(code));
}

/* ---- all calls ---- */

/* Calls that ended leave the multi handle; how many did. */
static size_t collect(struct http *http)
{
    const CURLMsg *message;
    size_t ended = 0;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left))) {
        struct running *running = NULL;
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &running);
        conclude(running, code);
        curl_multi_remove_handle(http->multi, running->easy);
        finish(running);
        ended++;
    }
    return ended;
}

/*
 * Calls whose peer has been silent for too long end; how many did.  libcurl's
 * own watch over slow peers is one of averages, and late by seconds.
 * *wait_ms is how long nothing else can happen but an answer.
 */
static size_t end_silent(struct http *http, struct running *running, size_t count, int *wait_ms)
{
    uint64_t now = clock_monotonic_usec(), next = now + 1000000;
    size_t ended = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t end = running[i].seen_usec + running[i].idle_usec;

        if (!running[i].seen_usec)
            continue;
        if (end > now) {
            next = end < next ? end : next;
            continue;
        }
        conclude(&running[i], CURLE_OPERATION_TIMEDOUT);
        curl_multi_remove_handle(http->multi, running[i].easy);
        finish(&running[i]);
        ended++;
    }
    *wait_ms = (int)((next - now) / 1000) + 1;
    return ended;
}

void http_perform(struct worker *worker, const void *mem, struct http_call *calls, size_t count)
{
    struct http *http = http_of(worker);
    struct running *running = mem_array(mem, struct running, count ? count : 1);
    size_t begun = 0, under_way = 0;
    uint32_t stage = worker->slot ? worker->slot->stage : 0;

    score_stage(worker->slot, SCORE_CLIENT);
    while (begun < count || under_way) {
        int still = 0, wait_ms = 0;

        while (begun < count && under_way < AT_ONCE) {
            struct running *next = &running[begun];

            next->call = &calls[begun++];
            next->mem = mem;
            if (begin(http, next))
                under_way++;
            else
                finish(next);
        }
        if (curl_multi_perform(http->multi, &still))
            mem_exhausted(0);
        under_way -= collect(http);
        under_way -= end_silent(http, running, begun, &wait_ms);
        if (under_way && still)
            curl_multi_poll(http->multi, NULL, 0, wait_ms, NULL);
    }
    score_stage(worker->slot, (enum score_stage)stage);
}

const char *http_reply_header(const struct http_call *call, const char *name)
{
    for (size_t i = 0; i < call->reply_header_count; i++)
        if (!strcasecmp(call->reply_headers[i].name, name))
            return call->reply_headers[i].value;
    return NULL;
}

unsigned http_open_connections(const struct worker *worker)
{
    return worker->clients
               ? ((struct http *)clients_state((struct worker *)(uintptr_t)worker, "http", sizeof(struct http)))->open
               : 0;
}
