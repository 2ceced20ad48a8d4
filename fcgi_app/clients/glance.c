/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to the image service: which server, tried how often, what a status
 * means.  Neighbours: glance_image.c reads and writes images, glance_calls.c
 * holds the operations of glance.h.
 */
#include "config.h"

#include "fcgi_app/clients/glance.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/clients/glance_private.h"
#include "fcgi_app/clients/identity.h"
#include "fcgi_app/json/take.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

LOG_MODULE("nova.image.glance");

/* ---- which server ---- */

static size_t count_of(const char *const *list)
{
    size_t count = 0;

    while (list[count])
        count++;
    return count;
}

/* The configured servers in a random order, NULL-terminated; none: NULL. */
static const char **shuffled_servers(const struct context *context, const void *mem)
{
    const char *const *servers = conf_list(context->worker->conf, OPTION_glance_api_servers);
    size_t count = count_of(servers);
    const char **order;

    if (!count)
        return NULL;
    order = mem_array(mem, const char *, count + 1);
    memcpy(order, servers, count * sizeof(*order));
    for (size_t i = count - 1; i > 0; i--) {
        size_t other = (size_t)random() % (i + 1);
        const char *one = order[i];

        order[i] = order[other];
        order[other] = one;
    }
    return order;
}

static const char *without_slash(const void *mem, const char *url)
{
    size_t length = strlen(url);

    while (length && url[length - 1] == '/')
        length--;
    return mem_strndup(mem, url, length);
}

const char *glance_url(const struct context *context, const void *mem)
{
    const char **servers = shuffled_servers(context, mem), *url;
    struct fault *fault;

    if (servers)
        return servers[0];
    fault = service_endpoint(context, mem, &service_glance, SERVICE_AS_USER, &url);
    if (!fault)
        return mem_printf(mem, "%s/", url); /* discovery ends there, and links show it */
    log_debug("No endpoint of the image service: %s", fault->message);
    return NULL;
}

const char *glance_catalogue_url(const struct context *context, const void *mem)
{
    const char **servers = shuffled_servers(context, mem), *url = NULL;
    struct fault *fault;
    size_t length;

    if (servers)
        return servers[0];
    fault = service_catalogue_url(context, mem, &service_glance, &url);
    if (fault) {
        log_debug("No endpoint of the image service: %s", fault->message);
        return NULL;
    }
    length = strlen(url);
    while (length && url[length - 1] == '/')
        length--;
    /* a version at its end makes room for a slash */
    return identity_version_start(url) < length ? mem_printf(mem, "%.*s/", (int)identity_version_start(url), url) : url;
}

/* ---- what a status means ---- */

/* Text of an HTML page: lines without tags, each once, joined by ": ". */
static void put_html(struct strbuf *out, const void *mem, const char *page)
{
    char *copy = mem_strdup(mem, page), *rest = copy, *line;
    const char **seen = mem_array(mem, const char *, strlen(page) + 1);
    size_t count = 0;

    while ((line = strsep(&rest, "\r\n"))) {
        struct strbuf plain;
        const char *text;
        size_t i;

        strbuf_init(&plain, mem, 80);
        for (const char *p = line + strspn(line, " \t"); *p;) {
            const char *end = *p == '<' ? strchr(p + 1, '>') : NULL;

            if (end && end > p + 1)
                p = end + 1;
            else
                strbuf_putc(&plain, *p++);
        }
        while (plain.length && strchr(" \t", plain.data[plain.length - 1]))
            strbuf_cut(&plain, plain.length - 1);
        text = plain.data;
        for (i = 0; i < count; i++)
            if (!strcmp(seen[i], text))
                break;
        if (!*text || i < count)
            continue;
        if (count)
            strbuf_puts(out, ": ");
        strbuf_puts(out, text);
        seen[count++] = text;
    }
}

static enum fault_name class_of_status(int status)
{
    switch (status) {
    case 300:
        return FAULT_glance_HTTPMultipleChoices;
    case 405:
        return FAULT_glance_HTTPMethodNotAllowed;
    case 409:
        return FAULT_glance_HTTPConflict;
    case 413:
        return FAULT_glance_HTTPOverLimit;
    case 500:
        return FAULT_glance_HTTPInternalServerError;
    case 501:
        return FAULT_glance_HTTPNotImplemented;
    case 502:
        return FAULT_glance_HTTPBadGateway;
    default:
        return FAULT_glance_HTTPException;
    }
}

/* The class's name stands in for an answer without words. */
static const char *name_of_status(int status)
{
    static const struct {
        int status;
        const char *name;
    } names[] = {
        { 400, "HTTPBadRequest" }, { 401, "HTTPUnauthorized" },       { 403, "HTTPForbidden" },
        { 404, "HTTPNotFound" },   { 503, "HTTPServiceUnavailable" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].status == status)
            return names[i].name;
    return fault_class(class_of_status(status));
}

/*
 * The words of an error, as glanceclient's exception keeps them.  Faults: AttributeError for JSON that is no object of
 * objects, TypeError for a message that is no text.
 */
static struct fault *error_text(const void *mem, const struct service_call *call, const char **words)
{
    const char *type = service_header(call, "content-type");
    json_t *body, *value, *message;
    struct strbuf text;
    const char *key;

