/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placement: providers, allocations, usages.
 *
 * Always with [placement]'s own credentials.  A status is an answer here, not
 * a fault: upstream decides by it, call by call.  That nobody could be asked
 * is a keystone_ClientException, as service.h has it, unless an operation
 * says otherwise.
 * Source: nova-facts/outbound.md section 6.
 */
#ifndef NOVA_CLIENTS_PLACEMENT_H
#define NOVA_CLIENTS_PLACEMENT_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What came back: the status, the text, and the tree when it is JSON (else NULL). */
struct placement_answer {
    int status;
    const char *text;
    json_t *body;
};

/*
 * Any call: `path` with its query ("/usages?project_id=…"), `version` "1.9" and the like, or NULL.  `body` may be NULL.
 * Faults: keystone_ClientException.
 */
struct fault *placement_call(const struct context *context, const void *mem, const char *method, const char *path,
                             const char *version, const json_t *body, struct placement_answer *answer) FAULT_CHECK;

/* A provider by name. Faults: ResourceProviderNotFound, PlacementAPIConnectFailure. */
struct placement_provider {
    const json_t *raw; /* as placement told of it, of any type */
};
struct fault *placement_provider_by_name(const struct context *context, const void *mem, const char *name,
                                         struct placement_provider *provider) FAULT_CHECK;

/* Traits of a provider, NULL-terminated. Faults: ResourceProviderTraitRetrievalFailed, keystone_ClientException. */
struct fault *placement_provider_traits(const struct context *context, const void *mem, const char *uuid,
                                        const char *const **traits) FAULT_CHECK;

/*
 * What a project (and, with a user, that user in it) uses: cores (shared and dedicated), ram in MiB.
 * Faults: UsagesRetrievalFailed, keystone_ClientException.
 */
struct placement_usage {
    int64_t cores, ram;
};
struct fault *placement_usages(const struct context *context, const void *mem, const char *project_id,
                               const char *user_id, struct placement_usage *usage) FAULT_CHECK;
/* The same as an object of resource class and amount. */
struct fault *placement_usages_by_class(const struct context *context, const void *mem, const char *project_id,
                                        json_t **usages) FAULT_CHECK;

/*
 * Takes a server's allocations away.  `force`: DELETE, whatever there is; else read and put back empty (1.28), so that
 * a change in between is seen.  Faults: AllocationDeleteFailed; a place that cannot be reached is logged only.
 */
struct fault *placement_allocations_delete(const struct context *context, const void *mem, const char *server_id,
                                           bool force) FAULT_CHECK;
/* Allocations of a server by provider ("allocations"), an empty object when there are none or nobody can be asked. */
struct fault *placement_allocations_show(const struct context *context, const void *mem, const char *server_id,
                                         json_t **allocations) FAULT_CHECK;

/*
 * Puts a host's provider into an aggregate, or takes it out.  Faults: ResourceProviderNotFound,
 * ResourceProviderAggregateRetrievalFailed, ResourceProviderUpdateConflict, ResourceProviderUpdateFailed,
 * PlacementAPIConnectFailure.
 */
struct fault *placement_aggregate_add_host(const struct context *context, const void *mem, const char *aggregate,
                                           const char *host) FAULT_CHECK;
struct fault *placement_aggregate_remove_host(const struct context *context, const void *mem, const char *aggregate,
                                              const char *host) FAULT_CHECK;

/*
 * Removes the provider of a compute node, with those beneath it; `servers` (NULL-terminated, or NULL) lose their
 * allocations first.  A provider that will not go is logged.  Faults: AllocationDeleteFailed,
 * ResourceProviderRetrievalFailed, keystone_ClientException.
 */
struct fault *placement_provider_delete(const struct context *context, const void *mem, const char *uuid,
                                        const char *const *servers) FAULT_CHECK;

#endif
