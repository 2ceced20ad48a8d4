/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No authentication: the token says who one is, and without a token one is
 * told which to use.
 * Source: nova-facts/middleware.md, noauth2.
 */
#include "config.h"

#include "middleware/filters.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"

#include <string.h>

static const char *header_or(const struct request *request, const char *name, const char *otherwise)
{
    const char *value = request_header(request, name);

    return value ? value : otherwise;
}

/* The text of a part of the token; NULL for an empty one. */
static const char *text_or_null(const void *mem, const char *part, size_t length)
{
    return length ? text_from_latin1(mem, part, length) : NULL;
}

static void offer_token(struct request *request, bool with_project)
{
    const char *user = header_or(request, "X-Auth-User", "admin");
    const char *project = header_or(request, "X-Auth-Project-Id", "admin");
    const char *url = request_url(request);
    size_t length = strlen(url);

    while (length && url[length - 1] == '/')
        length--;
    response_reset(&request->response, request->mem);
    request->response.status = 204;
    response_add_header(&request->response, request->mem, "X-Auth-Token",
                        mem_printf(request->mem, "%s:%s", user, project));
    response_add_header(
        &request->response, request->mem, "X-Server-Management-Url",
        mem_printf(request->mem, "%.*s%s%s", (int)length, url, with_project ? "/" : "", with_project ? project : ""));
    response_add_header(&request->response, request->mem, "Content-Type", "text/plain; charset=UTF-8");
}

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    static const char *const no_roles[] = { NULL };
    const char *token = request_header(request, "X-Auth-Token");
    struct context *context = request->context;
    const char *colon;

    if (!token) {
        offer_token(request, filter->kind == &noauth2);
        *verdict = VERDICT_DONE;
        return NULL;
    }
    colon = strchrnul(token, ':');
    context->user_id = text_or_null(request->mem, token, (size_t)(colon - token));
    context->project_id = *colon ? text_or_null(request->mem, colon + 1, strlen(colon + 1)) : NULL;
    if (!context->project_id)
        context->project_id = context->user_id;
    context->is_admin = context->user_id && strcmp(context->user_id, "admin") == 0;
    context->is_admin_project = true;
    context->roles = no_roles;
    context->remote_address = request->remote_addr;
    if (conf_bool(request->worker->conf, OPTION_api_use_forwarded_for))
        context->remote_address = header_or(request, "X-Forwarded-For", request->remote_addr);
    context->authenticated = true;
    log_set_context(context);
    return NULL;
}

const struct middleware noauth2 = { .name = "noauth2", .enter = enter };
const struct middleware noauth2_v2_18 = { .name = "noauth2_v2_18", .enter = enter };
