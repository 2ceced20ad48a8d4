/* SPDX-License-Identifier: Apache-2.0 */
/* See the header.  Neighbours: create_networks.c asks the ports, create.c the flavor. */
#include "config.h"

#include "fcgi_app/compute/create_groups.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/json/take.h"
#include "fcgi_app/objects/tree.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

LOG_MODULE("nova.objects.request_spec");

static json_t *list_of(const json_t *given)
{
    return given ? json_deep_copy(given) : json_array();
}

/* All fields, in the order in which RequestGroup declares them; takes over the trees. */
static json_t *group_tree(json_t *resources, json_t *required, json_t *forbidden, const char *requester)
{
    json_t *group = tree_object("RequestGroup");

    tree_set(group, "use_same_provider", json_true());
    tree_set(group, "resources", resources);
    tree_set(group, "required_traits", required);
    tree_set(group, "forbidden_traits", forbidden);
    tree_set(group, "aggregates", json_array());
    tree_set(group, "forbidden_aggregates", json_array());
    tree_set(group, "requester_id", tree_text(requester));
    tree_set(group, "provider_uuids", json_array());
    tree_set(group, "in_tree", json_null());
    return group;
}

struct fault *create_group_of_port(const void *mem, const json_t *request, const char *port_id, json_t *groups)
{
    json_t *resources;

    TRY(take_key(mem, request, "resources", &resources));
    json_array_append_new(groups, group_tree(json_deep_copy(resources), list_of(json_object_get(request, "required")),
                                             json_array(), port_id));
    return NULL;
}

struct fault *create_groups_of_ports(const void *mem, const json_t *request, json_t *groups, json_t *level)
{
    const json_t *subtree = json_object_get(request, "same_subtree");
    json_t *subtrees;
    size_t index;
    json_t *item;

    json_array_foreach(json_object_get(request, "request_groups"), index, item)
    {
        json_t *id;

        TRY(take_key(mem, item, "id", &id));
        TRY(create_group_of_port(mem, item, json_string_value(id), groups));
    }
    subtrees = list_of(tree_get(level, "same_subtree"));
    if (json_array_size(subtree))
        json_array_append_new(subtrees, json_deep_copy(subtree));
    tree_set(level, "root_required", json_array());
    tree_set(level, "root_forbidden", json_array());
    tree_set(level, "same_subtree", subtrees);
    return NULL;
}

/* "resources:X" or "trait:Y", a number behind the first word allowed; NULL: another key. */
static const char *name_behind(const char *key, const char *prefix)
{
    size_t length = strlen(prefix);

    if (strncmp(key, prefix, length))
        return NULL;
    key += length;
    while (isalnum((unsigned char)*key) || *key == '_' || *key == '-')
        key++;
    return *key == ':' && key[1] ? key + 1 : NULL;
}

void create_groups_of_profile(const json_t *profile, const char *owner, json_t *groups)
{
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)(uintptr_t)profile, index, item)
    {
        json_t *resources = json_object(), *required = json_array(), *forbidden = json_array();
        char requester[128];
        const char *key;
        json_t *value;

        json_object_foreach(item, key, value)
        {
            const char *text = json_string_value(value), *name;
            int64_t amount = json_integer_value(value);
            bool is_number = !text || take_int_text(text, &amount);

            name = name_behind(key, "resources");
            if (name && is_number && amount >= 0)
                json_object_set_new_nocheck(resources, name, json_integer(amount));
            name = name_behind(key, "trait");
            if (name && text && !strcmp(text, "required"))
                json_array_append_new(required, tree_text(name));
            else if (name && text && !strcmp(text, "forbidden"))
                json_array_append_new(forbidden, tree_text(name));
            else if (name)
                log_warning("Only (required, forbidden) traits are supported. Received '%s'.", text ? text : "");
        }
        snprintf(requester, sizeof requester, "device_profile_%zu%s", index, owner ? owner : "");
        json_array_append_new(groups, group_tree(resources, required, forbidden, requester));
    }
}
