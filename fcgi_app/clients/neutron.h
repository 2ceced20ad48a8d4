/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network service: lists, shows and changes of its resources by row.
 *
 * Calls go with the token of the one who asks or with [neutron]'s own
 * credentials.  Answers stay JSON trees, with structs for what nova reads of
 * ports, networks and security groups.  Several calls that do not need each
 * other's answers go out at once.
 * Faults of every call: neutron_… named as neutronclient's classes (fault_is
 * knows their kinds: neutron_NotFound, neutron_Conflict, neutron_BadRequest …),
 * and as upstream's wrapper: Unauthorized for 401 (Neutron admin credentials:
 * NeutronAdminCredentialConfigurationInvalid), Forbidden for 403.
 * Source: nova-facts/outbound.md section 4, captures/outbound.jsonl.
 */
#ifndef NOVA_CLIENTS_NEUTRON_H
#define NOVA_CLIENTS_NEUTRON_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whose credentials. */
enum neutron_as {
    NEUTRON_USER,    /* the token of the one who asks; none and an administrator: the service's */
    NEUTRON_SERVICE, /* [neutron]'s own */
};

/* Rows of neutron.c: path, key of a list, key of one. */
enum neutron_resource {
    NEUTRON_NETWORKS,
    NEUTRON_PORTS,
    NEUTRON_SUBNETS,
    NEUTRON_SECURITY_GROUPS,
    NEUTRON_SECURITY_GROUP_RULES,
    NEUTRON_FLOATINGIPS,
    NEUTRON_QUOTAS,
    NEUTRON_EXTENSIONS,
    NEUTRON_AUTO_ALLOCATED_TOPOLOGY,
    NEUTRON_RESOURCE_COUNT
};

/* A query parameter; a list of values is the same name several times. NULL name ends a list. */
struct neutron_param {
    const char *name, *value;
};

/* One list call of several. Next pages are followed; `items` is an array on mem once it is done and fault is NULL. */
struct neutron_list {
    enum neutron_resource resource;
    const struct neutron_param *params; /* NULL: none */
    json_t *items;
    struct fault *fault;
};
void neutron_lists(const struct context *context, const void *mem, enum neutron_as as, struct neutron_list *lists,
                   size_t count);

/* One list. */
struct fault *neutron_list(const struct context *context, const void *mem, enum neutron_as as,
                           enum neutron_resource resource, const struct neutron_param *params,
                           json_t **items) FAULT_CHECK;

/*
 * A list whose parameter `name` takes many values: "id" for networks and security groups, "device_id" for ports.  `per`
 * values a call (0: as many as an address of 8,192 bytes holds), the calls at once.  `params` come after the values.
 */
struct fault *neutron_list_many(const struct context *context, const void *mem, enum neutron_as as,
                                enum neutron_resource resource, const char *name, const char *const *values,
                                size_t count, size_t per, const struct neutron_param *params,
                                json_t **items) FAULT_CHECK;

/* One by id (quotas, auto-allocated topology: the project's). */
struct fault *neutron_show(const struct context *context, const void *mem, enum neutron_as as,
                           enum neutron_resource resource, const char *id, const struct neutron_param *params,
                           json_t **item) FAULT_CHECK;
/* The same where nova asks .get(), AttributeError in place of a TypeError; the item may be NULL and of any type. */
struct fault *neutron_show_get(const struct context *context, const void *mem, enum neutron_as as,
                               enum neutron_resource resource, const char *id, const struct neutron_param *params,
                               json_t **item) FAULT_CHECK;
/*
 * `body` is what stands under the resource's key; *item (may be NULL) what comes back under it: of security groups and
 * their rules as neutron_show_get() has it.
 */
struct fault *neutron_create(const struct context *context, const void *mem, enum neutron_as as,
                             enum neutron_resource resource, const json_t *body, json_t **item) FAULT_CHECK;
/* The same with a list under the resource's plural key (security group rules). */
struct fault *neutron_create_many(const struct context *context, const void *mem, enum neutron_as as,
                                  enum neutron_resource resource, const json_t *bodies, json_t **items) FAULT_CHECK;
