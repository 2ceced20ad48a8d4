/* SPDX-License-Identifier: Apache-2.0 */
/* Limits that keystone keeps; see the header. */
#include "config.h"

#include "fcgi_app/clients/keystone_limits.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/path.h"
#include "fcgi_app/clients/service.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/take.h"

#include <string.h>

LOG_MODULE("oslo_limit.limit");

static struct fault *ask(const struct context *context, const char *path, struct service_call *call)
{
    *call = (struct service_call){
        .service = &service_oslo_limit,
        .method = "GET",
        .path = path,
        .as = SERVICE_AS_GROUP,
    };
    return service_call(context, context->mem, call);
}

/* What a part of an answer says of its failure, NULL: nothing. */
static const char *message_in(const json_t *part)
{
    const char *text = json_string_value(json_object_get(part, "message"));

    if (text_is_empty(text))
        text = json_string_value(json_object_get(part, "faultstring"));
    return text_is_empty(text) ? NULL : text;
}

/* What the answer says of its failure, as the SDK gathers it. */
static const char *details_of(const struct context *context, const struct service_call *call)
{
    const char *type = service_header(call, "content-type"), *key, *text;
    bool is_json = type && strstr(type, "application/json");
    json_t *answer = is_json ? service_json(context->mem, call) : NULL, *part;
    struct strbuf out;

    if (is_json && call->reply_size && !json_is_object(answer))
        return service_text(context->mem, call);
    strbuf_init(&out, context->mem, 64);
    json_object_foreach(answer, key, part)
    {
        text = message_in(part);
        if (text)
            strbuf_printf(&out, "%s%s", out.length ? "\n" : "", text);
    }
    text = out.length ? out.data : message_in(answer);
    return text ? text : fault_title(call->status);
}

/* The SDK's classes by status. */
static struct fault *refused(const struct context *context, const struct service_call *call, const char *words)
{
    static const struct {
        int status;
        enum fault_name name;
    } classes[] = { { 400, FAULT_openstack_BadRequestException },
                    { 404, FAULT_openstack_ResourceNotFound },
                    { 409, FAULT_openstack_ConflictException },
                    { 412, FAULT_openstack_PreconditionFailedException } };
    enum fault_name name = FAULT_openstack_HttpException;

    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (classes[i].status == call->status)
            name = classes[i].name;
    if (!words)
        words = mem_printf(context->mem, "%s: %d", fault_class(name), call->status);
    return fault_make(context->mem, name, __FILE__, __LINE__, __func__,
                      mem_printf(context->mem, "%s: %s Error for url: %s, %s", words,
                                 call->status >= 500 ? "Server" : "Client", call->url, details_of(context, call)));
}

/* `words`: how a refusal begins; NULL: with its class. */
static struct fault *read_json(const struct context *context, const char *path, const char *words, json_t **json)
{
    struct service_call call;

    TRY(ask(context, path, &call));
    if (call.status >= 400)
        return refused(context, &call, words);
    *json = service_json(context->mem, &call);
    return *json ? NULL : fault_new(context->mem, requests_JSONDecodeError);
}

/* What keeps the user of [oslo_limit] from having a session at all. */
static struct fault *as_session_fault(const struct context *context, struct fault *fault)
{
    static const enum fault_name names[] = { FAULT_keystone_Unauthorized, FAULT_keystone_MissingAuthPlugin,
                                             FAULT_keystone_DiscoveryFailure, FAULT_keystone_AuthorizationFailure };

    for (size_t i = 0; fault && i < sizeof(names) / sizeof(names[0]); i++)
        if (fault_is(fault, names[i])) {
            log_error("Unable to initialize OpenStackSDK session: %s", fault->message);
            return fault_new(context->mem, limits_SessionInitError, fault->message);
        }
    return fault;
}

/* Whatever the status, the answer must say it. */
static struct fault *read_model(struct keystone_limits *limits)
{
    const struct context *context = limits->context;
    struct service_call call;
    struct fault *fault;
    const char *name;
    json_t *json, *member;

