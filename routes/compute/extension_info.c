/* SPDX-License-Identifier: Apache-2.0 */
/* /extensions, /extensions/{id}: a frozen list, in extensions.def. */
#include "config.h"

#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"

#include <string.h>

static const struct extension {
    const char *alias, *name, *description;
    bool legacy; /* shown only under /v2 */
} extensions[] = {
#define EXTENSION(alias, name, legacy, description) { alias, name, description, legacy },
#include "routes/compute/extensions.def"
#undef EXTENSION
};

#define EXTENSION_COUNT (sizeof(extensions) / sizeof(extensions[0]))

static struct fault *may_see(const struct call *call)
{
    return policy_check(call->context, "os_compute_api:extensions", &(struct policy_target){ NULL, NULL });
}

static bool is_shown(const struct call *call, const struct extension *extension)
{
    return call->legacy || !extension->legacy;
}

static void put_extension(struct strbuf *out, const struct extension *extension)
{
    JSON_PUT_LITERAL(out, "{");
    JSON_PUT_KEY(out, "alias");
    json_put_string(out, extension->alias);
    JSON_PUT_LITERAL(out, ", ");
    JSON_PUT_KEY(out, "description");
    json_put_string(out, extension->description);
    JSON_PUT_LITERAL(out, ", \"links\": [], ");
    JSON_PUT_KEY(out, "name");
    json_put_string(out, extension->name);
    JSON_PUT_LITERAL(out, ", \"namespace\": \"http://docs.openstack.org/compute/ext/fake_xml\", "
                          "\"updated\": \"2014-12-03T00:00:00Z\"}");
}

static struct fault *extension_info_index(struct call *call)
{
    const char *joint = "{\"extensions\": [";

    TRY(may_see(call));
    for (size_t i = 0; i < EXTENSION_COUNT; i++) {
        if (!is_shown(call, &extensions[i]))
            continue;
        strbuf_puts(call->out, joint);
        put_extension(call->out, &extensions[i]);
        joint = ", ";
    }
    JSON_PUT_LITERAL(call->out, "]}");
    return NULL;
}

static struct fault *extension_info_show(struct call *call)
{
    TRY(may_see(call));
    for (size_t i = 0; i < EXTENSION_COUNT; i++) {
        if (!is_shown(call, &extensions[i]) || strcmp(extensions[i].alias, call->vars[0]) != 0)
            continue;
        JSON_PUT_LITERAL(call->out, "{\"extension\": ");
        put_extension(call->out, &extensions[i]);
        JSON_PUT_LITERAL(call->out, "}");
        return NULL;
    }
    return fault_http(call->mem, 404, NULL);
}

/* clang-format off */
static const struct route extension_info_routes[] = {
    { "GET", "/extensions", NULL, V_ALL, extension_info_index, 200, .errors = { 0 },
      .policies = "os_compute_api:extensions" },
    { "GET", "/extensions/{id}", NULL, V_ALL, extension_info_show, 200, .errors = { 404 },
      .policies = "os_compute_api:extensions" },
    { 0 },
};
/* clang-format on */

const struct resource extension_info_resource = { "extension_info", extension_info_routes };
