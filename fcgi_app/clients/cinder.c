/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to the block storage service: versions, retries, what a status means.
 * The operations stand in cinder_volumes.c; see cinder.h.
 */
#include "config.h"

#include "fcgi_app/clients/cinder.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/cinder_private.h"
#include "fcgi_app/clients/path.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/patterns.h"
#include "fcgi_app/json/take.h"

#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.volume.cinder");

/* The highest that the Python client of this release knows. */
static const char client_version[] = "3.70";

const char *cinder_path(const void *mem, const char *front, const char *id, const char *tail)
{
    struct strbuf path;

    strbuf_init(&path, mem, 128);
    strbuf_puts(&path, front);
    path_put_part(&path, id);
    strbuf_puts(&path, tail);
    return path.data;
}

struct fault *cinder_take(const void *mem, const json_t *answer, const char *key, const json_t **item)
{
    TRY(take_key(mem, answer, key, (json_t **)(uintptr_t)item));
    if (!json_is_object(*item))
        return fault_new(mem, AttributeError, "object has no attribute 'items'");
    return NULL;
}

/* ---- what a status means ---- */

/* How cinderclient's class of a status speaks of it where cinder says nothing. */
static const char *class_words(int status)
{
    switch (status) {
    case 400:
        return "Bad request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not found";
    case 406:
        return "Not Acceptable";
    case 413:
        return "Over limit";
    case 501:
        return "Not Implemented";
    default:
        return "Unknown Error";
    }
}

/*
 * What cinder said, as cinderclient's exception keeps it.
 * Fault: AttributeError for an object whose first member is none.
 */
static struct fault *error_words(const void *mem, const struct service_call *call, const char **words)
{
    json_t *body = call->reply_size ? service_json(mem, call) : NULL, *message, *error;

    *words = take_is_true(body) ? "n/a" : fault_title(call->status);
    if (!json_is_object(body) || !json_object_size(body))
        return NULL;
    message = json_object_get(body, "message");
    if (!message) {
        error = json_object_iter_value(json_object_iter(body));
        TRY(take_get(mem, error, "message", &message));
        if (!message)
            return NULL;
    }
    *words = take_is_true(message) ? take_text(mem, message) : class_words(call->status);
    return NULL;
}

static enum fault_name class_of_status(int status)
{
    switch (status) {
    case 401:
        return FAULT_cinder_Unauthorized;
    case 404:
        return FAULT_cinder_NotFound;
    case 406:
        return FAULT_cinder_NotAcceptable;
    case 413:
        return FAULT_cinder_OverLimit;
    case 501:
        return FAULT_cinder_HTTPNotImplemented;
    default:
        return FAULT_cinder_ClientException;
    }
}

static struct fault *fault_of(const void *mem, const struct cinder_request *request, const struct service_call *call)
{
    const char *words = NULL, *whole, *id = service_header(call, "x-compute-request-id");

    TRY(error_words(mem, call, &words));
    whole = mem_printf(mem, "%s (HTTP %d)", words, call->status);
    if (id)
        whole = mem_printf(mem, "%s (Request-ID: %s)", whole, id);
    if (call->status == 400)
        return fault_new(mem, InvalidInput, whole);
    if (call->status == 403)
        return fault_text(mem, Forbidden, "%s", whole);
    if (call->status == 404) {
        switch (request->kind) {
        case CINDER_VOLUME:
        case CINDER_MIXED:
            return fault_new(mem, VolumeNotFound, request->id);
        case CINDER_ATTACHMENT:
            return fault_new(mem, VolumeAttachmentNotFound, request->id);
        case CINDER_SNAPSHOT:
            return fault_new(mem, SnapshotNotFound, request->id);
        case CINDER_CREATE:
            return fault_text(mem, NotFound, "%s", words);
        default:
            break;
        }
    }
    if (call->status == 413) {
        if (request->kind == CINDER_MIXED)
            return fault_new(mem, OverQuota, "snapshots");
        if (request->kind == CINDER_VOLUME || request->kind == CINDER_CREATE)
            return fault_text(mem, OverQuota, "%s", words);
    }
    return fault_make_text(mem, class_of_status(call->status), call->status, __FILE__, __LINE__, __func__, "%s", whole);
}

/* What it means that the service could not be asked. */
static struct fault *fault_of_peer(const void *mem, struct fault *fault)
{
    if (fault_is(fault, FAULT_keystone_ConnectionError))
        return fault_new(mem, CinderConnectionFailed, fault->message);
    if (fault_is(fault, FAULT_keystone_MissingAuthPlugin)) {
        log_error("The [cinder] section has no credentials (auth_type) for the block-storage service");
        return fault_new(mem, cinder_Unauthorized, "Unknown auth type: None (HTTP 401)");
    }
    return fault;
}

