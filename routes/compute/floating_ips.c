/* SPDX-License-Identifier: Apache-2.0 */
/* /os-floating-ips, /os-floating-ips/{id}, /servers/{id}/action: the rows of upstream's module floating_ips. */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/floating_ips.h"
#include "fcgi_app/compute/network_cache.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/policies/policies.h"
#include "routes/action.h"
#include "routes/resource.h"
#include "routes/schemas/floating_ips.h"

#include <arpa/inet.h>
#include <string.h>

#define RULE(name) "os_compute_api:os-floating-ips:" name

static struct fault *authorize(const struct call *call, const char *rule)
{
    const struct policy_target target = policy_own_project(call->context);

    return policy_check(call->context, rule, &target);
}

/* ---- shows ---- */

static struct fault *put_ip(const struct call *call, const struct floating_ip *ip)
{
    struct strbuf *out = call->out;
    struct floating_ip_shown shown;

    TRY(floating_ip_read(call->mem, ip, &shown));
    JSON_PUT_LITERAL(out, "{\"id\": ");
    json_put_tree(out, shown.id);
    JSON_PUT_LITERAL(out, ", \"ip\": ");
    json_put_tree(out, shown.address);
    JSON_PUT_LITERAL(out, ", \"pool\": ");
    json_put_tree(out, shown.pool);
    JSON_PUT_LITERAL(out, ", \"fixed_ip\": ");
    json_put_tree(out, shown.fixed_address);
    JSON_PUT_LITERAL(out, ", \"instance_id\": ");
    json_put_tree(out, shown.server_id);
    strbuf_putc(out, '}');
    return NULL;
}

static struct fault *put_one(const struct call *call, const struct floating_ip *ip)
{
    JSON_PUT_LITERAL(call->out, "{\"floating_ip\": ");
    TRY(put_ip(call, ip));
    strbuf_putc(call->out, '}');
    return NULL;
}

static struct fault *floating_ips_index(struct call *call)
{
    struct floating_ip *ips;
    size_t count;

    TRY(authorize(call, RULE("list")));
    TRY(floating_ips_list(call->context, call->mem, &ips, &count));
    JSON_PUT_LITERAL(call->out, "{\"floating_ips\": [");
    for (size_t i = 0; i < count; i++) {
        if (i)
            JSON_PUT_LITERAL(call->out, ", ");
        TRY(put_ip(call, &ips[i]));
    }
    JSON_PUT_LITERAL(call->out, "]}");
    return NULL;
}

/* The one of the path. */
static struct fault *find_by_id(const struct call *call, struct floating_ip *ip)
{
    struct fault *fault = floating_ip_show(call->context, call->mem, call->vars[0], ip);

    if (fault && fault_is(fault, FAULT_NotFound))
        return fault_http(call->mem, 404, "Floating IP not found for ID %s", call->vars[0]);
    return fault;
}

static struct fault *floating_ips_show(struct call *call)
{
    struct floating_ip ip;

    TRY(authorize(call, RULE("show")));
    TRY(find_by_id(call, &ip));
    return put_one(call, &ip);
}

/* ---- allocate, release ---- */

/* "… in pool X." where the request names one. */
static struct fault *refused(const struct call *call, int code, const char *words, const char *end, const json_t *pool)
{
    struct strbuf name;

    if (!pool)
        return fault_http(call->mem, code, "%s%s.", words, end);
    strbuf_init(&name, call->mem, 64);
    json_put_python_str(&name, pool);
    return fault_http(call->mem, code, "%s in pool %s.", words, name.data);
}

/* A body needs no schema: one that is no object is asked for "pool" as Python asks, which fails where it has it. */
static struct fault *check_body(const struct call *call)
{
    const json_t *body = call->body, *one;
    bool has = (json_is_number(body) && json_number_value(body) != 0) || json_is_true(body) ||
               (json_is_string(body) && strstr(json_string_value(body), "pool"));
    size_t i;

    json_array_foreach(body, i, one) has = has || (json_is_string(one) && !strcmp(json_string_value(one), "pool"));
    return has ? fault_new(call->mem, TypeError, "the body is no object") : NULL;
}

