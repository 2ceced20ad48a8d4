/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host aggregates: what changing one means for the schedulers, for placement
 * and for the zones of hosts.
 * Neighbours: db/aggregates.h beneath, routes/compute/aggregates.c above.
 * Source: nova-facts/rpc.md section 3, outbound.md section 6; behaviour of nova.compute.api.AggregateAPI.
 */
#ifndef NOVA_COMPUTE_AGGREGATES_H
#define NOVA_COMPUTE_AGGREGATES_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aggregate {
    int64_t id;
    const char *uuid;
    const char *name;
    int64_t created_at, updated_at;
    json_t *hosts;    /* array of texts */
    json_t *metadata; /* object of texts */
};

struct aggregates {
    struct aggregate *items;
    size_t count;
};

struct fault *aggregates_list(const struct context *context, struct aggregates *list) FAULT_CHECK;

/* Faults: AggregateNotFound. */
struct fault *aggregates_get(const struct context *context, const char *id, struct aggregate *aggregate) FAULT_CHECK;

/* With a zone, or NULL. Faults: AggregateNameExists. */
struct fault *aggregates_create(const struct context *context, const char *name, const char *zone,
                                struct aggregate *aggregate) FAULT_CHECK;

/*
 * A name (NULL: stays), and when `zoned` a zone, which may not be NULL or "".
 * Faults: AggregateNotFound, AggregateNameExists, InvalidAggregateActionUpdate.
 */
struct fault *aggregates_update(const struct context *context, const char *id, const char *name, bool zoned,
                                const char *zone, struct aggregate *aggregate) FAULT_CHECK;

/* Adds and changes keys, removes those whose value is null. Faults: AggregateNotFound,
 * InvalidAggregateActionUpdateMeta. */
struct fault *aggregates_set_metadata(const struct context *context, const char *id, json_t *metadata,
                                      struct aggregate *aggregate) FAULT_CHECK;

/* Faults: AggregateNotFound, InvalidAggregateActionDelete. */
struct fault *aggregates_delete(const struct context *context, const char *id) FAULT_CHECK;

/* Faults: AggregateNotFound, ComputeHostNotFound, AggregateHostExists, InvalidAggregateActionAdd. */
struct fault *aggregates_add_host(const struct context *context, const char *id, const char *host,
                                  struct aggregate *aggregate) FAULT_CHECK;

/*
 * Faults: AggregateNotFound, AggregateHostNotFound, ComputeHostNotFound, those of placement, which is changed first.
 */
struct fault *aggregates_remove_host(const struct context *context, const char *id, const char *host,
                                     struct aggregate *aggregate) FAULT_CHECK;

/* Takes a host out of all its aggregates. Faults: aggregates_remove_host's. */
struct fault *aggregates_leave_all(const struct context *context, const char *host) FAULT_CHECK;

/* Wants images on the aggregate's hosts. Faults: AggregateNotFound, those of the image service, RPCVersionCapError. */
struct fault *aggregates_cache_images(const struct context *context, const char *id, const char *const *images,
                                      size_t count) FAULT_CHECK;

#endif
