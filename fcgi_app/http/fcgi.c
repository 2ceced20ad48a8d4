/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FastCGI parameters into a request, an answer into FastCGI records.
 *
 * libfcgi writes through a buffer of 8 KiB, a system call each; a page of a
 * thousand servers would be hundreds of them.  So a big answer goes out as
 * records of our own making in one sendmsg(), and libfcgi adds the record
 * that ends it.
 * Source: FastCGI specification 1.0, sections 3.3 and 6.2; RFC 3875.
 */
#include "config.h"

#include "fcgi_app/http/fcgi.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <fastcgi.h>
#include <fcgiapp.h>

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* What fits into libfcgi's buffer beside its records' heads. */
#define SMALL_ANSWER 8000

/* ---- in ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A byte of a path as it stands in ours. */
static char *put_path_byte(char *to, int byte)
{
    if (!byte)
        return (char *)mempcpy(to, TEXT_NUL, 2);
    if (byte == 0xc0)
        return (char *)mempcpy(to, TEXT_C0, 2);
    *to = (char)byte;
    return to + 1;
}

/* A path that a front server has decoded. */
static const char *path_of_bytes(const void *mem, const char *bytes)
{
    char *path, *to;

    if (!strchr(bytes, (unsigned char)TEXT_C0[0]))
        return bytes;
    path = to = mem_array(mem, char, 2 * strlen(bytes) + 1);
    for (; *bytes; bytes++)
        to = put_path_byte(to, (unsigned char)*bytes);
    *to = '\0';
    return path;
}

/* The path of a request line's target, decoded. */
static char *path_of_uri(const void *mem, const char *uri)
{
    const char *authority = strstr(uri, "://");
    size_t length = strcspn(uri, "?#");
    char *path, *to;

    if (*uri != '/' && authority && authority < uri + length) {
        uri = authority + 3 + strcspn(authority + 3, "/?#");
        length = strcspn(uri, "?#");
    }
    path = to = mem_array(mem, char, 2 * length + 1);
    for (const char *p = uri; p < uri + length; p++) {
        int high, low;
        if (*p == '%' && (high = hex_value(p[1])) >= 0 && (low = hex_value(p[2])) >= 0) {
            to = put_path_byte(to, high << 4 | low);
            p += 2;
        } else {
            to = put_path_byte(to, (unsigned char)*p);
        }
    }
    *to = '\0';
    return path;
}

static const char *param_or(const struct request *request, const char *name, const char *otherwise)
{
    const char *value = request_param(request, name);

    return value ? value : otherwise;
}

/* Is there a %00 before the query?  A front server that decodes it ends our parameter there. */
static bool has_nul(const char *uri)
{
    const char *nul = strstr(uri, "%00");

    return nul && nul < uri + strcspn(uri, "?#");
}

/* The whole path, whatever the front server made of it; it begins with a slash, or is empty. */
static const char *whole_path(const struct request *request)
{
    const char *script = param_or(request, "SCRIPT_NAME", "");
    const char *path = param_or(request, "PATH_INFO", "");
    const char *uri = param_or(request, "REQUEST_URI", "");
    size_t length = strlen(script);

    if ((!length && !*path) || has_nul(uri)) {
        path = path_of_uri(request->mem, uri);
    } else {
        if (length && !*path)
            path = script;
        else if (length && script[length - 1] == '/' && *path == '/')
            path = mem_printf(request->mem, "%s%s", script, path + 1);
        else if (length)
            path = mem_printf(request->mem, "%s%s", script, path);
        path = path_of_bytes(request->mem, path);
    }
    return *path && *path != '/' ? mem_printf(request->mem, "/%s", path) : path;
}

/* Settles SCRIPT_NAME and PATH_INFO as the header says. */
static void settle_paths(struct request *request)
{
    const char *prefix = param_or(request, "NOVA_SCRIPT_NAME", "");
    const char *path = whole_path(request);
    size_t length = strlen(prefix);

    while (length && prefix[length - 1] == '/')
        length--;
    prefix = mem_strndup(request->mem, prefix, length);
    if (length && strncmp(path, prefix, length) == 0 && (!path[length] || path[length] == '/'))
        path += length;
    request_delete_param(request, "NOVA_SCRIPT_NAME");
    request_set_param(request, "SCRIPT_NAME", prefix);
    request_set_param(request, "PATH_INFO", path);
}

/* A front server may leave QUERY_STRING out; the request line has it. */
static void settle_query(struct request *request)
{
    const char *uri, *question;

    if (request_param(request, "QUERY_STRING"))
        return;
    uri = param_or(request, "REQUEST_URI", "");
    question = strchr(uri, '?');
    request_set_param(request, "QUERY_STRING", question ? question + 1 : "");
}

void http_fcgi_params(char **texts, const void *mem, struct worker *worker, struct context *context,
                      struct request *request)
{
    *request = (struct request){ .mem = mem, .begun_usec = clock_monotonic_usec() };
    for (; *texts; texts++) {
        char *equals = strchr(*texts, '=');
        if (!equals || equals == *texts)
            continue;
        *equals = '\0';
        request_set_param(request, *texts, equals + 1);
    }
    request_delete_param(request, "HTTP_PROXY");
    settle_paths(request);
    settle_query(request);
    request_init(request, mem, worker, context);
}

static long read_stdin(void *source, char *out, size_t size)
{
    FCGX_Stream *in = source;
    int got = FCGX_GetStr(out, size > INT_MAX ? INT_MAX : (int)size, in);

    return got > 0 ? got : FCGX_GetError(in) ? -1 : 0;
}

