/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs an application behind its filters.  Which filters, and in which
 * order, fcgi_app/paste/ read from api-paste.ini; this file only walks.
 *
 * One frame a running chain hangs on the request, with the bytes that its
 * filters keep between enter and leave.
 */
#include "config.h"

#include "middleware/chain.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/http/accept.h"

#include <stddef.h>

LOG_MODULE("nova.api.chain");

/* A chain that runs: nested when the URL map calls another application. */
struct frame {
    struct frame *outer;
    const struct app *app;
    unsigned char *state; /* of all filters, in order */
};

#define STATE_ALIGN _Alignof(max_align_t)

static size_t state_room(const struct filter *filter)
{
    return (filter->kind->state_size + STATE_ALIGN - 1) / STATE_ALIGN * STATE_ALIGN;
}

static const char *settings_find(const struct setting *settings, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(settings[i].key, key) == 0)
            return settings[i].value;
    return NULL;
}

const char *settings_get(const struct settings *settings, const char *key)
{
    return settings_find(settings->local, settings->local_count, key);
}

const char *settings_get_global(const struct settings *settings, const char *key)
{
    return settings_find(settings->global, settings->global_count, key);
}

/*
 * WebOb's decorator turns each HTTP error that is raised below it into a
 * page, so that no filter ever meets one as an exception.
 */
static struct fault *answer_http_error(struct request *request, struct fault *fault)
{
    if (!fault || fault->name != FAULT_Http)
        return fault;
    webob_error(request, fault->code, fault->explained ? fault->message : NULL, NULL);
    if (fault->retry_after)
        response_set_header(&request->response, request->mem, "Retry-After", fault->retry_after);
    if (fault->www_authenticate)
        response_set_header(&request->response, request->mem, "WWW-Authenticate", fault->www_authenticate);
    return NULL;
}

struct fault *chain_run(const struct app *app, struct request *request)
{
    struct frame frame = { request->chain, app, NULL };
    struct fault *fault = NULL;
    enum verdict verdict = VERDICT_GO_ON;
    size_t entered = 0, room = 0;

    for (size_t i = 0; i < app->filter_count; i++)
        room += state_room(app->filters[i]);
    if (room)
        frame.state = mem_array(request->mem, unsigned char, room);
    request->chain = &frame;

    while (!fault && verdict == VERDICT_GO_ON && entered < app->filter_count) {
        const struct filter *filter = app->filters[entered];
        if (filter->kind->enter)
            fault = filter->kind->enter(filter, request, &verdict);
        if (!fault && verdict == VERDICT_GO_ON)
            entered++;
    }
    if (!fault && verdict == VERDICT_GO_ON)
        fault = app->serve(app, request);
    fault = answer_http_error(request, fault);
    if (entered && request->worker)
        score_stage(request->worker->slot, SCORE_FILTERS);
    while (entered--) {
        const struct filter *filter = app->filters[entered];
        if (filter->kind->leave)
            fault = answer_http_error(request, filter->kind->leave(filter, request, fault));
    }
    request->chain = frame.outer;
    return fault;
}

void *filter_request_state(const struct filter *filter, struct request *request)
{
    for (const struct frame *frame = request->chain; frame; frame = frame->outer) {
        unsigned char *state = frame->state;
        for (size_t i = 0; i < frame->app->filter_count; i++) {
            if (frame->app->filters[i] == filter)
                return state;
            state += state_room(frame->app->filters[i]);
        }
    }
    return NULL;
}

void chain_trust_scheme(struct request *request)
{
    const char *name = conf_string(request->worker->conf, OPTION_wsgi_secure_proxy_ssl_header);
    const char *scheme = text_is_empty(name) ? NULL : request_param(request, name);

    if (!text_is_empty(scheme))
        request_set_param(request, "wsgi.url_scheme", scheme);
}

void chain_answer(const struct app *app, struct request *request)
{
    struct fault *fault;

    chain_trust_scheme(request);
    fault = chain_run(app, request);
    log_set_context(NULL);
    if (!fault)
        return;
    log_error("No filter answered for %s at %s:%d: %s", fault_kinds[fault->name].name, fault->file, fault->line,
              fault->message);
    response_reset(&request->response, request->mem);
    request->response.status = 500;
    response_add_header(&request->response, request->mem, "Content-Type", "text/plain; charset=UTF-8");
    strbuf_puts(&request->response.body, "Internal Server Error");
}
