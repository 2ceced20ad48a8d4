/* SPDX-License-Identifier: Apache-2.0 */
/* Floating addresses; see the header. */
#include "config.h"

#include "fcgi_app/compute/floating_ips.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/compute/network_cache.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <string.h>

LOG_MODULE("nova.network.neutron");

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Neutron's own 404, of whatever kind. */
static bool is_missing(const struct fault *fault)
{
    return fault->code == 404 && fault_is(fault, FAULT_neutron_NeutronClientException);
}

/* Those that match; none at a network service without routers. */
static struct fault *list(const struct context *context, const void *mem, const char *name, const char *value,
                          json_t **items)
{
    const struct neutron_param params[] = { { name, value }, { NULL, NULL } };
    struct fault *fault = neutron_list(context, mem, NEUTRON_USER, NEUTRON_FLOATINGIPS, params, items);

    if (fault && is_missing(fault))
        return json_read(mem, "[]", 2, items);
    if (fault)
        log_error("Floating IPs with %s %s could not be listed: %s", name, value, fault->message);
    return fault;
}

static struct fault *find(const struct context *context, const void *mem, const char *address, const json_t **raw)
{
    json_t *items;

    if (text_is_empty(address))
        return fault_new(mem, FloatingIpNotFoundForAddress, address ? address : "None");
    TRY(list(context, mem, "floating_ip_address", address, &items));
    if (!json_array_size(items))
        return fault_new(mem, FloatingIpNotFoundForAddress, address);
    if (json_array_size(items) > 1)
        return fault_new(mem, FloatingIpMultipleFoundForAddress, address);
    *raw = json_array_get(items, 0);
    return NULL;
}

/* A member that a peer must not leave out, as text; null is "None" in an address. */
static struct fault *need(const void *mem, const json_t *raw, const char *key, const char **value)
{
    json_t *item;

    TRY(take_key(mem, raw, key, &item));
    if (value)
        *value = json_is_null(item) ? "None" : take_text(mem, item);
    return NULL;
}

static struct fault *id_of(const void *mem, const json_t *raw, const char **id)
{
    return need(mem, raw, "id", id);
}

/* ---- shows ---- */

struct fault *floating_ip_read(const void *mem, const struct floating_ip *ip, struct floating_ip_shown *shown)
{
    json_t *id, *address, *name, *fixed, *device = NULL;

    if (take_is_true(ip->port))
        TRY(take_key(mem, ip->port, "device_id", &device));
    TRY(take_key(mem, ip->raw, "id", &id));
    TRY(take_key(mem, ip->raw, "floating_ip_address", &address));
    TRY(take_key(mem, ip->network, "name", &name));
    if (!take_is_true(name))
        TRY(take_key(mem, ip->network, "id", &name));
    TRY(take_key(mem, ip->raw, "fixed_ip_address", &fixed));
    *shown = (struct floating_ip_shown){ id, address, fixed, name, device };
    return NULL;
}

/* Does the network service tell of the ports itself? */
static struct fault *tells_ports(const struct context *context, const void *mem, bool *tells)
{
    return neutron_has_extension(context, mem, NEUTRON_USER, "fip-port-details", tells);
}

/* One with its network, and with its port where that is not told already. */
static struct fault *complete(const struct context *context, const void *mem, const json_t *raw, struct floating_ip *ip)
{
    const char *network_id, *port_id;
    json_t *network, *port;
    struct fault *fault;
    bool tells;

    TRY(need(mem, raw, "floating_network_id", &network_id));
    fault = neutron_show(context, mem, NEUTRON_USER, NEUTRON_NETWORKS, network_id, NULL, &network);
    if (fault && fault_is(fault, FAULT_neutron_NetworkNotFoundClient))
        return fault_new(mem, NetworkNotFound, network_id);
    TRY(fault);
    TRY(tells_ports(context, mem, &tells));
    if (tells) {
        TRY(take_key(mem, raw, "port_details", &port));
    } else {
        /* upstream asks for the port "None" too, which is not there */
        TRY(need(mem, raw, "port_id", &port_id));
        fault = neutron_show(context, mem, NEUTRON_USER, NEUTRON_PORTS, port_id, NULL, &port);
        if (fault && !fault_is(fault, FAULT_neutron_PortNotFoundClient))
            return fault;
        port = fault ? NULL : port;
    }
    *ip = (struct floating_ip){ raw, network, port };
    return NULL;
}