void http_fcgi_receive(FCGX_Request *fcgx, const void *mem, struct worker *worker, struct context *context,
                       struct request *request)
{
    http_fcgi_params(fcgx->envp, mem, worker, context, request);
    request->read = read_stdin;
    request->source = fcgx->in;
}

/* ---- out ---- */

static void put_header(struct strbuf *out, const char *name, const char *value)
{
    size_t length = strlen(value);
    char *copy;

    strbuf_puts(out, name);
    strbuf_put(out, ": ", 2);
    copy = strbuf_room(out, length);
    for (size_t i = 0; i < length; i++)
        copy[i] = value[i] == '\r' || value[i] == '\n' ? ' ' : value[i];
    strbuf_wrote(out, length);
    strbuf_put(out, "\r\n", 2);
}

void http_fcgi_head(struct strbuf *out, const struct request *request)
{
    const struct response *response = &request->response;

    strbuf_put(out, "Status: ", 8);
    strbuf_put_int(out, response->status);
    strbuf_putc(out, ' ');
    strbuf_puts(out, response->reason ? response->reason : fault_title(response->status));
    strbuf_put(out, "\r\n", 2);
    if (!response->no_length && !response_header(response, "Content-Length")) {
        strbuf_puts(out, "Content-Length: ");
        strbuf_put_int(out, (long long)response->body.length);
        strbuf_put(out, "\r\n", 2);
    }
    for (size_t i = 0; i < response->header_count; i++)
        put_header(out, response->headers[i].name, response->headers[i].value);
    strbuf_put(out, "\r\n", 2);
}

static bool has_body(const struct request *request)
{
    int status = request->response.status;

    return strcmp(request->method, "HEAD") != 0 && status != 204 && status != 304;
}

/* Sends all of it; false: the peer is gone, or too slow. */
static bool send_all(int fd, struct iovec *pieces, size_t count)
{
    while (count) {
        struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_MORE);
        if (sent < 0) {
            if (errno == EINTR)
                continue;
            return false;
        }
        while (count && (size_t)sent >= pieces->iov_len) {
            sent -= (ssize_t)pieces->iov_len;
            pieces++;
            count--;
        }
        if (count) {
            pieces->iov_base = (char *)pieces->iov_base + sent;
            pieces->iov_len -= (size_t)sent;
        }
    }
    return true;
}

#define RECORDS_AT_ONCE 128
#define RECORD_CONTENT 65528 /* the most of a record, its size a multiple of eight */

/* Sends the parts as FCGI_STDOUT records; false: the peer is gone. */
static bool send_records(int fd, int id, struct iovec *parts, size_t part_count)
{
    static const char zeros[8];
    unsigned char heads[RECORDS_AT_ONCE][8];
    struct iovec pieces[RECORDS_AT_ONCE * 4];
    size_t left = 0, part = 0;

    for (size_t i = 0; i < part_count; i++)
        left += parts[i].iov_len;
    while (left) {
        size_t count = 0;
        for (size_t record = 0; record < RECORDS_AT_ONCE && left; record++) {
            size_t content = left < RECORD_CONTENT ? left : RECORD_CONTENT;
            size_t padding = -content & 7;
            const unsigned char head[8] = { FCGI_VERSION_1,
                                            FCGI_STDOUT,
                                            (unsigned char)(id >> 8),
                                            (unsigned char)id,
                                            (unsigned char)(content >> 8),
                                            (unsigned char)content,
                                            (unsigned char)padding,
                                            0 };
            memcpy(heads[record], head, sizeof(head));
            pieces[count++] = (struct iovec){ heads[record], sizeof(head) };
            left -= content;
            while (content) {
                size_t size = parts[part].iov_len < content ? parts[part].iov_len : content;
                if (size)
                    pieces[count++] = (struct iovec){ parts[part].iov_base, size };
                parts[part].iov_base = (char *)parts[part].iov_base + size;
                parts[part].iov_len -= size;
                content -= size;
                part += parts[part].iov_len == 0;
            }
            if (padding)
                pieces[count++] = (struct iovec){ (void *)(uintptr_t)zeros, padding };
        }
        if (!send_all(fd, pieces, count))
            return false;
    }
    return true;
}

struct fault *http_fcgi_send(FCGX_Request *fcgx, struct request *request)
{
    const struct strbuf *body = &request->response.body;
    size_t body_size = has_body(request) ? body->length : 0;
    struct strbuf head;
    bool sent;

    strbuf_init(&head, request->mem, 1024);
    http_fcgi_head(&head, request);
    if (head.length + body_size <= SMALL_ANSWER) {
        sent = FCGX_PutStr(head.data, (int)head.length, fcgx->out) >= 0 &&
               FCGX_PutStr(body->data, (int)body_size, fcgx->out) >= 0;
    } else {
        struct iovec parts[] = { { head.data, head.length }, { body->data, body_size } };
        sent = send_records(fcgx->ipcFd, fcgx->requestId, parts, 2);
    }
    if (!sent)
        fcgx->keepConnection = 0;
    /* The stream of errors first: libfcgi ends the request with the last one that closes. */
    if (FCGX_FClose(fcgx->err) < 0 || FCGX_FClose(fcgx->out) < 0 || !sent)
        return fault_new(request->mem, Internal, "the front server did not take the answer");
    return NULL;
}
