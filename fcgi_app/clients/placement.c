/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to placement and what nova makes of their statuses; see the header. */
#include "config.h"

#include "fcgi_app/clients/placement.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/path.h"
#include "fcgi_app/clients/service.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <string.h>

LOG_MODULE("nova.scheduler.client.report");

/* Microversions that operations ask for. */
#define TRAITS "1.6"
#define USAGES "1.9"
#define NESTED_PROVIDERS "1.14"
#define AGGREGATE_GENERATIONS "1.19"
#define CONSUMER_GENERATIONS "1.28"

/* How often what is worth it is tried at all. */
enum { ATTEMPTS = 4 };

struct fault *placement_call(const struct context *context, const void *mem, const char *method, const char *path,
                             const char *version, const json_t *body, struct placement_answer *answer)
{
    struct service_call call = { .service = &service_placement,
                                 .method = method,
                                 .path = path,
                                 .json = body,
                                 .microversion = version,
                                 .as = SERVICE_AS_GROUP };

    *answer = (struct placement_answer){ 0 };
    TRY(service_call(context, mem, &call));
    *answer = (struct placement_answer){ .status = call.status,
                                         .text = call.reply ? call.reply : "",
                                         .body = call.reply_size ? service_json(mem, &call) : NULL };
    return NULL;
}

static const char *path_with(const void *mem, const char *front, const char *part, const char *tail)
{
    struct strbuf path;

    strbuf_init(&path, mem, 128);
    strbuf_puts(&path, front);
    path_put_part(&path, part);
    strbuf_puts(&path, tail);
    return path.data;
}

/* resp.json()[key] of an answer that is taken. */
static struct fault *member(const void *mem, const struct placement_answer *answer, const char *key, json_t **value)
{
    *value = NULL;
    if (!answer->body)
        return fault_new(mem, requests_JSONDecodeError);
    return take_key(mem, answer->body, key, value);
}

/* The same as a set: an array whose members could be keys. */
static struct fault *set_of(const void *mem, const struct placement_answer *answer, const char *key, json_t **set)
{
    const json_t *one;
    size_t i;

    TRY(member(mem, answer, key, set));
    TRY(take_each(mem, *set, set));
    json_array_foreach(*set, i, one) TRY(take_hashable(mem, one));
    return NULL;
}

static bool went_well(const struct placement_answer *answer)
{
    return answer->status < 400;
}

/*
 * "Safe" calls: that nobody can be asked is logged, and *asked false.  What else went wrong between us and them stays a
 * fault.
 */
static struct fault *safe(struct fault *fault, bool *asked)
{
    *asked = !fault;
    if (!fault)
        return NULL;
    if (fault_is(fault, FAULT_keystone_ConnectFailure))
        log_warning("Placement API service is not responding.");
    else if (fault_is(fault, FAULT_keystone_EndpointNotFound))
        log_warning("The placement API endpoint was not found.");
    else if (fault_is(fault, FAULT_keystone_MissingAuthPlugin))
        log_warning("No authentication information found for placement API.");
    else if (fault_is(fault, FAULT_keystone_Unauthorized))
        log_warning("Placement service credentials do not work.");
    else if (fault_is(fault, FAULT_keystone_DiscoveryFailure))
        log_warning("Discovering suitable URL for placement API failed.");
    else
        return fault;
    return NULL;
}

/* ---- providers ---- */

struct fault *placement_provider_by_name(const struct context *context, const void *mem, const char *name,
                                         struct placement_provider *provider)
{
    struct placement_answer answer;
    json_t *list = NULL, *one;
    struct fault *fault;
    size_t count = 0;

    fault =
        placement_call(context, mem, "GET", path_with(mem, "/resource_providers?name=", name, ""), NULL, NULL, &answer);
    if (fault) {
        log_error("Failed to get resource provider by name: %s. Error: %s", name, fault->message);
        return fault_is(fault, FAULT_keystone_ClientException) ? fault_new(mem, PlacementAPIConnectFailure) : fault;
    }
    if (answer.status == 200) {
        TRY(member(mem, &answer, "resource_providers", &list));
        TRY(take_length(mem, list, &count));
    }
    if (count == 1) {
        TRY(take_first(mem, list, &one));
        provider->raw = one;
        return NULL;
    }
    if (count > 1)
        log_warning("Several resource providers are named %s, which should not happen", name);
    else if (answer.status != 200 && answer.status != 404)
        log_warning("Failed to retrieve resource provider %s: got %d: %s", name, answer.status, answer.text);
    return fault_new(mem, ResourceProviderNotFound, name);
}

