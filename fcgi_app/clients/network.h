/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the network service knows of servers: their security groups, and which
 * of them have an address.  Where none is configured for the process to ask,
 * it says so, and views leave the key out.
 * Source: nova-facts/outbound.md section 4.
 */
#ifndef NOVA_CLIENTS_NETWORK_H
#define NOVA_CLIENTS_NETWORK_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* Names of the security groups on a server's ports, in the ports' order, NULL-terminated; NULL: none. */
struct network_groups {
    const char *const *names;
};

/* Is there a network service to ask, for this request? Not in a process that speaks to databases only. */
bool network_is_there(const struct context *context);

/*
 * Fills `groups`, one for each uuid, on mem: two rounds of calls however many servers there are, and of ports and
 * groups only what is shown.  Faults: neutron.h's.
 */
struct fault *network_security_groups(const struct context *context, const void *mem, const char *const *uuids,
                                      size_t count, struct network_groups *groups) FAULT_CHECK;

/*
 * The servers that have an address with that text in it, for filters ip and ip6.  *can false: this network service
 * cannot search so, and nothing was asked.  A search that fails is logged and finds nobody.  NULL-terminated, on mem.
 */
struct fault *network_servers_by_address(const struct context *context, const void *mem, const char *const *texts,
                                         size_t count, bool *can, const char *const **uuids) FAULT_CHECK;

#endif
