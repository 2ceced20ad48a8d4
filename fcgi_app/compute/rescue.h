/* SPDX-License-Identifier: Apache-2.0 */
/* Booting a server from another image to mend it. Source: nova-facts/db.md 6.3, rpc.md 3.2. */
#ifndef NOVA_COMPUTE_RESCUE_H
#define NOVA_COMPUTE_RESCUE_H

#include "fcgi_app/compute/target.h"

#define RESCUE_WANTS (INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR | INSTANCE_WITH_BDMS)
/*
 * `image` NULL: that of the server.  `volumes_too` (2.87): servers that boot from a volume, where image and host can.
 * Faults: those of the checks, UnsupportedRescueImage, InvalidVolume, InstanceNotRescuable; cinder's, placement's.
 */
struct fault *server_rescue(const struct context *context, struct target *target, const char *password,
                            const char *image, bool volumes_too) FAULT_CHECK;

#endif