struct fault *floating_ip_show(const struct context *context, const void *mem, const char *id, struct floating_ip *ip)
{
    struct fault *fault;
    json_t *raw;

    fault = neutron_show(context, mem, NEUTRON_USER, NEUTRON_FLOATINGIPS, id, NULL, &raw);
    if (fault && is_missing(fault))
        return fault_new(mem, FloatingIpNotFound, id);
    if (fault)
        log_error("Floating IP %s cannot be seen: %s", id, fault->message);
    TRY(fault);
    return complete(context, mem, raw, ip);
}

struct fault *floating_ip_show_address(const struct context *context, const void *mem, const char *address,
                                       struct floating_ip *ip)
{
    const json_t *raw;

    TRY(find(context, mem, address, &raw));
    return complete(context, mem, raw, ip);
}

static const json_t *find_by_id(const json_t *items, const char *id)
{
    const json_t *item;
    size_t i;

    json_array_foreach(items, i, item)
    {
        const char *own = text(item, "id");

        if (id && own && !strcmp(own, id))
            return item;
    }
    return NULL;
}

struct fault *floating_ips_list(const struct context *context, const void *mem, struct floating_ip **ips, size_t *count)
{
    const char *project_id = context->project_id ? context->project_id : "None";
    const struct neutron_param of_project[] = { { "tenant_id", project_id }, { NULL, NULL } };
    struct neutron_network *networks;
    json_t *items, *ports = NULL, *raw, *port;
    const char **ids;
    size_t network_count, i, n;
    bool tells;

    TRY(list(context, mem, "tenant_id", project_id, &items));
    *count = json_array_size(items);
    *ips = mem_array(mem, struct floating_ip, *count + 1);
    if (!*count)
        return NULL;
    ids = mem_array(mem, const char *, *count + 1);
    json_array_foreach(items, i, raw)
    {
        TRY(need(mem, raw, "floating_network_id", &ids[i]));
        TRY(take_hashable(mem, json_object_get(raw, "floating_network_id")));
    }
    TRY(neutron_available_networks(context, mem, project_id, ids, *count, false, &networks, &network_count));
    TRY(tells_ports(context, mem, &tells));
    json_array_foreach(items, i, raw)
    {
        for (n = 0; n < network_count && (!networks[n].id || strcmp(networks[n].id, ids[i])); n++)
            ;
        if (n == network_count)
            return fault_new(mem, NetworkNotFound, ids[i]);
        port = NULL;
        if (tells)
            TRY(take_key(mem, raw, "port_details", &port));
        (*ips)[i] = (struct floating_ip){ raw, networks[n].raw, port };
    }
    if (tells)
        return NULL;
    TRY(neutron_list(context, mem, NEUTRON_USER, NEUTRON_PORTS, of_project, &ports));
    for (i = 0; i < *count; i++)
        (*ips)[i].port = find_by_id(ports, text((*ips)[i].raw, "port_id"));
    return NULL;
}

/* ---- the project's ---- */

/* What a pool is called: parameters for each value of the body's, which is any JSON. */
static struct neutron_param *pool_params(const struct context *context, const void *mem, const json_t *pool)
{
    size_t room = json_array_size(pool) + json_object_size(pool) + 1, count = 2;
    struct neutron_param *params = mem_array(mem, struct neutron_param, room + 3);
    const char *name = json_string_value(pool), *key, *as = "name";
    const json_t *value;
    struct strbuf words;
    size_t i;

