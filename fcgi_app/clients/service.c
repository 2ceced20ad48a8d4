/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations at other services; see the header.
 *
 * A call is prepared (endpoint, headers), sent with others, and judged:
 * answered, to be followed (a redirect), or to be sent again (no connection,
 * a status that is retried, a token that was refused).  Rounds go on until
 * each call of the batch has its end.
 */
#include "config.h"

#include "fcgi_app/clients/service.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/profiler.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/service_private.h"
#include "fcgi_app/json/json.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

LOG_MODULE("keystoneauth.session");

enum { OWN_HEADERS = 12 };
#define FIRST_DELAY 0.5 /* seconds; doubled each time, up to a minute */
#define LONGEST_DELAY 60.0
#define SERVICE_USER "service_user"
#define BARBICAN_USER "barbican_service_user"
#define TOKEN_CHECKER "keystone_authtoken"

/* Delays between attempts: a fixed one, or growing. */
struct patience {
    int left;
    double fixed, next;
};

/* A call under way. */
struct attempt {
    const struct context *context;
    const void *mem;
    struct service_call *call;
    struct http_call http;
    struct http_header *headers;
    size_t header_count;
    size_t own_token, service_token; /* places of these headers, 1 and up; 0: not sent */
    const char *service_group;       /* whose the latter is */
    struct http_tls tls;
    struct patience connect, status;
    double wait; /* seconds before the next round */
    int redirects;
    bool own;      /* the service's own user asks */
    bool renewed;  /* a refused token was replaced once */
    bool finished; /* the call has its end */
};

static double take_delay(struct patience *patience)
{
    double delay = patience->fixed > 0 ? patience->fixed : patience->next;

    patience->left--;
    patience->next = patience->next * 2 > LONGEST_DELAY ? LONGEST_DELAY : patience->next * 2;
    return delay;
}

/* ---- preparing ---- */

static size_t put_header(struct attempt *attempt, const char *name, const char *value)
{
    attempt->headers[attempt->header_count] = (struct http_header){ name, value };
    return ++attempt->header_count;
}

/* Whose token goes beside the caller's, or NULL. */
static const char *service_token_group(const struct attempt *attempt)
{
    struct worker *worker = attempt->context->worker;
    const struct service *service = attempt->call->service;

    if (service == &service_barbican && conf_bool(worker->conf, OPTION_barbican_send_service_user_token) &&
        identity_configured(worker, BARBICAN_USER))
        return BARBICAN_USER;
    if (service->service_token && conf_bool(worker->conf, OPTION_service_user_send_service_user_token)) {
        if (identity_configured(worker, SERVICE_USER))
            return SERVICE_USER;
        log_warning("Unable to load auth from [service_user] configuration. Ensure \"auth_type\" is set.");
    }
    return service->checked_token && !attempt->own && attempt->context->token_catalog &&
                   identity_configured(worker, TOKEN_CHECKER)
               ? TOKEN_CHECKER
               : NULL;
}

/* The tokens as they are now; again after one was refused. */
static struct fault *put_tokens(struct attempt *attempt, const struct identity_token **own)
{
    const struct context *context = attempt->context;
    const struct conf *conf = context->worker->conf;
    struct identity_way way = service_way(conf, attempt->call->service, &attempt->tls);
    const struct identity_token *beside;
    struct http_tls checker;
    const char *text = context->auth_token;

    if (attempt->own) {
        TRY(identity_token(context->worker, attempt->mem, attempt->call->service->group, &way, own));
        text = mem_strdup(attempt->mem, (*own)->text);
    }
    if (attempt->own_token)
        attempt->headers[attempt->own_token - 1].value = text;
    else if (!text_is_empty(text))
        attempt->own_token = put_header(attempt, "X-Auth-Token", text);
    attempt->service_group = service_token_group(attempt);
    if (!attempt->service_group)
        return NULL;
    if (!strcmp(attempt->service_group, TOKEN_CHECKER)) {
        /* Its token is asked for as the middleware does, however little the service called is verified. */
        checker = (struct http_tls){ .cafile = conf_string(conf, OPTION_keystone_authtoken_cafile),
                                     .certfile = conf_string(conf, OPTION_keystone_authtoken_certfile),
                                     .keyfile = conf_string(conf, OPTION_keystone_authtoken_keyfile),
                                     .insecure = conf_bool(conf, OPTION_keystone_authtoken_insecure) };
        way.tls = &checker;
    }
    TRY(identity_token(context->worker, attempt->mem, attempt->service_group, &way, &beside));
    text = mem_strdup(attempt->mem, beside->text);
    if (attempt->service_token)
        attempt->headers[attempt->service_token - 1].value = text;
    else
        attempt->service_token = put_header(attempt, "X-Service-Token", text);
    return NULL;
}

static void put_body(struct attempt *attempt)
{
    const struct service_call *call = attempt->call;
    const char *type = call->content_type ? call->content_type : call->service->content_type;
    struct strbuf text;

    if (call->json) {
        strbuf_init(&text, attempt->mem, 512);
        json_put_tree(&text, call->json);
        attempt->http.body = text.data;
        attempt->http.body_size = text.length;
        type = call->content_type ? call->content_type : "application/json";
    } else {
        attempt->http.body = call->body;
        attempt->http.body_size = call->body ? call->body_size : 0;
    }
    if (type)
        put_header(attempt, "Content-Type", type);
}

