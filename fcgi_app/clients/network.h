/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the network service knows of servers.  Where none is configured for
 * the process to ask, it says so, and views leave the key out.
 * Source: nova-facts/outbound.md.
 */
#ifndef NOVA_CLIENTS_NETWORK_H
#define NOVA_CLIENTS_NETWORK_H

#include "fcgi_app/base/context.h"

#include <stdbool.h>
#include <stddef.h>

/* Names of the security groups on a server's ports, NULL-terminated; NULL: none. */
struct network_groups {
    const char *const *names;
};

/* Fills `groups`, one for each uuid, on mem; false: there is no network service to ask. */
bool network_security_groups(const struct context *context, const void *mem, const char *const *uuids, size_t count,
                             struct network_groups *groups);

#endif
