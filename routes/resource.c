/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every route shares, in the contract's order: the order decides which
 * error wins.  resource_serve() is that order, read from top to bottom; the
 * functions above it are its steps.
 * Neighbours: router.c calls it; microversion.c reads the version headers.
 * Source: nova-facts/startup.md section 11.
 */
#include "config.h"

#include "routes/resource.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/http/accept.h"
#include "middleware/fault_body.h"
#include "routes/microversion.h"

#include <string.h>

LOG_MODULE("nova.api.openstack.wsgi");

static const char *const content_types[] = { "application/json", "application/vnd.openstack.compute+json", NULL };

/* ---- steps ---- */

static struct fault *malformed_body(const void *mem)
{
    return fault_http(mem, 400, "Malformed request body");
}

/* The header alone decides, whatever the method; text/plain is what careless clients send. */
static struct fault *check_content_type(const struct request *request)
{
    const char *header = request_param(request, "CONTENT_TYPE");
    size_t length = header ? strcspn(header, ";") : 0;
    static const char plain[] = "text/plain";

    if (length == 0 || (length == sizeof(plain) - 1 && !memcmp(header, plain, length)))
        return NULL;
    for (size_t i = 0; content_types[i]; i++)
        if (strlen(content_types[i]) == length && !memcmp(header, content_types[i], length))
            return NULL;
    return fault_http(request->mem, 415, "Unsupported Content-Type");
}

/* What the URL map left; else by the path's suffix, else by Accept. */
static const char *response_type(const struct request *request)
{
    const char *dot = strrchr(request->path_info, '.');
    const char *best;

    if (request->best_content_type)
        return request->best_content_type;
    for (size_t i = 0; dot && content_types[i]; i++)
        if (!strcmp(dot + 1, content_types[i] + strlen("application/")))
            return content_types[i];
    best = accept_best(request->mem, request_header(request, "Accept"), content_types);
    return best ? best : content_types[0];
}

/* The key of an action's body, in the reference's own way of being wrong for what is no object of one key. */
static struct fault *action_name(const void *mem, const json_t *body, const char **name)
{
    size_t count;

    switch (json_typeof(body)) {
    case JSON_OBJECT:
        if (json_object_size(body) != 1)
            return malformed_body(mem);
        *name = json_object_iter_key(json_object_iter((json_t *)body));
        return NULL;
    case JSON_ARRAY:
        count = json_array_size(body);
        break;
    case JSON_STRING:
        count = 0;
        if (json_number_text(body)) {
            count = 1; /* NaN and the like are no texts */
            break;
        }
        for (const char *p = json_string_value(body); *p; p++)
            count += (*p & 0xc0) != 0x80;
        break;
    default:
        count = 1;
    }
    return count == 1 ? fault_http(mem, 404, NULL) : malformed_body(mem);
}

static bool has_action(const struct endpoint *endpoint, const char *action)
{
    for (size_t i = 0; i < endpoint->row_count; i++)
        if (!strcmp(endpoint->rows[i]->action, action))
            return true;
    return false;
}

static const struct route *row_by_version(const struct endpoint *endpoint, const char *action, int version)
{
    for (size_t i = 0; i < endpoint->row_count; i++) {
        const struct route *row = endpoint->rows[i];

        if (versions_hold(row->versions, version) && (!action || !strcmp(row->action, action)))
            return row;
    }
    return NULL;
}

static bool takes_body(const char *method)
{
    return !strcmp(method, "POST") || !strcmp(method, "PUT");
}

static struct fault *check_body(struct call *call)
{
    const struct schema_use *use = schema_pick(call->route->body, call->version, call->legacy);

    if (!use)
        return NULL;
    return schema_check_body(call->mem, use->node, call->version, call->legacy, call->body ? call->body : json_null());
}

/* Without a schema nobody looks at the query before the handler does, and a bad one is an empty one. */
static struct fault *check_query(struct call *call)
{
    const struct schema_use *use = schema_pick(call->route->query, call->version, call->legacy);
    struct fault *fault = query_parse(call->mem, call->request->query_string, &call->query);

    if (!use)
        return NULL;
    TRY(fault);
    return schema_check_query(call->mem, use->node, call->version, call->legacy, &call->query);
}

/*
 * The schemas, then the handler.  A method that `_method` put in the place of
 * the real one may come with a body that the handler does not take, or lack
 * the one it does; the reference fails on that with Python's own errors.
 */
static struct fault *run_row(struct call *call)
{
    bool wanted = takes_body(call->route->method);
    bool given = takes_body(call->request->method);

    if (wanted && !given)
        return call->route->body ? fault_new(call->mem, KeyError, "'body'")
                                 : fault_new(call->mem, TypeError, "missing argument: 'body'");
    TRY(check_body(call));
    TRY(check_query(call));
    if (given && !wanted)
        return fault_new(call->mem, TypeError, "unexpected argument: 'body'");
    if (!call->route->handler)
        return fault_http(call->mem, 501, "This operation is not available yet.");
    return call->route->handler(call);
}

/* ---- faults ---- */

static bool may_leave(const struct route *route, int code)
{
    if (route->any_error || !route->handler)
        return true;
    for (const short *error = route->errors; *error; error++)
        if (*error == code)
            return true;
    return false;
}

