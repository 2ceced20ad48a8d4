/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups and addresses of servers, asked for in as few calls as there can be; see the header. */
#include "config.h"

#include "fcgi_app/clients/network.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/clients/service.h"
#include "fcgi_app/clients/state.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.network.security_group_api");

/* Ids in one call, as upstream has it: an address of so many still passes everywhere. */
enum { IDS_IN_A_CALL = 150 };

enum {
    LAST_SEEN = 128, /* servers whose groups a worker remembers */
    LAST_GROUPS = 4, /* at most, of one */
    ID_SIZE = 37
};

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

static const struct neutron_param group_fields[] = { { "fields", "id" }, { "fields", "name" }, { NULL, NULL } };

/* Asks for the groups. */
static struct fault *list_groups(const struct context *context, const void *mem, const struct entry *groups,
                                 size_t count, json_t **items)
{
    const char **ids = mem_array(mem, const char *, count + 1);

    for (size_t i = 0; i < count; i++)
        ids[i] = groups[i].text;
    return neutron_list_many(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, "id", ids, count, IDS_IN_A_CALL,
                             group_fields, items);
}

/* Gives the groups the names that neutron said. */
static struct fault *name_groups(const void *mem, json_t *items, struct entry *groups, size_t count)
{
    json_t *item, *id;
    size_t i;

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

/* Upstream asks for whole ports; neutron's cost is in the members that it shows. */
static const struct neutron_param port_fields[] = { { "fields", "device_id" },
                                                    { "fields", "security_groups" },
                                                    { NULL, NULL } };

/*
 * The groups that a server's ports had when they were last read.  While they
 * have them still, their names can be asked for beside the ports in place of
 * after them: the same calls, and the same answer in half the time.
 */
struct last_seen {
    char uuid[ID_SIZE];
    unsigned char count;
    char ids[LAST_GROUPS][ID_SIZE]; /* sorted */
};

static struct last_seen *last_seen_of(const struct context *context, const char *uuid)
{
    struct last_seen *all = clients_state(context->worker, "network.last_seen", LAST_SEEN * sizeof(struct last_seen));
    uint32_t hash = 2166136261U;

    for (const char *c = uuid; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    return &all[hash % LAST_SEEN];
}

static void remember(struct last_seen *last, const char *uuid, const struct entry *known, size_t count)
{
    *last = (struct last_seen){ 0 };
    if (strlen(uuid) >= ID_SIZE || count > LAST_GROUPS)
        return;
    for (size_t i = 0; i < count; i++) {
        if (strlen(known[i].text) >= ID_SIZE)
            return;
        memcpy(last->ids[i], known[i].text, strlen(known[i].text) + 1);
    }
    memcpy(last->uuid, uuid, strlen(uuid) + 1);
    last->count = (unsigned char)count;
}

static bool is_as_seen(const struct last_seen *last, const char *uuid, const struct entry *known, size_t count)
{
    if (strcmp(last->uuid, uuid) != 0 || last->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(last->ids[i], known[i].text) != 0)
            return false;
    return true;
}

/* The ports of one server, and its groups where they are still those that it had; *items NULL: they have to be asked
 * for. */
static struct fault *list_both(const struct context *context, const void *mem, const char *uuid, json_t **ports,
                               struct entry **known, size_t *count, json_t **items)
{
    struct last_seen *last = last_seen_of(context, uuid);
    struct neutron_param of_server[] = { { "device_id", uuid }, port_fields[0], port_fields[1], { NULL, NULL } };
    struct neutron_param of_groups[LAST_GROUPS + sizeof(group_fields) / sizeof(group_fields[0])];
    struct neutron_list lists[] = { { .resource = NEUTRON_PORTS, .params = of_server },
                                    { .resource = NEUTRON_SECURITY_GROUPS, .params = of_groups } };
    bool guessed = last->count && !strcmp(last->uuid, uuid);

    for (size_t i = 0; i < last->count; i++)
        of_groups[i] = (struct neutron_param){ "id", last->ids[i] };
    memcpy(of_groups + last->count, group_fields, sizeof(group_fields));
    neutron_lists(context, mem, NEUTRON_USER, lists, guessed ? 2 : 1);
    *ports = lists[0].items;
    if (lists[0].fault)
        return lists[0].fault;
    TRY(groups_on(mem, *ports, known, count));
    if (guessed && is_as_seen(last, uuid, *known, *count)) {
        *items = lists[1].items;
        return lists[1].fault;
    }
    *items = NULL;
    remember(last, uuid, *known, *count);
    return NULL;
}

struct fault *network_security_groups(const struct context *context, const void *mem, const char *const *uuids,
                                      size_t count, struct network_groups *groups)
{
    struct entry *servers = mem_array(mem, struct entry, count + 1), *known, *server, *group;
    size_t *sizes = mem_array(mem, size_t, count + 1), known_count, p, g;
    json_t *ports, *port, *ids, *id, *items = NULL;

    if (count == 1) {
        TRY(list_both(context, mem, uuids[0], &ports, &known, &known_count, &items));
    } else {
        TRY(neutron_list_many(context, mem, NEUTRON_USER, NEUTRON_PORTS, "device_id", uuids, count, IDS_IN_A_CALL,
                              port_fields, &ports));
        TRY(groups_on(mem, ports, &known, &known_count));
    }
    if (known_count && !items)
        TRY(list_groups(context, mem, known, known_count, &items));
    TRY(name_groups(mem, items, known, known_count));
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