    params[0] = (struct neutron_param){ "router:external", "True" };
    params[1] = (struct neutron_param){ "fields", "id" };
    if (json_is_array(pool)) {
        json_array_foreach(pool, i, value)
        {
            strbuf_init(&words, mem, 64);
            json_put_python_str(&words, value);
            params[count++] = (struct neutron_param){ as, words.data };
        }
    } else if (json_is_object(pool)) {
        json_object_foreach((json_t *)(uintptr_t)pool, key, value) params[count++] = (struct neutron_param){ as, key };
    } else {
        if (!name && pool) {
            strbuf_init(&words, mem, 64);
            json_put_python_str(&words, pool);
            name = words.data;
        }
        if (!name)
            name = conf_string(context->worker->conf, OPTION_neutron_default_floating_pool);
        params[count++] = (struct neutron_param){ text_is_uuid_like(name) ? "id" : as, name };
    }
    return params;
}

bool floating_ip_pool_is_named(const json_t *pool)
{
    return json_is_true(pool) || json_string_length(pool) || json_number_value(pool) != 0 || json_array_size(pool) ||
           json_object_size(pool);
}

struct fault *floating_ip_allocate(const struct context *context, const void *mem, const json_t *pool,
                                   const char **address)
{
    struct neutron_param *params = pool_params(context, mem, floating_ip_pool_is_named(pool) ? pool : NULL);
    struct strbuf words;
    struct fault *fault;
    json_t *items, *body, *made, *id;

    TRY(neutron_list(context, mem, NEUTRON_USER, NEUTRON_NETWORKS, params, &items));
    if (!json_array_size(items))
        return fault_new(mem, FloatingIpPoolNotFound);
    if (json_array_size(items) > 1) {
        strbuf_init(&words, mem, 64);
        if (floating_ip_pool_is_named(pool))
            json_put_python_str(&words, pool);
        else
            strbuf_puts(&words, params[2].value);
        return fault_text(mem, NovaException, "Multiple floating IP pools matches found for name '%s'", words.data);
    }
    TRY(take_key(mem, json_array_get(items, 0), "id", &id));
    TRY(json_read(mem, "{}", 2, &body));
    json_object_set(body, "floating_network_id", id);
    fault = neutron_create(context, mem, NEUTRON_USER, NEUTRON_FLOATINGIPS, body, &made);
    if (fault && (fault_is(fault, FAULT_neutron_IpAddressGenerationFailureClient) ||
                  fault_is(fault, FAULT_neutron_ExternalIpAddressExhaustedClient)))
        return fault_text(mem, NoMoreFloatingIps, "%s", fault->message);
    if (fault && fault_is(fault, FAULT_neutron_OverQuotaClient))
        return fault_text(mem, FloatingIpLimitExceeded, "%s", fault->message);
    if (fault && fault_is(fault, FAULT_neutron_BadRequest))
        return fault_text(mem, FloatingIpBadRequest, "%s", fault->message);
    TRY(fault);
    TRY(take_key(mem, made, "floating_ip_address", &id));
    *address = take_text(mem, id);
    return NULL;
}

struct fault *floating_ip_release(const struct context *context, const void *mem, const char *address,
                                  const struct target *target)
{
    const json_t *raw;
    struct fault *fault;
    const char *id;

    TRY(find(context, mem, address, &raw));
    TRY(id_of(mem, raw, &id));
    fault = neutron_delete(context, mem, NEUTRON_USER, NEUTRON_FLOATINGIPS, id);
    if (fault && fault_is(fault, FAULT_neutron_NotFound))
        return fault_new(mem, FloatingIpNotFoundForAddress, address);
    TRY(fault);
    return target ? network_cache_refresh(context, target) : NULL;
}

/* ---- servers' ---- */

/* Whose a port is; NULL: the port is gone by now. */
static struct fault *port_owner(const struct context *context, const void *mem, const char *port_id, const char **uuid)
{
    struct neutron_port port;
    struct fault *fault;
    json_t *device;

    *uuid = NULL;
    fault = neutron_port_show(context, mem, NEUTRON_USER, port_id, NULL, &port);
    if (fault && fault_is(fault, FAULT_PortNotFound)) {
        log_debug("Port %s of a floating IP is gone", port_id);
        return NULL;
    }
    TRY(fault);
    TRY(take_key(mem, port.raw, "device_id", &device));
    *uuid = take_text(mem, device);
    return NULL;
}

struct fault *floating_ip_server(const struct context *context, const void *mem, const char *address, const char **uuid)
{
    const json_t *raw;
    json_t *port;

