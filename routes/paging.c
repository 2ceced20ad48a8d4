/* SPDX-License-Identifier: Apache-2.0 */
/* Reads where a page begins and how long it is; see the header. */
#include "config.h"

#include "routes/paging.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/take.h"

#include <ctype.h>
#include <string.h>

int64_t paging_max_limit(const struct call *call)
{
    return conf_int(call->context->worker->conf, OPTION_api_max_limit);
}

/* A number of the query that must not be below zero; left alone when it is not there. */
static struct fault *read_number(const struct call *call, const char *key, int64_t *value, bool *given)
{
    const char *text = query_get(&call->query, key);

    *given = text != NULL;
    if (!text)
        return NULL;
    if (!take_int_text(text, value))
        return fault_http(call->mem, 400, "Invalid input received: %s must be an integer", key);
    if (*value < 0)
        return fault_http(call->mem, 400, "Invalid input received: %s must be >= 0", key);
    return NULL;
}

struct fault *paging_read(const struct call *call, struct paging *paging)
{
    int64_t max = paging_max_limit(call), page_size;
    bool given;

    *paging = (struct paging){ .limit = max };
    TRY(read_number(call, "limit", &paging->limit, &paging->limited));
    if (paging->limit > max)
        paging->limit = max;
    TRY(read_number(call, "page_size", &page_size, &given));
    paging->marker = query_get(&call->query, "marker");
    return read_number(call, "offset", &paging->offset, &given);
}