struct fault *placement_provider_traits(const struct context *context, const void *mem, const char *uuid,
                                        const char *const **traits)
{
    struct placement_answer answer;
    json_t *list, *one;
    const char **names;
    size_t i, count = 0;

    TRY(placement_call(context, mem, "GET", path_with(mem, "/resource_providers/", uuid, "/traits"), TRAITS, NULL,
                       &answer));
    if (answer.status != 200) {
        log_error("Failed to retrieve traits of resource provider %s: got %d: %s", uuid, answer.status, answer.text);
        return fault_new(mem, ResourceProviderTraitRetrievalFailed, uuid);
    }
    TRY(set_of(mem, &answer, "traits", &list));
    TRY(member(mem, &answer, "resource_provider_generation", &one));
    names = mem_array(mem, const char *, json_array_size(list) + 1);
    json_array_foreach(list, i, one) if (json_is_string(one)) names[count++] = json_string_value(one);
    *traits = names;
    return NULL;
}

struct fault *placement_provider_delete(const struct context *context, const void *mem, const char *uuid,
                                        const char *const *servers)
{
    struct placement_answer answer;
    const json_t *list, *one;
    size_t count;

    for (; servers && *servers; servers++)
        TRY(placement_allocations_delete(context, mem, *servers, true));
    TRY(placement_call(context, mem, "GET", path_with(mem, "/resource_providers?in_tree=", uuid, ""), NESTED_PROVIDERS,
                       NULL, &answer));
    list = json_object_get(answer.body, "resource_providers");
    if (answer.status != 200 || !json_is_array(list)) {
        log_error("Failed to retrieve the tree of resource provider %s: got %d: %s", uuid, answer.status, answer.text);
        return fault_new(mem, ResourceProviderRetrievalFailed, uuid);
    }
    count = json_array_size(list);
    /* children first: a provider goes when nobody that is still there calls it parent */
    for (bool *gone = mem_array(mem, bool, count + 1);;) {
        size_t leaf = count;

        for (size_t i = 0; i < count && leaf == count; i++) {
            const char *id = json_string_value(json_object_get(json_array_get(list, i), "uuid"));
            bool parent = false;

            for (size_t c = 0; c < count; c++) {
                const char *above = json_string_value(json_object_get(json_array_get(list, c), "parent_provider_uuid"));

                parent = parent || (!gone[c] && id && above && !strcmp(above, id));
            }
            if (!gone[i] && id && !parent)
                leaf = i;
        }
        if (leaf == count)
            return NULL;
        gone[leaf] = true;
        one = json_array_get(list, leaf);
        TRY(placement_call(context, mem, "DELETE",
                           path_with(mem, "/resource_providers/", json_string_value(json_object_get(one, "uuid")), ""),
                           NULL, NULL, &answer));
        if (!went_well(&answer) && answer.status != 404)
            log_error("Failed to delete resource provider %s: got %d: %s",
                      json_string_value(json_object_get(one, "uuid")), answer.status, answer.text);
    }
}

/* ---- aggregates ---- */

/* One attempt; a conflict is ResourceProviderUpdateConflict. */
static struct fault *move_host(const struct context *context, const void *mem, const char *aggregate, const char *host,
                               bool in)
{
    struct placement_provider provider;
    struct placement_answer answer;
    json_t *body, *wanted, *list, *one, *generation;
    const char *path, *uuid;
    bool asked, there = false;
    size_t i;

    TRY(placement_provider_by_name(context, mem, host, &provider));
    TRY(take_key(mem, provider.raw, "uuid", &one));
    uuid = json_is_null(one) ? "None" : take_text(mem, one);
    path = path_with(mem, "/resource_providers/", uuid, "/aggregates");
    TRY(safe(placement_call(context, mem, "GET", path, AGGREGATE_GENERATIONS, NULL, &answer), &asked));
    if (!asked)
        return fault_new(mem, PlacementAPIConnectFailure);
    if (answer.status != 200) {
        log_error("Failed to retrieve aggregates of resource provider %s: got %d: %s", uuid, answer.status,
                  answer.text);
        return fault_new(mem, ResourceProviderAggregateRetrievalFailed, uuid);
    }
    TRY(set_of(mem, &answer, "aggregates", &list));
    TRY(member(mem, &answer, "resource_provider_generation", &generation));
    TRY(json_read(mem, "{\"aggregates\": []}", 18, &body));
    wanted = json_object_get(body, "aggregates");
    json_array_foreach(list, i, one)
    {
        if (json_is_string(one) && !strcmp(json_string_value(one), aggregate))
            there = true;
        else
            json_array_append(wanted, (json_t *)(uintptr_t)one);
    }
    if (there == in)
        return NULL;
    if (in)
        json_array_append_new(wanted, json_string(aggregate));
    json_object_set(body, "resource_provider_generation", generation);
    TRY(safe(placement_call(context, mem, "PUT", path, AGGREGATE_GENERATIONS, body, &answer), &asked));
    if (!asked)
        return NULL;
    if (answer.status == 200) {
        if (answer.body) /* what is no JSON is let be */
            TRY(take_key(mem, answer.body, "aggregates", &list));
        return answer.body ? take_key(mem, answer.body, "resource_provider_generation", &generation) : NULL;
    }
    log_error("Failed to update aggregates of resource provider %s: got %d: %s", uuid, answer.status, answer.text);
    if (answer.status == 409)
        return fault_new(mem, ResourceProviderUpdateConflict, uuid, (long long)json_integer_value(generation),
                         answer.text);
    return fault_new(mem, ResourceProviderUpdateFailed, path, answer.text);
}

