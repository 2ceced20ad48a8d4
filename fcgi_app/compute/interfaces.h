/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interfaces of servers: ports of the network service, attached and detached
 * by the server's host.
 * Neighbours: target.h finds the server; clients/neutron.h asks for ports.
 * Source: nova-facts/flows.md 10, outbound.md section 4, rpc.md.
 */
#ifndef NOVA_COMPUTE_INTERFACES_H
#define NOVA_COMPUTE_INTERFACES_H

#include "fcgi_app/clients/neutron.h"
#include "fcgi_app/compute/target.h"
#include "fcgi_app/db/attachments.h"

/* The server's ports, as neutron answers them. Faults: neutron.h's. */
struct fault *interfaces_list(const struct context *context, const struct target *target, json_t **ports) FAULT_CHECK;
/* Tags of its interfaces by port. */
struct fault *interfaces_tags(const struct context *context, const struct target *target,
                              const struct interface_tag **tags, size_t *count) FAULT_CHECK;

/* What to attach; NULL members: not said. */
struct interface_wish {
    const char *network_id, *port_id, *address, *tag;
};
/*
 * Attaches and waits; *port_id is the port's.  Faults: of the checks; ForbiddenPortsWithAccelerator; port's; what the
 * server's host says.
 */
struct fault *interface_attach(const struct context *context, struct target *target, const struct interface_wish *wish,
                               const char **port_id) FAULT_CHECK;
struct fault *interface_detach(const struct context *context, struct target *target, const char *port_id) FAULT_CHECK;

#endif
