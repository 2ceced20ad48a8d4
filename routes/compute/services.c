/* SPDX-License-Identifier: Apache-2.0 */
/* /os-services, /os-services/{id}: the rows of upstream's module services. */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/services.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/services.h"
#include "routes/views/services.h"

#include <string.h>

/* No target at all that a rule could compare with. */
static const struct policy_target nobody = { NULL, NULL };

static struct fault *services_index(struct call *call)
{
    bool partial = versions_hold((struct versions)V_FROM(69), call->version);
    struct services services;

    TRY(policy_check(call->context, "os_compute_api:os-services:list", &nobody));
    TRY(services_list(call->context, partial, &services));
    services_view_list(call, &services, query_get(&call->query, "host"), query_get(&call->query, "binary"));
    return NULL;
}

/* ---- to 2.52: an action in the path, host and binary in the body ---- */

static bool is_true(const json_t *value)
{
    return json_is_true(value) || (json_is_string(value) && text_bool(json_string_value(value)) == true);
}

static const char *body_text(const struct call *call, const char *key)
{
    return json_string_value(json_object_get(call->body, key));
}

static struct fault *update_on_host(const struct call *call, const struct service_change *change)
{
    const char *host = body_text(call, "host"), *binary = body_text(call, "binary");
    struct service service;
    struct fault *fault;

    if (strcmp(binary, "nova-compute"))
        return fault_http(call->mem, 400,
                          "Updating a %s service is not supported. Only nova-compute services can be updated.", binary);
    fault = services_find_binary(call->context, host, binary, &service);
    if (fault && (fault_is(fault, FAULT_HostBinaryNotFound) || fault_is(fault, FAULT_HostMappingNotFound)))
        return fault_http(call->mem, 404, "%s", fault->message);
    TRY(fault);
    return services_update(call->context, &service, change);
}

static struct fault *force_down(const struct call *call)
{
    const char *host = body_text(call, "host"), *binary = body_text(call, "binary");
    const json_t *forced = json_object_get(call->body, "forced_down");
    const struct service_change change = { .sets_forced_down = true, .forced_down = is_true(forced) };

    if (!forced)
        return fault_http(call->mem, 400, "Missing forced_down field");
    if (!strcmp(binary, "nova-compute") && !change.forced_down)
        TRY(services_check_evacuations(call->context, NULL, host));
    TRY(update_on_host(call, &change));
    services_view_change(call, host, binary, NULL, NULL, &change.forced_down);
    return NULL;
}

static struct fault *services_update_action(struct call *call)
{
    const char *action = call->vars[0];
    const char *reason = body_text(call, "disabled_reason");
    struct service_change change = { .sets_disabled = true };

    TRY(policy_check(call->context, "os_compute_api:os-services:update", &nobody));
    if (!strcmp(action, "force-down") && versions_hold((struct versions)V_FROM(11), call->version))
        return force_down(call);
    if (!strcmp(action, "disable-log-reason")) {
        if (!reason)
            return fault_http(call->mem, 400, "Missing disabled reason field");
        change.reason = reason;
    } else if (strcmp(action, "enable") && strcmp(action, "disable")) {
        return fault_http(call->mem, 404, "Unknown action");
    }
    change.disabled = strcmp(action, "enable") != 0;
    TRY(update_on_host(call, &change));
    services_view_change(call, body_text(call, "host"), body_text(call, "binary"),
                         change.disabled ? "disabled" : "enabled", change.reason, NULL);
    return NULL;
}

/* ---- from 2.53 on: a uuid in the path ---- */

static struct fault *read_change(const struct call *call, const struct service *service, struct service_change *change)
{
    const char *status = body_text(call, "status"), *reason = body_text(call, "disabled_reason");
    const json_t *forced = json_object_get(call->body, "forced_down");

    *change = (struct service_change){ 0 };
    if (status) {
        change->sets_disabled = true;
        change->disabled = !strcmp(status, "disabled");
        if (!change->disabled && !text_is_empty(reason))
            return fault_http(call->mem, 400, "Specifying 'disabled_reason' with status 'enabled' is invalid.");
        change->reason = change->disabled ? reason : NULL;
    }
    if (forced) {
        change->sets_forced_down = true;
        change->forced_down = is_true(forced);
        if (!change->forced_down)
            TRY(services_check_evacuations(call->context, service->cell, service->row->host));
    }
    if (!change->sets_disabled && !change->sets_forced_down)
        return fault_http(call->mem, 400,
                          "No updates were requested. Fields 'status' or 'forced_down' should be specified.");
    return NULL;
}

static struct fault *services_update_one(struct call *call)
{
    struct service_change change;
    struct service service;
    struct fault *fault;

    if (!text_is_uuid_like(call->vars[0]))
        return fault_http(call->mem, 400, "Invalid uuid %s", call->vars[0]);
    TRY(policy_check(call->context, "os_compute_api:os-services:update", &nobody));
    fault = service_find(call->context, call->vars[0], &service);
    if (fault && fault_is(fault, FAULT_ServiceNotFound))
        return fault_http(call->mem, 404, "%s", fault->message);
    TRY(fault);
    if (strcmp(service.row->binary, "nova-compute"))
        return fault_http(call->mem, 400,
                          "Updating a %s service is not supported. Only nova-compute services can be updated.",
                          service.row->binary);
    TRY(read_change(call, &service, &change));
    TRY(services_update(call->context, &service, &change));
    TRY(service_find_zone(call->context, &service));
    services_view_show(call, &service);
    return NULL;
}

static struct fault *services_delete_handler(struct call *call)
{
    const char *id = call->vars[0];
    struct service service;
    struct fault *fault;
    int64_t number;

    TRY(policy_check(call->context, "os_compute_api:os-services:delete", &nobody));
    if (versions_hold((struct versions)V_FROM(53), call->version)) {
        if (!text_is_uuid_like(id))
            return fault_http(call->mem, 400, "Invalid uuid %s", id);
    } else if (!take_int_text(id, &number)) {
        return fault_http(call->mem, 400, "Invalid input received: id must be an integer");
    }
    fault = service_find(call->context, id, &service);
    if (fault && fault_is(fault, FAULT_ServiceNotFound))
        return fault_http(call->mem, 404, "Service %s not found.", id);
    if (fault && fault_is(fault, FAULT_ServiceNotUnique))
        return fault_http(call->mem, 400, "Service id %s refers to multiple services.", id);
    TRY(fault);
    return services_delete(call->context, &service);
}

/* clang-format off */
static const struct route services_routes[] = {
    { "GET", "/os-services", NULL, V_ALL, services_index, 200, .errors = { 0 }, .query = services_index_query,
      .policies = "os_compute_api:os-services:list" },
    { "PUT", "/os-services/{id}", NULL, V_UPTO(52), services_update_action, 200, .errors = { 400, 404 }, .body = services_update_body,
      .policies = "os_compute_api:os-services:update" },
    { "PUT", "/os-services/{id}", NULL, V_FROM(53), services_update_one, 200, .errors = { 400, 404 }, .body = services_update_body,
      .policies = "os_compute_api:os-services:update" },
    { "DELETE", "/os-services/{id}", NULL, V_ALL, services_delete_handler, 204, .errors = { 400, 404, 409 },
      .policies = "os_compute_api:os-services:delete" },
    { 0 },
};
/* clang-format on */

const struct resource services_resource = { "services", services_routes };
