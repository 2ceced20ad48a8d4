/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's side; see the header.
 *
 * One multi handle for each process holds the connections.  Easy handles are
 * kept, each in a line with what belongs to it, and stay as they were set but
 * for what a call changes: to set all options anew costs a twentieth of a GET
 * /servers/{id}.  A single call goes through the same multi handle, so that
 * it finds the connections that several left.
 */
#include "config.h"

#include "fcgi_app/clients/http_private.h"

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
    KEPT_LINES = 16,      /* idle ones */
    KEPT_CONNECTIONS = 32 /* open connections, all peers together */
};

struct line;

struct http {
    CURLM *multi;
    struct http_kept *kept; /* plain calls */
    struct line *idle[KEPT_LINES];
    size_t idle_count;
    unsigned open;
    const char *proxy;  /* HTTP_PROXY where libcurl would not look at it; NULL: none */
    bool direct;        /* no proxy for http: is in the environment */
    const char *cafile; /* REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE */
};

/* An easy handle and the call that runs on it; what it keeps from call to call stands last. */
struct line {
    struct http_call *call;
    const void *mem;
    struct strbuf body;
    struct http_header *reply_headers;
    size_t header_count, header_size, header_bytes;
    size_t sent;        /* bytes of the call's body */
    uint64_t seen_usec; /* when its peer was last heard of; 0: it does not run */
    uint64_t idle_usec; /* how long the peer may be silent */
    bool too_large;
    bool special; /* options were set that a call without a body does not have */
    char error[CURL_ERROR_SIZE];

    struct http *http;
    CURL *easy;
    long connect_ms, total_ms; /* as they are set; 0: not yet */
};

static int http_close(struct http *http)
{
    while (http->idle_count)
        curl_easy_cleanup(http->idle[--http->idle_count]->easy);
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
    http->kept = http_kept_of(worker);
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
    struct line *line = arg;

    (void)one;
    line->seen_usec = clock_monotonic_usec();
    if (size > HTTP_BODY_LIMIT - line->body.length) {
        line->too_large = true;
        return 0;
    }
    strbuf_put(&line->body, data, size);
    return size;
}

