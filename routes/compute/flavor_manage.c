/* SPDX-License-Identifier: Apache-2.0 */
/* /flavors, /flavors/{id}: the rows of upstream's module flavor_manage. */
#include "config.h"

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/flavor_writes.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/flavor_manage.h"
#include "routes/views/flavors.h"

#include <stdlib.h>

#define POLICY(name) "os_compute_api:os-flavor-manage:" name
#define MAX_INT 0x7fffffff
#define MAX_FLOAT 3.40282e+38

static struct fault *may(const struct call *call, const char *rule)
{
    return policy_check(call->context, rule, &(struct policy_target){ NULL, NULL });
}

/* From 2.61 on, for those whom the policy lets see them. */
static struct fault *shows_extra_specs(const struct call *call, bool *shown)
{
    *shown = versions_hold((struct versions)V_FROM(61), call->version);
    return *shown ? policy_allows(call->context, "os_compute_api:os-flavor-extra-specs:index", NULL, shown) : NULL;
}

static struct fault *not_found(const struct call *call, struct fault *fault)
{
    return fault && fault_is(fault, FAULT_FlavorNotFound) ? fault_http(call->mem, 404, "%s", fault->message) : fault;
}

/* A number, or a text of digits; what is missing is nought. */
static struct fault *read_number(const struct call *call, const char *key, const char *name, int64_t minimum,
                                 int64_t *value)
{
    const json_t *given = json_object_get(json_object_get(call->body, "flavor"), key);

    *value = 0;
    if (json_is_integer(given))
        *value = json_integer_value(given);
    else if (json_is_string(given) && (json_number_text(given) || !take_int_text(json_string_value(given), value)))
        return fault_new(call->mem, InvalidInput, name);
    else if (json_is_real(given))
        *value = (int64_t)json_real_value(given);
    return *value < minimum || *value > MAX_INT ? fault_new(call->mem, InvalidInput, name) : NULL;
}

static struct fault *read_factor(const struct call *call, double *factor)
{
    const json_t *given = json_object_get(json_object_get(call->body, "flavor"), "rxtx_factor");
    char *end = NULL;

    *factor = 1;
    if (json_is_number(given))
        *factor = json_number_value(given);
    else if (json_is_string(given))
        *factor = strtod(json_string_value(given), &end);
    if ((end && *end) || !(*factor > 0) || *factor > MAX_FLOAT)
        return fault_new(call->mem, InvalidInput, "'rxtx_factor' argument must be a float between 0 and 3.40282e+38");
    return NULL;
}

/* str() of a value that is there and says something; NULL: it does not. */
static const char *read_text(const struct call *call, const char *key)
{
    const json_t *given = json_object_get(json_object_get(call->body, "flavor"), key);
    struct strbuf out;

    if (!given || json_is_null(given) || (json_is_integer(given) && !json_integer_value(given)))
        return NULL;
    strbuf_init(&out, call->mem, 64);
    json_put_python_str(&out, given);
    return out.data;
}

static struct fault *read_flavor(const struct call *call, struct flavor *flavor)
{
    const json_t *body = json_object_get(call->body, "flavor");
    const char *is_public;

    *flavor = (struct flavor){ .name = text_strip(call->mem, json_string_value(json_object_get(body, "name"))),
                               .flavorid = read_text(call, "id"),
                               .is_public = true };
    TRY(read_number(call, "ram", "ram", 1, &flavor->memory_mb));
    TRY(read_number(call, "vcpus", "vcpus", 1, &flavor->vcpus));
    TRY(read_number(call, "disk", "disk", 0, &flavor->root_gb));
    TRY(read_number(call, "OS-FLV-EXT-DATA:ephemeral", "ephemeral", 0, &flavor->ephemeral_gb));
    TRY(read_number(call, "swap", "swap", 0, &flavor->swap));
    TRY(read_factor(call, &flavor->rxtx_factor));
    if (json_object_get(body, "os-flavor-access:is_public")) {
        struct strbuf text;

        strbuf_init(&text, call->mem, 16);
        json_put_python_str(&text, json_object_get(body, "os-flavor-access:is_public"));
        is_public = text.data;
        if (text_bool(is_public) < 0)
            return fault_new(call->mem, InvalidInput, "is_public must be a boolean");
        flavor->is_public = text_bool(is_public) == true;
    }
    if (versions_hold((struct versions)V_FROM(55), call->version))
        flavor->description = json_string_value(json_object_get(body, "description"));
    return NULL;
}

