/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request's parameters, members, body and URLs, and the headers of its answer.
 * fcgi.c fills the parameters from the wire; the URL map and the filters move
 * script_name, path_info and what else they own.
 * Source: WebOb 1.8.6 request.py (host_url, application_url, path_url, url, body).
 */
#include "config.h"

#include "fcgi_app/http/request.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What stays unquoted in a path besides letters, digits and _.-~ */
#define PATH_SAFE "/~!$&'()*+,;=:@"

/* ---- parameters ---- */

#define CHAINS (sizeof(((struct params *)0)->chains) / sizeof(uint32_t))

static uint32_t hash_text(const char *text)
{
    uint32_t hash = 2166136261U;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash ^ hash >> 15;
}

static struct param *find_hashed(const struct params *params, const char *name, uint32_t hash)
{
    for (uint32_t at = params->chains[hash % CHAINS]; at; at = params->items[at - 1].next) {
        struct param *param = &params->items[at - 1];
        if (param->hash == hash && strcmp(param->name, name) == 0)
            return param;
    }
    return NULL;
}

const char *request_param(const struct request *request, const char *name)
{
    const struct param *param = find_hashed(&request->params, name, hash_text(name));

    return param ? param->value : NULL;
}

static bool word_is_true(const char *text)
{
    return text && (strcasecmp(text, "on") == 0 || strcmp(text, "1") == 0 || strcasecmp(text, "yes") == 0 ||
                    strcasecmp(text, "true") == 0);
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static void mirror_method(struct request *request)
{
    request->method = text_or(request_param(request, "REQUEST_METHOD"), "GET");
}

static void mirror_script_name(struct request *request)
{
    request->script_name = text_or(request_param(request, "SCRIPT_NAME"), "");
}

static void mirror_path_info(struct request *request)
{
    request->path_info = text_or(request_param(request, "PATH_INFO"), "");
}

static void mirror_query(struct request *request)
{
    request->query_string = text_or(request_param(request, "QUERY_STRING"), "");
}

/* The front server tells of TLS with HTTPS=on, or with REQUEST_SCHEME. */
static void mirror_scheme(struct request *request)
{
    const char *scheme = request_param(request, "wsgi.url_scheme");

    if (!scheme) {
        const char *front = request_param(request, "REQUEST_SCHEME");
        scheme = word_is_true(request_param(request, "HTTPS")) || (front && strcasecmp(front, "https") == 0) ? "https"
                                                                                                             : "http";
    }
    request->scheme = scheme;
}

static void mirror_host(struct request *request)
{
    const char *host = request_param(request, "HTTP_HOST");

    if (!host) {
        const char *name = text_or(request_param(request, "SERVER_NAME"), "localhost");
        const char *port = request_param(request, "SERVER_PORT");
        host = port && *port ? mem_printf(request->mem, "%s:%s", name, port) : name;
    }
    request->host = host;
}

static void mirror_remote_addr(struct request *request)
{
    request->remote_addr = text_or(request_param(request, "REMOTE_ADDR"), "");
}

/* Digits only, as WSGI servers let them through; an empty text is none, a length beyond all memory the largest one. */
static void mirror_content_length(struct request *request)
{
    const char *text = request_param(request, "CONTENT_LENGTH");
    int64_t length = 0;

    if (!text || !*text) {
        request->content_length = -1;
        return;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9') {
            request->content_length = -2;
            return;
        }
        length = length > INT64_MAX / 10 - 1 ? INT64_MAX / 10 : length * 10 + (*text - '0');
    }
    request->content_length = length;
}

/* Which members follow which parameter. */
static const struct mirror {
    const char *name;
    void (*update)(struct request *request);
} mirrors[] = {
    { "REQUEST_METHOD", mirror_method },   { "SCRIPT_NAME", mirror_script_name },
    { "PATH_INFO", mirror_path_info },     { "QUERY_STRING", mirror_query },
    { "wsgi.url_scheme", mirror_scheme },  { "HTTP_HOST", mirror_host },
    { "REMOTE_ADDR", mirror_remote_addr }, { "CONTENT_LENGTH", mirror_content_length },
};

