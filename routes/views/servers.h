/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers as the API shows them at each version: rows of fields, and the few
 * whose shape varies (addresses, image, flavor, volumes).
 * Neighbours: compute/servers.h finds them, routes/compute/servers.c asks.
 * Source: nova-facts/microversions.md, "Fields of a full server entry".
 */
#ifndef NOVA_ROUTES_VIEWS_SERVERS_H
#define NOVA_ROUTES_VIEWS_SERVERS_H

#include "fcgi_app/compute/servers.h"
#include "routes/resource.h"

/* What the columns of a detailed view are at the call's version, whoever asks. */
unsigned servers_view_wants(const struct call *call);
/* The same for a list, less what the caller may not see. */
struct fault *servers_view_list_wants(const struct call *call, unsigned *wants) FAULT_CHECK;

/* {"servers": […], "servers_links": …} */
void servers_view_index(struct call *call, const struct servers *servers);
/* Faults of the next two: those of the network service, which is asked for security groups. */
struct fault *servers_view_detail(struct call *call, const struct servers *servers) FAULT_CHECK;
/*
 * {"server": …} as an answer to a change: as below, but before 2.75 without what extensions had added.  `rebuilt`:
 * without the user data.
 */
struct fault *servers_view_changed(struct call *call, const struct server *server, bool rebuilt) FAULT_CHECK;
/* {"server": …} */
struct fault *servers_view_show(struct call *call, const struct server *server) FAULT_CHECK;

#endif