struct fault *neutron_update(const struct context *context, const void *mem, enum neutron_as as,
                             enum neutron_resource resource, const char *id, const json_t *body,
                             json_t **item) FAULT_CHECK;
struct fault *neutron_delete(const struct context *context, const void *mem, enum neutron_as as,
                             enum neutron_resource resource, const char *id) FAULT_CHECK;

/* Aliases, kept for [neutron] extension_sync_interval seconds: "ip-substring-filtering", "multi-provider" … */
struct fault *neutron_has_extension(const struct context *context, const void *mem, enum neutron_as as,
                                    const char *alias, bool *has) FAULT_CHECK;

/* ---- what nova reads of them ---- */

struct neutron_address {
    const char *subnet_id, *address;
};

struct neutron_port {
    const char *id, *name, *network_id, *device_id, *device_owner, *mac_address, *status, *project_id;
    const struct neutron_address *fixed_ips;
    size_t fixed_ip_count;
    const char *const *security_groups; /* ids, NULL-terminated */
    bool port_security_enabled;         /* true unless said otherwise */
    const char *ip_allocation;          /* NULL, "immediate", "deferred", "none" */
    const char *vnic_type;              /* binding:vnic_type, "normal" when absent */
    const char *binding_host;           /* binding:host_id */
    const char *vif_type;               /* binding:vif_type */
    const char *numa_affinity_policy, *device_profile;
    const json_t *binding_profile;  /* object, or NULL */
    const json_t *resource_request; /* object, or NULL */
    const json_t *raw;
};
/* Reads a port's JSON, which may be anything; texts are the tree's. */
void neutron_port_read(const void *mem, const json_t *raw, struct neutron_port *port);

struct neutron_network {
    const char *id, *name, *project_id, *physical_network, *network_type;
    bool shared, external, admin_state_up, port_security_enabled;
    const char *const *subnets; /* ids, NULL-terminated */
    const json_t *segments;     /* array, or NULL */
    const json_t *raw;
};
void neutron_network_read(const void *mem, const json_t *raw, struct neutron_network *network);

/*
 * A port, as upstream's show_port: PortNotFound, Forbidden (401, 403), NovaException with its words for all else.
 * `params`: fields wanted, or NULL.  What neutron told of it stands in `raw` and may be NULL or of any type.
 */
struct fault *neutron_port_show(const struct context *context, const void *mem, enum neutron_as as, const char *id,
                                const struct neutron_param *params, struct neutron_port *port) FAULT_CHECK;

/*
 * Networks that a server of the project may use.  With ids: those, in the order given.  Without: the project's own and
 * the shared ones (asked at once), `auto_allocate`: only own ones that are up.  With ids each has an id.
 * Faults besides: ValueError for a network that was not asked for.
 */
struct fault *neutron_available_networks(const struct context *context, const void *mem, const char *project_id,
                                         const char *const *ids, size_t id_count, bool auto_allocate,
                                         struct neutron_network **networks, size_t *count) FAULT_CHECK;

/*
 * The physical network that a network's ports are wired to (of the first segment that has one; NULL: none, on mem) and
 * whether its traffic goes through tunnels. Faults besides: NovaException where there are segments and none has one.
 */
struct fault *neutron_network_kind(const struct context *context, const void *mem, const char *id, const char **physnet,
                                   bool *tunneled) FAULT_CHECK;

/* Has each network of a list by ids an id that was asked for? Faults: ValueError; KeyError, TypeError. */
struct fault *neutron_networks_asked(const void *mem, const json_t *items, const char *const *ids,
                                     size_t id_count) FAULT_CHECK;

/*
 * The id of a security group that a request names, by id where it looks like one, else by name in the project.
 * Faults: SecurityGroupNotFound, NoUniqueMatch.
 */
struct fault *neutron_security_group_find(const struct context *context, const void *mem, const char *project_id,
                                          const char *name_or_id, const char **id) FAULT_CHECK;

/* Is an auto-allocated topology possible (dry run)? */
struct fault *neutron_can_auto_allocate(const struct context *context, const void *mem, const char *project_id,
                                        bool *can) FAULT_CHECK;

#endif
