/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of quota/: what servers of a flavor will ask placement for, by the name of the limit.
 * Neighbour: unified.c.  Source: behaviour of nova.scheduler.utils' ResourceRequest without image and ports.
 */
#ifndef NOVA_QUOTA_UNIFIED_FLAVOR_H
#define NOVA_QUOTA_UNIFIED_FLAVOR_H

#include "fcgi_app/quota/quota.h"

/* "servers", or "class:" and a resource class */
struct unified_delta {
    const char *resource;
    int64_t more;
};

/* For `count` servers, sorted by name, on mem. Fault: NotImplementedError for a flavor that wants encrypted memory. */
struct fault *unified_deltas(const void *mem, const struct quota_server *server, int64_t count,
                             struct unified_delta **deltas, size_t *delta_count) FAULT_CHECK;

#endif