static size_t header_comes(char *data, size_t one, size_t size, void *arg)
{
    struct line *line = arg;
    size_t length = one * size, value;
    const char *colon;
    struct http_header *header;

    line->seen_usec = clock_monotonic_usec();
    while (length && strchr("\r\n \t", data[length - 1]))
        length--;
    if (length >= 5 && !strncmp(data, "HTTP/", 5)) { /* of an interim answer, or of the one that counts */
        line->header_count = 0;
        return one * size;
    }
    line->header_bytes += length;
    if (line->header_bytes > HTTP_HEADERS_LIMIT) {
        line->too_large = true;
        return 0;
    }
    colon = memchr(data, ':', length);
    if (!colon)
        return one * size;
    if (line->header_count == line->header_size) {
        line->header_size = line->header_size ? line->header_size * 2 : 16;
        line->reply_headers = mem_grow(line->mem, line->reply_headers, struct http_header, line->header_size);
    }
    header = &line->reply_headers[line->header_count++];
    header->name = mem_strndup(line->mem, data, (size_t)(colon - data));
    value = (size_t)(colon - data) + 1;
    while (value < length && (data[value] == ' ' || data[value] == '\t'))
        value++;
    header->value = mem_strndup(line->mem, data + value, length - value);
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

/* Sets an option in milliseconds unless it is so already. */
static void set_ms(CURL *easy, CURLoption option, long *is, double seconds)
{
    long wanted = milliseconds(seconds);

    if (*is != wanted)
        curl_easy_setopt(easy, option, wanted);
    *is = wanted;
}

static void set_times(struct line *line)
{
    const struct http_call *call = line->call;

    set_ms(line->easy, CURLOPT_CONNECTTIMEOUT_MS, &line->connect_ms,
           call->connect_timeout > 0 ? call->connect_timeout : idle_of(call));
    set_ms(line->easy, CURLOPT_TIMEOUT_MS, &line->total_ms,
           call->total_timeout > 0 ? call->total_timeout : HTTP_TOTAL_SECONDS);
}

static bool no_line_break(const char *text)
{
    return !strpbrk(text, "\r\n");
}

/* Whether every header can be sent; one that would begin a line of its own cannot. libcurl reads the list, and keeps
 * none. */
static bool set_headers(struct line *line)
{
    const struct http_call *call = line->call;
    struct curl_slist *list = mem_array(line->mem, struct curl_slist, call->header_count + 1);
    size_t count = 0;

    if (call->body_size)
        list[count++].data = mem_strdup(line->mem, "Expect:");
    for (size_t i = 0; i < call->header_count; i++) {
        const struct http_header *header = &call->headers[i];

        if (!no_line_break(header->name) || !no_line_break(header->value))
            return false;
        list[count++].data = *header->value ? mem_printf(line->mem, "%s: %s", header->name, header->value)
                                            : mem_printf(line->mem, "%s;", header->name);
    }
    for (size_t i = 1; i < count; i++)
        list[i - 1].next = &list[i];
    curl_easy_setopt(line->easy, CURLOPT_HTTPHEADER, count ? list : NULL);
    return true;
}

/* Sends the body, once: where it would have to come again, libcurl gives up (see bodies_are_sent_once). */
static size_t body_goes(char *buffer, size_t size, size_t count, void *arg)
{
    struct line *line = arg;
    size_t left = line->call->body_size - line->sent, room = size * count;

    if (room > left)
        room = left;
    if (room)
        memcpy(buffer, (const char *)line->call->body + line->sent, room);
    line->sent += room;
    return room;
}

/*
 * libcurl would send a request a second time by itself when a kept connection ends without a byte of an answer, and
 * the peer may have done what the first one said.  It cannot where the body is not to be had again; whoever calls
 * decides about another try.
 */
static void bodies_are_sent_once(CURL *easy, struct line *line)
{
    line->sent = 0;
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, body_goes);
    curl_easy_setopt(easy, CURLOPT_READDATA, line);
}

static void set_method(struct line *line)
{
    const struct http_call *call = line->call;
    CURL *easy = line->easy;
    bool post = !strcmp(call->method, "POST");

    if (!call->body && !strcmp(call->method, "GET"))
        return;
    line->special = true;
    if (!strcmp(call->method, "HEAD")) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (call->body || post) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        if (call->body_size)
            bodies_are_sent_once(easy, line);
        else
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_size);
    }
    if (!post && strcmp(call->method, "GET"))
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
    else if (!post && call->body)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "GET");
}

/* libcurl takes a URL apart and puts it together three times, a letter at a time: it gets only what it needs of it. */
static void set_url(struct line *line)
{
    const struct http *http = line->http;
    const char *url = line->call->url, *target = http->direct ? http_target(url) : NULL;

    curl_easy_setopt(line->easy, CURLOPT_URL, target ? mem_strndup(line->mem, url, (size_t)(target - url) + 1) : url);
    curl_easy_setopt(line->easy, CURLOPT_REQUEST_TARGET, target);
    if (http->proxy && *http->proxy && !strncasecmp(url, "http:", 5)) {
        curl_easy_setopt(line->easy, CURLOPT_PROXY, http->proxy);
        line->special = true;
    }
    if (!strncasecmp(url, "https:", 6)) {
        set_tls(line->easy, http, line->call->tls);
        line->special = true;
    }
}

/* What is the same for all calls; the handle has no options yet. */
static void set_common(struct line *line)
{
    CURL *easy = line->easy;

    line->special = false;
    line->connect_ms = line->total_ms = 0;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, line);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, line->error);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, HTTP_KEPT_USEC / 1000000L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, socket_opens);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, line->http);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, socket_closes);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, line->http);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_comes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, line);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_comes);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, line);
}