static void mirror_again(struct request *request, const char *name)
{
    if (!request->method)
        return; /* request_init() is still to come */
    for (size_t i = 0; i < sizeof(mirrors) / sizeof(mirrors[0]); i++)
        if (strcmp(mirrors[i].name, name) == 0)
            mirrors[i].update(request);
}

void request_set_param(struct request *request, const char *name, const char *value)
{
    struct params *params = &request->params;
    uint32_t hash = hash_text(name);
    struct param *param = find_hashed(params, name, hash);

    if (!param) {
        if (params->count == params->size) {
            params->size = params->size ? params->size * 2 : 48;
            params->items = mem_grow(request->mem, params->items, struct param, params->size);
        }
        param = &params->items[params->count++];
        param->name = name;
        param->hash = hash;
        param->next = params->chains[hash % CHAINS];
        params->chains[hash % CHAINS] = (uint32_t)params->count;
    }
    param->value = value;
    param->length = strlen(value);
    mirror_again(request, name);
}

/* Where the chain of `hash` says that item `index` stands. */
static uint32_t *link_to(struct params *params, uint32_t hash, size_t index)
{
    uint32_t *link = &params->chains[hash % CHAINS];

    while (*link != index + 1)
        link = &params->items[*link - 1].next;
    return link;
}

void request_delete_param(struct request *request, const char *name)
{
    struct params *params = &request->params;
    uint32_t hash = hash_text(name);
    struct param *param = find_hashed(params, name, hash);
    size_t index, last;

    if (!param)
        return;
    index = (size_t)(param - params->items);
    last = params->count - 1;
    *link_to(params, hash, index) = param->next;
    if (index != last) {
        *link_to(params, params->items[last].hash, last) = (uint32_t)index + 1;
        params->items[index] = params->items[last];
    }
    params->count = last;
    mirror_again(request, name);
}

const char *request_header(const struct request *request, const char *name)
{
    char environ_name[128] = "HTTP_";
    size_t at = 5;

    if (strcasecmp(name, "Content-Type") == 0)
        return request_param(request, "CONTENT_TYPE");
    if (strcasecmp(name, "Content-Length") == 0)
        return request_param(request, "CONTENT_LENGTH");
    for (; *name; name++) {
        if (at == sizeof(environ_name) - 1)
            return NULL;
        environ_name[at++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
    }
    environ_name[at] = '\0';
    return request_param(request, environ_name);
}

void request_init(struct request *request, const void *mem, struct worker *worker, struct context *context)
{
    request->mem = mem;
    request->worker = worker;
    request->context = context;
    for (size_t i = 0; i < sizeof(mirrors) / sizeof(mirrors[0]); i++)
        mirrors[i].update(request);
    response_reset(&request->response, mem);
}

/* ---- body ---- */

/* No body is larger, whatever the filters say: it has to fit into memory. */
#define BODY_MAX ((size_t)64 * 1024 * 1024)

static size_t body_limit(const struct request *request)
{
    return request->body_limit && request->body_limit < BODY_MAX ? request->body_limit : BODY_MAX;
}

static struct fault *body_too_large(const struct request *request)
{
    return fault_http(request->mem, 413, "Request is too large. Larger than %zu.", body_limit(request));
}

/* Reads exactly `size` bytes. */
static struct fault *read_known(struct request *request, size_t size)
{
    char *body = mem_grow(request->mem, NULL, char, size + 1);
    size_t got = 0;

    while (got < size) {
        long more = request->read ? request->read(request->source, body + got, size - got) : 0;
        if (more <= 0)
            return fault_http(request->mem, 400,
                              "The client disconnected while sending the body (%zu more bytes were expected)",
                              size - got);
        got += (size_t)more;
    }
    body[got] = '\0';
    request->body = body;
    request->body_size = got;
    return NULL;
}

/* Reads to the end of the stream. */
static struct fault *read_all(struct request *request)
{
    struct strbuf body;
    long more;

    strbuf_init(&body, request->mem, 4096);
    do {
        size_t room = body.size - body.length - 1;
        if (room < 1024) {
            strbuf_enlarge(&body, 4096);
            room = body.size - body.length - 1;
        }
        more = request->read ? request->read(request->source, body.data + body.length, room) : 0;
        if (more < 0)
            return fault_http(request->mem, 400, "The client disconnected while sending the body");
        strbuf_wrote(&body, (size_t)more);
        if (body.length > body_limit(request))
            return body_too_large(request);
    } while (more > 0);
    request->body = body.data;
    request->body_size = body.length;
    return NULL;
}

struct fault *request_body(struct request *request, const char **data, size_t *size)
{
    if (!request->body) {
        if (request->content_length == -2)
            return fault_http(request->mem, 400, "Content-Length is not a number");
        if (request->content_length < 0)
            TRY(read_all(request));
        else if ((uint64_t)request->content_length > body_limit(request))
            return body_too_large(request);
        else
            TRY(read_known(request, (size_t)request->content_length));
    }
    *data = request->body;
    *size = request->body_size;
    return NULL;
}

/* ---- URLs ---- */

char *http_quote(const void *mem, const char *text, const char *safe)
{
    static const char hex[] = "0123456789ABCDEF";
    struct strbuf out;

    strbuf_init(&out, mem, strlen(text) + 16);
    while (*text) {
        unsigned char c = text_path_byte(&text);

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            (c && (strchr("_.-~", c) || strchr(safe, c)))) {
            strbuf_putc(&out, (char)c);
        } else {
            const char quoted[3] = { '%', hex[c >> 4], hex[c & 15] };
            strbuf_put(&out, quoted, sizeof(quoted));
        }
    }
    return out.data;
}