static struct fault *move_host_again(const struct context *context, const void *mem, const char *aggregate,
                                     const char *host, bool in)
{
    struct fault *fault = NULL;

    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        fault = move_host(context, mem, aggregate, host, in);
        if (!fault || !fault_is(fault, FAULT_ResourceProviderUpdateConflict))
            break;
    }
    return fault;
}

struct fault *placement_aggregate_add_host(const struct context *context, const void *mem, const char *aggregate,
                                           const char *host)
{
    return move_host_again(context, mem, aggregate, host, true);
}

struct fault *placement_aggregate_remove_host(const struct context *context, const void *mem, const char *aggregate,
                                              const char *host)
{
    return move_host_again(context, mem, aggregate, host, false);
}

/* ---- usages ---- */

static struct fault *usages(const struct context *context, const void *mem, const char *project_id, const char *user_id,
                            json_t **by_class)
{
    struct placement_answer answer;
    struct fault *fault = NULL;
    struct strbuf path;

    strbuf_init(&path, mem, 128);
    strbuf_puts(&path, "/usages?project_id=");
    path_put_part(&path, project_id);
    if (user_id) {
        strbuf_puts(&path, "&user_id=");
        path_put_part(&path, user_id);
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        fault = placement_call(context, mem, "GET", path.data, USAGES, NULL, &answer);
        if (!fault || !fault_is(fault, FAULT_keystone_ConnectFailure))
            break;
    }
    if (fault)
        return fault;
    if (went_well(&answer)) {
        TRY(member(mem, &answer, "usages", by_class));
        return json_is_object(*by_class) ? NULL : fault_new(mem, AttributeError, "object has no attribute 'get'");
    }
    log_error("Failed to retrieve usages for project %s and user %s: got %d: %s", project_id, user_id ? user_id : "N/A",
              answer.status, answer.text);
    return fault_new(mem, UsagesRetrievalFailed, project_id, user_id ? user_id : "N/A");
}

struct fault *placement_usages(const struct context *context, const void *mem, const char *project_id,
                               const char *user_id, struct placement_usage *usage)
{
    json_t *by_class;

    TRY(usages(context, mem, project_id, user_id, &by_class));
    usage->cores =
        json_integer_value(json_object_get(by_class, "VCPU")) + json_integer_value(json_object_get(by_class, "PCPU"));
    usage->ram = json_integer_value(json_object_get(by_class, "MEMORY_MB"));
    return NULL;
}

struct fault *placement_usages_by_class(const struct context *context, const void *mem, const char *project_id,
                                        json_t **by_class)
{
    return usages(context, mem, project_id, NULL, by_class);
}

/* ---- allocations ---- */

struct fault *placement_allocations_delete(const struct context *context, const void *mem, const char *server_id,
                                           bool force)
{
    const char *path = path_with(mem, "/allocations/", server_id, "");
    struct placement_answer answer;
    json_t *none;
    bool asked;

    if (force) {
        TRY(safe(placement_call(context, mem, "DELETE", path, NULL, NULL, &answer), &asked));
        if (!asked || went_well(&answer) || answer.status == 404)
            return NULL;
    } else {
        TRY(safe(placement_call(context, mem, "GET", path, CONSUMER_GENERATIONS, NULL, &answer), &asked));
        if (!asked)
            return NULL;
        if (went_well(&answer)) {
            if (!json_is_object(answer.body))
                return fault_new(mem, ValueError, "Expecting value: line 1 column 1 (char 0)");
            if (!json_object_size(json_object_get(answer.body, "allocations")))
                return NULL;
            TRY(json_read(mem, "{}", 2, &none));
            json_object_set(answer.body, "allocations", none);
            TRY(safe(placement_call(context, mem, "PUT", path, CONSUMER_GENERATIONS, answer.body, &answer), &asked));
            if (!asked || answer.status == 204)
                return NULL;
        }
    }
    log_warning("Unable to delete allocation for instance %s: (%d %s)", server_id, answer.status, answer.text);
    return fault_new(mem, AllocationDeleteFailed, server_id, answer.text);
}

struct fault *placement_allocations_show(const struct context *context, const void *mem, const char *server_id,
                                         json_t **allocations)
{
    struct placement_answer answer;
    struct fault *fault;

    fault = placement_call(context, mem, "GET", path_with(mem, "/allocations/", server_id, ""), CONSUMER_GENERATIONS,
                           NULL, &answer);
    if (!fault && answer.status == 200 && json_is_object(json_object_get(answer.body, "allocations"))) {
        *allocations = json_object_get(answer.body, "allocations");
        return NULL;
    }
    if (fault && !fault_is(fault, FAULT_keystone_ClientException))
        return fault;
    log_warning("Failed to get allocations for consumer %s: %s", server_id, fault ? fault->message : answer.text);
    return json_read(mem, "{}", 2, allocations);
}
