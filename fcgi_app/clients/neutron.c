/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to the network service; see the header.  Rows say how resources are
 * called, one function what a status means.  Neighbours: neutron_parts.c
 * reads ports and networks, neutron_named.c asks the questions of several
 * calls.
 */
#include "config.h"

#include "fcgi_app/clients/neutron.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/neutron_private.h"
#include "fcgi_app/clients/path.h"
#include "fcgi_app/clients/state.h"
#include "fcgi_app/http/query.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <string.h>

LOG_MODULE("nova.network.neutron");

/* Bytes of an address that neutronclient sends at most. */
enum { URL_LIMIT = 8192 };

const struct neutron_row neutron_rows[NEUTRON_RESOURCE_COUNT] = {
    [NEUTRON_NETWORKS] = { "/v2.0/networks", "networks", "network" },
    [NEUTRON_PORTS] = { "/v2.0/ports", "ports", "port" },
    [NEUTRON_SUBNETS] = { "/v2.0/subnets", "subnets", "subnet" },
    [NEUTRON_SECURITY_GROUPS] = { "/v2.0/security-groups", "security_groups", "security_group" },
    [NEUTRON_SECURITY_GROUP_RULES] = { "/v2.0/security-group-rules", "security_group_rules", "security_group_rule" },
    [NEUTRON_FLOATINGIPS] = { "/v2.0/floatingips", "floatingips", "floatingip" },
    [NEUTRON_QUOTAS] = { "/v2.0/quotas", "quotas", "quota" },
    [NEUTRON_EXTENSIONS] = { "/v2.0/extensions", "extensions", "extension" },
    [NEUTRON_AUTO_ALLOCATED_TOPOLOGY] = { "/v2.0/auto-allocated-topology", "auto_allocated_topologies",
                                          "auto_allocated_topology" },
};

/* ---- outcome ---- */

static enum fault_name class_of_status(int status)
{
    switch (status) {
    case 400:
        return FAULT_neutron_BadRequest;
    case 401:
        return FAULT_neutron_Unauthorized;
    case 403:
        return FAULT_neutron_Forbidden;
    case 404:
        return FAULT_neutron_NotFound;
    case 409:
        return FAULT_neutron_Conflict;
    case 500:
        return FAULT_neutron_InternalServerError;
    case 503:
        return FAULT_neutron_ServiceUnavailable;
    default:
        return FAULT_neutron_NeutronClientException;
    }
}

/* The class that neutronclient has for an error of neutron's; that of the status where it has none. */
static enum fault_name class_of_type(const char *type, int status)
{
    static const enum fault_name classes[] = {
        FAULT_neutron_ExternalIpAddressExhaustedClient,
        FAULT_neutron_HostNotCompatibleWithFixedIpsClient,
        FAULT_neutron_InvalidIpForNetworkClient,
        FAULT_neutron_InvalidIpForSubnetClient,
        FAULT_neutron_IpAddressAlreadyAllocatedClient,
        FAULT_neutron_IpAddressGenerationFailureClient,
        FAULT_neutron_IpAddressInUseClient,
        FAULT_neutron_MacAddressInUseClient,
        FAULT_neutron_NetworkInUseClient,
        FAULT_neutron_NetworkNotFoundClient,
        FAULT_neutron_OverQuotaClient,
        FAULT_neutron_PortInUseClient,
        FAULT_neutron_PortNotFoundClient,
        FAULT_neutron_StateInvalidClient,
    };

    for (size_t i = 0; type && i < sizeof(classes) / sizeof(classes[0]); i++) {
        const char *name = fault_class(classes[i]);
        size_t length = strlen(name) - strlen("Client");

        if (strlen(type) == length && !strncmp(name, type, length))
            return classes[i];
    }
    return class_of_status(status);
}

/* An error of neutron's own form, in Python's words; *type is neutron's name for it where all that belongs to it is
 * there. */