    TRY(as_session_fault(context, ask(context, "/limits/model", &call)));
    json = service_json(context->mem, &call);
    if (!json)
        return fault_new(context->mem, requests_JSONDecodeError);
    fault = take_key(context->mem, json, "model", &member);
    if (!fault)
        fault = take_key(context->mem, member, "name", &member);
    if (fault && fault_is(fault, FAULT_KeyError))
        return fault_new(context->mem, KeyError, fault->message);
    TRY(fault);
    name = json_is_null(member) ? "None" : take_text(context->mem, member);
    limits->is_flat = !strcmp(name, "flat");
    if (!limits->is_flat && strcmp(name, "strict-two-level") != 0)
        return fault_new(context->mem, ValueError,
                         mem_printf(context->mem, "enforcement model %s is not supported", name));
    return NULL;
}

static struct fault *read_endpoint(struct keystone_limits *limits)
{
    const struct context *context = limits->context;
    const char *id = conf_string(context->worker->conf, OPTION_oslo_limit_endpoint_id);
    const json_t *endpoint;
    struct fault *fault;
    struct strbuf path;
    json_t *json;

    if (text_is_empty(id))
        return fault_new(context->mem, openstack_InvalidRequest, "Request requires an ID but none was found");
    strbuf_init(&path, context->mem, 64);
    strbuf_puts(&path, "/endpoints/");
    path_put_part(&path, id);
    fault = read_json(context, path.data, mem_printf(context->mem, "No Endpoint found for %s", id), &json);
    if (fault && fault_is(fault, FAULT_requests_JSONDecodeError))
        return NULL; /* the SDK takes what is no JSON for an endpoint of which nothing is told */
    TRY(fault);
    if (!json_is_object(json) && !json_is_array(json) && !json_is_string(json))
        return fault_new(context->mem, TypeError, "argument of this type is not iterable");
    endpoint = json_object_get(json, "endpoint");
    if (!endpoint)
        endpoint = json;
    if (json_is_array(endpoint))
        return fault_new(context->mem, TypeError, "pop expected at most 1 argument, got 2");
    if (!json_is_object(endpoint))
        return fault_new(context->mem, AttributeError, "object has no attribute 'pop'");
    limits->service_id = json_string_value(json_object_get(endpoint, "service_id"));
    limits->region_id = json_string_value(json_object_get(endpoint, "region_id"));
    return NULL;
}

struct fault *keystone_limits_open(const struct context *context, struct keystone_limits *limits)
{
    *limits = (struct keystone_limits){ .context = context };
    TRY(read_model(limits));
    return limits->is_flat ? read_endpoint(limits) : NULL;
}

/* "?service_id=…&region_id=…&resource_name=…[&project_id=…]" */
static const char *path_of(const struct keystone_limits *limits, const char *start, const char *resource,
                           const char *project_id)
{
    struct strbuf path;
    char joint = '?';

    strbuf_init(&path, limits->context->mem, 160);
    strbuf_puts(&path, start);
#define PART(name, value)                                                                                              \
    if (value) {                                                                                                       \
        strbuf_printf(&path, "%c" name "=", joint);                                                                    \
        path_put_part(&path, value);                                                                                   \
        joint = '&';                                                                                                   \
    }
    PART("service_id", limits->service_id)
    PART("region_id", limits->region_id)
    PART("resource_name", resource)
    PART("project_id", project_id)
#undef PART
    return path.data;
}

/* The first of the list counts. */
static struct fault *first(const struct keystone_limits *limits, const char *path, const char *list, const char *key,
                           int64_t *limit, bool *found)
{
    json_t *json, *row;

    *limit = 0;
    TRY(read_json(limits->context, path, NULL, &json));
    TRY(take_key(limits->context->mem, json, list, &row));
    if (json_is_array(row))
        row = json_array_get(row, 0);
    *found = row != NULL;
    if (row && !json_is_object(row))
        return fault_new(limits->context->mem, AttributeError, "object has no attribute 'pop'");
    *limit = json_integer_value(json_object_get(row, key));
    return NULL;
}

struct fault *keystone_limit_registered(const struct keystone_limits *limits, const char *resource, int64_t *limit,
                                        bool *found)
{
    return first(limits, path_of(limits, "/registered_limits", resource, NULL), "registered_limits", "default_limit",
                 limit, found);
}

struct fault *keystone_limit_of_project(const struct keystone_limits *limits, const char *project_id,
                                        const char *resource, int64_t *limit, bool *found)
{
    return first(limits, path_of(limits, "/limits", resource, project_id), "limits", "resource_limit", limit, found);
}
