/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups and how servers get and lose them; see the header. security_rules.c makes rules. */
#include "config.h"

#include "fcgi_app/compute/security_groups.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/compute/security_private.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/take.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

LOG_MODULE("nova.network.security_group_api");

/* Ids in one call, as upstream has it. */
enum { IDS_IN_A_CALL = 150, NAME_AT_MOST = 255 };

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- nova's shape ---- */

static int64_t port_of(const json_t *rule, const char *key)
{
    const json_t *value = json_object_get(rule, key);

    return json_is_integer(value) ? json_integer_value(value) : SECURITY_NO_PORT;
}

static bool is_none(const json_t *raw, const char *key)
{
    const json_t *value = json_object_get(raw, key);

    return !value || json_is_null(value);
}

/* Those that must be there. */
static struct fault *need(const void *mem, const json_t *raw, const char *const *keys)
{
    json_t *value;

    for (; *keys; keys++)
        TRY(take_key(mem, raw, *keys, &value));
    return NULL;
}

struct fault *security_rule_read(const void *mem, const json_t *raw, struct security_rule *rule)
{
    static const char *const keys[] = { "id", "security_group_id", "protocol", "remote_group_id", NULL };
    const char *cidr = text(raw, "remote_ip_prefix");

    TRY(need(mem, raw, keys));
    *rule = (struct security_rule){ .id = take_text(mem, json_object_get(raw, "id")),
                                    .parent_group_id = take_text(mem, json_object_get(raw, "security_group_id")),
                                    .protocol = text(raw, "protocol"),
                                    .from_port = port_of(raw, "port_range_min"),
                                    .to_port = port_of(raw, "port_range_max"),
                                    .group_id = text(raw, "remote_group_id"),
                                    .cidr = text_is_empty(cidr) ? "0.0.0.0/0" : cidr,
                                    .raw = raw };
    if (!rule->protocol && take_is_true(json_object_get(raw, "protocol")) && is_none(raw, "port_range_min") &&
        is_none(raw, "port_range_max"))
        return fault_new(mem, AttributeError, "object has no attribute 'upper'");
    if (text_is_empty(rule->protocol) || rule->from_port != SECURITY_NO_PORT || rule->to_port != SECURITY_NO_PORT)
        return NULL;
    if (!strcasecmp(rule->protocol, "tcp") || !strcasecmp(rule->protocol, "udp")) {
        rule->from_port = 1;
        rule->to_port = 65535;
    } else {
        rule->from_port = rule->to_port = -1;
    }
    return NULL;
}

static struct fault *read_group(const void *mem, const json_t *raw, struct security_group *group)
{
    static const char *const keys[] = { "id", "description", "name", "tenant_id", NULL };
    json_t *rules = json_object_get(raw, "security_group_rules"), *rule, *direction;
    size_t i;

    TRY(need(mem, raw, keys));
    if (rules)
        TRY(take_each(mem, rules, &rules));
    *group = (struct security_group){ .id = text(raw, "id"),
                                      .name = text(raw, "name"),
                                      .description = text(raw, "description"),
                                      .project_id = text(raw, "tenant_id"),
                                      .raw = raw,
                                      .rules = mem_array(mem, struct security_rule, json_array_size(rules) + 1) };
    json_array_foreach(rules, i, rule)
    {
        TRY(take_key(mem, rule, "direction", &direction));
        if (json_is_string(direction) && !strcmp(json_string_value(direction), "ingress"))
            TRY(security_rule_read(mem, rule, &group->rules[group->rule_count++]));
    }
    return NULL;
}

struct fault *security_group_check_id(const void *mem, const char *id)
{
    if (!id || !text_is_uuid_like(id))
        return fault_text(mem, Invalid, "Security group id should be uuid");
    return NULL;
}

struct fault *security_not_found(const void *mem, struct fault *fault)
{
    if (fault && fault_is(fault, FAULT_neutron_NeutronClientException) && fault->code == 404)
        return fault_text(mem, SecurityGroupNotFound, "%s", fault->message);
    return fault;
}

/* ---- groups ---- */

struct fault *security_groups_list(const struct context *context, const void *mem, bool all_tenants,
                                   struct security_group **groups, size_t *count)
{
    const struct neutron_param own[] = { { "tenant_id", context->project_id ? context->project_id : "None" },
                                         { NULL, NULL } };
    json_t *items, *item;
    size_t i;

    TRY(neutron_list(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, all_tenants ? NULL : own, &items));
    *count = json_array_size(items);
    *groups = mem_array(mem, struct security_group, *count + 1);
    json_array_foreach(items, i, item) TRY(read_group(mem, item, &(*groups)[i]));
    return NULL;
}

struct fault *security_group_get(const struct context *context, const void *mem, const char *id,
                                 struct security_group *group)
{
    json_t *raw;

    TRY(security_not_found(mem, neutron_show_get(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, id, NULL, &raw)));
    return read_group(mem, raw, group);
}

