/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing the record of a nova-compute, and removing it with what hangs on it.
 * Neighbours: objects/hosts.h finds services, aggregates.h takes the host out of its aggregates.
 * Source: behaviour of nova.compute.api.HostAPI, nova-facts/outbound.md section 6.
 */
#ifndef NOVA_COMPUTE_SERVICES_H
#define NOVA_COMPUTE_SERVICES_H

#include "fcgi_app/objects/hosts.h"

/* What is to be changed. */
struct service_change {
    bool sets_disabled, disabled;
    const char *reason; /* with `sets_disabled`; NULL: none */
    bool sets_forced_down, forced_down;
};

/*
 * Writes the change into the record and, where the service was enabled or disabled, lets an up host tell placement.
 * service->row is a new one then.
 */
struct fault *services_update(const struct context *context, struct service *service,
                              const struct service_change *change) FAULT_CHECK;

/* The nova-compute (or other binary) of a host by its mapping. Faults: HostMappingNotFound, HostBinaryNotFound. */
struct fault *services_find_binary(const struct context *context, const char *host, const char *binary,
                                   struct service *service) FAULT_CHECK;

/*
 * May the host be up again?  Not while evacuations from it are done, but not seen by it: then HTTP 400.  NULL cell:
 * the main database is asked.
 */
struct fault *services_check_evacuations(const struct context *context, const struct db_cell *cell,
                                         const char *host) FAULT_CHECK;

/*
 * Removes the record; of a nova-compute also from aggregates, placement and the host mappings.  Faults: HTTP 409 while
 * it has servers or migrations, those of aggregates_leave_all().
 */
struct fault *services_delete(const struct context *context, const struct service *service) FAULT_CHECK;

#endif
