/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups and addresses of servers, asked for in as few calls as there can be; see the header. */
#include "config.h"

#include "fcgi_app/clients/network.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/clients/service.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.network.security_group_api");

/* Ids in one call, as upstream has it: an address of so many still passes everywhere. */
enum { IDS_IN_A_CALL = 150 };

bool network_is_there(const struct context *context)
{
    const struct conf *conf = context->worker->conf;

    return service_has_token(context) || !text_is_empty(conf_string(conf, OPTION_neutron_auth_type)) ||
           !text_is_empty(conf_string(conf, OPTION_neutron_auth_section)) ||
           !text_is_empty(conf_string(conf, OPTION_neutron_endpoint_override));
}

/* ---- security groups ---- */

/* A text and what belongs to it, for bsearch. */
struct entry {
    const char *text;
    size_t index;     /* of a server */
    const char *name; /* of a group */
};

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->text, ((const struct entry *)b)->text);
}

static struct entry *find(struct entry *entries, size_t count, const char *text)
{
    const struct entry wanted = { .text = text };

    return text && count ? bsearch(&wanted, entries, count, sizeof(wanted), by_text) : NULL;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* What a port says of its groups: an array; none where it says nothing. */
static struct fault *groups_of(const void *mem, const json_t *port, json_t **groups)
{
    TRY(take_get(mem, port, "security_groups", groups));
    return *groups ? take_each(mem, *groups, groups) : json_read(mem, "[]", 2, groups);
}

/* Ids of all groups on the ports, each once, sorted. */
static struct fault *groups_on(const void *mem, const json_t *ports, struct entry **entries, size_t *count)
{
    json_t *port, *group, *groups;
    size_t p, g, total = 0, kept = 0;

    json_array_foreach(ports, p, port)
    {
        TRY(groups_of(mem, port, &groups));
        total += json_array_size(groups);
    }
    *entries = mem_array(mem, struct entry, total + 1);
    total = 0;
    json_array_foreach(ports, p, port)
    {
        TRY(groups_of(mem, port, &groups));
        json_array_foreach(groups, g, group)
        {
            TRY(take_hashable(mem, group));
            (*entries)[total++].text = json_is_null(group) ? "None" : take_text(mem, group);
        }
    }
    qsort(*entries, total, sizeof(**entries), by_text);
    for (size_t i = 0; i < total; i++)
        if (!kept || strcmp((*entries)[kept - 1].text, (*entries)[i].text) != 0)
            (*entries)[kept++] = (*entries)[i];
    *count = kept;
    return NULL;
}

/* Asks for the groups' names. */
static struct fault *name_groups(const struct context *context, const void *mem, struct entry *groups, size_t count)
{
    static const struct neutron_param fields[] = { { "fields", "id" }, { "fields", "name" }, { NULL, NULL } };
    const char **ids = mem_array(mem, const char *, count + 1);
    json_t *items, *item, *id;
    size_t i;

    for (i = 0; i < count; i++)
        ids[i] = groups[i].text;
    TRY(neutron_list_many(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, "id", ids, count, IDS_IN_A_CALL, fields,
                          &items));
    json_array_foreach(items, i, item)
    {
        const json_t *name = json_object_get(item, "name");
        struct entry *group;

        TRY(take_key(mem, item, "id", &id));
        TRY(take_hashable(mem, id));
        group = find(groups, count, json_string_value(id));
        if (group)
            group->name = take_is_true(name) ? take_text(mem, name) : group->text;
    }
    return NULL;
}

/* The server that a port with a group that is there is of; *server NULL: one that was not asked for. */
static struct fault *owner_of(const void *mem, const json_t *port, struct entry *servers, size_t count,
                              struct entry **server)
{
    json_t *device;

    TRY(take_key(mem, port, "device_id", &device));
    TRY(take_hashable(mem, device));
    *server = find(servers, count, json_string_value(device));
    return NULL;
}

struct fault *network_security_groups(const struct context *context, const void *mem, const char *const *uuids,
                                      size_t count, struct network_groups *groups)
{
    static const struct neutron_param fields[] = { { "fields", "device_id" },
                                                   { "fields", "security_groups" },
                                                   { NULL, NULL } };
    struct entry *servers = mem_array(mem, struct entry, count + 1), *known, *server, *group;
    size_t *sizes = mem_array(mem, size_t, count + 1), known_count, p, g;
    json_t *ports, *port, *ids, *id;

    /* Upstream asks for whole ports; neutron's cost is in the members that it shows. */
    TRY(neutron_list_many(context, mem, NEUTRON_USER, NEUTRON_PORTS, "device_id", uuids, count, IDS_IN_A_CALL, fields,
                          &ports));
    TRY(groups_on(mem, ports, &known, &known_count));
    if (known_count)
        TRY(name_groups(context, mem, known, known_count));
    for (size_t i = 0; i < count; i++)
        servers[i] = (struct entry){ .text = uuids[i], .index = i };
    qsort(servers, count, sizeof(*servers), by_text);
    for (int pass = 0; pass < 2; pass++) { /* count, then fill */
        json_array_foreach(ports, p, port)
        {
            TRY(groups_of(mem, port, &ids));
            json_array_foreach(ids, g, id)
            {
                group = find(known, known_count, json_string_value(id));
                if (!group || !group->name)
                    continue;
                TRY(owner_of(mem, port, servers, count, &server));
                if (server && pass)
                    ((const char **)(uintptr_t)groups[server->index].names)[sizes[server->index]] = group->name;
                if (server)
                    sizes[server->index]++;
            }
        }
        for (size_t i = 0; !pass && i < count; i++) {
            groups[i].names = sizes[i] ? mem_array(mem, const char *, sizes[i] + 1) : NULL;
            sizes[i] = 0;
        }
    }
    return NULL;
}

/* ---- addresses ---- */

struct fault *network_servers_by_address(const struct context *context, const void *mem, const char *const *texts,
                                         size_t count, bool *can, const char *const **uuids)
{
    struct neutron_list *lists = mem_array(mem, struct neutron_list, count + 1);
    size_t total = 0, kept = 0, i;
    const json_t *port;
    const char **found;

    TRY(neutron_has_extension(context, mem, NEUTRON_USER, "ip-substring-filtering", can));
    if (!*can)
        return NULL;
    for (size_t l = 0; l < count; l++) {
        struct neutron_param *params = mem_array(mem, struct neutron_param, 3);

        params[0] = (struct neutron_param){ "fixed_ips", mem_printf(mem, "ip_address_substr=%s", texts[l]) };
        params[1] = (struct neutron_param){ "fields", "device_id" };
        lists[l] = (struct neutron_list){ .resource = NEUTRON_PORTS, .params = params };
    }
    neutron_lists(context, mem, NEUTRON_USER, lists, count);
    for (size_t l = 0; l < count; l++) {
        if (lists[l].fault)
            log_error("An error occurred while listing ports with an ip_address filter value of \"%s\". Error: %s",
                      texts[l], lists[l].fault->message);
        else
            total += json_array_size(lists[l].items);
    }
    found = mem_array(mem, const char *, total + 1);
    for (size_t l = 0; l < count; l++)
        if (!lists[l].fault)
            json_array_foreach(lists[l].items, i, port) if (text_of(port, "device_id")) found[kept++] =
                text_of(port, "device_id");
    *uuids = found;
    return NULL;
}
