/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moves of a server: resize and migrate, and the end of either.
 * Source: nova-facts/flows.md sections 3 and 4, db.md 6.3, rpc.md 3.1 and 3.2.
 */
#ifndef NOVA_COMPUTE_RESIZE_H
#define NOVA_COMPUTE_RESIZE_H

#include "fcgi_app/compute/target.h"

/* confirmResize. Faults: those of the checks, MigrationNotFoundByStatus. */
struct fault *server_confirm_resize(const struct context *context, struct target *target) FAULT_CHECK;
/* Before a resized server is deleted: the same, waited for; without a move there is nothing to do. */
struct fault *server_confirm_before_delete(const struct context *context, struct target *target) FAULT_CHECK;
/* What both want the target to be found with. */
#define CONFIRM_WANTS (INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR | INSTANCE_WITH_NUMA)

#endif