static struct fault *flavor_manage_create(struct call *call)
{
    struct flavor flavor;
    struct fault *fault;
    bool extra_specs;

    TRY(may(call, POLICY("create")));
    TRY(read_flavor(call, &flavor));
    fault = flavors_create(call->context, &flavor);
    if (fault && (fault_is(fault, FAULT_FlavorExists) || fault_is(fault, FAULT_FlavorIdExists)))
        return fault_http(call->mem, 409, "%s", fault->message);
    TRY(fault);
    TRY(shows_extra_specs(call, &extra_specs));
    flavors_view_show(call, &flavor, extra_specs);
    return NULL;
}

static struct fault *flavor_manage_update(struct call *call)
{
    const json_t *description = json_object_get(json_object_get(call->body, "flavor"), "description");
    const struct flavor *flavor;
    bool extra_specs;

    TRY(may(call, POLICY("update")));
    TRY(not_found(call, flavors_describe(call->context, call->vars[0], json_string_value(description), &flavor)));
    TRY(shows_extra_specs(call, &extra_specs));
    flavors_view_show(call, flavor, extra_specs);
    return NULL;
}

static struct fault *flavor_manage_delete(struct call *call)
{
    TRY(may(call, POLICY("delete")));
    return not_found(call, flavors_delete(call->context, call->vars[0]));
}

/* The reference's own deletion takes no body, and an action always has one. */
static struct fault *flavor_manage_delete_action(struct call *call)
{
    return fault_text(call->mem, TypeError, "the deletion of a flavor takes no body");
}

/* clang-format off */
static const struct route flavor_manage_routes[] = {
    { "POST", "/flavors", NULL, V_ALL, flavor_manage_create, 200, .errors = { 400, 409 }, .body = flavor_manage_create_body,
      .policies = "os_compute_api:os-flavor-manage:create; os_compute_api:os-flavor-extra-specs:index?" },
    { "PUT", "/flavors/{id}", NULL, V_FROM(55), flavor_manage_update, 200, .errors = { 400, 404 }, .body = flavor_manage_update_body,
      .policies = "os_compute_api:os-flavor-manage:update; os_compute_api:os-flavor-extra-specs:index?" },
    { "DELETE", "/flavors/{id}", NULL, V_ALL, flavor_manage_delete, 202, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-manage:delete" },
    /* Names that the reference has kept since these verbs were actions. None can succeed: a body of one key named as the action
     * has no "flavor" beside it, which the schemas ask for. */
    { "POST", "/flavors/{id}/action", "create", V_ALL, flavor_manage_create, 200, .errors = { 400, 409 }, .body = flavor_manage_create_body,
      .policies = "os_compute_api:os-flavor-manage:create; os_compute_api:os-flavor-extra-specs:index?" },
    { "POST", "/flavors/{id}/action", "update", V_FROM(55), flavor_manage_update, 200, .errors = { 400, 404 }, .body = flavor_manage_update_body,
      .policies = "os_compute_api:os-flavor-manage:update; os_compute_api:os-flavor-extra-specs:index?" },
    { "POST", "/flavors/{id}/action", "delete", V_ALL, flavor_manage_delete_action, 202, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-manage:delete" },
    { 0 },
};
/* clang-format on */

const struct resource flavor_manage_resource = { "flavor_manage", flavor_manage_routes };
