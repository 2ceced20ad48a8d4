/* SPDX-License-Identifier: Apache-2.0 */
/* /os-aggregates, /os-aggregates/{id}, /os-aggregates/{id}/action, …: the rows of upstream's module aggregates. */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/schemas/aggregates.h"
#include "routes/views/aggregates.h"

#include <string.h>

LOG_MODULE("nova.api.openstack.compute.aggregates");

#define RULE "os_compute_api:os-aggregates:"

static struct fault *may(const struct call *call, const char *rule)
{
    return policy_check(call->context, rule, &(struct policy_target){ NULL, NULL });
}

static struct fault *check_id(const struct call *call)
{
    int64_t id;

    if (!take_int_text(call->vars[0], &id))
        return fault_http(call->mem, 400, "Invalid input received: id must be an integer");
    return NULL;
}

/* What a fault becomes, one row a kind; others pass. */
struct outcome {
    enum fault_name name;
    int code;
};

static struct fault *as_http(const struct call *call, struct fault *fault, const struct outcome *rows, size_t count)
{
    for (size_t i = 0; fault && i < count; i++)
        if (fault_is(fault, rows[i].name))
            return fault_http(call->mem, rows[i].code, "%s", fault->message);
    return fault;
}
#define AS_HTTP(call, fault, rows) as_http((call), (fault), (rows), sizeof(rows) / sizeof((rows)[0]))

static const struct outcome usual[] = {
    { FAULT_AggregateNotFound, 404 },
    { FAULT_AggregateNameExists, 409 },
    { FAULT_InvalidAggregateAction, 400 },
};

/* /v2 lets white space around names in, and takes it off. */
static const char *normal_name(const struct call *call, const json_t *name)
{
    return json_is_string(name) ? text_strip(call->mem, json_string_value(name)) : NULL;
}

static struct fault *aggregates_index(struct call *call)
{
    struct aggregates list;

    TRY(may(call, RULE "index"));
    TRY(aggregates_list(call->context, &list));
    aggregates_view_list(call, &list);
    return NULL;
}

static struct fault *aggregates_show(struct call *call)
{
    struct aggregate aggregate;

    TRY(may(call, RULE "show"));
    TRY(check_id(call));
    TRY(AS_HTTP(call, aggregates_get(call->context, call->vars[0], &aggregate), usual));
    aggregates_view_show(call, &aggregate, false);
    return NULL;
}

static struct fault *aggregates_create_handler(struct call *call)
{
    const json_t *body = json_object_get(call->body, "aggregate");
    const char *zone = normal_name(call, json_object_get(body, "availability_zone"));
    struct aggregate aggregate;

    TRY(may(call, RULE "create"));
    TRY(AS_HTTP(call,
                aggregates_create(call->context, normal_name(call, json_object_get(body, "name")),
                                  text_is_empty(zone) ? NULL : zone, &aggregate),
                usual));
    aggregates_view_show(call, &aggregate, true);
    return NULL;
}

static struct fault *aggregates_update_handler(struct call *call)
{
    const json_t *body = json_object_get(call->body, "aggregate");
    const json_t *zone = json_object_get(body, "availability_zone");
    struct aggregate aggregate;

    TRY(may(call, RULE "update"));
    TRY(check_id(call));
    TRY(AS_HTTP(call,
                aggregates_update(call->context, call->vars[0], normal_name(call, json_object_get(body, "name")),
                                  zone != NULL, json_string_value(zone), &aggregate),
                usual));
    aggregates_view_show(call, &aggregate, false);
    return NULL;
}

static struct fault *aggregates_delete_handler(struct call *call)
{
    TRY(may(call, RULE "delete"));
    TRY(check_id(call));
    return AS_HTTP(call, aggregates_delete(call->context, call->vars[0]), usual);
}

/* ---- actions ---- */

static const char *action_host(const struct call *call)
{
    return json_string_value(json_object_get(json_object_get(call->body, call->route->action), "host"));
}

static struct fault *aggregates_add_host_action(struct call *call)
{
    static const struct outcome outcomes[] = {
        { FAULT_AggregateNotFound, 404 },   { FAULT_HostMappingNotFound, 404 },    { FAULT_ComputeHostNotFound, 404 },
        { FAULT_AggregateHostExists, 409 }, { FAULT_InvalidAggregateAction, 409 },
    };
    struct aggregate aggregate;

    TRY(may(call, RULE "add_host"));
    TRY(check_id(call));
    TRY(AS_HTTP(call, aggregates_add_host(call->context, call->vars[0], action_host(call), &aggregate), outcomes));
    aggregates_view_show(call, &aggregate, false);
    return NULL;
}