    strbuf_init(&text, mem, 256);
    strbuf_puts(&text, "HTTP ");
    if (call->reply_size && type && strstr(type, "json")) {
        body = service_json(mem, call);
        if (body && !json_is_object(body))
            return fault_new(mem, AttributeError,
                             mem_printf(mem, "'%s' object has no attribute 'values'", take_type(body)));
        json_object_foreach(body, key, value)
        {
            TRY(take_get(mem, value, "message", &message));
            if (!message || json_is_null(message))
                continue;
            if (!json_is_string(message))
                return fault_new(mem, TypeError, "sequence item: expected str instance");
            if (text.length > 5)
                strbuf_putc(&text, '\n');
            strbuf_puts(&text, json_string_value(message));
        }
    } else if (call->reply_size && type && strstr(type, "html")) {
        put_html(&text, mem, call->reply);
    } else {
        for (const char *p = call->reply; p && *p; p++) {
            strbuf_putc(&text, *p);
            if (p[0] == '\n' && p[1] == '\n')
                p++;
        }
    }
    if (text.length == 5)
        strbuf_puts(&text, name_of_status(call->status));
    *words = text.data;
    return NULL;
}

struct fault *glance_status_fault(const void *mem, const struct glance_request *request)
{
    return fault_make_text(mem, class_of_status(request->status), request->status, __FILE__, __LINE__, __func__, "%s",
                           request->text);
}

struct fault *glance_image_fault(const void *mem, const struct glance_request *request, const char *id)
{
    switch (request->status) {
    case 401:
    case 403:
        return fault_new(mem, ImageNotAuthorized, id);
    case 404:
        return fault_new(mem, ImageNotFound, id);
    case 400:
        return fault_new(mem, ImageBadRequest, id, request->text);
    case 413:
        return fault_new(mem, ImageQuotaExceeded, id);
    default:
        return glance_status_fault(mem, request);
    }
}

struct fault *glance_plain_fault(const void *mem, const struct glance_request *request)
{
    switch (request->status) {
    case 401:
    case 403:
        return fault_text(mem, Forbidden, "%s", request->text);
    case 404:
        return fault_text(mem, NotFound, "%s", request->text);
    case 400:
        return fault_text(mem, Invalid, "%s", request->text);
    default:
        return glance_status_fault(mem, request);
    }
}

/* ---- calls ---- */

/* Does the answer call itself JSON, so that glance's client reads it as such? */
static bool promises_json(const struct service_call *call)
{
    const char *type = service_header(call, "content-type");

    if (!type)
        return false;
    return call->status < 400 ? !strncmp(type, "application/json", 16) : call->reply_size && strstr(type, "json");
}

/* Why it is worth another try: no connection, a server that says it is busy, JSON that is none. NULL: it is not. */
static const char *worth_a_retry(const void *mem, const struct service_call *call)
{
    const char *words;

    if (call->fault) {
        if (fault_is(call->fault, FAULT_keystone_ConnectTimeout))
            return mem_printf(mem, "Error communicating with %s %s", call->url ? call->url : "", call->fault->message);
        if (fault_is(call->fault, FAULT_keystone_ConnectFailure))
            return mem_printf(mem, "Error finding address for %s: %s", call->url ? call->url : "",
                              call->fault->message);
        return NULL;
    }
    if (promises_json(call) && !service_json(mem, call))
        return "Expecting value: line 1 column 1 (char 0)";
    return call->status == 503 && !error_text(mem, call, &words) ? words : NULL;
}

static void take_outcome(const void *mem, struct glance_request *request, const struct service_call *call)
{
    request->fault = call->fault;
    if (call->fault)
        return;
    request->status = call->status;
    if (call->status >= 400 || call->status == 300) {
        request->fault = error_text(mem, call, &request->text);
        if (call->status == 300 && !request->fault)
            request->fault = glance_status_fault(mem, request);
    } else if (call->reply_size) {
        request->answer = service_json(mem, call);
    }
}

void glance_requests(const struct context *context, const void *mem, struct glance_request *requests, size_t count)
{
    int64_t attempts = 1 + conf_int(context->worker->conf, OPTION_glance_num_retries);
    const char **servers = shuffled_servers(context, mem);
    size_t server_count = servers ? count_of(servers) : 0, left = count;
    struct service_call *calls = mem_array(mem, struct service_call, count + 1);
    size_t *owners = mem_array(mem, size_t, count + 1);

    for (size_t i = 0; i < count; i++)
        owners[i] = i;
    for (int64_t attempt = 1; left; attempt++) {
        const char *server = server_count ? servers[(size_t)(attempt - 1) % server_count] : NULL;
        size_t again = 0;

        for (size_t c = 0; c < left; c++) {
            const struct glance_request *request = &requests[owners[c]];
            const char *endpoint = request->endpoint ? request->endpoint : server;

            calls[c] = (struct service_call){ .service = &service_glance,
                                              .method = request->method,
                                              .path = request->path,
                                              .body = request->body,
                                              .body_size = request->body ? strlen(request->body) : 0,
                                              .content_type = request->content_type,
                                              .endpoint = endpoint ? without_slash(mem, endpoint) : NULL };
        }
        service_calls(context, mem, calls, left);
        for (size_t c = 0; c < left; c++) {
            struct glance_request *request = &requests[owners[c]];
            const char *why = worth_a_retry(mem, &calls[c]);

            if (why)
                log_error("Error contacting glance server '%s' for '%s', %s: %s",
                          calls[c].endpoint ? calls[c].endpoint : "", request->method,
                          attempt < attempts ? "retrying" : "done trying", why);
            if (why && attempt < attempts)
                owners[again++] = owners[c];
            else if (why)
                request->fault = fault_new(mem, GlanceConnectionFailed,
                                           calls[c].endpoint ? calls[c].endpoint : glance_url(context, mem), why);
            else
                take_outcome(mem, request, &calls[c]);
        }
        left = again;
        if (left)
            sleep(1);
    }
}

struct fault *glance_request(const struct context *context, const void *mem, struct glance_request *request)
{
    glance_requests(context, mem, request, 1);
    return request->fault;
}
