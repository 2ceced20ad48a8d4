/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the network service that nova asks in several places, with nova's own faults. See neutron.h. */
#include "config.h"

#include "fcgi_app/clients/neutron.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/neutron_private.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <ctype.h>
#include <string.h>

LOG_MODULE("nova.network.neutron");

struct fault *neutron_port_show(const struct context *context, const void *mem, enum neutron_as as, const char *id,
                                const struct neutron_param *params, struct neutron_port *port)
{
    struct fault *fault;
    json_t *raw;

    fault = neutron_show_get(context, mem, as, NEUTRON_PORTS, id, params, &raw);
    if (!fault) {
        neutron_port_read(mem, raw, port);
        return NULL;
    }
    if (fault_is(fault, FAULT_neutron_PortNotFoundClient))
        return fault_new(mem, PortNotFound, id);
    if (fault_is(fault, FAULT_neutron_Unauthorized))
        return fault_new(mem, Forbidden);
    if (fault_is(fault, FAULT_neutron_NeutronClientException))
        return fault_text(mem, NovaException, "Failed to access port %s: %s", id, fault->message);
    return fault;
}

struct fault *neutron_network_kind(const struct context *context, const void *mem, const char *id, const char **physnet,
                                   bool *tunneled)
{
    static const struct neutron_param segments_only[] = { { "fields", "segments" }, { 0 } };
    static const struct neutron_param provider_only[] = { { "fields", "provider:physical_network" },
                                                          { "fields", "provider:network_type" },
                                                          { 0 } };
    json_t *network, *named, *segments, *segment;
    const char *type;
    bool several;
    size_t i;

    *physnet = NULL;
    *tunneled = false;
    TRY(neutron_has_extension(context, mem, NEUTRON_SERVICE, "multi-provider", &several));
    if (several) {
        TRY(neutron_show_get(context, mem, NEUTRON_SERVICE, NEUTRON_NETWORKS, id, segments_only, &network));
        TRY(take_get(mem, network, "segments", &segments));
        if (segments)
            TRY(take_each(mem, segments, &segments));
        json_array_foreach(segments, i, segment)
        {
            TRY(take_get(mem, segment, "provider:physical_network", &named));
            *physnet = take_text(mem, named);
            if (!text_is_empty(*physnet))
                return NULL;
        }
        if (json_array_size(segments))
            return fault_text(mem, NovaException, "None of the segments of network %s provides a physical_network", id);
    }
    TRY(neutron_show_get(context, mem, NEUTRON_SERVICE, NEUTRON_NETWORKS, id, provider_only, &network));
    TRY(take_get(mem, network, "provider:physical_network", &named));
    *physnet = take_text(mem, named);
    type = json_string_value(json_object_get(network, "provider:network_type"));
    *tunneled = type && (!strcmp(type, "vxlan") || !strcmp(type, "gre") || !strcmp(type, "geneve"));
    return NULL;
}

struct fault *neutron_networks_asked(const void *mem, const json_t *items, const char *const *ids, size_t id_count)
{
    const json_t *item;
    struct strbuf words;
    json_t *id;
    size_t n, i;

    json_array_foreach(items, n, item)
    {
        TRY(take_key(mem, item, "id", &id));
        for (i = 0; i < id_count; i++)
            if (json_is_string(id) && !strcmp(json_string_value(id), ids[i]))
                break;
        if (i < id_count)
            continue;
        strbuf_init(&words, mem, 64);
        json_put_python_repr(&words, id);
        strbuf_puts(&words, " is not in list");
        return fault_new(mem, ValueError, words.data);
    }
    return NULL;
}

/* In the order of the ids that were asked for. */
static void put_in_order(struct neutron_network *networks, size_t count, const char *const *ids, size_t id_count)
{
    size_t done = 0, i;

    for (i = 0; i < id_count; i++) {
        for (size_t n = done; n < count; n++) {
            struct neutron_network one = networks[n];

            if (strcmp(one.id, ids[i]) != 0)
                continue;
            memmove(&networks[done + 1], &networks[done], (n - done) * sizeof(one));
            networks[done++] = one;
            break;
        }
    }
}

