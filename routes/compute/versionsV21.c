/* SPDX-License-Identifier: Apache-2.0 */
/* / and /versions/{id} inside the API, behind authentication: the version's document. */
#include "config.h"

#include "routes/resource.h"
#include "routes/views/versions.h"

static struct fault *versions_show(struct call *call)
{
    const char *id = call->vars[0] ? call->vars[0] : "v2.1";

    if (!versions_put_one(call->out, versions_prefix(call->request), call->legacy ? "v2.0" : id))
        return fault_http(call->mem, 404, NULL);
    return NULL;
}

/* clang-format off */
static const struct route versionsV21_routes[] = {
    { "GET", "/", NULL, V_ALL, versions_show, 200, .errors = { 404 } },
    { "GET", "/versions/{id}", NULL, V_ALL, versions_show, 200, .errors = { 404 } },
    { 0 },
};
/* clang-format on */

const struct resource versionsV21_resource = { "versionsV21", versionsV21_routes };