static struct fault *aggregates_remove_host_action(struct call *call)
{
    static const struct outcome outcomes[] = {
        { FAULT_AggregateNotFound, 404 },
        { FAULT_AggregateHostNotFound, 404 },
        { FAULT_ComputeHostNotFound, 404 },
        { FAULT_InvalidAggregateAction, 409 },
        { FAULT_ResourceProviderUpdateConflict, 409 },
    };
    const char *id = call->vars[0], *host = action_host(call);
    struct aggregate aggregate;
    struct fault *fault;

    TRY(may(call, RULE "remove_host"));
    TRY(check_id(call));
    fault = aggregates_remove_host(call->context, id, host, &aggregate);
    for (size_t i = 0; fault && i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        if (!fault_is(fault, outcomes[i].name))
            continue;
        log_error("Failed to remove host %s from aggregate %s. Error: %s", host, id, fault->message);
        return fault_http(call->mem, outcomes[i].code, "Cannot remove host %s in aggregate %s", host, id);
    }
    TRY(fault);
    aggregates_view_show(call, &aggregate, false);
    return NULL;
}

static struct fault *aggregates_set_metadata_action(struct call *call)
{
    json_t *metadata = json_object_get(json_object_get(call->body, "set_metadata"), "metadata");
    struct aggregate aggregate;

    TRY(may(call, RULE "set_metadata"));
    TRY(check_id(call));
    TRY(AS_HTTP(call, aggregates_set_metadata(call->context, call->vars[0], metadata, &aggregate), usual));
    aggregates_view_show(call, &aggregate, false);
    return NULL;
}

static struct fault *aggregates_images(struct call *call)
{
    static const struct outcome outcomes[] = {
        { FAULT_AggregateNotFound, 404 },
        { FAULT_NovaException, 400 },
    };
    const json_t *cache = json_object_get(call->body, "cache");
    size_t count = json_array_size(cache);
    const char **images = mem_array(call->mem, const char *, count + 1);

    TRY(may(call, "compute:aggregates:images"));
    TRY(check_id(call));
    for (size_t i = 0; i < count; i++) {
        images[i] = json_string_value(json_object_get(json_array_get(cache, i), "id"));
        for (size_t j = 0; j < i; j++)
            if (!strcmp(images[i], images[j]))
                return fault_http(call->mem, 400, "Duplicate images in request");
    }
    return AS_HTTP(call, aggregates_cache_images(call->context, call->vars[0], images, count), outcomes);
}

/* clang-format off */
static const struct route aggregates_routes[] = {
    { "GET", "/os-aggregates", NULL, V_ALL, aggregates_index, 200, .errors = { 0 },
      .policies = "os_compute_api:os-aggregates:index" },
    { "POST", "/os-aggregates", NULL, V_ALL, aggregates_create_handler, 200, .errors = { 400, 409 }, .body = aggregates_create_body,
      .policies = "os_compute_api:os-aggregates:create" },
    { "GET", "/os-aggregates/{id}", NULL, V_ALL, aggregates_show, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-aggregates:show" },
    { "PUT", "/os-aggregates/{id}", NULL, V_ALL, aggregates_update_handler, 200, .errors = { 400, 404, 409 }, .body = aggregates_update_body,
      .policies = "os_compute_api:os-aggregates:update" },
    { "DELETE", "/os-aggregates/{id}", NULL, V_ALL, aggregates_delete_handler, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-aggregates:delete" },
    { "POST", "/os-aggregates/{id}/action", "add_host", V_ALL, aggregates_add_host_action, 200, .errors = { 400, 404, 409 },
      .body = aggregates_add_host_body,
      .policies = "os_compute_api:os-aggregates:add_host" },
    { "POST", "/os-aggregates/{id}/action", "remove_host", V_ALL, aggregates_remove_host_action, 200, .errors = { 400, 404, 409 },
      .body = aggregates_remove_host_body,
      .policies = "os_compute_api:os-aggregates:remove_host" },
    { "POST", "/os-aggregates/{id}/action", "set_metadata", V_ALL, aggregates_set_metadata_action, 200, .errors = { 400, 404 },
      .body = aggregates_set_metadata_body,
      .policies = "os_compute_api:os-aggregates:set_metadata" },
    { "POST", "/os-aggregates/{id}/images", NULL, V_FROM(81), aggregates_images, 202, .errors = { 400, 404 },
      .body = aggregates_images_body,
      .policies = "compute:aggregates:images" },
    { 0 },
};
/* clang-format on */

const struct resource aggregates_resource = { "aggregates", aggregates_routes };
