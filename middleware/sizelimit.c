/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refuses bodies that are too large: at once when their length is told,
 * else while they are read (request_body()).
 * Source: nova-facts/middleware.md, sizelimit.
 */
#include "config.h"

#include "middleware/filters.h"
#include "middleware/overrides.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/http/accept.h"

LOG_MODULE("oslo_middleware.sizelimit");

struct state {
    int64_t limit;
};

static struct fault *open_filter(const struct settings *settings, struct conf *conf, void **state)
{
    struct state *own = mem_new(settings->mem, struct state);

    *state = own;
    return override_int(settings, conf, "max_request_body_size", OPTION_oslo_middleware_max_request_body_size,
                        &own->limit);
}

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    const struct state *state = filter->state;

    if (request->content_length > state->limit) {
        const char *text = mem_printf(request->mem, "Request is too large. Larger than max_request_body_size (%lld).",
                                      (long long)state->limit);
        log_info("%s", text);
        webob_error(request, 413, text, NULL);
        *verdict = VERDICT_DONE;
        return NULL;
    }
    request->body_limit = state->limit > 0 ? (size_t)state->limit : 0;
    return NULL;
}

const struct middleware sizelimit = { .name = "sizelimit", .open = open_filter, .enter = enter };