static struct fault *floating_ips_create(struct call *call)
{
    static const enum fault_name no_pool[] = { FAULT_FloatingIpPoolNotFound, FAULT_COUNT };
    static const enum fault_name bad[] = { FAULT_FloatingIpBadRequest, FAULT_COUNT };
    const json_t *pool = json_object_get(call->body, "pool");
    struct floating_ip ip;
    struct fault *fault;
    const char *address;

    TRY(authorize(call, RULE("create")));
    TRY(check_body(call));
    if (!floating_ip_pool_is_named(pool))
        pool = NULL;
    fault = floating_ip_allocate(call->context, call->mem, pool, &address);
    if (!fault)
        fault = floating_ip_show_address(call->context, call->mem, address, &ip);
    if (fault && fault_is(fault, FAULT_NoMoreFloatingIps))
        return refused(call, 404, "No more floating IPs", " available", pool);
    if (fault && fault_is(fault, FAULT_FloatingIpLimitExceeded))
        return refused(call, 403, "IP allocation over quota", "", pool);
    fault = action_fault_as(call, fault, 404, no_pool);
    TRY(action_fault_as(call, fault, 400, bad));
    return put_one(call, &ip);
}

/* The server that has an address, found as every verb finds one; NULL: none has. */
static struct fault *find_server(const struct call *call, const char *address, struct target **target)
{
    const char *uuid;
    struct fault *fault = floating_ip_server(call->context, call->mem, address, &uuid);

    *target = NULL;
    if (fault && fault_is(fault, FAULT_FloatingIpNotFoundForAddress))
        return fault_http(call->mem, 404, "%s", fault->message);
    if (fault && fault_is(fault, FAULT_FloatingIpMultipleFoundForAddress))
        return fault_http(call->mem, 409, "%s", fault->message);
    TRY(fault);
    return text_is_empty(uuid) ? NULL : target_find(call->context, uuid, INSTANCE_WITH_CACHE, target);
}

static struct fault *floating_ips_delete(struct call *call)
{
    static const enum fault_name gone[] = { FAULT_FloatingIpNotFoundForAddress, FAULT_COUNT };
    struct floating_ip ip;
    struct target *target;
    struct fault *fault;
    const char *address;
    json_t *given;

    TRY(authorize(call, RULE("delete")));
    TRY(find_by_id(call, &ip));
    TRY(take_key(call->mem, ip.raw, "floating_ip_address", &given));
    address = take_text(call->mem, given);
    TRY(find_server(call, address, &target));
    fault = floating_ip_release(call->context, call->mem, address, target);
    if (fault && fault_is(fault, FAULT_Forbidden))
        return fault_http(call->mem, 403, NULL);
    return action_fault_as(call, fault, 404, gone);
}

/* ---- on servers ---- */

/* Both actions answer nothing, as a text. */
static struct fault *text_answer(const struct call *call)
{
    response_set_header(&call->request->response, call->mem, "Content-Type", "text/html; charset=UTF-8");
    return NULL;
}

/* Which of the server's addresses is meant: the one that the request names, or the first of IPv4. */
static struct fault *pick_address(const struct call *call, const struct target *target, const char *address,
                                  const char **fixed_address)
{
    const char *named = *fixed_address;
    const json_t *vif, *subnet, *ip;
    size_t v, s, i, count = 0;
    struct in_addr parsed;
    json_t *vifs;

    TRY(network_cache_read(target, &vifs));
    if (!json_array_size(vifs))
        return fault_http(call->mem, 400, "Instance network is not ready yet");
    *fixed_address = NULL;
    json_array_foreach(vifs, v, vif)
        json_array_foreach(json_object_get(json_object_get(vif, "network"), "subnets"), s, subnet)
            json_array_foreach(json_object_get(subnet, "ips"), i, ip)
    {
        const char *own = json_string_value(json_object_get(ip, "address"));

        count++;
        if (!*fixed_address && own && (named ? !strcmp(own, named) : inet_pton(AF_INET, own, &parsed) == 1))
            *fixed_address = own;
    }
    if (!count)
        return fault_http(call->mem, 400, "No fixed IPs associated to instance");
    if (*fixed_address)
        return NULL;
    if (named)
        return fault_http(call->mem, 400, "Specified fixed address not assigned to instance");
    return fault_http(call->mem, 400,
                      "Unable to associate floating IP %s to any fixed IPs for instance %s. Instance has no fixed IPv4 "
                      "addresses to associate.",
                      address, call->vars[0]);
}

