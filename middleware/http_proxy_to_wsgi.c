/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a proxy in front says of the request's scheme, host, caller and
 * prefix takes the place of what arrived here.
 * Source: nova-facts/middleware.md, http_proxy_to_wsgi.
 */
#include "config.h"

#include "middleware/filters.h"
#include "middleware/overrides.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <string.h>
#include <strings.h>

struct state {
    bool enabled;
};

static struct fault *open_filter(const struct settings *settings, struct conf *conf, void **state)
{
    struct state *own = mem_new(settings->mem, struct state);

    *state = own;
    return override_bool(settings, conf, "enable_proxy_headers_parsing",
                         OPTION_oslo_middleware_enable_proxy_headers_parsing, &own->enabled);
}

/* Which parameter each word of the proxy stands for. */
static const struct {
    const char *forwarded; /* in Forwarded */
    const char *header;    /* the older one of its own */
    const char *param;
} words[] = {
    { "proto", "HTTP_X_FORWARDED_PROTO", "wsgi.url_scheme" },
    { "host", "HTTP_X_FORWARDED_HOST", "HTTP_HOST" },
    { "for", "HTTP_X_FORWARDED_FOR", "REMOTE_ADDR" },
};

/* The value of a word in the first element of Forwarded; the last of several wins, NULL: none. */
static const char *forwarded_value(const void *mem, const char *first, const char *word)
{
    const char *value = NULL;

    for (char **pair = text_split(mem, first, ';'); *pair; pair++) {
        char *equals = strchrnul(*pair, '=');
        if (strcasecmp(text_strip(mem, mem_strndup(mem, *pair, (size_t)(equals - *pair))), word) == 0)
            value = *equals ? text_strip(mem, equals + 1) : "";
    }
    return value;
}

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    const struct state *state = filter->state;
    const char *forwarded, *prefix, *first = NULL;

    (void)verdict;
    if (!state->enabled)
        return NULL;
    forwarded = request_param(request, "HTTP_FORWARDED");
    if (!text_is_empty(forwarded))
        first = mem_strndup(request->mem, forwarded, strcspn(forwarded, ","));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const char *value =
            first ? forwarded_value(request->mem, first, words[i].forwarded) : request_param(request, words[i].header);
        if (!text_is_empty(value))
            request_set_param(request, words[i].param, value);
    }
    prefix = request_param(request, "HTTP_X_FORWARDED_PREFIX");
    if (!text_is_empty(prefix))
        request->script_name = mem_printf(request->mem, "%s%s", prefix, request->script_name);
    chain_trust_scheme(request);
    return NULL;
}

const struct middleware http_proxy_to_wsgi = { .name = "http_proxy_to_wsgi", .open = open_filter, .enter = enter };
