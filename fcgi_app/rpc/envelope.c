/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages as oslo.messaging writes them: an object whose "oslo.message" is
 * the JSON text of another.  Keys stand in the order in which the reference
 * puts them there.
 */
#include "config.h"

#include "fcgi_app/rpc/envelope.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"

#include <string.h>

/* Services of the catalogue that other services may need. */
static const char *const passed_on[] = { "image",     "block-storage", "volumev3",   "key-manager",
                                         "placement", "network",       "accelerator" };

void envelope_id(char out[33])
{
    char uuid[37], *to = out;

    text_uuid4(uuid);
    for (const char *at = uuid; *at; at++)
        if (*at != '-')
            *to++ = *at;
    *to = '\0';
}

/* ---- arguments ---- */

void rpc_args_init(struct rpc_args *args, const void *mem)
{
    strbuf_init(&args->json, mem, 1024);
    strbuf_putc(&args->json, '{');
    args->any = false;
}

struct strbuf *rpc_arg(struct rpc_args *args, const char *name)
{
    if (args->any)
        JSON_PUT_LITERAL(&args->json, ", ");
    args->any = true;
    json_put_string(&args->json, name);
    JSON_PUT_LITERAL(&args->json, ": ");
    return &args->json;
}

void rpc_arg_raw(struct rpc_args *args, const char *name, const char *json, size_t length)
{
    strbuf_put(rpc_arg(args, name), json, length);
}

void rpc_arg_string(struct rpc_args *args, const char *name, const char *text)
{
    json_put_string(rpc_arg(args, name), text);
}

void rpc_arg_null(struct rpc_args *args, const char *name)
{
    json_put_null(rpc_arg(args, name));
}

void rpc_arg_bool(struct rpc_args *args, const char *name, bool value)
{
    json_put_bool(rpc_arg(args, name), value);
}

void rpc_arg_int(struct rpc_args *args, const char *name, int64_t value)
{
    strbuf_put_int(rpc_arg(args, name), value);
}

/* ---- the context ---- */

static bool is_passed_on(struct json_piece entry)
{
    struct json_scan scan = json_scan_text(entry.text, entry.length);
    struct json_piece type;

    if (!json_scan_find(&scan, "type") || !json_scan_string(&scan, &type))
        return false;
    for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
        if (json_piece_is(type, passed_on[i], strlen(passed_on[i])))
            return true;
    return false;
}

static void put_catalog(struct strbuf *out, const char *text)
{
    struct json_scan scan = json_scan_text(text, text ? strlen(text) : 0);
    struct json_piece entry;
    bool any = false;

    strbuf_putc(out, '[');
    if (text && json_scan_array(&scan))
        while (json_scan_element(&scan)) {
            json_scan_raw(&scan, &entry);
            if (scan.bad || !is_passed_on(entry))
                continue;
            if (any)
                JSON_PUT_LITERAL(out, ", ");
            json_put_raw(out, entry.text, entry.length);
            any = true;
        }
    strbuf_putc(out, ']');
}

static void put_roles(struct strbuf *out, const char *const *roles)
{
    strbuf_putc(out, '[');
    for (size_t i = 0; roles && roles[i]; i++) {
        if (i)
            JSON_PUT_LITERAL(out, ", ");
        json_put_string(out, roles[i]);
    }
    strbuf_putc(out, ']');
}

static void put_identity(struct strbuf *out, const struct context *context)
{
    const char *parts[] = { context->user_id, context->project_id, context->domain_id, context->user_domain_id,
                            context->project_domain_id };

    strbuf_putc(out, '"');
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const char *part = text_is_empty(parts[i]) ? "-" : parts[i];

        if (i)
            strbuf_putc(out, ' ');
        json_put_body(out, part, strlen(part));
    }
    strbuf_putc(out, '"');
}

/* "2026-11-22T09:16:51.254033", the fraction always there */
static void put_time(struct strbuf *out, int64_t usec)
{
    char text[27];

    clock_format_sql(usec, text);
    text[10] = 'T';
    json_put_string(out, text);
}

#define PUT_STRING(out, key, value)                                                                                    \
    (JSON_PUT_LITERAL((out), ", \"_context_" key "\": "), json_put_string((out), (value)))
#define PUT_BOOL(out, key, value) (JSON_PUT_LITERAL((out), ", \"_context_" key "\": "), json_put_bool((out), (value)))

