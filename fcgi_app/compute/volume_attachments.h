/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Volumes of servers: attached, swapped, detached, and when they go with the
 * server.  The server's rows of volumes are target->bdms.
 * Neighbours: target.h finds the server (with INSTANCE_WITH_BDMS);
 * clients/cinder.h asks for volumes.
 * Source: nova-facts/flows.md 9, outbound.md section 5, rpc.md.
 */
#ifndef NOVA_COMPUTE_VOLUME_ATTACHMENTS_H
#define NOVA_COMPUTE_VOLUME_ATTACHMENTS_H

#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/compute/target.h"

/* The server's row of a volume, or NULL. */
const struct bdm_row *volume_attachment_find(const struct target *target, const char *volume_id);

/* What to attach; NULL members: not said. */
struct volume_wish {
    const char *volume_id, *device, *tag;
    bool delete_on_termination;
    bool multiattach; /* the caller's version knows volumes of several servers */
};
/*
 * Attaches; *device is where (NULL: not known).  Whatever fails after the row was made takes it away again.
 * Faults: of the checks; InvalidDevicePath, InvalidVolume, MultiattachNotSupportedOldMicroversion,
 * VolumeTaggedAttachToShelvedNotSupported, MultiattachToShelvedNotSupported; cinder's; what the server's host says.
 */
struct fault *volume_attach(const struct context *context, struct target *target, const struct volume_wish *wish,
                            const char **device) FAULT_CHECK;

/*
 * Faults: of the checks, InvalidVolume, cinder's, ServiceUnavailable where the server's host is down.
 */
struct fault *volume_detach(const struct context *context, struct target *target, const struct cinder_volume *volume,
                            const struct bdm_row *bdm) FAULT_CHECK;

/* Faults: of the checks, InvalidVolume, MultiattachSwapVolumeNotSupported, VolumeBDMNotFound, cinder's. */
struct fault *volume_swap(const struct context *context, struct target *target, const struct cinder_volume *old,
                          const struct cinder_volume *new) FAULT_CHECK;

/* Saves whether a volume goes with its server. */
struct fault *volume_set_termination(const struct context *context, const struct target *target,
                                     const struct bdm_row *bdm, bool delete_on_termination) FAULT_CHECK;

#endif
