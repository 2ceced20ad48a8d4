/* SPDX-License-Identifier: Apache-2.0 */
/* /flavors/{id}/action, /flavors/{flavor_id}/os-flavor-access: the rows of upstream's module flavor_access. */
#include "config.h"

#include "fcgi_app/clients/keystone_projects.h"
#include "fcgi_app/compute/flavor_writes.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/flavor_access.h"

#include <string.h>

#define POLICY(name) "os_compute_api:os-flavor-access:" name

static void put_list(const struct call *call, const struct flavor_access_list *list)
{
    JSON_PUT_LITERAL(call->out, "{\"flavor_access\": [");
    for (size_t i = 0; i < list->count; i++) {
        JSON_PUT_LITERAL(call->out, "{\"flavor_id\": ");
        json_put_string(call->out, call->vars[0]);
        JSON_PUT_LITERAL(call->out, ", \"tenant_id\": ");
        json_put_string(call->out, list->rows[i].project_id);
        strbuf_puts(call->out, i + 1 < list->count ? "}, " : "}");
    }
    JSON_PUT_LITERAL(call->out, "]}");
}

static struct fault *not_found(const struct call *call, struct fault *fault)
{
    return fault && (fault_is(fault, FAULT_FlavorNotFound) || fault_is(fault, FAULT_FlavorAccessNotFound))
               ? fault_http(call->mem, 404, "%s", fault->message)
               : fault;
}

static struct fault *flavor_access_index(struct call *call)
{
    struct flavor_access_list list;

    TRY(policy_check(call->context, "os_compute_api:os-flavor-access", NULL));
    TRY(not_found(call, flavors_access(call->context, call->vars[0], &list)));
    if (list.is_public)
        return fault_http(call->mem, 404, "Access list not available for public flavors.");
    put_list(call, &list);
    return NULL;
}

static const char *tenant_of(const struct call *call)
{
    return json_string_value(json_object_get(json_object_get(call->body, call->route->action), "tenant"));
}

static struct fault *flavor_access_add(struct call *call)
{
    struct flavor_access_list list;
    struct fault *fault;

    TRY(policy_check(call->context, POLICY("add_tenant_access"), &(struct policy_target){ NULL, NULL }));
    TRY(keystone_project_check(call->context, tenant_of(call)));
    TRY(not_found(call, flavors_access(call->context, call->vars[0], &list)));
    if (list.is_public && versions_hold((struct versions)V_FROM(7), call->version))
        return fault_http(call->mem, 409, "Can not add access to a public flavor.");
    fault = flavors_access_add(call->context, call->vars[0], tenant_of(call), &list);
    if (fault && fault_is(fault, FAULT_FlavorAccessExists))
        return fault_http(call->mem, 409, "%s", fault->message);
    TRY(not_found(call, fault));
    put_list(call, &list);
    return NULL;
}

/* A project that is gone may still be taken off the list. */
static struct fault *flavor_access_remove(struct call *call)
{
    struct flavor_access_list list;
    struct fault *fault;

    TRY(policy_check(call->context, POLICY("remove_tenant_access"), &(struct policy_target){ NULL, NULL }));
    fault = keystone_project_check(call->context, tenant_of(call));
    if (fault && !strstr(fault->message, "is not a valid project."))
        return fault;
    TRY(not_found(call, flavors_access(call->context, call->vars[0], &list)));
    TRY(not_found(call, flavors_access_remove(call->context, call->vars[0], tenant_of(call), &list)));
    put_list(call, &list);
    return NULL;
}

/* clang-format off */
static const struct route flavor_access_routes[] = {
    { "POST", "/flavors/{id}/action", "addTenantAccess", V_ALL, flavor_access_add, 200, .errors = { 400, 403, 404, 409 },
      .body = flavor_access_add_tenant_access_body,
      .policies = "os_compute_api:os-flavor-access:add_tenant_access" },
    { "POST", "/flavors/{id}/action", "removeTenantAccess", V_ALL, flavor_access_remove, 200, .errors = { 400, 403, 404 },
      .body = flavor_access_remove_tenant_access_body,
      .policies = "os_compute_api:os-flavor-access:remove_tenant_access" },
    { "GET", "/flavors/{flavor_id}/os-flavor-access", NULL, V_ALL, flavor_access_index, 200, .errors = { 404 },
      .policies = "os_compute_api:os-flavor-access" },
    { 0 },
};
/* clang-format on */

const struct resource flavor_access_resource = { "flavor_access", flavor_access_routes };