void envelope_put_context(struct strbuf *out, const struct context *context, const char *unique_id, int64_t usec)
{
    JSON_PUT_LITERAL(out, ", \"_unique_id\": ");
    json_put_string(out, unique_id);
    PUT_STRING(out, "user", context->user_id);
    PUT_STRING(out, "project_id", context->project_id);
    PUT_STRING(out, "system_scope", context->system_scope);
    PUT_STRING(out, "project", context->project_id);
    PUT_STRING(out, "domain", context->domain_id);
    PUT_STRING(out, "user_domain", context->user_domain_id);
    PUT_STRING(out, "project_domain", context->project_domain_id);
    PUT_BOOL(out, "is_admin", context->is_admin);
    PUT_BOOL(out, "read_only", false);
    PUT_BOOL(out, "show_deleted", false);
    PUT_STRING(out, "auth_token", context->auth_token);
    PUT_STRING(out, "request_id", context->request_id);
    PUT_STRING(out, "global_request_id", context->global_request_id);
    PUT_STRING(out, "resource_uuid", NULL);
    JSON_PUT_LITERAL(out, ", \"_context_roles\": ");
    put_roles(out, context->roles);
    JSON_PUT_LITERAL(out, ", \"_context_user_identity\": ");
    put_identity(out, context);
    PUT_BOOL(out, "is_admin_project", context->is_admin_project);
    PUT_STRING(out, "user_id", context->user_id);
    PUT_STRING(out, "read_deleted", "no");
    PUT_STRING(out, "remote_address", context->remote_address);
    JSON_PUT_LITERAL(out, ", \"_context_timestamp\": ");
    put_time(out, usec);
    PUT_STRING(out, "quota_class", NULL);
    PUT_STRING(out, "user_name", context->user_name);
    JSON_PUT_LITERAL(out, ", \"_context_service_catalog\": ");
    put_catalog(out, context->service_catalog);
    PUT_STRING(out, "project_name", context->project_name);
}

/* ---- messages ---- */

void envelope_put_message(struct strbuf *out, const struct context *context, const char *method,
                          const struct rpc_args *args, const char *namespace, const char *version,
                          const struct envelope_call *call, const char *unique_id, int64_t usec)
{
    JSON_PUT_LITERAL(out, "{\"method\": ");
    json_put_string(out, method);
    JSON_PUT_LITERAL(out, ", \"args\": ");
    if (args)
        strbuf_put(out, args->json.data, args->json.length);
    else
        strbuf_putc(out, '{');
    strbuf_putc(out, '}');
    if (namespace) {
        JSON_PUT_LITERAL(out, ", \"namespace\": ");
        json_put_string(out, namespace);
    }
    JSON_PUT_LITERAL(out, ", \"version\": ");
    json_put_string(out, version);
    if (call) {
        JSON_PUT_LITERAL(out, ", \"_msg_id\": ");
        json_put_string(out, call->msg_id);
        JSON_PUT_LITERAL(out, ", \"_reply_q\": ");
        json_put_string(out, call->reply_q);
        JSON_PUT_LITERAL(out, ", \"_timeout\": ");
        if (call->monitor_timeout)
            strbuf_put_int(out, call->monitor_timeout);
        else
            json_put_null(out);
    }
    envelope_put_context(out, context, unique_id, usec);
    strbuf_putc(out, '}');
}

void envelope_wrap(struct strbuf *out, const char *inner, size_t length)
{
    JSON_PUT_LITERAL(out, "{\"oslo.version\": \"2.0\", \"oslo.message\": ");
    json_put_string_length(out, inner, length);
    strbuf_putc(out, '}');
}

/* ---- replies ---- */

/* A text of the message, NULL where it is none. */
static const char *text_of(const json_t *message, const char *key)
{
    return json_string_value(json_object_get(message, key));
}

bool envelope_read(const void *mem, const char *body, size_t length, struct envelope_reply *reply)
{
    json_t *message, *inner;
    struct fault *fault = json_read(mem, body, length, &message);

    *reply = (struct envelope_reply){ .msg_id = "", .result = json_null() };
    if (fault || !json_is_object(message))
        return false;
    inner = json_object_get(message, "oslo.message");
    if (inner && json_object_get(message, "oslo.version")) {
        const char *version = text_of(message, "oslo.version");

        /* Any minor version of ours is read. */
        if (!version || strncmp(version, "2.", 2) || !json_is_string(inner))
            return false;
        fault = json_read(mem, json_string_value(inner), json_string_length(inner), &message);
        if (fault || !json_is_object(message))
            return false;
    }
    if (text_of(message, "_msg_id"))
        reply->msg_id = text_of(message, "_msg_id");
    reply->unique_id = text_of(message, "_unique_id");
    reply->failure = text_of(message, "failure");
    if (reply->failure && !*reply->failure)
        reply->failure = NULL;
    if (json_object_get(message, "result"))
        reply->result = json_object_get(message, "result");
    reply->ending = json_is_true(json_object_get(message, "ending"));
    return true;
}