/* ---- endpoint and versions ---- */

/* Where cinder is, which must be a v3. */
static struct fault *find_endpoint(const struct context *context, const void *mem, const char **url)
{
    const char *template = conf_string(context->worker->conf, OPTION_cinder_endpoint_template);
    struct fault *fault = NULL;
    char **parts;
    const char *path;

    if (template)
        TRY(service_template(context, mem, template, url));
    else
        fault = service_endpoint(context, mem, &service_cinder, SERVICE_AS_USER, url);
    /* the catalogue of our own token that has no cinder gives no address, which is what then goes wrong */
    if (fault && fault_is(fault, FAULT_keystone_EndpointNotFound) && !service_has_token(context))
        return fault_new(mem, TypeError, "a bytes-like object is required, not 'str'");
    TRY(fault);
    path = strstr(*url, "://");
    path = strchr(path ? path + 3 : *url, '/');
    parts = text_split(mem, path ? path : "", '/');
    for (; *parts; parts++) {
        if (!strcmp(*parts, "v3"))
            return NULL;
        if (!strcmp(*parts, "v2"))
            return fault_new(mem, UnsupportedCinderAPIVersion, "2");
    }
    return fault_new(mem, cinder_UnsupportedVersion,
                     mem_printf(mem, "Invalid url: '%s'. It must include one of: v2, v3.", *url));
}

/* The root beneath which the versions stand: all in front of the last "v3". */
static const char *version_root(const void *mem, const char *url)
{
    size_t length = strlen(url);

    while (length-- > 0)
        if (url[length] == 'v' && url[length + 1] == '3')
            return mem_strndup(mem, url, length);
    return url;
}

/* 3.44 is 3044: a minor has three digits at most here. Fault: cinder_UnsupportedVersion for what is no version. */
static struct fault *version_number(const void *mem, const char *text, long *number)
{
    char *end;

    if (!text)
        return fault_new(mem, TypeError, "expected string or bytes-like object");
    if (!pattern_matches("^([1-9]\\d*)\\.([1-9]\\d*|0|latest)$", text, strlen(text)))
        return fault_new(mem, cinder_UnsupportedVersion,
                         mem_printf(mem, "Invalid format of client version '%s'.", text));
    *number = strtol(text, &end, 10) * 1000;
    *number += strcmp(end, ".latest") ? strtol(end + 1, NULL, 10) : 999;
    return NULL;
}

/* What the server says it has at most. */
static struct fault *highest_version(const void *mem, const json_t *body, long *number)
{
    json_t *versions, *version, *text, *lowest;
    long least;
    size_t i;

    *number = 2000;
    TRY(take_key(mem, body, "versions", &versions));
    TRY(take_each(mem, versions, &versions));
    json_array_foreach(versions, i, version)
    {
        TRY(take_key(mem, version, "version", &text));
        if (!json_is_string(text) && !json_is_array(text) && !json_is_object(text))
            return fault_new(mem, TypeError, "argument of this type is not iterable");
        if (!json_is_string(text) || !strstr(json_string_value(text), "3."))
            continue;
        TRY(take_key(mem, version, "min_version", &lowest));
        TRY(version_number(mem, json_string_value(lowest), &least));
        return version_number(mem, json_string_value(text), number);
    }
    return NULL;
}

static struct fault *check_version(const struct context *context, const void *mem, const char *endpoint,
                                   const char *wanted)
{
    struct service plain = service_cinder;
    struct service_call call = { .service = &plain, .method = "GET", .path = version_root(mem, endpoint) };
    long have, known, needed;
    const json_t *body;

    plain.user_agent = plain.accept = plain.name = NULL;
    plain.request_id = false;
    TRY(service_call(context, mem, &call));
    body = service_json(mem, &call);
    if (!body)
        return fault_new(mem, json_JSONDecodeError);
    TRY(highest_version(mem, body, &have));
    TRY(version_number(mem, client_version, &known));
    TRY(version_number(mem, wanted, &needed));
    if ((have < known ? have : known) < needed)
        return fault_new(mem, CinderAPIVersionNotAvailable, wanted);
    return NULL;
}

struct fault *cinder_supports(const struct context *context, const void *mem, const char *microversion)
{
    const char *endpoint;
    struct fault *fault;

    fault = find_endpoint(context, mem, &endpoint);
    if (!fault)
        fault = check_version(context, mem, endpoint, microversion);
    return fault ? fault_of_peer(mem, fault) : NULL;
}