static void put_other_headers(struct attempt *attempt)
{
    const struct context *context = attempt->context;
    const struct service_call *call = attempt->call;
    const char *accept = call->accept ? call->accept : call->service->accept;
    const char *id = context->global_request_id ? context->global_request_id : context->request_id;
    const char *info, *hmac;

    if (call->microversion && call->service->name)
        put_header(attempt, "OpenStack-API-Version",
                   mem_printf(attempt->mem, "%s %s", call->service->name, call->microversion));
    put_header(attempt, "Accept", accept ? accept : "*/*");
    put_header(attempt, "User-Agent",
               call->service->user_agent ? call->service->user_agent : PACKAGE_NAME "/" PACKAGE_VERSION);
    if (call->service->request_id && id)
        put_header(attempt, "X-OpenStack-Request-ID", id);
    if (context->worker->profiler && profiler_headers(context->worker->profiler, attempt->mem, &info, &hmac)) {
        put_header(attempt, PROFILER_INFO_HEADER, info);
        put_header(attempt, PROFILER_HMAC_HEADER, hmac);
    }
    for (size_t i = 0; i < call->header_count; i++)
        put_header(attempt, call->headers[i].name, call->headers[i].value);
}

static struct fault *prepare(struct attempt *attempt)
{
    const struct context *context = attempt->context;
    const struct conf *conf = context->worker->conf;
    struct service_call *call = attempt->call;
    const struct service *service = call->service;
    const struct identity_token *own = NULL;
    const char *base = call->endpoint;

    attempt->headers = mem_array(attempt->mem, struct http_header, OWN_HEADERS + call->header_count);
    attempt->own = service_as_group(context, service, call->as);
    service_read_tls(conf, service, &attempt->tls);
    attempt->connect.fixed = service_number_option(conf, service->option.connect_retry_delay, true, 0);
    attempt->status.fixed = service_number_option(conf, service->option.status_code_retry_delay, true, 0);
    attempt->connect.next = attempt->status.next = FIRST_DELAY;
    attempt->connect.left =
        (int)service_number_option(conf, service->option.connect_retries, false, call->connect_retries);
    attempt->status.left = (int)service_number_option(conf, service->option.status_code_retries, false, 0);
    attempt->http.method = call->method;
    attempt->http.tls = &attempt->tls;
    attempt->http.idle_timeout = service_number_option(conf, service->option.timeout, false, 0);
    TRY(put_tokens(attempt, &own));
    if (strstr(call->path, "://") && *call->path != '/') {
        call->url = call->path;
    } else {
        if (!base)
            TRY(service_find_endpoint(context, attempt->mem, service, own, &base));
        call->url = mem_printf(attempt->mem, "%s%s%s", base, *call->path == '/' ? "" : "/", call->path);
    }
    attempt->http.url = call->url;
    put_body(attempt);
    put_other_headers(attempt);
    attempt->http.headers = attempt->headers;
    attempt->http.header_count = attempt->header_count;
    return NULL;
}

/* ---- judging ---- */

static void finish(struct attempt *attempt)
{
    struct service_call *call = attempt->call;
    const char *id = http_reply_header(&attempt->http, "x-openstack-request-id");

    attempt->finished = true;
    call->status = attempt->http.status;
    call->reply_headers = attempt->http.reply_headers;
    call->reply_header_count = attempt->http.reply_header_count;
    call->reply = attempt->http.reply;
    call->reply_size = attempt->http.reply_size;
    if (!id)
        id = http_reply_header(&attempt->http, "x-compute-request-id");
    if (id)
        log_debug("%s call to %s for %s used request id %s", call->method, call->service->group, call->url, id);
}

static void fail(struct attempt *attempt, struct fault *fault)
{
    attempt->finished = true;
    attempt->call->fault = fault;
}

/* Whether the answer's Location is to be asked next. */
static bool follow(struct attempt *attempt)
{
    const char *next = identity_redirected(attempt->mem, &attempt->http);

    if (!next || attempt->redirects++ >= IDENTITY_MAX_REDIRECTS)
        return false;
    attempt->http.url = next;
    return true;
}

/* Whether a refused token was replaced, or may be offered once more. */
static bool renew(struct attempt *attempt)
{
    struct worker *worker = attempt->context->worker;
    const struct identity_token *own;
    bool again = false;

    if (attempt->renewed)
        return false;
    attempt->renewed = true;
    if (attempt->own)
        again = identity_drop(worker, attempt->call->service->group);
    else if (attempt->own_token)
        again = attempt->context->token_catalog != NULL; /* upstream's own user plugin tries a checked token again */
    if (attempt->service_token && !strcmp(attempt->service_group, SERVICE_USER))
        again = identity_drop(worker, SERVICE_USER) || again;
    return again && !put_tokens(attempt, &own);
}