    *uuid = NULL;
    TRY(find(context, mem, address, &raw));
    TRY(take_key(mem, raw, "port_id", &port));
    return take_is_true(port) ? port_owner(context, mem, take_text(mem, port), uuid) : NULL;
}

/* The server's port that has the address. */
static struct fault *find_port(const struct context *context, const struct target *target, const char *fixed_address,
                               const char **port_id)
{
    const char *zone = target->row->availability_zone;
    const struct neutron_param params[] = {
        { "device_id", target->row->uuid },
        { "device_owner", mem_printf(target->mem, "compute:%s", zone ? zone : "None") },
        { NULL, NULL },
    };
    json_t *ports, *port, *fixed, *each, *given;
    size_t p, f;

    *port_id = NULL;
    TRY(neutron_list(context, target->mem, NEUTRON_USER, NEUTRON_PORTS, params, &ports));
    json_array_foreach(ports, p, port)
    {
        TRY(take_key(target->mem, port, "fixed_ips", &each));
        TRY(take_each(target->mem, each, &each));
        json_array_foreach(each, f, fixed)
        {
            TRY(take_key(target->mem, fixed, "ip_address", &given));
            if (json_is_string(given) && !strcmp(json_string_value(given), fixed_address))
                TRY(id_of(target->mem, port, port_id));
        }
    }
    return *port_id ? NULL : fault_new(target->mem, FixedIpNotFoundForAddress, fixed_address);
}

/* The server that had the address before does not show it any longer. */
static struct fault *refresh_former(const struct context *context, const struct target *target, const char *port_id,
                                    const char *address)
{
    struct target *former;
    struct fault *fault;
    const char *uuid;

    TRY(port_owner(context, target->mem, port_id, &uuid));
    if (text_is_empty(uuid))
        return NULL;
    log_instance(LOG_LEVEL_INFO, target->row->uuid, "Floating IP %s comes from server %s", address, uuid);
    fault = target_look_up(context, uuid, INSTANCE_WITH_CACHE, &former);
    if (fault && fault_is(fault, FAULT_InstanceNotFound)) {
        log_instance(LOG_LEVEL_INFO, target->row->uuid,
                     "Server %s, whose it was, is not there: nothing of it is refreshed", uuid);
        return NULL;
    }
    TRY(fault);
    return network_cache_refresh(context, former);
}

struct fault *floating_ip_associate(const struct context *context, const struct target *target, const char *address,
                                    const char *fixed_address)
{
    const void *mem = target->mem;
    const char *port_id, *former, *id;
    struct fault *fault;
    const json_t *raw;
    json_t *body;

    TRY(find_port(context, target, fixed_address, &port_id));
    TRY(find(context, mem, address, &raw));
    TRY(id_of(mem, raw, &id));
    TRY(json_read(mem, "{}", 2, &body));
    json_object_set_new(body, "port_id", json_string(port_id));
    json_object_set_new(body, "fixed_ip_address", json_string(fixed_address));
    fault = neutron_update(context, mem, NEUTRON_USER, NEUTRON_FLOATINGIPS, id, body, NULL);
    if (fault && fault_is(fault, FAULT_neutron_Conflict))
        return fault_text(mem, FloatingIpAssociateFailed, "%s", fault->message);
    TRY(fault);
    former = text(raw, "port_id");
    if (!text_is_empty(former)) {
        fault = refresh_former(context, target, former, address);
        if (fault)
            log_warning("What is known of the server that port %s belongs to could not be refreshed: %s", former,
                        fault->message);
    }
    return network_cache_refresh(context, target);
}

struct fault *floating_ip_disassociate(const struct context *context, const struct target *target, const char *address)
{
    const json_t *raw;
    const char *id;
    json_t *body;

    TRY(find(context, target->mem, address, &raw));
    TRY(id_of(target->mem, raw, &id));
    TRY(json_read(target->mem, "{}", 2, &body));
    json_object_set_new(body, "port_id", json_null());
    TRY(neutron_update(context, target->mem, NEUTRON_USER, NEUTRON_FLOATINGIPS, id, body, NULL));
    return network_cache_refresh(context, target);
}