static struct fault *add_floating_ip(struct call *call)
{
    const json_t *asked = json_object_get(call->body, "addFloatingIp");
    const char *address = json_string_value(json_object_get(asked, "address"));
    const char *fixed_address = json_string_value(json_object_get(asked, "fixed_address"));
    struct target *target;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], INSTANCE_WITH_CACHE, &target));
    TRY(policy_check(call->context, RULE("add"), &(struct policy_target){ target->row->project_id, NULL }));
    TRY(pick_address(call, target, address, &fixed_address));
    fault = floating_ip_associate(call->context, target, address, fixed_address);
    if (!fault)
        return text_answer(call);
    if (fault_is(fault, FAULT_FloatingIpAssociateFailed))
        return fault_http(call->mem, 400, "%s", fault->message);
    if (fault_is(fault, FAULT_FloatingIpNotFoundForAddress))
        return fault_http(call->mem, 404, "floating IP not found");
    if (fault_is(fault, FAULT_Forbidden))
        return fault_http(call->mem, 403, "%s", fault->message);
    return fault_http(call->mem, 400, "Unable to associate floating IP %s to fixed IP %s for instance %s. Error: %s",
                      address, fixed_address, call->vars[0], fault->message);
}

static struct fault *remove_floating_ip(struct call *call)
{
    const json_t *asked = json_object_get(call->body, "removeFloatingIp");
    const char *address = json_string_value(json_object_get(asked, "address"));
    struct floating_ip ip;
    struct target *target;
    struct fault *fault;

    TRY(find_server(call, address, &target));
    TRY(policy_check(call->context, RULE("remove"),
                     &(struct policy_target){ target ? target->row->project_id : NULL, NULL }));
    fault = floating_ip_show_address(call->context, call->mem, address, &ip);
    if (fault && fault_is(fault, FAULT_FloatingIpNotFoundForAddress))
        return fault_http(call->mem, 404, "floating IP not found");
    TRY(fault);
    if (!target || !take_is_true(json_object_get(ip.raw, "port_id")) || strcmp(target->row->uuid, call->vars[0]))
        return fault_http(call->mem, 409, "Floating IP %s is not associated with instance %s.", address, call->vars[0]);
    fault = floating_ip_disassociate(call->context, target, address);
    if (fault && fault_is(fault, FAULT_Forbidden))
        return fault_http(call->mem, 403, NULL);
    return fault ? fault : text_answer(call);
}

/* clang-format off */
static const struct route floating_ips_routes[] = {
    { "GET", "/os-floating-ips", NULL, V_UPTO(35), floating_ips_index, 200, .errors = { 0 },
      .policies = "os_compute_api:os-floating-ips:list" },
    { "POST", "/os-floating-ips", NULL, V_UPTO(35), floating_ips_create, 200, .errors = { 400, 403, 404 },
      .policies = "os_compute_api:os-floating-ips:create" },
    { "GET", "/os-floating-ips/{id}", NULL, V_UPTO(35), floating_ips_show, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-floating-ips:show" },
    { "DELETE", "/os-floating-ips/{id}", NULL, V_UPTO(35), floating_ips_delete, 202, .errors = { 400, 403, 404, 409 },
      .policies = "os_compute_api:os-floating-ips:delete" },
    { "POST", "/servers/{id}/action", "addFloatingIp", V_UPTO(43), add_floating_ip, 202, .errors = { 400, 403, 404 },
      .body = floating_ips_add_floating_ip_body,
      .policies = "os_compute_api:os-floating-ips:add" },
    { "POST", "/servers/{id}/action", "removeFloatingIp", V_UPTO(43), remove_floating_ip, 202, .errors = { 400, 403, 404, 409 },
      .body = floating_ips_remove_floating_ip_body,
      .policies = "os_compute_api:os-floating-ips:remove" },
    { 0 },
};
/* clang-format on */

const struct resource floating_ips_resource = { "floating_ips", floating_ips_routes };