static void put_error(struct strbuf *text, const json_t *error, const char **type)
{
    const json_t *name = json_object_get(error, "type"), *message = json_object_get(error, "message");
    const json_t *detail = json_object_get(error, "detail");
    bool more = take_is_true(detail);

    if (!name || !message || !detail || (more && !(json_is_string(message) && json_is_string(detail)))) {
        json_put_python_str(text, error);
        return;
    }
    *type = json_string_value(name);
    json_put_python_str(text, message);
    if (more)
        strbuf_printf(text, "\n%s", json_string_value(detail));
}

/*
 * What neutron said, in the words of neutronclient's exception; *type is its own name for it, or NULL.
 * Fault: AttributeError for an answer that is neither an object nor a text.
 */
static struct fault *error_text(const void *mem, const struct service_call *call, const char **type, const char **words)
{
    const json_t *body = call->reply_size ? service_json(mem, call) : NULL;
    const json_t *error = json_object_get(body, "NeutronError"), *message = json_object_get(body, "message");
    const char *id = service_header(call, "x-openstack-request-id");
    struct strbuf text;

    *type = NULL;
    strbuf_init(&text, mem, 256);
    if (!body)
        strbuf_puts(&text, call->reply_size ? call->reply : fault_title(call->status));
    else if (!take_is_true(body))
        strbuf_printf(&text, "%d-()", call->status);
    else if (json_is_string(body))
        strbuf_printf(&text, "%d-%s", call->status, json_string_value(body));
    else if (!json_is_object(body))
        return fault_new(mem, AttributeError, "'NoneType' object has no attribute 'request_ids'");
    else if (take_is_true(error))
        put_error(&text, error, type);
    else if (take_is_true(message))
        json_put_python_str(&text, message);
    else {
        strbuf_printf(&text, "%d-", call->status);
        json_put_python_str(&text, body);
    }
    if (id)
        strbuf_printf(&text, "\nNeutron server returns request_ids: ['%s']", id);
    *words = text.data;
    return NULL;
}

/* Was the call made as an administrator, in upstream's wrapper's eyes? */
static bool as_administrator(const struct context *context, const struct service_call *call)
{
    return call->as == SERVICE_AS_GROUP || context->is_admin;
}

struct fault *neutron_outcome(const struct context *context, const void *mem, const struct service_call *call,
                              json_t **body)
{
    const char *type, *text = NULL;
    enum fault_name name;

    *body = NULL;
    if (call->fault) {
        if (fault_is(call->fault, FAULT_keystone_MissingAuthPlugin)) {
            log_error("The [neutron] section has no credentials (auth_type) for the networking service");
            return fault_new(mem, neutron_Unauthorized, "Unknown auth type: None");
        }
        return call->fault;
    }
    if (call->status == 200 || call->status == 201 || call->status == 202 || call->status == 204) {
        if (call->reply_size) {
            *body = service_json(mem, call);
            if (!*body)
                return fault_new(mem, neutron_MalformedResponseBody, "Cannot understand JSON");
        }
        return NULL;
    }
    TRY(error_text(mem, call, &type, &text));
    name = class_of_type(type, call->status);
    if (name == FAULT_neutron_Unauthorized) {
        if (!as_administrator(context, call))
            return fault_new(mem, Unauthorized);
        log_error("The networking service did not take the administrator's token: check [neutron]'s credentials");
        return fault_new(mem, NeutronAdminCredentialConfigurationInvalid);
    }
    if (name == FAULT_neutron_Forbidden)
        return fault_text(mem, Forbidden, "%s", text);
    return fault_make_text(mem, name, call->status, __FILE__, __LINE__, __func__, "%s", text);
}

/* neutronclient makes an empty tuple of what is empty, and nothing of what is neither object nor text: body[key]. */
static struct fault *body_key(const void *mem, const json_t *body, const char *key, json_t **item)
{
    *item = NULL;
    if (!take_is_true(body))
        return fault_new(mem, TypeError, "tuple indices must be integers or slices, not str");
    return take_key(mem, json_is_object(body) || json_is_string(body) ? body : NULL, key, item);
}

