/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of servers: snapshots, backups, and what shelving keeps.
 * Source: nova-facts/db.md 6.3, outbound.md section 3.
 */
#ifndef NOVA_COMPUTE_SNAPSHOT_H
#define NOVA_COMPUTE_SNAPSHOT_H

#include "fcgi_app/compute/target.h"

#include <jansson.h>

/* A new image's row at the image service, for the host to fill: `type` is "snapshot" or "backup". */
struct fault *snapshot_create_image(const struct context *context, const struct target *target, const char *name,
                                    const char *type, const json_t *properties, const char **id) FAULT_CHECK;

/* What its server knew of the image that it came from, less what is not to be handed on; lives on the target's mem. */
json_t *snapshot_meta(const struct context *context, const struct target *target, const char *name);
/* The server's own project, where an administrator of another one makes the image; else NULL. */
const char *snapshot_member(const struct context *context, const struct target *target);
/* States in which an image can be made. */
extern const struct instance_states snapshot_states;

/* Found with INSTANCE_WITH_CACHE, _FLAVOR, _NUMA and _BDMS. Faults: those of the checks, glance's, the save's. */
struct fault *server_snapshot(const struct context *context, struct target *target, const char *name,
                              const json_t *properties, const char **id) FAULT_CHECK;
/*
 * Of a server that boots from a volume, found with the same: its volumes' snapshots, taken while the server stands
 * still where it can, and an image without data that names them.
 * Faults: those of the checks; OverQuota; cinder's, glance's, of a host that must make it stand still and does not.
 */
struct fault *server_snapshot_volumes(const struct context *context, struct target *target, const char *name,
                                      const json_t *properties, const char **id) FAULT_CHECK;
/* Found with INSTANCE_WITH_CACHE and _BDMS. Faults: besides, InvalidRequest for one that boots from a volume. */
struct fault *server_backup(const struct context *context, struct target *target, const char *name,
                            const char *backup_type, int64_t rotation, const json_t *properties,
                            const char **id) FAULT_CHECK;

#endif