static void judge(struct attempt *attempt)
{
    struct http_call *http = &attempt->http;

    attempt->wait = 0;
    if (http->failure == HTTP_CONNECT_FAILURE || http->failure == HTTP_TIMEOUT) {
        struct fault *fault = identity_connection_fault(attempt->mem, http);

        if (attempt->connect.left <= 0) {
            fail(attempt, fault);
            return;
        }
        attempt->wait = take_delay(&attempt->connect);
        log_info("Failure: %s. Retrying in %.1fs.", fault->message, attempt->wait);
    } else if (http->failure != HTTP_ANSWERED) {
        fail(attempt, identity_connection_fault(attempt->mem, http));
    } else if (follow(attempt)) {
        return;
    } else if (http->status == 503 && attempt->status.left > 0) {
        attempt->wait = take_delay(&attempt->status);
        log_info("Retriable status code %d. Retrying in %.1fs.", http->status, attempt->wait);
    } else if (http->status != 401 || !renew(attempt)) {
        finish(attempt);
    }
}

/* ---- rounds ---- */

static void send_round(const struct context *context, const void *mem, struct attempt *attempts, size_t count)
{
    struct http_call *calls = mem_array(mem, struct http_call, count);
    struct attempt **senders = mem_array(mem, struct attempt *, count);
    size_t sending = 0;
    double wait = 0;

    for (size_t i = 0; i < count; i++)
        if (!attempts[i].finished && attempts[i].wait > wait)
            wait = attempts[i].wait;
    if (wait > 0)
        usleep((useconds_t)(wait * 1e6));
    for (size_t i = 0; i < count; i++)
        if (!attempts[i].finished) {
            senders[sending] = &attempts[i];
            calls[sending++] = attempts[i].http;
        }
    profiler_start(context->worker->profiler, "http", NULL);
    http_perform(context->worker, mem, calls, sending);
    profiler_stop(context->worker->profiler, NULL);
    for (size_t i = 0; i < sending; i++) {
        senders[i]->http = calls[i];
        judge(senders[i]);
    }
}

static bool unfinished(const struct attempt *attempts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!attempts[i].finished)
            return true;
    return false;
}

void service_calls(const struct context *context, const void *mem, struct service_call *calls, size_t count)
{
    struct attempt *attempts = mem_array(mem, struct attempt, count ? count : 1);

    for (size_t i = 0; i < count; i++) {
        struct fault *fault;

        attempts[i].context = context;
        attempts[i].mem = mem;
        attempts[i].call = &calls[i];
        calls[i].fault = NULL;
        fault = prepare(&attempts[i]);
        if (fault)
            fail(&attempts[i], fault);
    }
    while (unfinished(attempts, count))
        send_round(context, mem, attempts, count);
}

struct fault *service_call(const struct context *context, const void *mem, struct service_call *call)
{
    service_calls(context, mem, call, 1);
    return call->fault;
}

/* ---- answers ---- */

const char *service_header(const struct service_call *call, const char *name)
{
    for (size_t i = 0; i < call->reply_header_count; i++)
        if (!strcasecmp(call->reply_headers[i].name, name))
            return call->reply_headers[i].value;
    return NULL;
}

/* Does the type say that the bytes are Latin-1? To requests any text is that does not say otherwise. */
static bool is_latin1(const char *type)
{
    static const char *const names[] = { "iso-8859-1", "iso8859-1", "iso_8859-1", "latin-1", "latin1" };
    const char *charset = type ? strcasestr(type, "charset=") : NULL;

    if (!charset)
        return type && strstr(type, "text");
    charset += strlen("charset=");
    charset += strspn(charset, "\"'");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (!strncasecmp(charset, names[i], strlen(names[i])))
            return true;
    return false;
}

const char *service_text(const void *mem, const struct service_call *call)
{
    size_t plain = 0;

    while (plain < call->reply_size && !(call->reply[plain] & 0x80))
        plain++;
    if (plain == call->reply_size)
        return call->reply;
    if (is_latin1(service_header(call, "content-type")))
        return text_from_latin1(mem, call->reply, call->reply_size);
    return text_utf8_valid(call->reply, call->reply_size) ? call->reply
                                                          : text_from_utf8(mem, call->reply, call->reply_size);
}

json_t *service_json(const void *mem, const struct service_call *call)
{
    const char *text;
    json_t *tree = NULL;

    if (!call->reply_size)
        return NULL;
    text = service_text(mem, call);
    return json_read(mem, text, text == call->reply ? call->reply_size : strlen(text), &tree) ? NULL : tree;
}

static void put_quoted(struct strbuf *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("_.-~", *c)) {
            strbuf_putc(out, (char)*c);
        } else if (*c == ' ') {
            strbuf_putc(out, '+');
        } else if (text_begins_nul((const char *)c)) {
            strbuf_puts(out, "%00");
            c++;
        } else {
            strbuf_printf(out, "%%%02X", *c);
        }
    }
}

void service_put_param(struct strbuf *path, const char *name, const char *value)
{
    strbuf_putc(path, strchr(path->data, '?') ? '&' : '?');
    put_quoted(path, name);
    strbuf_putc(path, '=');
    put_quoted(path, value);
}
