/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metadata of a server, as its user writes it.
 * Neighbours: target.h finds and saves the server, routes/compute/server_metadata.c above.
 * Source: behaviour of nova.compute.api (update_instance_metadata, delete_instance_metadata).
 */
#ifndef NOVA_COMPUTE_SERVER_METADATA_H
#define NOVA_COMPUTE_SERVER_METADATA_H

#include "fcgi_app/compute/target.h"

#include <jansson.h>

/* The value of a key, NULL: it has none. */
const char *server_metadata_value(const struct target *target, const char *key);

/*
 * Puts the items of an object of texts; `replace`: whatever is not among them goes.  The target shows the result.
 * Faults: InstanceIsLocked, InstanceInvalidState, MetadataLimitExceeded, those of target_save().
 */
struct fault *server_metadata_update(const struct context *context, struct target *target, const json_t *items,
                                     bool replace) FAULT_CHECK;
/* Faults: InstanceIsLocked, InstanceInvalidState, those of target_save(). */
struct fault *server_metadata_delete(const struct context *context, struct target *target, const char *key) FAULT_CHECK;

#endif