/* The name of the class that Python would have raised. */
static const char *class_name(const void *mem, const struct fault *fault)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {
        { 400, "BadRequest" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "NotFound" },
        { 405, "MethodNotAllowed" },
        { 406, "NotAcceptable" },
        { 409, "Conflict" },
        { 410, "Gone" },
        { 413, "RequestEntityTooLarge" },
        { 415, "UnsupportedMediaType" },
        { 422, "UnprocessableEntity" },
        { 429, "TooManyRequests" },
        { 501, "NotImplemented" },
        { 503, "ServiceUnavailable" },
    };

    if (fault->name == FAULT_Http) {
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            if (names[i].code == fault->code)
                return mem_printf(mem, "webob.exc.HTTP%s", names[i].name);
        return "webob.exc.HTTPInternalServerError";
    }
    return fault_shown(mem, fault, false);
}

static struct fault *unexpected(const void *mem, const struct fault *fault)
{
    const char *class = class_name(mem, fault);

    log_exception(
        mem_printf(mem, "  %s:%d in %s\n%s: %s", fault->file, fault->line, fault->function, class, fault->message),
        "Unexpected exception in API method");
    return fault_http(mem, 500, "Unexpected API Error. %s\n<class '%s'>", release_words()->support, class);
}

/*
 * What HTTP makes of a handler's fault: *answer is what the client sees.
 * Faults: the given one, where the filters are to answer it.
 */
static struct fault *fault_outward(const struct call *call, struct fault *fault, struct fault **answer)
{
    const struct route *route = call->route;

    if (fault->name == FAULT_Http && may_leave(route, fault->code)) {
        log_info("HTTP exception thrown: %s", fault->message);
        *answer = fault;
    } else if (fault_is(fault, FAULT_Forbidden)) {
        *answer = fault_http(call->mem, 403, "%s", fault->message);
    } else if (fault_is(fault, FAULT_ValidationError)) {
        *answer = fault;
    } else if (fault_is(fault, FAULT_Unauthorized)) {
        return fault;
    } else if (route->any_error && fault_is(fault, FAULT_Invalid)) {
        *answer = fault;
    } else if (route->any_error) {
        return fault;
    } else if (fault_is(fault, FAULT_InstanceUpdateConflict) && may_leave(route, 409)) {
        /* Another request changed the server after this one looked at it: the reference answers 500. */
        *answer = fault_http(call->mem, 409, "%s", fault->message);
        log_info("HTTP exception thrown: %s", fault->message);
    } else {
        *answer = fault_is(fault, FAULT_NotSupported) ? fault_http(call->mem, 400, "%s", fault->message)
                                                      : unexpected(call->mem, fault);
        log_info("HTTP exception thrown: %s", (*answer)->message);
    }
    return NULL;
}

/* ---- the order ---- */

struct fault *resource_serve(struct request *request, const struct route_match *match)
{
    const struct endpoint *endpoint = match->endpoint;
    const void *mem = request->mem;
    struct call call = { .mem = mem, .context = request->context, .request = request };
    const char *text = "", *action = NULL, *type;
    json_t *action_body = NULL;
    struct fault *fault, *answer;
    size_t size = 0;

#define ANSWER(problem)                                                                                                \
    do {                                                                                                               \
        fault = (problem);                                                                                             \
        if (fault) {                                                                                                   \
            fault_body_put(request, fault);                                                                            \
            return NULL;                                                                                               \
        }                                                                                                              \
    } while (0)

    /* 1. the version */
    if (!endpoint->unversioned)
        ANSWER(microversion_negotiate(request));
    call.version = request->version;
    call.legacy = request->legacy_v2;

    /* 2. the request's content type, and its bytes; 3. the answer's type */
    ANSWER(check_content_type(request));
    if (request->content_length > 0)
        TRY(request_body(request, &text, &size));
    type = response_type(request);

    /* 4. the action */
    if (endpoint->actions) {
        if (json_read(mem, text, size, &action_body))
            ANSWER(malformed_body(mem));
        ANSWER(action_name(mem, action_body, &action));
        if (!has_action(endpoint, action))
            ANSWER(fault_http(mem, 400, "There is no such action: %s", action));
    }

    /* 5. the body; the reference logs it as text first, whatever the method */
    if (size && !text_utf8_valid(text, size))
        return fault_new(mem, ValueError, "the body is not UTF-8");
    if (size)
        log_debug("Action: '%s %s', body: %s", endpoint->method, endpoint->path, log_mask(mem, text));
    else
        log_debug("Calling '%s %s'", endpoint->method, endpoint->path);
    if (size && takes_body(request->method)) {
        call.body = action_body;
        if (!call.body && json_read(mem, text, size, &call.body))
            ANSWER(malformed_body(mem));
    }

    /* 6. the project */
    if (match->project_id &&
        (!request->context->project_id || strcmp(match->project_id, request->context->project_id) != 0))
        ANSWER(fault_http(mem, 400,
                          "Malformed request URL: URL's project_id '%s' doesn't match Context's project_id '%s'",
                          match->project_id, request->context->project_id ? request->context->project_id : "None"));

    /* 7. the row of this version, its schemas, its handler */
    call.route = row_by_version(endpoint, action, call.version);
    if (!call.route)
        ANSWER(fault_http(mem, 404, NULL));
    memcpy(call.vars, match->vars, sizeof(call.vars));
    call.status = call.route->status;
    call.out = &request->response.body;
    fault = run_row(&call);

    /* 8. the answer */
    if (fault) {
        TRY(fault_outward(&call, fault, &answer));
        ANSWER(answer);
    }
    request->response.status = call.status;
    if (!response_header(&request->response, "Content-Type"))
        response_add_header(&request->response, mem, "Content-Type", type);
    version_headers_put(request);
    return NULL;
#undef ANSWER
}
