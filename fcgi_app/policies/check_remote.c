/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: and https: checks: a server is asked with the rule, the target and
 * what is known of the caller, and allows by answering True, whatever its status.
 * Source: behaviour of oslo.policy 4.0 (_external).
 */
#include "config.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/http.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/policies/check_tree.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

LOG_MODULE("oslo_policy._external");

/* ---- what is sent ---- */

static struct fault *put_url(const struct check *check, const struct check_state *state, struct strbuf *url)
{
    for (size_t i = 0; i < check->piece_count; i++) {
        size_t length;
        const char *text = check_piece(&check->pieces[i], state, &length);

        if (!text)
            return fault_new(state->context->mem, KeyError,
                             mem_printf(state->context->mem, "'%s'",
                                        check->pieces[i].kind == PIECE_PROJECT ? "project_id"
                                        : check->pieces[i].kind == PIECE_USER  ? "user_id"
                                        : check->pieces[i].text                ? check->pieces[i].text
                                                                               : ""));
        strbuf_put(url, text, length);
    }
    return NULL;
}

/* As a form's value. */
static void put_quoted(struct strbuf *out, const struct strbuf *value)
{
    for (size_t i = 0; i < value->length; i++) {
        unsigned char byte = (unsigned char)value->data[i];

        if (isalnum(byte) || (byte && strchr("_.-~", byte)))
            strbuf_putc(out, (char)byte);
        else if (byte == ' ')
            strbuf_putc(out, '+');
        else
            strbuf_printf(out, "%%%02X", byte);
    }
}

/* {"rule": …, "target": …, "credentials": …}, or the same as a form of three JSON texts. */
static void put_body(const struct check_state *state, bool is_json, struct strbuf *body)
{
    static const char *const names[] = { "rule", "target", "credentials" };
    struct strbuf values[3];

    for (size_t i = 0; i < 3; i++)
        strbuf_init(&values[i], state->context->mem, 256);
    json_put_string(&values[0], state->asked);
    check_put_target(state, &values[1]);
    check_put_credentials(state, &values[2]);
    for (size_t i = 0; i < 3; i++) {
        if (is_json) {
            strbuf_printf(body, "%s\"%s\": ", i ? ", " : "{", names[i]);
            strbuf_put(body, values[i].data, values[i].length);
        } else {
            strbuf_printf(body, "%s%s=", i ? "&" : "", names[i]);
            put_quoted(body, &values[i]);
        }
    }
    if (is_json)
        strbuf_putc(body, '}');
}

/* ---- whom to trust ---- */

static struct fault *check_file(const struct context *context, const char *name, const char *missing,
                                const char *unreadable)
{
    if (name && *name && access(name, F_OK))
        return fault_new(context->mem, RuntimeError, mem_printf(context->mem, "%s : %s", missing, name));
    if (name && *name && unreadable && access(name, R_OK))
        return fault_new(context->mem, RuntimeError, mem_printf(context->mem, "%s : %s", unreadable, name));
    return NULL;
}

static struct fault *read_tls(const struct context *context, struct http_tls *tls)
{
    const struct conf *conf = context->worker->conf;
    const char *cafile = conf_string(conf, OPTION_oslo_policy_remote_ssl_ca_crt_file);

    tls->certfile = conf_string(conf, OPTION_oslo_policy_remote_ssl_client_crt_file);
    tls->keyfile = conf_string(conf, OPTION_oslo_policy_remote_ssl_client_key_file);
    tls->insecure = !conf_bool(conf, OPTION_oslo_policy_remote_ssl_verify_server_crt);
    TRY(check_file(context, tls->certfile, "Unable to find ssl cert_file ", "Unable to access ssl cert_file "));
    TRY(check_file(context, tls->keyfile, "Unable to find ssl key_file", "Unable to access ssl key_file "));
    if (tls->insecure)
        return NULL;
    TRY(check_file(context, cafile, "Unable to find ca cert_file ", NULL));
    tls->cafile = cafile;
    return NULL;
}

/* ---- the answer ---- */

static struct fault *unanswered(const struct context *context, const struct http_call *call)
{
    switch (call->failure) {
    case HTTP_TIMEOUT:
        return fault_new(context->mem, requests_ReadTimeout, call->error);
    case HTTP_TLS_FAILURE:
        return fault_new(context->mem, requests_SSLError, call->error);
    default:
        return fault_new(context->mem, requests_ConnectionError, call->error);
    }
}

/* True, with any number of quotes around it. */
static bool says_true(const struct http_call *call)
{
    const char *start = call->reply, *end = call->reply + call->reply_size;

    while (start < end && *start == '"')
        start++;
    while (end > start && end[-1] == '"')
        end--;
    return end - start == 4 && !memcmp(start, "True", 4);
}

static struct fault *ask(const struct check *check, const struct check_state *state, bool *holds)
{
    const struct context *context = state->context;
    bool is_json =
        !strcmp(conf_string(context->worker->conf, OPTION_oslo_policy_remote_content_type), "application/json");
    const struct http_header headers[] = {
        { "Accept", "*/*" },
        { "Content-Type", is_json ? "application/json" : "application/x-www-form-urlencoded" },
    };
    struct http_tls tls = { 0 };
    struct http_call call = { .method = "POST", .headers = headers, .header_count = 2 };
    struct strbuf url, body;

    strbuf_init(&url, context->mem, 128);
    TRY(put_url(check, state, &url));
    if (!strncmp(url.data, "https:", 6)) {
        TRY(read_tls(context, &tls));
        call.tls = &tls;
    }
    strbuf_init(&body, context->mem, 1024);
    put_body(state, is_json, &body);
    call.url = url.data;
    call.body = body.data;
    call.body_size = body.length;
    http_perform(context->worker, context->mem, &call, 1);
    if (call.failure != HTTP_ANSWERED)
        return unanswered(context, &call);
    *holds = says_true(&call);
    return NULL;
}

bool check_remote_holds(const struct check *check, const struct check_state *state)
{
    struct fault *fault;
    bool holds = false;

    if (!state->context->worker || !state->context->worker->conf) {
        log_error("Rule %s asks a remote server, and there is no way to; it refuses", check->words);
        return check_fail(state, NULL);
    }
    fault = ask(check, state, &holds);
    if (!fault)
        return holds;
    log_error("Rule %s refuses, its server could not be asked: %s", check->words, fault->message);
    return check_fail(state, fault);
}
