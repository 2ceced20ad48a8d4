/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's ports, released by the API itself: those made for it go, those
 * that users gave it (its cache of the network says which) are let loose.
 * Neighbour: delete_local.c, all else that a server has elsewhere.
 * Source: nova-facts/outbound.md.
 */
#include "config.h"

#include "fcgi_app/compute/delete.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/cyborg.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/db/deletes.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <string.h>

LOG_MODULE("nova.network.neutron");

/* Ids, each once, on mem; null is "None" in an address. */
struct ids {
    const char **list;
    size_t count;
};

static bool ids_have(const struct ids *ids, const char *id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (!strcmp(ids->list[i], id))
            return true;
    return false;
}

static struct fault *ids_add(const void *mem, struct ids *ids, const json_t *value)
{
    const char *id;

    TRY(take_hashable(mem, value));
    id = take_text(mem, value);
    if (!id)
        id = "None";
    if (ids_have(ids, id))
        return NULL;
    ids->list = mem_grow(mem, ids->list, const char *, ids->count + 1);
    ids->list[ids->count++] = id;
    return NULL;
}

/* Those that outlive the server. */
static struct fault *users_ports(const struct target *target, struct ids *kept)
{
    const struct db_bytes *stored = &target->row->network_info;
    json_t *cache = NULL, *vif, *id;
    size_t i;

    if (!stored->length || json_read(target->mem, stored->data, stored->length, &cache))
        return NULL;
    json_array_foreach(cache, i, vif) if (take_is_true(json_object_get(vif, "preserve_on_delete")))
    {
        TRY(take_key(target->mem, vif, "id", &id));
        TRY(ids_add(target->mem, kept, id));
    }
    return NULL;
}

/* Networks that ports let loose are on, asked for once each. */
struct networks {
    const char **ids;
    json_t **networks;
    size_t count;
};

static struct fault *network_of(const struct context *context, const void *mem, const json_t *port,
                                struct networks *known, json_t **network)
{
    static const struct neutron_param domain_only[] = { { "fields", "dns_domain" }, { NULL, NULL } };
    json_t *given;
    const char *id;

    TRY(take_get(mem, port, "network_id", &given));
    TRY(take_hashable(mem, given));
    id = take_text(mem, given);
    if (!id)
        id = "None";
    for (size_t i = 0; i < known->count; i++)
        if (!strcmp(known->ids[i], id)) {
            *network = known->networks[i];
            return NULL;
        }
    TRY(neutron_show_get(context, mem, NEUTRON_USER, NEUTRON_NETWORKS, id, domain_only, network));
    known->ids = mem_grow(mem, known->ids, const char *, known->count + 1);
    known->networks = mem_grow(mem, known->networks, json_t *, known->count + 1);
    known->ids[known->count] = id;
    known->networks[known->count++] = *network;
    return NULL;
}

/* Is the network's domain one of an outer name service? Fault: AttributeError. */
static struct fault *has_domain(const void *mem, const json_t *network, bool *has)
{
    json_t *domain;

    TRY(take_get(mem, network, "dns_domain", &domain));
    *has = take_is_true(domain);
    return NULL;
}

/* Its name goes: as the administrator with all else, or as the user where an outer name service has it. */
static struct fault *names_are_kept(const struct context *context, const void *mem, enum neutron_as as,
                                    const json_t *network, bool *names, bool *outer)
{
    *outer = false;
    TRY(neutron_has_extension(context, mem, as, "dns-integration", names));
    return *names ? has_domain(mem, network, outer) : NULL;
}

/* What a port's binding says besides, as a tree of its own on mem. Fault: AttributeError. */
static struct fault *profile_of(const void *mem, const json_t *given, json_t **profile)
{
    json_t *request;

    TRY(json_read(mem, "{}", 2, profile));
    if (!take_is_true(given))
        return NULL;
    TRY(take_get(mem, given, "arq_uuid", &request));
    json_object_update(*profile, (json_t *)(uintptr_t)given);
    return NULL;
}