/* A line that is free, for a call of `mem`. */
static struct line *take_line(struct http *http, const void *mem, struct http_call *call)
{
    struct line *line = http->idle_count ? http->idle[--http->idle_count] : NULL;

    if (!line) {
        line = mem_new(http, struct line);
        line->http = http;
        line->easy = curl_easy_init();
        if (!line->easy)
            mem_exhausted(0);
        set_common(line);
    }
    line->call = call;
    line->mem = mem;
    line->reply_headers = NULL;
    line->header_count = line->header_size = line->header_bytes = line->sent = 0;
    line->too_large = false;
    *line->error = '\0';
    strbuf_init(&line->body, mem, 1024);
    return line;
}

static void give_back(struct line *line)
{
    struct http *http = line->http;

    line->seen_usec = 0;
    if (http->idle_count == KEPT_LINES) {
        curl_easy_cleanup(line->easy);
        talloc_free(line);
        return;
    }
    if (line->special) {
        curl_easy_reset(line->easy);
        set_common(line);
    }
    http->idle[http->idle_count++] = line;
}

/* The line that the call runs on; NULL: it has its end already. */
static struct line *begin(struct http *http, const void *mem, struct http_call *call)
{
    struct line *line = take_line(http, mem, call);

    call->failure = HTTP_BROKEN;
    if (!set_headers(line)) {
        call->error = "a header with a line break in it";
        give_back(line);
        return NULL;
    }
    set_url(line);
    set_method(line);
    set_times(line);
    if (curl_multi_add_handle(http->multi, line->easy)) {
        call->error = "libcurl takes no further call";
        give_back(line);
        return NULL;
    }
    line->idle_usec = (uint64_t)(idle_of(call) * 1e6);
    line->seen_usec = clock_monotonic_usec();
    return line;
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
static bool is_chunked(const struct line *line)
{
    for (size_t i = 0; i < line->header_count; i++)
        if (!strcasecmp(line->reply_headers[i].name, "transfer-encoding"))
            return true;
    return false;
}

/*
 * A peer that refuses our certificate may do so when the handshake is over for us (TLS 1.3): that is an alert, read
 * where an answer should be, or an end in the middle of what is sent.  Where an answer should be, an end without an
 * alert is a connection that broke, to Python's ssl too.
 */
static bool is_refused_by_tls(const struct line *line, CURLcode code)
{
    if (strncasecmp(line->call->url, "https:", 6))
        return false;
    return code == CURLE_SEND_ERROR ||
           (code == CURLE_RECV_ERROR && strstr(line->error, "SSL routines") && !strstr(line->error, "unexpected eof"));
}

/* Did the answer begin and then end within its body? To requests that is another fault than no connection. */
static bool broke_off(const struct line *line, CURLcode code)
{
    return line->header_count &&
           (code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE || code == CURLE_WEIRD_SERVER_REPLY);
}

/* The peer's address, for the calls that libcurl is not needed for. */
static void remember(const struct line *line)
{
    char *ip = NULL;
    long port = 0;

    curl_easy_getinfo(line->easy, CURLINFO_PRIMARY_IP, &ip);
    curl_easy_getinfo(line->easy, CURLINFO_PRIMARY_PORT, &port);
    http_kept_remember(line->http->kept, line->call->url, ip, port);
}

static void conclude(struct line *line, CURLcode code)
{
    struct http_call *call = line->call;
    long status = 0;

    if (code == CURLE_OK || (code == CURLE_PARTIAL_FILE && !is_chunked(line))) {
        curl_easy_getinfo(line->easy, CURLINFO_RESPONSE_CODE, &status);
        call->failure = HTTP_ANSWERED;
        call->status = (int)status;
        call->reply_headers = line->reply_headers;
        call->reply_header_count = line->header_count;
        call->reply = line->body.data;
        call->reply_size = line->body.length;
        if (line->http->direct && http_kept_asks(line->http->kept, call->url))
            remember(line);
        return;
    }
    call->failure = line->too_large || broke_off(line, code) ? HTTP_BROKEN
                    : is_refused_by_tls(line, code)          ? HTTP_TLS_FAILURE
                                                             : failure_of(code);
    if (line->too_large)
        call->error = "the answer is too large";
    else
        call->error = mem_strdup(line->mem, *line->error ? line->error : curl_easy_strerror(code));
}

/* ---- all calls ---- */

/* The call has its outcome, and its line is free. */
static void end(struct line *line, CURLcode code)
{
    conclude(line, code);
    curl_multi_remove_handle(line->http->multi, line->easy);
    give_back(line);
}

/* Calls that ended leave the multi handle, and their lines *lines; how many run still. */
static size_t collect(struct http *http, struct line **lines, size_t count)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left))) {
        struct line *line = NULL;
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &line);
        for (size_t i = 0; i < count; i++)
            if (lines[i] == line)
                lines[i--] = lines[--count];
        end(line, code);
    }
    return count;
}