/* Characters, not bytes. */
static size_t length_of(const char *utf8)
{
    size_t count = 0;

    for (; *utf8; utf8++)
        count += ((unsigned char)*utf8 & 0xc0) != 0x80;
    return count;
}

static struct fault *check_text(const void *mem, const json_t *value, const char *name)
{
    if (!json_is_string(value))
        return fault_text(mem, InvalidInput, "%s is not a string or unicode", name);
    if (length_of(json_string_value(value)) > NAME_AT_MOST)
        return fault_text(mem, InvalidInput, "%s has %zu characters, more than %d.", name,
                          length_of(json_string_value(value)), NAME_AT_MOST);
    return NULL;
}

static struct fault *group_body(const void *mem, const json_t *name, const json_t *description, json_t **body)
{
    TRY(check_text(mem, name, "name"));
    TRY(check_text(mem, description, "description"));
    TRY(json_read(mem, "{}", 2, body));
    json_object_set(*body, "name", (json_t *)(uintptr_t)name);
    json_object_set(*body, "description", (json_t *)(uintptr_t)description);
    return NULL;
}

struct fault *security_group_create(const struct context *context, const void *mem, const json_t *name,
                                    const json_t *description, struct security_group *group)
{
    struct fault *fault;
    json_t *body, *raw;

    TRY(group_body(mem, name, description, &body));
    fault = neutron_create(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, body, &raw);
    if (!fault)
        return read_group(mem, raw, group);
    if (fault_is(fault, FAULT_neutron_BadRequest))
        return fault_text(mem, Invalid, "%s", fault->message);
    if (fault_is(fault, FAULT_neutron_NeutronClientException) && fault->code == 409)
        return fault_text(mem, SecurityGroupLimitExceeded, "%s", fault->message);
    return fault;
}

struct fault *security_group_update(const struct context *context, const void *mem, const char *id, const json_t *name,
                                    const json_t *description, struct security_group *group)
{
    json_t *body, *raw;

    TRY(group_body(mem, name, description, &body));
    TRY(neutron_update(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, id, body, &raw));
    return read_group(mem, raw, group);
}

struct fault *security_group_delete(const struct context *context, const void *mem, const char *id)
{
    struct fault *fault =
        security_not_found(mem, neutron_delete(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, id));

    if (fault && fault_is(fault, FAULT_neutron_NeutronClientException) && fault->code == 409)
        return fault_text(mem, Invalid, "%s", fault->message);
    return fault;
}

/* Ids, each once, on mem. */
struct ids {
    const char **list;
    size_t count;
};

static void ids_add(const void *mem, struct ids *ids, const char *id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (!strcmp(ids->list[i], id))
            return;
    ids->list = mem_grow(mem, ids->list, const char *, ids->count + 1);
    ids->list[ids->count++] = id;
}

static const json_t *find_id(const json_t *items, const char *id)
{
    const json_t *item;
    size_t i;

    json_array_foreach(items, i, item)
    {
        const char *own = text(item, "id");

        if (own && !strcmp(own, id))
            return item;
    }
    return NULL;
}

struct fault *security_groups_resolve(const struct context *context, const void *mem, struct security_group *groups,
                                      size_t count)
{
    static const struct neutron_param fields[] = {
        { "fields", "id" }, { "fields", "name" }, { "fields", "tenant_id" }, { NULL, NULL }
    };
    struct ids ids = { 0 };
    json_t *items;

    for (size_t g = 0; g < count; g++)
        for (size_t r = 0; r < groups[g].rule_count; r++)
            if (!text_is_empty(groups[g].rules[r].group_id))
                ids_add(mem, &ids, groups[g].rules[r].group_id);
    if (!ids.count)
        return NULL;
    TRY(neutron_list_many(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, "id", ids.list, ids.count, IDS_IN_A_CALL,
                          fields, &items));
    for (size_t g = 0; g < count; g++)
        for (size_t r = 0; r < groups[g].rule_count; r++) {
            struct security_rule *rule = &groups[g].rules[r];
            const json_t *item = text_is_empty(rule->group_id) ? NULL : find_id(items, rule->group_id);

            rule->group = item;
            rule->group_gone = !text_is_empty(rule->group_id) && !item;
        }
    return NULL;
}

/* ---- on servers ---- */

static struct fault *ports_of(const struct context *context, const void *mem, const char *uuid, json_t **ports)
{
    const struct neutron_param params[] = { { "device_id", uuid }, { NULL, NULL } };

    return neutron_list(context, mem, NEUTRON_USER, NEUTRON_PORTS, params, ports);
}

struct fault *security_groups_of_server(const struct context *context, const void *mem, const char *uuid,
                                        struct security_group **groups, size_t *count)
{
    const json_t *port, *id, *raw;
    struct ids ids = { 0 };
    json_t *ports, *items;
    size_t p, g, total = 0;

