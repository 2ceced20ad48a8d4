/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gives each request an id of its own, takes the caller's as the global one,
 * and names the former in the answer.
 * Source: nova-facts/middleware.md, compute_req_id.
 */
#include "config.h"

#include "middleware/filters.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"

#include <string.h>

#define PREFIX "req-"

/* req- and a UUID in lower case? */
static bool is_request_id(const char *text)
{
    static const char shape[] = PREFIX "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t length = sizeof(shape) - 1;

    if (strlen(text) != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (shape[i] == 'x' ? !hex : text[i] != shape[i])
            return false;
    }
    return true;
}

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    const char *inbound = request_header(request, "X-Openstack-Request-Id");
    char *id = mem_array(request->mem, char, sizeof(PREFIX) + 36);

    (void)filter;
    (void)verdict;
    if (inbound && is_request_id(inbound))
        request->context->global_request_id = inbound;
    memcpy(id, PREFIX, sizeof(PREFIX) - 1);
    text_uuid4(id + sizeof(PREFIX) - 1);
    request->context->request_id = id;
    if (request->worker && request->worker->slot)
        score_text(request->worker->slot->request_id, sizeof(request->worker->slot->request_id), id);
    return NULL;
}

static struct fault *leave(const struct filter *filter, struct request *request, struct fault *fault)
{
    static const char *const names[] = { "x-openstack-request-id", "x-compute-request-id" };

    (void)filter;
    for (size_t i = 0; !fault && i < sizeof(names) / sizeof(names[0]); i++)
        if (!response_header(&request->response, names[i]))
            response_add_header(&request->response, request->mem, names[i], request->context->request_id);
    return fault;
}

const struct middleware compute_req_id = { .name = "compute_req_id", .enter = enter, .leave = leave };
