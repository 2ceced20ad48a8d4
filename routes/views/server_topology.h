/* SPDX-License-Identifier: Apache-2.0 */
/* How the NUMA topology of a server looks. Neighbour: routes/compute/server_topology.c. */
#ifndef NOVA_ROUTES_VIEWS_SERVER_TOPOLOGY_H
#define NOVA_ROUTES_VIEWS_SERVER_TOPOLOGY_H

#include "fcgi_app/db/db.h"
#include "routes/resource.h"

/* `topology` is the serialised InstanceNUMATopology, empty where there is none; `host`: the host's nodes and CPUs too.
 */
struct fault *server_topology_view(struct call *call, struct db_bytes topology, bool host) FAULT_CHECK;

#endif