/* body.get(key) of the same. */
static struct fault *body_get(const void *mem, const json_t *body, const char *key, json_t **item)
{
    *item = NULL;
    if (json_is_object(body) && json_object_size(body))
        return take_get(mem, body, key, item);
    return fault_new(mem, AttributeError,
                     mem_printf(mem, "'%s' object has no attribute 'get'",
                                !take_is_true(body)    ? "_TupleWithMeta"
                                : json_is_string(body) ? "_StrWithMeta"
                                                       : "NoneType"));
}

struct fault *neutron_prepare(const struct context *context, const void *mem, enum neutron_as as,
                              struct service_call *call)
{
    call->service = &service_neutron;
    call->as = as == NEUTRON_SERVICE ? SERVICE_AS_GROUP : SERVICE_AS_USER;
    call->connect_retries = (int)conf_int(context->worker->conf, OPTION_neutron_http_retries);
    if (as == NEUTRON_USER && !service_has_token(context) && !context->is_admin)
        return fault_new(mem, Unauthorized);
    return NULL;
}

/* One call, waited for. */
static struct fault *call_one(const struct context *context, const void *mem, enum neutron_as as, const char *method,
                              const char *path, const json_t *body, json_t **answer)
{
    struct service_call call = { .method = method, .path = path, .json = body };

    TRY(neutron_prepare(context, mem, as, &call));
    service_calls(context, mem, &call, 1);
    return neutron_outcome(context, mem, &call, answer);
}

/* ---- lists ---- */

static void put_params(struct strbuf *path, const struct neutron_param *params)
{
    for (; params && params->name; params++)
        service_put_param(path, params->name, params->value ? params->value : "None"); /* as Python writes it */
}

/* The query of the next page's address, or NULL.  A link that lacks a key ends the list. */
static struct fault *next_query(const void *mem, const json_t *body, const char *plural, const char **query)
{
    json_t *links = json_object_get(body, mem_printf(mem, "%s_links", plural)), *link, *rel, *href;
    size_t i;

    *query = NULL;
    if (!links)
        return NULL;
    TRY(take_each(mem, links, &links));
    json_array_foreach(links, i, link)
    {
        if (json_is_object(link) && (!json_object_get(link, "rel") || !json_object_get(link, "href")))
            return NULL;
        TRY(take_key(mem, link, "rel", &rel));
        href = json_object_get(link, "href");
        if (!json_is_string(rel) || strcmp(json_string_value(rel), "next") != 0)
            continue;
        *query = json_is_string(href) ? strchr(json_string_value(href), '?') : NULL;
        return NULL;
    }
    return NULL;
}

static struct fault *take_page(const void *mem, struct neutron_list *list, json_t *body, const char **path)
{
    const struct neutron_row *row = &neutron_rows[list->resource];
    json_t *items, *item;
    const char *query;
    size_t i;

    *path = NULL;
    TRY(body_key(mem, body, row->plural, &items));
    TRY(take_each(mem, items, &items));
    if (!list->items)
        list->items = items;
    else
        json_array_foreach(items, i, item) json_array_append(list->items, item);
    TRY(next_query(mem, body, row->plural, &query));
    if (query)
        *path = mem_printf(mem, "%s%s", row->path, query);
    return NULL;
}

/* Answers of one list are good for this many pages: a peer that links a page to itself must not keep us. */
enum { PAGES_AT_MOST = 10000 };

