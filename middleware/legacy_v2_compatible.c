/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v2: the same API without microversions.  The version headers of the
 * request are not seen below, those of the answer not above.
 * Source: nova-facts/middleware.md, legacy_v2_compatible.
 */
#include "config.h"

#include "middleware/filters.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "middleware/fault_body.h"

#include <string.h>

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    (void)filter;
    (void)verdict;
    request->legacy_v2 = true;
    request_delete_param(request, "HTTP_OPENSTACK_API_VERSION");
    request_delete_param(request, "HTTP_X_OPENSTACK_NOVA_API_VERSION");
    return NULL;
}

static struct fault *leave(const struct filter *filter, struct request *request, struct fault *fault)
{
    struct response *response = &request->response;
    struct strbuf kept;
    const char *vary;
    size_t count = 0;

    (void)filter;
    if (fault)
        return fault;
    response_remove_header(response, HEADER_API_VERSION);
    response_remove_header(response, HEADER_API_VERSION_OLD);
    vary = response_last_header(response, "Vary");
    if (!vary)
        return NULL;
    strbuf_init(&kept, request->mem, strlen(vary));
    for (char **piece = text_split(request->mem, vary, ','); *piece; piece++) {
        const char *name = text_strip(request->mem, *piece);
        if (strcmp(name, HEADER_API_VERSION) == 0 || strcmp(name, HEADER_API_VERSION_OLD) == 0)
            continue;
        if (count++)
            strbuf_putc(&kept, ',');
        strbuf_puts(&kept, name);
    }
    response_remove_header(response, "Vary");
    if (count)
        response_add_header(response, request->mem, "Vary", kept.data);
    return NULL;
}

const struct middleware legacy_v2_compatible = { .name = "legacy_v2_compatible", .enter = enter, .leave = leave };