/*
 * Calls whose peer has been silent for too long end; how many run still.
 * libcurl's own watch over slow peers is one of averages, and late by seconds.
 * *wait_ms is how long nothing else can happen but an answer.
 */
static size_t end_silent(struct line **lines, size_t count, int *wait_ms)
{
    uint64_t now = clock_monotonic_usec(), next = now + 1000000;

    for (size_t i = 0; i < count; i++) {
        uint64_t last = lines[i]->seen_usec + lines[i]->idle_usec;

        if (last > now) {
            next = last < next ? last : next;
            continue;
        }
        end(lines[i], CURLE_OPERATION_TIMEDOUT);
        lines[i--] = lines[--count];
    }
    *wait_ms = (int)((next - now) / 1000) + 1;
    return count;
}

/* Does by libcurl what is not done; `done` NULL: nothing is. */
static void perform_rest(struct http *http, const void *mem, struct http_call *calls, size_t count, const bool *done)
{
    struct line *lines[HTTP_AT_ONCE];
    size_t begun = 0, under_way = 0;

    while (begun < count || under_way) {
        int still = 0, wait_ms = 0;

        for (; begun < count && under_way < HTTP_AT_ONCE; begun++) {
            if (done && done[begun])
                continue;
            lines[under_way] = begin(http, mem, &calls[begun]);
            under_way += lines[under_way] != NULL;
        }
        if (!under_way)
            continue;
        if (curl_multi_perform(http->multi, &still))
            mem_exhausted(0);
        under_way = collect(http, lines, under_way);
        under_way = end_silent(lines, under_way, &wait_ms);
        if (under_way && still)
            curl_multi_poll(http->multi, NULL, 0, wait_ms, NULL);
    }
}

/* Whether all can go without libcurl; the others would wait for those that do. */
static bool all_plain(const struct http *http, const struct http_call *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!http_kept_can(http->kept, &calls[i]))
            return false;
    return http->direct && count <= HTTP_AT_ONCE;
}

void http_perform(struct worker *worker, const void *mem, struct http_call *calls, size_t count)
{
    struct http *http = http_of(worker);
    uint32_t stage = worker->slot ? worker->slot->stage : 0;
    bool done[HTTP_AT_ONCE];

    score_stage(worker->slot, SCORE_CLIENT);
    if (all_plain(http, calls, count)) {
        http_kept_perform(http->kept, mem, calls, count, done);
        perform_rest(http, mem, calls, count, done);
    } else {
        perform_rest(http, mem, calls, count, NULL);
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
    const struct http *http;

    if (!worker->clients)
        return 0;
    http = clients_state((struct worker *)(uintptr_t)worker, "http", sizeof(struct http));
    return http->open + (http->kept ? http_kept_open(http->kept) : 0);
}
