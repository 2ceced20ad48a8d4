/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The block storage service: volumes, attachments, snapshots.
 *
 * Calls go with the token of the one who asks (an administrator without one:
 * [cinder]'s own credentials).  A call that needs a microversion first looks
 * at the endpoint's root for what the server has, as upstream does.
 * Faults of every call: CinderConnectionFailed, InvalidInput (400), Forbidden
 * (403), UnsupportedCinderAPIVersion, CinderAPIVersionNotAvailable, and
 * cinder_… named as cinderclient's classes for any other status.
 * Source: nova-facts/outbound.md section 5, captures/outbound.jsonl.
 */
#ifndef NOVA_CLIENTS_CINDER_H
#define NOVA_CLIENTS_CINDER_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* To which server a volume is attached. */
struct cinder_volume_attachment {
    const char *server_id, *attachment_id, *mountpoint;
    const json_t *raw;
};

struct cinder_volume {
    const char *id, *status, *availability_zone, *created_at; /* created_at as cinder writes it */
    const char *display_name, *display_description, *volume_type, *snapshot_id;
    int64_t size; /* GiB */
    bool multiattach, bootable;
    const char *attach_status;                          /* "attached" or "detached" */
    const struct cinder_volume_attachment *attachments; /* one a server, the last that cinder named */
    size_t attachment_count;
    const json_t *metadata;              /* object */
    const json_t *volume_image_metadata; /* object, or NULL where the volume has none */
    bool has_shared_targets;             /* from 3.48 on */
    bool shared_targets;
    const char *service_uuid, *migration_status;
    const json_t *raw;
};

struct cinder_snapshot {
    const char *id, *status, *progress, *created_at, *display_name, *display_description, *volume_id, *project_id;
    int64_t size;
    const json_t *raw;
};

/* ---- volumes: 404 is VolumeNotFound, 413 OverQuota ---- */

/* `microversion`: NULL, or "3.48" and the like, which the server must have. */
struct fault *cinder_volume_show(const struct context *context, const void *mem, const char *id,
                                 const char *microversion, struct cinder_volume *volume) FAULT_CHECK;
/* Several at once; volumes[i] is filled or faults[i] set. */
void cinder_volumes_show(const struct context *context, const void *mem, const char *const *ids, size_t count,
                         const char *microversion, struct cinder_volume *volumes, struct fault **faults);
struct fault *cinder_volumes_list(const struct context *context, const void *mem, struct cinder_volume **volumes,
                                  size_t *count) FAULT_CHECK;

/* NULL members are sent as null. 404 is NotFound with cinder's words, 413 OverQuota. */
struct cinder_volume_new {
    const json_t *size; /* GiB: a number, or a text that is one; sent as it is */
    const char *name, *description, *snapshot_id, *image_id, *volume_type, *availability_zone;
    const json_t *metadata; /* NULL: {} */
};
struct fault *cinder_volume_create(const struct context *context, const void *mem, const struct cinder_volume_new *what,
                                   struct cinder_volume *volume) FAULT_CHECK;
struct fault *cinder_volume_delete(const struct context *context, const void *mem, const char *id) FAULT_CHECK;

/* Actions without arguments at a volume. */
enum cinder_action {
    CINDER_RESERVE,
    CINDER_UNRESERVE,
    CINDER_BEGIN_DETACHING,
    CINDER_ROLL_DETACHING,
};
struct fault *cinder_volume_action(const struct context *context, const void *mem, const char *id,
                                   enum cinder_action action) FAULT_CHECK;
/* os-terminate_connection and os-detach (attachment_id NULL: none), each up to 5 times on a 500. */
struct fault *cinder_terminate_connection(const struct context *context, const void *mem, const char *id,
                                          const json_t *connector) FAULT_CHECK;
struct fault *cinder_detach(const struct context *context, const void *mem, const char *id, const char *server_id,
                            const char *attachment_id) FAULT_CHECK;

/* Is the microversion there? Faults: CinderAPIVersionNotAvailable, UnsupportedCinderAPIVersion and the common ones. */
struct fault *cinder_supports(const struct context *context, const void *mem, const char *microversion) FAULT_CHECK;

/* ---- attachments (3.44): 404 is VolumeAttachmentNotFound; of create VolumeNotFound, 413 OverQuota ---- */

/* Reserves the volume for a server; *id is the attachment's. */
struct fault *cinder_attachment_create(const struct context *context, const void *mem, const char *volume_id,
                                       const char *server_id, const json_t *connector, const char *mountpoint,
                                       const char **id) FAULT_CHECK;
struct fault *cinder_attachment_show(const struct context *context, const void *mem, const char *id,
                                     json_t **attachment) FAULT_CHECK;
struct fault *cinder_attachment_complete(const struct context *context, const void *mem, const char *id) FAULT_CHECK;
/* Up to 5 times on 500 and 504; one that is not there is fine. */
struct fault *cinder_attachment_delete(const struct context *context, const void *mem, const char *id) FAULT_CHECK;

/* ---- snapshots: 404 is SnapshotNotFound ---- */

struct fault *cinder_snapshot_show(const struct context *context, const void *mem, const char *id,
                                   struct cinder_snapshot *snapshot) FAULT_CHECK;
struct fault *cinder_snapshots_list(const struct context *context, const void *mem, struct cinder_snapshot **snapshots,
                                    size_t *count) FAULT_CHECK;
/* 404 is VolumeNotFound, 413 OverQuota of snapshots. */
struct fault *cinder_snapshot_create(const struct context *context, const void *mem, const char *volume_id, bool force,
                                     const char *name, const char *description,
                                     struct cinder_snapshot *snapshot) FAULT_CHECK;
struct fault *cinder_snapshot_delete(const struct context *context, const void *mem, const char *id) FAULT_CHECK;

/* ---- others ---- */

struct cinder_type {
    const char *id, *name;
};
struct fault *cinder_types_list(const struct context *context, const void *mem, struct cinder_type **types,
                                size_t *count) FAULT_CHECK;
/* An absolute limit by name ("maxTotalSnapshots"); the object of all of them. */
struct fault *cinder_limits(const struct context *context, const void *mem, json_t **absolute) FAULT_CHECK;

#endif
