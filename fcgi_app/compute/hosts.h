/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of a host itself, over the bus.
 * Neighbours: objects/hosts.h knows where hosts are.  Source: nova-facts/rpc.md section 3.
 */
#ifndef NOVA_COMPUTE_HOSTS_H
#define NOVA_COMPUTE_HOSTS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/db/hosts.h"

#include <jansson.h>
#include <stdbool.h>

/*
 * The host's words for how long it is up; JSON null where it has none.
 * Faults: HostMappingNotFound, ComputeHostNotFound, ComputeServiceUnavailable, NotImplementedError, the bus's.
 */
struct fault *host_uptime(const struct context *context, const char *host, json_t **uptime) FAULT_CHECK;

/* Lets new servers onto the host, or not. Faults: HostMappingNotFound, ComputeHostNotFound, the other side's. */
struct fault *host_enable(const struct context *context, const char *host, bool enabled, json_t **result) FAULT_CHECK;
/* The same as an operator's word, of which notifications tell. */
struct fault *host_set_enabled(const struct context *context, const char *host, bool enabled,
                               json_t **result) FAULT_CHECK;
/* Into maintenance, or out of it. */
struct fault *host_maintain(const struct context *context, const char *host, bool mode, json_t **result) FAULT_CHECK;
/* "startup", "shutdown" or "reboot". */
struct fault *host_power(const struct context *context, const char *host, const char *action,
                         json_t **result) FAULT_CHECK;

/* What a host has, what of it is used, and the servers on it. */
struct host_amounts {
    int64_t cpu, memory_mb, disk_gb;
};
struct host_resources {
    struct host_amounts total, used;
    struct db_rows instances; /* struct host_instance */
};
/* Faults: HostMappingNotFound, ComputeHostNotFound. */
struct fault *host_resources(const struct context *context, const char *host,
                             struct host_resources *resources) FAULT_CHECK;

#endif