static struct fault *forget_server(const struct context *context, const void *mem, const char *id, json_t *profile,
                                   const json_t *network)
{
    static const char *const ours[] = { "pci_vendor_info", "pci_slot",         "allocation",
                                        "arq_uuid",        "physical_network", "card_serial_number",
                                        "vf_num",          "pf_mac_address",   "device_mac_address" };
    static const char loose[] = "{\"device_id\": \"\", \"device_owner\": \"\", \"binding:host_id\": null}";
    static const char nameless[] = "{\"dns_name\": \"\"}";
    bool names, outer;
    struct fault *fault;
    json_t *body;

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        json_object_del(profile, ours[i]);
    TRY(json_read(mem, loose, sizeof(loose) - 1, &body));
    json_object_set(body, "binding:profile", profile);
    TRY(names_are_kept(context, mem, NEUTRON_SERVICE, network, &names, &outer));
    if (names && !outer)
        json_object_set_new(body, "dns_name", json_string(""));
    fault = neutron_update(context, mem, NEUTRON_SERVICE, NEUTRON_PORTS, id, body, NULL);
    if (fault && fault_is(fault, FAULT_neutron_PortNotFoundClient))
        log_debug("Unable to unbind port %s as it no longer exists.", id);
    else if (fault)
        log_error("Unable to clear device ID for port '%s': %s", id, fault->message);
    TRY(names_are_kept(context, mem, NEUTRON_USER, network, &names, &outer));
    if (!names || !outer)
        return NULL;
    TRY(json_read(mem, nameless, sizeof(nameless) - 1, &body));
    fault = neutron_update(context, mem, NEUTRON_USER, NEUTRON_PORTS, id, body, NULL);
    if (fault && !fault_is(fault, FAULT_neutron_NeutronClientException))
        return fault;
    if (fault)
        log_error("Failed to reset dns_name for port %s: %s", id, fault->message);
    return NULL;
}

/* A port that cannot be looked at is let loose all the same, one that is gone is not. */
static struct fault *let_loose(const struct context *context, const void *mem, const char *id, struct networks *known)
{
    static const struct neutron_param fields[] = { { "fields", "binding:profile" },
                                                   { "fields", "network_id" },
                                                   { NULL, NULL } };
    json_t *profile, *network, *request, *given = NULL;
    struct neutron_port port;
    struct fault *fault = neutron_port_show(context, mem, NEUTRON_USER, id, fields, &port);

    if (fault && fault_is(fault, FAULT_PortNotFound)) {
        log_debug("Unable to show port %s as it no longer exists.", id);
        return NULL;
    }
    TRY(json_read(mem, "{}", 2, &network));
    if (fault) {
        log_error("Unable to get binding:profile for port '%s': %s", id, fault->message);
    } else {
        TRY(take_get(mem, port.raw, "binding:profile", &given));
        TRY(network_of(context, mem, port.raw, known, &network));
    }
    TRY(profile_of(mem, given, &profile));
    request = json_object_get(profile, "arq_uuid");
    if (take_is_true(request))
        cyborg_request_forget(context, mem, take_text(mem, request));
    return forget_server(context, mem, id, profile, network);
}

static struct fault *delete_ports(const struct context *context, const void *mem, const struct ids *ids,
                                  const struct ids *kept)
{
    struct fault *failed = NULL;

    for (size_t i = 0; i < ids->count; i++) {
        struct fault *fault;

        if (ids_have(kept, ids->list[i]))
            continue;
        fault = neutron_delete(context, mem, NEUTRON_USER, NEUTRON_PORTS, ids->list[i]);
        if (!fault)
            continue;
        if (!fault_is(fault, FAULT_neutron_NeutronClientException))
            return fault;
        if (fault->code == 404) {
            log_warning("Port %s does not exist", ids->list[i]);
            continue;
        }
        log_warning("Failed to delete port %s for instance: %s", ids->list[i], fault->message);
        failed = failed ? failed : fault;
    }
    return failed;
}

struct fault *server_release_network(const struct context *context, const struct target *target)
{
    struct neutron_param of_server[] = { { "device_id", target->row->uuid }, { NULL, NULL } };
    struct networks known = { 0 };
    struct ids ids = { 0 }, kept = { 0 };
    json_t *ports = NULL, *port, *id;
    struct db_params params = { 0 };
    struct db_rows rows;
    size_t i;

    TRY(neutron_list(context, target->mem, NEUTRON_USER, NEUTRON_PORTS, of_server, &ports));
    json_array_foreach(ports, i, port)
    {
        TRY(take_key(target->mem, port, "id", &id));
        TRY(ids_add(target->mem, &ids, id));
    }
    TRY(users_ports(target, &kept));
    for (i = 0; i < kept.count; i++)
        TRY(let_loose(context, target->mem, kept.list[i], &known));
    TRY(delete_ports(context, target->mem, &ids, &kept));
    db_param_text(&params, target->row->uuid);
    db_param_time(&params, target->mem, clock_utc_usec());
    return db_query(context, target->mem, target->cell->link, &NETWORK_FORGET, &params, &rows);
}
