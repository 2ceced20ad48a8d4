/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Security groups of the network service in nova's shape, and on servers.
 * Neighbours: clients/neutron.h asks; routes/compute/security_groups.c
 * answers, its view shows.
 * Faults of all: neutron's, as neutron.h has them, where nothing else is said.
 * Source: nova-facts/outbound.md section 4, error_mapping.tsv.
 */
#ifndef NOVA_COMPUTE_SECURITY_GROUPS_H
#define NOVA_COMPUTE_SECURITY_GROUPS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A port of a rule that is not said. */
#define SECURITY_NO_PORT INT64_MIN

struct security_rule {
    const char *id, *parent_group_id, *protocol; /* protocol NULL: any */
    int64_t from_port, to_port;
    const char *group_id; /* whose members may come; NULL: it is `cidr` */
    const char *cidr;     /* never NULL */
    const json_t *raw;    /* as neutron told of it */
    const json_t *group;  /* what neutron told of group_id, once resolved */
    bool group_gone;      /* there is no such group: the rule is not shown */
};

struct security_group {
    const char *id, *name, *description, *project_id;
    const json_t *raw;           /* as neutron told of it */
    struct security_rule *rules; /* those for what comes in */
    size_t rule_count;
};

/* Ids must be UUIDs. Fault: Invalid. */
struct fault *security_group_check_id(const void *mem, const char *id) FAULT_CHECK;

/* The project's, or all that there are. */
struct fault *security_groups_list(const struct context *context, const void *mem, bool all_tenants,
                                   struct security_group **groups, size_t *count) FAULT_CHECK;
/* Fault: SecurityGroupNotFound. */
struct fault *security_group_get(const struct context *context, const void *mem, const char *id,
                                 struct security_group *group) FAULT_CHECK;
/* Name and description as the body has them. Faults: InvalidInput, Invalid, SecurityGroupLimitExceeded. */
struct fault *security_group_create(const struct context *context, const void *mem, const json_t *name,
                                    const json_t *description, struct security_group *group) FAULT_CHECK;
struct fault *security_group_update(const struct context *context, const void *mem, const char *id, const json_t *name,
                                    const json_t *description, struct security_group *group) FAULT_CHECK;
/* Faults: SecurityGroupNotFound, Invalid (in use). */
struct fault *security_group_delete(const struct context *context, const void *mem, const char *id) FAULT_CHECK;

/* Finds names and projects of the groups that rules let in: one call for all of them. */
struct fault *security_groups_resolve(const struct context *context, const void *mem, struct security_group *groups,
                                      size_t count) FAULT_CHECK;

/* ---- rules ---- */

/* What a body asks for; ports and protocol may be any JSON. */
struct security_rule_asked {
    const json_t *protocol, *from_port, *to_port, *cidr;
    const char *group_id; /* NULL: by cidr */
};
/*
 * Checks what is asked for and adds it to `parent`.
 * Faults: Invalid, InvalidInput, InvalidCidr, InvalidIpProtocol, InvalidPortRange; Http 400; SecurityGroupNotFound,
 * SecurityGroupLimitExceeded.
 */
struct fault *security_rule_add(const struct context *context, const void *mem, const struct security_group *parent,
                                const struct security_rule_asked *asked, struct security_rule *rule) FAULT_CHECK;
/* Fault: SecurityGroupNotFound. */
struct fault *security_rule_get(const struct context *context, const void *mem, const char *id,
                                struct security_rule *rule) FAULT_CHECK;
struct fault *security_rule_delete(const struct context *context, const void *mem, const char *id) FAULT_CHECK;

/* ---- on servers ---- */

/* Those on the server's ports, one for each port that has it. */
struct fault *security_groups_of_server(const struct context *context, const void *mem, const char *uuid,
                                        struct security_group **groups, size_t *count) FAULT_CHECK;
/* On or off all of its ports. Faults: SecurityGroupNotFound, NoUniqueMatch, SecurityGroupCannotBeApplied. */
struct fault *security_group_add_to_server(const struct context *context, const void *mem, const char *uuid,
                                           const char *name) FAULT_CHECK;
struct fault *security_group_remove_from_server(const struct context *context, const void *mem, const char *uuid,
                                                const char *name) FAULT_CHECK;

#endif