    TRY(ports_of(context, mem, uuid, &ports));
    json_array_foreach(ports, p, port)
    {
        json_array_foreach(json_object_get(port, "security_groups"), g, id) if (json_is_string(id))
            ids_add(mem, &ids, json_string_value(id));
        total += json_array_size(json_object_get(port, "security_groups"));
    }
    *groups = mem_array(mem, struct security_group, total + 1);
    *count = 0;
    if (!ids.count)
        return NULL;
    TRY(neutron_list_many(context, mem, NEUTRON_USER, NEUTRON_SECURITY_GROUPS, "id", ids.list, ids.count, IDS_IN_A_CALL,
                          NULL, &items));
    json_array_foreach(ports, p, port)
    {
        const char *device = text(port, "device_id");

        if (!device || strcmp(device, uuid))
            continue;
        json_array_foreach(json_object_get(port, "security_groups"), g,
                           id) if (json_is_string(id) && (raw = find_id(items, json_string_value(id))))
            TRY(read_group(mem, raw, &(*groups)[(*count)++]));
    }
    return NULL;
}

static struct fault *find_group(const struct context *context, const void *mem, const char *name, const char **id)
{
    struct fault *fault = neutron_security_group_find(context, mem, context->project_id, name, id);

    if (fault && fault_is(fault, FAULT_SecurityGroupNotFound))
        return fault_text(mem, SecurityGroupNotFound, "Security group %s is not found for project %s", name,
                          context->project_id ? context->project_id : "None");
    return fault;
}

static struct fault *find_ports(const struct context *context, const void *mem, const char *uuid, json_t **ports)
{
    TRY(ports_of(context, mem, uuid, ports));
    if (!json_array_size(*ports))
        return fault_text(mem, SecurityGroupNotFound, "instance_id %s could not be found as device id on any ports",
                          uuid);
    return NULL;
}

/* Sets a port's groups. */
static struct fault *put_groups(const struct context *context, const void *mem, const char *port, json_t *groups)
{
    json_t *body;

    TRY(json_read(mem, "{}", 2, &body));
    json_object_set(body, "security_groups", groups);
    return neutron_update(context, mem, NEUTRON_USER, NEUTRON_PORTS, port, body, NULL);
}

/* Can a port have groups? It needs an address, or to be promised one, and its security switched on. */
static bool takes_groups(const struct neutron_port *port)
{
    bool deferred = port->ip_allocation && !strcmp(port->ip_allocation, "deferred");

    return (port->fixed_ip_count || deferred) && port->port_security_enabled;
}

struct fault *security_group_add_to_server(const struct context *context, const void *mem, const char *uuid,
                                           const char *name)
{
    struct neutron_port port;
    struct fault *fault;
    json_t *ports, *raw, *groups;
    const char *id;
    size_t i;

    TRY(find_group(context, mem, name, &id));
    TRY(find_ports(context, mem, uuid, &ports));
    json_array_foreach(ports, i, raw)
    {
        if (!json_is_object(raw))
            return fault_new(mem, AttributeError, "object has no attribute 'get'");
        neutron_port_read(mem, raw, &port);
        if (!port.id)
            return fault_new(mem, KeyError, "'id'");
        if (!takes_groups(&port)) {
            log_warning("Cannot add security group %s to %s since the port %s does not meet security requirements",
                        name, uuid, port.id);
            return fault_new(mem, SecurityGroupCannotBeApplied);
        }
        groups = json_object_get(raw, "security_groups");
        if (!json_is_array(groups))
            TRY(json_read(mem, "[]", 2, &groups));
        json_array_append_new(groups, json_string(id));
        log_info("Adding security group %s to port %s", id, port.id);
        fault = put_groups(context, mem, port.id, groups);
        if (fault && fault_is(fault, FAULT_neutron_NeutronClientException) && fault->code == 400)
            return fault_text(mem, SecurityGroupCannotBeApplied, "%s", fault->message);
        TRY(fault);
    }
    return NULL;
}

struct fault *security_group_remove_from_server(const struct context *context, const void *mem, const char *uuid,
                                                const char *name)
{
    json_t *ports, *raw, *groups, *group;
    const char *id, *port;
    bool found = false;
    size_t i, g;

    TRY(find_group(context, mem, name, &id));
    TRY(find_ports(context, mem, uuid, &ports));
    json_array_foreach(ports, i, raw)
    {
        bool here = false;

        groups = json_object_get(raw, "security_groups");
        port = take_text(mem, json_object_get(raw, "id"));
        json_array_foreach(groups, g, group) if (json_is_string(group) && !strcmp(json_string_value(group), id))
        {
            json_array_remove(groups, g);
            here = true;
            break;
        }
        if (!here || !port)
            continue;
        log_info("Removing security group %s from port %s", id, port);
        TRY(put_groups(context, mem, port, groups));
        found = true;
    }
    if (!found)
        return fault_text(mem, SecurityGroupNotFound, "Security group %s not associated with the instance %s", name,
                          uuid);
    return NULL;
}
