/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Server groups: servers that are to be kept together or apart.
 * Neighbours: db/server_groups.h beneath, routes/compute/server_groups.c above.
 * Source: behaviour of nova.objects.instance_group and its controller.
 */
#ifndef NOVA_COMPUTE_SERVER_GROUPS_H
#define NOVA_COMPUTE_SERVER_GROUPS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/db/server_groups.h"

struct server_group_list {
    struct server_group *rows;
    size_t count;
};

/* A project's groups, or everybody's, with their living members. */
struct fault *server_groups_list(const struct context *context, bool all_projects, int64_t offset, int64_t limit,
                                 struct server_group_list *list) FAULT_CHECK;
/* One, without its members. Faults: InstanceGroupNotFound; another project's is not found but by administrators. */
struct fault *server_groups_get(const struct context *context, const char *uuid,
                                struct server_group **group) FAULT_CHECK;
/* The same with its living members. */
struct fault *server_groups_get_whole(const struct context *context, const char *uuid,
                                      struct server_group **group) FAULT_CHECK;
/* Checks the quota, writes, checks again; rules NULL: the version asked for has none. Faults: ServerGroupLimitExceeded,
 * OverQuota. */
struct fault *server_groups_create(const struct context *context, const char *name, const char *policy,
                                   const char *rules, struct server_group *group) FAULT_CHECK;
/* May the project have one more? Faults: as create. */
struct fault *server_groups_check_quota(const struct context *context) FAULT_CHECK;
/* Do all compute services know a rule of more than one server a host? */
struct fault *server_groups_know_rules(const struct context *context, bool *known) FAULT_CHECK;
/* Faults: InstanceGroupNotFound. */
struct fault *server_groups_delete(const struct context *context, const char *uuid) FAULT_CHECK;

#endif
