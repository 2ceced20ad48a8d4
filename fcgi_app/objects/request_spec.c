/* SPDX-License-Identifier: Apache-2.0 */
/* RequestSpec of a server to come; see the header.  Neighbour: tree.c. */
#include "config.h"

#include "fcgi_app/objects/request_spec.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/objects/build_request.h"
#include "fcgi_app/objects/tree.h"

#include <stdio.h>
#include <string.h>

static json_t *copy(const json_t *tree)
{
    return tree ? json_deep_copy(tree) : json_null();
}

static json_t *one_text(const char *text)
{
    return text ? tree_texts(&text, 1) : json_null();
}

static json_t *limits_tree(void)
{
    json_t *object = tree_object("SchedulerLimits");

    tree_set(object, "numa_topology", json_null());
    tree_set(object, "vcpu", json_null());
    tree_set(object, "disk_gb", json_null());
    tree_set(object, "memory_mb", json_null());
    return object;
}

/* Of a destination that names no host the field is not set. */
static json_t *destination_tree(const struct new_spec *spec)
{
    json_t *object;

    if (!spec->requested_host && !spec->requested_node)
        return json_null();
    object = tree_object("Destination");
    if (spec->requested_host)
        tree_set(object, "host", tree_text(spec->requested_host));
    tree_set(object, "node", tree_text(spec->requested_node));
    return object;
}

static json_t *security_groups_tree(const struct new_spec *spec)
{
    json_t *objects = json_array();

    for (size_t i = 0; i < spec->security_group_count; i++) {
        const char *group = spec->security_groups[i];
        json_t *object = tree_object("SecurityGroup");

        tree_set(object, text_is_uuid_like(group) ? "uuid" : "name", tree_text(group));
        json_array_append_new(objects, object);
    }
    return tree_list("SecurityGroupList", objects, true);
}

static json_t *json_of(const char *text, json_t *otherwise)
{
    json_t *tree = text ? json_loads(text, 0, NULL) : NULL;

    if (!tree)
        return otherwise;
    json_decref(otherwise);
    return tree;
}

/* Rules are texts, however the row has them. */
static json_t *rules_tree(const char *text)
{
    json_t *rules = json_of(text, json_object()), *value;
    const char *key;
    void *next;

    json_object_foreach_safe(rules, next, key, value) if (json_is_integer(value))
    {
        char digits[24];

        snprintf(digits, sizeof(digits), "%lld", (long long)json_integer_value(value));
        json_object_set_new(rules, key, json_string(digits));
    }
    return rules;
}

/* The row keeps who is in the group and where to itself. */
static json_t *group_tree(const struct group_row *group, bool stored)
{
    json_t *object;

    if (!group)
        return json_null();
    object = tree_object("InstanceGroup");
    tree_put(object, "id", json_integer(group->id));
    tree_put(object, "user_id", tree_text(group->user_id));
    tree_put(object, "project_id", tree_text(group->project_id));
    tree_put(object, "uuid", tree_text(group->uuid));
    tree_put(object, "name", tree_text(group->name));
    tree_put(object, "policies", group->policy ? one_text(group->policy) : json_array());
    if (stored) {
        tree_set(object, "members", json_null());
        tree_set(object, "hosts", json_null());
    } else {
        tree_put(object, "members", json_of(group->members, json_array()));
    }
    tree_put(object, "policy", tree_text(group->policy));
    tree_put(object, "_rules", rules_tree(group->rules));
    tree_put(object, "created_at", tree_time(group->created_at));
    tree_put(object, "updated_at", tree_time(group->updated_at));
    tree_put(object, "deleted_at", json_null());
    tree_put(object, "deleted", json_false());
    return object;
}

/* Copying a flavor, which a spec does before it is stored, leaves its extra specs changed. */
static json_t *flavor_copy_tree(const struct flavor_row *flavor)
{
    json_t *object = flavor_tree(flavor);

    if (json_object_size(flavor->extra_specs))
        tree_set(object, "extra_specs", json_deep_copy(flavor->extra_specs));
    return object;
}

