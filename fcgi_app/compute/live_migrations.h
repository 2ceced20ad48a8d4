/* SPDX-License-Identifier: Apache-2.0 */
/* Ending a live migration that goes on: to the good or not. Source: nova-facts/rpc.md section 3. */
#ifndef NOVA_COMPUTE_LIVE_MIGRATIONS_H
#define NOVA_COMPUTE_LIVE_MIGRATIONS_H

#include "fcgi_app/compute/target.h"

/* Faults of both: those of target's checks, MigrationNotFoundForInstance, InvalidMigrationState, the bus's. */
struct fault *live_migration_force(const struct context *context, struct target *target, const char *id) FAULT_CHECK;
/* `queued`: one that waits or prepares may be ended too. */
struct fault *live_migration_abort(const struct context *context, struct target *target, const char *id,
                                   bool queued) FAULT_CHECK;

#endif
