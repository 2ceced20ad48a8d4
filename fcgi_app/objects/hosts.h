/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts and their services over all cells: where they are, whether they are
 * up, in which zone.
 * Neighbour: service.h has this program's own record and minimum versions.
 * Source: nova-facts/db.md section 9; behaviour of nova.servicegroup, nova.availability_zones,
 * nova.compute.api.HostAPI.
 */
#ifndef NOVA_OBJECTS_HOSTS_H
#define NOVA_OBJECTS_HOSTS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/db/hosts.h"

#include <stdbool.h>
#include <stddef.h>

struct service {
    const struct service_row *row; /* of a partial one only host and binary are there */
    const struct db_cell *cell;
    const char *zone; /* where zones were asked for */
    bool partial;     /* its cell is down */
};

struct services {
    struct service *items;
    size_t count;
};

/*
 * The live services of all cells, cell by cell, with their zones.  Of a cell that does not answer there are none, or,
 * when `partial`, what the host mappings know.
 */
struct fault *services_list(const struct context *context, bool partial, struct services *services) FAULT_CHECK;

/* Has it been heard of within [DEFAULT] service_down_time, and is it not forced down? */
bool service_is_up(const struct context *context, const struct service_row *service);

/*
 * A service by its number or uuid, whichever cell it is in, without its zone.
 * Faults: ServiceNotFound, ServiceNotUnique.
 */
struct fault *service_find(const struct context *context, const char *id, struct service *service) FAULT_CHECK;

/* The cell of a host. Faults: HostMappingNotFound. */
struct fault *host_cell(const struct context *context, const char *host, const struct db_cell **cell) FAULT_CHECK;

/* The nova-compute of a host by its mapping. Faults: HostMappingNotFound, ComputeHostNotFound. */
struct fault *host_service(const struct context *context, const char *host, struct service *service) FAULT_CHECK;
/* The same, wherever it is when the host has no mapping. Faults: ComputeHostNotFound, ServiceNotUnique. */
struct fault *host_service_anywhere(const struct context *context, const char *host,
                                    struct service *service) FAULT_CHECK;

/* The zone of a host (NULL: of none), whether it has a service or not; the default one outside of aggregates. */
struct fault *host_find_zone(const struct context *context, const char *host, const char **zone) FAULT_CHECK;

/* Fills service->zone. */
struct fault *service_find_zone(const struct context *context, struct service *service) FAULT_CHECK;

#endif