/* The fields that both forms have, in the order in which RequestSpec declares all. */
static json_t *spec_tree(const struct new_spec *spec, const char *uuid, bool stored, int64_t id,
                         const struct group_row *group)
{
    json_t *object = tree_object("RequestSpec");
    size_t resources = json_array_size(spec->requested_resources);

    if (!stored)
        tree_set(object, "id", json_integer(id));
    tree_set(object, "image", copy(spec->image));
    tree_set(object, "numa_topology", copy(spec->numa_topology));
    tree_set(object, "pci_requests", copy(spec->pci_requests));
    tree_set(object, "project_id", tree_text(spec->project_id));
    tree_set(object, "user_id", tree_text(spec->user_id));
    tree_set(object, "availability_zone", tree_text(spec->availability_zone));
    tree_set(object, "flavor", flavor_copy_tree(spec->flavor));
    tree_set(object, "num_instances", json_integer(spec->num_instances));
    tree_set(object, "ignore_hosts", json_null());
    tree_set(object, "force_hosts", one_text(spec->force_host));
    tree_set(object, "force_nodes", one_text(spec->force_node));
    tree_set(object, "requested_destination", stored ? json_null() : destination_tree(spec));
    tree_set(object, "retry", json_null());
    tree_set(object, "limits", limits_tree());
    tree_set(object, "instance_group", group_tree(group, stored));
    tree_set(object, "scheduler_hints", copy(spec->hints));
    tree_set(object, "instance_uuid", tree_text(uuid));
    tree_set(object, "security_groups", security_groups_tree(spec));
    if (!stored && spec->network_metadata)
        tree_set(object, "network_metadata", copy(spec->network_metadata));
    tree_set(object, "is_bfv", json_boolean(spec->is_bfv));
    tree_set(object, "requested_resources", stored && resources ? json_null() : copy(spec->requested_resources));
    if (!stored) {
        tree_set(object, "request_level_params", copy(spec->request_level_params));
        if (spec->requested_networks)
            tree_set(object, "requested_networks", copy(spec->requested_networks));
    }
    return object;
}

json_t *request_spec_group(const struct group_row *group, bool stored)
{
    return group_tree(group, stored);
}

json_t *request_spec_stored(const struct new_spec *spec, const char *uuid)
{
    return spec_tree(spec, uuid, true, 0, spec->group);
}

json_t *request_spec_sent(const struct new_spec *spec, const char *uuid, int64_t id, const struct group_row *group)
{
    json_t *object = spec_tree(spec, uuid, false, id, group);

    tree_saved(object);
    return object;
}

/* ---- networks ---- */

json_t *network_requests_tree(const struct network_request *requests, size_t count)
{
    json_t *objects = json_array();

    for (size_t i = 0; i < count; i++) {
        const struct network_request *request = &requests[i];
        json_t *object = tree_object("NetworkRequest");

        tree_set(object, "network_id", tree_text(request->network_id));
        if (request->has_address)
            tree_set(object, "address", tree_text(request->address));
        tree_set(object, "port_id", tree_text(request->port_id));
        if (request->has_pci_request)
            tree_set(object, "pci_request_id", tree_text(request->pci_request_id));
        if (request->has_tag)
            tree_set(object, "tag", tree_text(request->tag));
        if (request->has_pci_request)
            tree_set(object, "arq_uuid", json_null());
        tree_set(object, "device_profile", tree_text(request->device_profile));
        json_array_append_new(objects, object);
    }
    return tree_list("NetworkRequestList", objects, true);
}

json_t *network_metadata_tree(const char *const *physnets, size_t count, bool tunneled)
{
    json_t *object = tree_object("NetworkMetadata");

    tree_set(object, "physnets", tree_texts(physnets, count));
    tree_set(object, "tunneled", json_boolean(tunneled));
    return object;
}
