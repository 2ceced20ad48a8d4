/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deleting servers, wherever they are: before a cell has them, on a host that
 * is up (which is told) or down (then the API cleans up itself), without any.
 *
 *   delete.c        which way, and what all ways share
 *   delete_local.c  what the server has at other services
 * Source: nova-facts/db.md 6.4 and 6.5.
 */
#ifndef NOVA_COMPUTE_DELETE_H
#define NOVA_COMPUTE_DELETE_H

#include "fcgi_app/compute/target.h"

enum delete_kind {
    DELETE_NOW,
    DELETE_SOFT,   /* kept for [DEFAULT] reclaim_instance_interval */
    DELETE_FORCED, /* in any state */
};

/* What server_delete() wants the target to be found with, besides what the message of the action carries. */
#define DELETE_WANTS (INSTANCE_WITH_BDMS | INSTANCE_WITH_HOST_SERVICE)

/*
 * Faults: InstanceIsLocked, InstanceInvalidState, InstanceNotFound, AllocationDeleteFailed; those of the bus and of
 * the other services.
 */
struct fault *server_delete(const struct context *context, struct target *target, enum delete_kind kind) FAULT_CHECK;

/* Sets or takes back the mapping's word that the server is to be deleted. */
struct fault *server_queue_for_delete(const struct context *context, const void *mem, const char *uuid,
                                      bool queued) FAULT_CHECK;

/*
 * A soft-deleted server comes back (restore.c).  Wants INSTANCE_WITH_CACHE, _FLAVOR and _BDMS.
 * Faults: those of the checks, TooManyInstances, those of the save and the bus.
 */
struct fault *server_restore(const struct context *context, struct target *target) FAULT_CHECK;

/* ---- delete_ports.c ---- */

/* Its ports go, or (those it was given) are unbound; its cache becomes empty. */
struct fault *server_release_network(const struct context *context, const struct target *target) FAULT_CHECK;

/* ---- delete_local.c ---- */

/* Attachments and volumes of its devices; failures are logged only. */
void server_release_volumes(const struct context *context, const struct target *target, const struct bdm_row *bdms,
                            size_t count);
/* The same of a serialised BlockDeviceMappingList. */
void server_release_stored_volumes(const struct context *context, const struct target *target, const char *bdms);
/* The snapshot that a shelved server was kept as; a failure is logged only. */
void server_release_snapshot(const struct context *context, const struct target *target);
/* Accelerators; a failure is logged only. */
void server_release_accelerators(const struct context *context, const struct target *target);
/* What placement holds for it. Faults: AllocationDeleteFailed and the like. */
struct fault *server_release_allocation(const struct context *context, const struct target *target) FAULT_CHECK;

#endif