const char *request_host_url(const struct request *request)
{
    const char *host = request->host;
    size_t length = strlen(host);
    const char *colon = strrchr(host, ':');
    const char *port = "";

    if (colon && host[length - 1] != ']') {
        port = colon + 1;
        length = (size_t)(colon - host);
    }
    if (strcmp(port, strcmp(request->scheme, "https") == 0 ? "443" : "80") == 0)
        port = "";
    return mem_printf(request->mem, "%s://%.*s%s%s", request->scheme, (int)length, host, *port ? ":" : "", port);
}

static const char *with_path(const struct request *request, const char *url, const char *path)
{
    return *path ? mem_printf(request->mem, "%s%s", url, http_quote(request->mem, path, PATH_SAFE)) : url;
}

const char *request_application_url(const struct request *request)
{
    return with_path(request, request_host_url(request), request->script_name);
}

const char *request_path_url(const struct request *request)
{
    return with_path(request, request_application_url(request), request->path_info);
}

const char *request_url(const struct request *request)
{
    const char *url = request_path_url(request);

    return *request->query_string ? mem_printf(request->mem, "%s?%s", url, request->query_string) : url;
}

/* ---- the answer ---- */

void response_reset(struct response *response, const void *mem)
{
    response->status = 200;
    response->reason = NULL;
    response->header_count = 0;
    response->no_length = false;
    if (response->body.data)
        strbuf_cut(&response->body, 0);
    else
        strbuf_init(&response->body, mem, 2048);
}

void response_add_header(struct response *response, const void *mem, const char *name, const char *value)
{
    if (response->header_count == response->header_size) {
        response->header_size = response->header_size ? response->header_size * 2 : 12;
        response->headers = mem_grow(mem, response->headers, struct header, response->header_size);
    }
    response->headers[response->header_count++] = (struct header){ name, value };
}

/* Drops the headers of that name from `from` on. */
static void drop_headers(struct response *response, const char *name, size_t from)
{
    size_t kept = from;

    for (size_t i = from; i < response->header_count; i++)
        if (strcasecmp(response->headers[i].name, name) != 0)
            response->headers[kept++] = response->headers[i];
    response->header_count = kept;
}

void response_set_header(struct response *response, const void *mem, const char *name, const char *value)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (strcasecmp(response->headers[i].name, name) == 0) {
            response->headers[i].value = value;
            drop_headers(response, name, i + 1);
            return;
        }
    response_add_header(response, mem, name, value);
}

const char *response_header(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (strcasecmp(response->headers[i].name, name) == 0)
            return response->headers[i].value;
    return NULL;
}

const char *response_last_header(const struct response *response, const char *name)
{
    for (size_t i = response->header_count; i--;)
        if (strcasecmp(response->headers[i].name, name) == 0)
            return response->headers[i].value;
    return NULL;
}

void response_remove_header(struct response *response, const char *name)
{
    drop_headers(response, name, 0);
}