struct fault *neutron_available_networks(const struct context *context, const void *mem, const char *project_id,
                                         const char *const *ids, size_t id_count, bool auto_allocate,
                                         struct neutron_network **networks, size_t *count)
{
    const struct neutron_param own[] = {
        { "tenant_id", project_id },
        { "shared", "False" },
        { auto_allocate ? "admin_state_up" : NULL, "True" },
        { NULL, NULL },
    };
    static const struct neutron_param shared[] = { { "shared", "True" }, { NULL, NULL } };
    struct neutron_list lists[2] = {
        { .resource = NEUTRON_NETWORKS, .params = own },
        { .resource = NEUTRON_NETWORKS, .params = shared },
    };
    size_t total = 0, i;
    const json_t *item;

    if (id_count) {
        lists[1].items = NULL;
        TRY(neutron_list_many(context, mem, NEUTRON_USER, NEUTRON_NETWORKS, "id", ids, id_count, 0, NULL,
                              &lists[0].items));
        TRY(neutron_networks_asked(mem, lists[0].items, ids, id_count));
    } else {
        neutron_lists(context, mem, NEUTRON_USER, lists, 2);
        TRY(lists[0].fault);
        TRY(lists[1].fault);
    }
    *networks =
        mem_array(mem, struct neutron_network, json_array_size(lists[0].items) + json_array_size(lists[1].items) + 1);
    for (size_t l = 0; l < 2; l++)
        json_array_foreach(lists[l].items, i, item) neutron_network_read(mem, item, &(*networks)[total++]);
    *count = total;
    put_in_order(*networks, total, ids, id_count);
    return NULL;
}

/* Does it begin as a UUID with its dashes does? That is all that neutronclient asks. */
static bool begins_as_uuid(const char *text)
{
    static const char dashes[] = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";

    for (size_t i = 0; dashes[i]; i++)
        if (dashes[i] == '-' ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    return true;
}

struct fault *neutron_security_group_find(const struct context *context, const void *mem, const char *project_id,
                                          const char *name_or_id, const char **id)
{
    const struct neutron_param by_id[] = { { "id", name_or_id }, { "fields", "id" }, { NULL, NULL } };
    const struct neutron_param by_name[] = {
        { "name", name_or_id }, { "fields", "id" }, { project_id ? "tenant_id" : NULL, project_id }, { NULL, NULL }
    };
    json_t *items = NULL, *given;

    *id = NULL;
    if (begins_as_uuid(name_or_id)) {
        TRY(neutron_list(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, by_id, &items));
        if (json_array_size(items)) {
            TRY(take_key(mem, json_array_get(items, 0), "id", &given));
            *id = take_text(mem, given);
            return NULL;
        }
    }
    TRY(neutron_list(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, by_name, &items));
    if (json_array_size(items) > 1)
        return fault_text(mem, NoUniqueMatch,
                          "Multiple security_group matches found for name '%s', use an ID to be more specific.",
                          name_or_id);
    if (json_array_size(items)) {
        TRY(take_key(mem, json_array_get(items, 0), "id", &given));
        *id = take_text(mem, given);
        return NULL;
    }
    return fault_text(mem, SecurityGroupNotFound, "Unable to find security_group with name or id '%s'", name_or_id);
}

struct fault *neutron_can_auto_allocate(const struct context *context, const void *mem, const char *project_id,
                                        bool *can)
{
    static const struct neutron_param dry[] = { { "fields", "dry-run" }, { NULL, NULL } };
    struct fault *fault;
    json_t *item;

    fault = neutron_show(context, mem, NEUTRON_USER, NEUTRON_AUTO_ALLOCATED_TOPOLOGY, project_id, dry, &item);
    *can = !fault;
    if (fault && fault_is(fault, FAULT_neutron_Conflict)) {
        log_debug("Unable to auto-allocate networks. %s", fault->message);
        return NULL;
    }
    return fault;
}
