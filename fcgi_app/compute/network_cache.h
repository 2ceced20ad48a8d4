/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network information that a server's cell keeps, made anew from what the network service says of its ports.
 * Neighbours: db/info_caches.h keeps it; floating_ips.h changes what it tells.
 * Source: nova-facts/outbound.md section 4.1.
 */
#ifndef NOVA_COMPUTE_NETWORK_CACHE_H
#define NOVA_COMPUTE_NETWORK_CACHE_H

#include "fcgi_app/compute/target.h"

#include <jansson.h>

/*
 * Asks with the service's own credentials about the ports that are in the kept information, and keeps what they are
 * now; a port that is the server's no more leaves it.  target->row stays as it was found.
 * Faults: neutron.h's; InstanceNotFound for a server in no cell; the database's.
 */
struct fault *network_cache_refresh(const struct context *context, const struct target *target) FAULT_CHECK;

/* The kept information as it was found with INSTANCE_WITH_CACHE: an array, empty where nothing is known. */
struct fault *network_cache_read(const struct target *target, json_t **vifs) FAULT_CHECK;

#endif
