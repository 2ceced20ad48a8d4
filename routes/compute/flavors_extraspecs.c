/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /flavors/{flavor_id}/os-extra_specs and one of them by its key.
 * Neighbours: flavors.c shows them inside a flavor; compute/flavors.c finds.
 * Source: nova-facts/error_mapping.tsv, routes.tsv.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/compute/flavor_writes.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/flavors_extraspecs.h"

#include <string.h>

/* The flavor of the path with its extra specs, for whom the rule lets see them. Faults: Http 404, PolicyNotAuthorized.
 */
static struct fault *read_flavor(const struct call *call, const char *rule, const struct flavor **flavor)
{
    const struct policy_target target = policy_own_project(call->context);
    struct fault *fault;

    TRY(policy_check(call->context, rule, &target));
    fault = flavors_get(call->context, call->mem, call->vars[0], true, flavor);
    if (fault && fault->name == FAULT_FlavorNotFound)
        return fault_http(call->mem, 404, "%s", fault->message);
    return fault;
}

static struct fault *extra_specs_index(struct call *call)
{
    const struct flavor *flavor;

    TRY(read_flavor(call, "os_compute_api:os-flavor-extra-specs:index", &flavor));
    JSON_PUT_LITERAL(call->out, "{\"extra_specs\": ");
    if (flavor->extra_specs.data)
        json_put_raw(call->out, flavor->extra_specs.data, flavor->extra_specs.length);
    else
        JSON_PUT_LITERAL(call->out, "{}");
    strbuf_putc(call->out, '}');
    return NULL;
}

static struct fault *extra_specs_show(struct call *call)
{
    const struct flavor *flavor;
    const char *wanted = call->vars[1];
    struct json_piece key, value;

    TRY(read_flavor(call, "os_compute_api:os-flavor-extra-specs:show", &flavor));
    struct json_scan scan = json_scan_text(flavor->extra_specs.data, flavor->extra_specs.length);
    for (bool more = json_scan_object(&scan); more && json_scan_key(&scan, &key);) {
        json_scan_raw(&scan, &value);
        if (strcmp(json_piece_text(call->mem, key), wanted) != 0)
            continue;
        strbuf_putc(call->out, '{');
        json_put_string(call->out, wanted);
        JSON_PUT_LITERAL(call->out, ": ");
        json_put_raw(call->out, value.text, value.length);
        strbuf_putc(call->out, '}');
        return NULL;
    }
    return fault_http(call->mem, 404, "Flavor %s has no extra specs with key %s.", call->vars[0], wanted);
}

/* ---- writing ---- */

static struct fault *may(const struct call *call, const char *rule)
{
    return policy_check(call->context, rule, &(struct policy_target){ NULL, NULL });
}

static struct fault *find(const struct call *call, const struct flavor **flavor)
{
    struct fault *fault = flavors_get(call->context, call->mem, call->vars[0], true, flavor);

    if (fault && fault->name == FAULT_FlavorNotFound)
        return fault_http(call->mem, 404, "%s", fault->message);
    return fault;
}

/* Extra specs of a body, as texts. */
struct specs {
    const char **keys, **values;
    size_t count;
};

/* Numbers become texts, whose length no schema has looked at; from 2.86 on what is known must be right. */
static struct fault *read_specs(const struct call *call, const json_t *body, struct specs *specs)
{
    const char *key;
    json_t *value;

    *specs = (struct specs){ mem_array(call->mem, const char *, json_object_size(body) + 1),
                             mem_array(call->mem, const char *, json_object_size(body) + 1), 0 };
    json_object_foreach((json_t *)(uintptr_t)body, key, value)
    {
        struct strbuf text;

        strbuf_init(&text, call->mem, 64);
        json_put_python_str(&text, value);
        if ((!json_is_string(value) || json_number_text(value)) && text.length > 255)
            return fault_http(call->mem, 400, "extra_specs value has %zu characters, more than 255.", text.length);
        if (versions_hold((struct versions)V_FROM(86), call->version))
            TRY(flavors_check_spec(call->mem, key, text.data));
        specs->keys[specs->count] = key;
        specs->values[specs->count++] = json_is_null(value) ? NULL : text.data;
    }
    return NULL;
}

static struct fault *put_specs(struct call *call, const struct specs *specs)
{
    const struct flavor *flavor;

    TRY(find(call, &flavor));
    TRY(flavors_put_specs(call->context, flavor->flavorid, specs->keys, specs->values, specs->count));
    json_put_tree(call->out, call->body);
    return NULL;
}

static struct fault *extra_specs_create(struct call *call)
{
    struct specs specs;

    TRY(may(call, "os_compute_api:os-flavor-extra-specs:create"));
    TRY(read_specs(call, json_object_get(call->body, "extra_specs"), &specs));
    return put_specs(call, &specs);
}

static struct fault *extra_specs_update(struct call *call)
{
    struct specs specs;

    TRY(may(call, "os_compute_api:os-flavor-extra-specs:update"));
    TRY(read_specs(call, call->body, &specs));
    if (!json_object_get(call->body, call->vars[1]))
        return fault_http(call->mem, 400, "Request body and URI mismatch");
    return put_specs(call, &specs);
}

static struct fault *extra_specs_delete(struct call *call)
{
    const struct flavor *flavor;
    bool deleted;

    TRY(may(call, "os_compute_api:os-flavor-extra-specs:delete"));
    TRY(find(call, &flavor));
    TRY(flavors_delete_spec(call->context, flavor->flavorid, call->vars[1], &deleted));
    return deleted
               ? NULL
               : fault_http(call->mem, 404, "Flavor %s has no extra specs with key %s.", call->vars[0], call->vars[1]);
}

/* clang-format off */
static const struct route flavors_extraspecs_routes[] = {
    { "GET", "/flavors/{flavor_id}/os-extra_specs", NULL, V_ALL, extra_specs_index, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-extra-specs:index" },
    { "POST", "/flavors/{flavor_id}/os-extra_specs", NULL, V_ALL, extra_specs_create, 200, .errors = { 400, 404, 409 },
      .body = flavors_extraspecs_create_body,
      .policies = "os_compute_api:os-flavor-extra-specs:create" },
    { "GET", "/flavors/{flavor_id}/os-extra_specs/{id}", NULL, V_ALL, extra_specs_show, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-extra-specs:show" },
    { "PUT", "/flavors/{flavor_id}/os-extra_specs/{id}", NULL, V_ALL, extra_specs_update, 200, .errors = { 400, 404, 409 },
      .body = flavors_extraspecs_update_body,
      .policies = "os_compute_api:os-flavor-extra-specs:update" },
    { "DELETE", "/flavors/{flavor_id}/os-extra_specs/{id}", NULL, V_ALL, extra_specs_delete, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-extra-specs:delete" },
    { 0 },
};
/* clang-format on */

const struct resource flavors_extraspecs_resource = { "flavors_extraspecs", flavors_extraspecs_routes };
