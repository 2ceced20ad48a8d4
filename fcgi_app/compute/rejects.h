/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that some verbs refuse: with accelerators, with encrypted memory,
 * with a virtual TPM, with vDPA ports, with ports that ask for groups of
 * resources.  Some refusals end when every
 * nova-compute is new enough.
 * Source: nova-facts/db.md 6.3.
 */
#ifndef NOVA_COMPUTE_REJECTS_H
#define NOVA_COMPUTE_REJECTS_H

#include "fcgi_app/compute/target.h"

enum reject {
    REJECT_EXTENDED_REQUEST = 1 << 0,  /* asks the network service */
    REJECT_PORT_ACCELERATORS = 1 << 1, /* needs INSTANCE_WITH_CACHE */
    REJECT_VDPA = 1 << 2,              /* the same */
    REJECT_ACCELERATORS = 1 << 3,      /* needs INSTANCE_WITH_FLAVOR */
    REJECT_SEV = 1 << 4,               /* the same */
    REJECT_VTPM = 1 << 5,              /* the same */
};

/* From which version of all nova-computes on a refusal is none; 0: never. */
struct reject_until {
    int64_t vdpa;
    int64_t accelerators;
};

/*
 * Checks those of `what` in the order of the enum; `operation` is the action's name ("suspend").
 * Faults: ExtendedResourceRequestOldCompute and the network service's, ForbiddenPortsWithAccelerator,
 * OperationNotSupportedForVDPAInterface, ForbiddenWithAccelerators, OperationNotSupportedForSEV,
 * OperationNotSupportedForVTPM.
 */
struct fault *target_reject(const struct context *context, const struct target *target, unsigned what,
                            struct reject_until until, const char *operation) FAULT_CHECK;

/* An extra spec of the server's flavor, on its mem; NULL: none. */
const char *target_extra_spec(const struct target *target, const char *key);
/* All of them as JSON text; NULL: none. */
const char *target_extra_specs(const struct target *target);
/* A number of its flavor ("vcpus"); 0 where there is none. */
int64_t target_flavor_int(const struct target *target, const char *key);

/* Does it boot from a volume? Found with INSTANCE_WITH_BDMS. */
bool target_is_volume_backed(const struct target *target);
/* Its root device among its devices, found with the same; NULL: none. */
const struct bdm_row *target_root_device(const struct target *target);
/* Is each of its volumes in use? Found with the same. Faults: InvalidVolume; cinder's. */
struct fault *target_check_volumes(const struct context *context, const struct target *target) FAULT_CHECK;

#endif
