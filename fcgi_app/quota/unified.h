/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of quota/: limits that keystone keeps ([quota] driver = nova.quota.UnifiedLimitsDriver).
 * Of servers a project's own limits count, and what its servers take as placement sees it; everything else has one
 * limit for all.  A resource without a registered limit may not be used at all.
 * Neighbours: check.c and quota.c ask here where that driver is configured; clients/keystone_limits.h beneath.
 * Source: behaviour of nova.limit and nova.quota's UnifiedLimitsDriver.
 */
#ifndef NOVA_QUOTA_UNIFIED_H
#define NOVA_QUOTA_UNIFIED_H

#include "fcgi_app/quota/quota.h"

/* As quota_check_servers(); the words of a refusal are oslo.limit's. */
struct fault *unified_check_servers(const struct context *context, const struct quota_server *server, int64_t min_count,
                                    int64_t max_count, const char *project_id, int64_t *allowed) FAULT_CHECK;

/* May `more` come to the `used` of a resource that has one limit for all? Faults: that of `resource`. */
struct fault *unified_check(const struct context *context, enum quota_resource resource, int64_t used,
                            int64_t more) FAULT_CHECK;

/* What is registered; with a project, its own limits of servers. All other resources have none (-1). */
struct fault *unified_limits(const struct context *context, const char *project_id,
                             struct quota_values *limits) FAULT_CHECK;

/* The project's servers and what they take; of the others only `groups`, its server groups, is counted. */
struct fault *unified_used(const struct context *context, const char *project_id, int64_t groups,
                           struct quota_values *used) FAULT_CHECK;

#endif
