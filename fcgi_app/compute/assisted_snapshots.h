/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots of volumes that cinder cannot make without the server's host: the
 * volume is known, its server is looked for.
 * Source: nova-facts/rpc.md section 3; behaviour of nova.compute.api.
 */
#ifndef NOVA_COMPUTE_ASSISTED_SNAPSHOTS_H
#define NOVA_COMPUTE_ASSISTED_SNAPSHOTS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <jansson.h>

/* Faults of both: VolumeBDMNotFound, VolumeBDMIsMultiAttach, InstanceNotReady, InstanceInvalidState, the bus's. */
struct fault *assisted_snapshot_create(const struct context *context, const char *volume_id,
                                       const json_t *create_info) FAULT_CHECK;
struct fault *assisted_snapshot_delete(const struct context *context, const char *volume_id, const char *snapshot_id,
                                       const json_t *delete_info) FAULT_CHECK;

#endif
