/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Floating addresses of the network service in nova's eyes, and on servers.
 * Neighbours: clients/neutron.h asks; network_cache.h keeps what servers have; routes/compute/floating_ips.c answers.
 * Faults of all: neutron's, as neutron.h has them, where nothing else is said.
 * Source: nova-facts/outbound.md sections 4 and 4.1; error_mapping.tsv.
 */
#ifndef NOVA_COMPUTE_FLOATING_IPS_H
#define NOVA_COMPUTE_FLOATING_IPS_H

#include "fcgi_app/compute/target.h"

#include <jansson.h>

struct floating_ip {
    const json_t *raw, *network, *port; /* as neutron told of them; the port NULL or null: it leads nowhere */
};
/* What is shown of one, of any type, null where there is none. */
struct floating_ip_shown {
    const json_t *id, *address, *fixed_address;
    const json_t *pool;      /* its network's name, or id where it has none */
    const json_t *server_id; /* whose port it is; NULL: no port */
};
/* Faults: KeyError and TypeError of an answer that lacks them. */
struct fault *floating_ip_read(const void *mem, const struct floating_ip *ip,
                               struct floating_ip_shown *shown) FAULT_CHECK;

/* The project's. Fault: NetworkNotFound for one of a network that nobody knows. */
struct fault *floating_ips_list(const struct context *context, const void *mem, struct floating_ip **ips,
                                size_t *count) FAULT_CHECK;
/* Faults: FloatingIpNotFound, NetworkNotFound. */
struct fault *floating_ip_show(const struct context *context, const void *mem, const char *id,
                               struct floating_ip *ip) FAULT_CHECK;
/* Faults: FloatingIpNotFoundForAddress, FloatingIpMultipleFoundForAddress, NetworkNotFound. */
struct fault *floating_ip_show_address(const struct context *context, const void *mem, const char *address,
                                       struct floating_ip *ip) FAULT_CHECK;

/* Does a body name one?  Nothing, zero and what is empty name none, as Python reads them. */
bool floating_ip_pool_is_named(const json_t *pool);
/*
 * A new one for the project.  `pool` as the body has it, by name or id; where it names none: [neutron]
 * default_floating_pool.  Faults: FloatingIpPoolNotFound, NoMoreFloatingIps, FloatingIpLimitExceeded,
 * FloatingIpBadRequest; NovaException for several pools of that name.
 */
struct fault *floating_ip_allocate(const struct context *context, const void *mem, const json_t *pool,
                                   const char **address) FAULT_CHECK;
/*
 * Takes it away from the project; `target` (NULL: nobody) is the server that has it.
 * Faults: FloatingIpNotFoundForAddress, FloatingIpMultipleFoundForAddress; network_cache_refresh()'s.
 */
struct fault *floating_ip_release(const struct context *context, const void *mem, const char *address,
                                  const struct target *target) FAULT_CHECK;

/*
 * The server whose port an address leads to; NULL: none, and "" for a port of nobody.
 * Faults: FloatingIpNotFoundForAddress, FloatingIpMultipleFoundForAddress.
 */
struct fault *floating_ip_server(const struct context *context, const void *mem, const char *address,
                                 const char **uuid) FAULT_CHECK;

/*
 * Leads an address to one of the server's, and keeps what is known of both servers that this concerns.
 * Faults: FixedIpNotFoundForAddress, FloatingIpNotFoundForAddress, FloatingIpMultipleFoundForAddress,
 * FloatingIpAssociateFailed; network_cache_refresh()'s.
 */
struct fault *floating_ip_associate(const struct context *context, const struct target *target, const char *address,
                                    const char *fixed_address) FAULT_CHECK;
/* The same faults as of floating_ip_release(). */
struct fault *floating_ip_disassociate(const struct context *context, const struct target *target,
                                       const char *address) FAULT_CHECK;

#endif