void neutron_lists(const struct context *context, const void *mem, enum neutron_as as, struct neutron_list *lists,
                   size_t count)
{
    const char **paths = mem_array(mem, const char *, count + 1);
    struct service_call *calls = mem_array(mem, struct service_call, count + 1);
    size_t *owners = mem_array(mem, size_t, count + 1), waiting = count;

    for (size_t i = 0; i < count; i++) {
        struct strbuf path;

        lists[i].items = NULL;
        lists[i].fault = NULL;
        strbuf_init(&path, mem, 256);
        strbuf_puts(&path, neutron_rows[lists[i].resource].path);
        put_params(&path, lists[i].params);
        paths[i] = path.data;
    }
    for (unsigned page = 0; waiting && page < PAGES_AT_MOST; page++) {
        waiting = 0;
        for (size_t i = 0; i < count; i++) {
            struct service_call *call = &calls[waiting];

            if (!paths[i])
                continue;
            *call = (struct service_call){ .method = "GET", .path = paths[i] };
            lists[i].fault = neutron_prepare(context, mem, as, call);
            if (!lists[i].fault)
                owners[waiting++] = i;
            paths[i] = NULL;
        }
        service_calls(context, mem, calls, waiting);
        for (size_t c = 0; c < waiting; c++) {
            struct neutron_list *list = &lists[owners[c]];
            json_t *body;

            list->fault = neutron_outcome(context, mem, &calls[c], &body);
            if (!list->fault)
                list->fault = take_page(mem, list, body, &paths[owners[c]]);
        }
    }
}

struct fault *neutron_list(const struct context *context, const void *mem, enum neutron_as as,
                           enum neutron_resource resource, const struct neutron_param *params, json_t **items)
{
    struct neutron_list list = { .resource = resource, .params = params };

    neutron_lists(context, mem, as, &list, 1);
    *items = list.items;
    return list.fault;
}

struct fault *neutron_list_many(const struct context *context, const void *mem, enum neutron_as as,
                                enum neutron_resource resource, const char *name, const char *const *values,
                                size_t count, size_t per, const struct neutron_param *params, json_t **items)
{
    struct neutron_list *lists;
    size_t extra = 0, list_count = 0, at = 0, i;
    json_t *item;

    while (params && params[extra].name)
        extra++;
    lists = mem_array(mem, struct neutron_list, count + 1);
    while (at < count) {
        size_t room = URL_LIMIT / 2, taken = 0, limit = per ? per : count;
        struct neutron_param *own;

        /* an address of half the limit always fits, the front of it and the other parameters beside it */
        while (at + taken < count && taken < limit) {
            size_t size = strlen(name) + strlen(values[at + taken]) * (per ? 1 : 3) + 2;

            if (!per && size > room && taken)
                break;
            room = size > room ? 0 : room - size;
            taken++;
        }
        own = mem_array(mem, struct neutron_param, taken + extra + 1);
        for (size_t v = 0; v < taken; v++)
            own[v] = (struct neutron_param){ name, values[at + v] };
        if (extra)
            memcpy(own + taken, params, extra * sizeof(*own));
        lists[list_count++] = (struct neutron_list){ .resource = resource, .params = own };
        at += taken;
    }
    neutron_lists(context, mem, as, lists, list_count);
    *items = NULL;
    for (size_t l = 0; l < list_count; l++) {
        if (lists[l].fault)
            return lists[l].fault;
        if (!*items)
            *items = lists[l].items;
        else
            json_array_foreach(lists[l].items, i, item) json_array_append(*items, item);
    }
    if (!*items)
        return json_read(mem, "[]", 2, items);
    return NULL;
}

/* ---- one ---- */

static const char *path_of(const void *mem, enum neutron_resource resource, const char *id,
                           const struct neutron_param *params)
{
    struct strbuf path;

    strbuf_init(&path, mem, 256);
    strbuf_puts(&path, neutron_rows[resource].path);
    if (id) {
        strbuf_putc(&path, '/');
        path_put_part(&path, id);
    }
    put_params(&path, params);
    return path.data;
}

struct fault *neutron_show(const struct context *context, const void *mem, enum neutron_as as,
                           enum neutron_resource resource, const char *id, const struct neutron_param *params,
                           json_t **item)
{
    json_t *body;

    TRY(call_one(context, mem, as, "GET", path_of(mem, resource, id, params), NULL, &body));
    return body_key(mem, body, neutron_rows[resource].one, item);
}

