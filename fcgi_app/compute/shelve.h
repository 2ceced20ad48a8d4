/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting a server away and bringing it back.
 * Source: nova-facts/flows.md sections 5 and 6, db.md 6.3.
 */
#ifndef NOVA_COMPUTE_SHELVE_H
#define NOVA_COMPUTE_SHELVE_H

#include "fcgi_app/compute/target.h"

#define SHELVE_WANTS (INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR | INSTANCE_WITH_BDMS)
/* Faults: those of the checks, of the save, of glance and the bus. */
struct fault *server_shelve(const struct context *context, struct target *target) FAULT_CHECK;
struct fault *server_shelve_offload(const struct context *context, struct target *target) FAULT_CHECK;

struct unshelving {
    bool zone_given;
    const char *zone; /* NULL: none any more */
    const char *host; /* NULL: any */
};
#define UNSHELVE_WANTS (INSTANCE_WITH_CACHE | INSTANCE_WITH_BDMS)
/* `may_choose_host` is asked where a host is named. Faults: besides, UnshelveInstanceInvalidState, UnshelveHostNotInAZ,
 * MismatchVolumeAZException, InvalidRequest, ComputeHostNotFound, RequestSpecNotFound. */
struct fault *server_unshelve(const struct context *context, struct target *target, const struct unshelving *how,
                              struct fault *(*may_choose_host)(const struct context *context,
                                                               const struct target *target)) FAULT_CHECK;

#endif