/* ---- calls ---- */

/* May it be tried once more? */
static bool once_more(const struct cinder_request *request, int status, int tried)
{
    if (status == 500)
        return tried < request->tries_500;
    return status == 504 && tried < request->tries_504;
}

static struct fault *outcome(const void *mem, const struct cinder_request *request, const struct service_call *call,
                             json_t **answer)
{
    struct fault *fault;

    *answer = NULL;
    if (call->fault)
        return fault_of_peer(mem, call->fault);
    if (call->status >= 400) {
        fault = fault_of(mem, request, call);
        return call->status == 404 && request->missing_is_fine && !fault_is(fault, FAULT_AttributeError) ? NULL : fault;
    }
    *answer = call->reply_size ? service_json(mem, call) : NULL;
    return NULL;
}

void cinder_requests(const struct context *context, const void *mem, const struct cinder_request *requests,
                     size_t count, json_t **answers, struct fault **faults)
{
    struct service_call *calls = mem_array(mem, struct service_call, count + 1);
    const char *endpoint = NULL;
    struct fault *fault = find_endpoint(context, mem, &endpoint);

    if (!fault && count && requests[0].check)
        fault = check_version(context, mem, endpoint, requests[0].microversion);
    for (size_t i = 0; i < count; i++) {
        answers[i] = NULL;
        faults[i] = fault ? fault_of_peer(mem, fault) : NULL;
        calls[i] = (struct service_call){
            .service = &service_cinder,
            .method = requests[i].method,
            .path = requests[i].path,
            .microversion = requests[i].microversion,
            .body = requests[i].body,
            .body_size = requests[i].body ? strlen(requests[i].body) : 0,
            .content_type = requests[i].body ? "application/json" : NULL,
            .endpoint = endpoint,
            .connect_retries = (int)conf_int(context->worker->conf, OPTION_cinder_http_retries),
        };
    }
    if (fault)
        return;
    service_calls(context, mem, calls, count);
    for (size_t i = 0; i < count; i++) {
        for (int tried = 1; !calls[i].fault && once_more(&requests[i], calls[i].status, tried); tried++)
            service_calls(context, mem, &calls[i], 1);
        faults[i] = outcome(mem, &requests[i], &calls[i], &answers[i]);
    }
}

struct fault *cinder_request(const struct context *context, const void *mem, const struct cinder_request *request,
                             json_t **answer)
{
    struct fault *fault = NULL;
    json_t *tree = NULL;

    cinder_requests(context, mem, request, 1, &tree, &fault);
    if (answer)
        *answer = tree;
    return fault;
}

/* A peer whose pages lead to each other must not keep us. */
enum { PAGES_AT_MOST = 10000 };

/* The address of the next page, or NULL. */
static struct fault *next_page(const void *mem, const json_t *answer, const char *key, const char **path)
{
    json_t *links, *link, *href;
    size_t i;

    *path = NULL;
    links = json_object_get(answer, mem_printf(mem, "%s_links", key));
    if (!take_is_true(links))
        return NULL;
    TRY(take_each(mem, links, &links));
    json_array_foreach(links, i, link)
    {
        const char *rel = json_string_value(json_object_get(link, "rel"));

        if (!json_is_object(link) && !json_is_array(link) && !json_is_string(link))
            return fault_new(mem, TypeError, "argument of this type is not iterable");
        if (!rel || strcmp(rel, "next") != 0)
            continue;
        TRY(take_key(mem, link, "href", &href));
        *path = json_string_value(href);
        return NULL;
    }
    return NULL;
}

struct fault *cinder_pages(const struct context *context, const void *mem, const char *path, const char *key,
                           json_t **items)
{
    TRY(json_read(mem, "[]", 2, items));
    for (int page = 0; path && page < PAGES_AT_MOST; page++) {
        const struct cinder_request request = { .kind = CINDER_PLAIN, .method = "GET", .path = path };
        json_t *answer, *list, *item;
        size_t i;

        TRY(cinder_request(context, mem, &request, &answer));
        TRY(take_key(mem, answer, key, &list));
        if (json_object_get(list, "values"))
            list = json_object_get(list, "values");
        TRY(take_each(mem, list, &list));
        json_array_foreach(list, i, item)
        {
            if (!take_is_true(item))
                continue;
            if (!json_is_object(item))
                return fault_new(mem, AttributeError, "object has no attribute 'items'");
            json_array_append(*items, item);
        }
        TRY(next_page(mem, answer, key, &path));
    }
    return NULL;
}
