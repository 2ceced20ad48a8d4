/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moves of a server: resize and migrate, and the end of either.
 * Source: nova-facts/flows.md sections 3 and 4, db.md 6.3, rpc.md 3.1 and 3.2.
 */
#ifndef NOVA_COMPUTE_RESIZE_H
#define NOVA_COMPUTE_RESIZE_H

#include "fcgi_app/compute/target.h"

#include <jansson.h>

/* confirmResize. Faults: those of the checks, MigrationNotFoundByStatus. */
struct fault *server_confirm_resize(const struct context *context, struct target *target) FAULT_CHECK;
/* Before a resized server is deleted: the same, waited for; without a move there is nothing to do. */
struct fault *server_confirm_before_delete(const struct context *context, struct target *target) FAULT_CHECK;
/* revertResize. Faults: besides, FlavorNotFound, TooManyInstances, RequestSpecNotFound. */
struct fault *server_revert_resize(const struct context *context, struct target *target) FAULT_CHECK;

struct resizing {
    const char *flavor_id; /* NULL: a cold migration */
    const char *host;      /* of a migration; NULL: the scheduler's choice */
    int disk_config;       /* OS-DCF:diskConfig: 1 AUTO, 0 MANUAL, -1 not given */
};
/* Faults: those of the checks and those of flows.md section 3 by the reference's classes. */
struct fault *server_resize(const struct context *context, struct target *target,
                            const struct resizing *how) FAULT_CHECK;
/* Want the target to be found with (resize: and INSTANCE_WITH_NUMA). */
#define MIGRATE_WANTS (INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR | INSTANCE_WITH_SERVICES | INSTANCE_WITH_BDMS)

/* The ImageMeta object of the image that the server came from, as its row remembers it; on the target's mem. */
struct fault *server_image_meta(const struct target *target, json_t **tree) FAULT_CHECK;

/* What both want the target to be found with. */
#define CONFIRM_WANTS (INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR | INSTANCE_WITH_NUMA)

#endif