struct fault *neutron_show_get(const struct context *context, const void *mem, enum neutron_as as,
                               enum neutron_resource resource, const char *id, const struct neutron_param *params,
                               json_t **item)
{
    json_t *body;

    TRY(call_one(context, mem, as, "GET", path_of(mem, resource, id, params), NULL, &body));
    return body_get(mem, body, neutron_rows[resource].one, item);
}

/* A body whose one key is `key`; it lends its tree, so nothing of the caller's is copied. */
static struct fault *send(const struct context *context, const void *mem, enum neutron_as as, const char *method,
                          const char *path, enum neutron_resource resource, const char *key, const json_t *value,
                          json_t **item)
{
    bool get = resource == NEUTRON_SECURITY_GROUPS || resource == NEUTRON_SECURITY_GROUP_RULES; /* nova asks .get() */
    json_t *body, *answer;

    TRY(json_read(mem, "{}", 2, &body));
    json_object_set(body, key, (json_t *)(uintptr_t)value);
    TRY(call_one(context, mem, as, method, path, body, &answer));
    if (!item)
        return NULL;
    return get ? body_get(mem, answer, key, item) : body_key(mem, answer, key, item);
}

struct fault *neutron_create(const struct context *context, const void *mem, enum neutron_as as,
                             enum neutron_resource resource, const json_t *body, json_t **item)
{
    return send(context, mem, as, "POST", path_of(mem, resource, NULL, NULL), resource, neutron_rows[resource].one,
                body, item);
}

struct fault *neutron_create_many(const struct context *context, const void *mem, enum neutron_as as,
                                  enum neutron_resource resource, const json_t *bodies, json_t **items)
{
    return send(context, mem, as, "POST", path_of(mem, resource, NULL, NULL), resource, neutron_rows[resource].plural,
                bodies, items);
}

struct fault *neutron_update(const struct context *context, const void *mem, enum neutron_as as,
                             enum neutron_resource resource, const char *id, const json_t *body, json_t **item)
{
    return send(context, mem, as, "PUT", path_of(mem, resource, id, NULL), resource, neutron_rows[resource].one, body,
                item);
}

struct fault *neutron_delete(const struct context *context, const void *mem, enum neutron_as as,
                             enum neutron_resource resource, const char *id)
{
    json_t *body;

    return call_one(context, mem, as, "DELETE", path_of(mem, resource, id, NULL), NULL, &body);
}

/* ---- extensions ---- */

/* What a process remembers of them. */
struct extensions {
    char **aliases; /* NULL-terminated; NULL: never asked */
    uint64_t asked; /* monotonic microseconds */
};

struct fault *neutron_has_extension(const struct context *context, const void *mem, enum neutron_as as,
                                    const char *alias, bool *has)
{
    struct extensions *known = clients_state(context->worker, "neutron.extensions", sizeof(*known));
    int64_t keep = conf_int(context->worker->conf, OPTION_neutron_extension_sync_interval);
    json_t *items, *item, *given;
    size_t i;

    *has = false;
    if (!known->aliases || clock_monotonic_usec() - known->asked > (uint64_t)keep * 1000000) {
        char **aliases;
        size_t count = 0;

        TRY(neutron_list(context, mem, as, NEUTRON_EXTENSIONS, NULL, &items));
        aliases = mem_array(known, char *, json_array_size(items) + 1);
        json_array_foreach(items, i, item)
        {
            struct fault *fault = take_key(mem, item, "alias", &given);

            if (!fault)
                fault = take_hashable(mem, given);
            if (fault) {
                talloc_free(aliases);
                return fault;
            }
            if (json_is_string(given))
                aliases[count++] = mem_strdup(aliases, json_string_value(given));
        }
        talloc_free(known->aliases);
        known->aliases = aliases;
        known->asked = clock_monotonic_usec();
    }
    for (char **one = known->aliases; *one; one++)
        *has = *has || !strcmp(*one, alias);
    return NULL;
}
