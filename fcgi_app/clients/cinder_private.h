/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the block storage client share. */
#ifndef NOVA_CLIENTS_CINDER_PRIVATE_H
#define NOVA_CLIENTS_CINDER_PRIVATE_H

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/clients/cinder.h"
#include "fcgi_app/clients/service.h"

/* Whose "not found" and "too many" an operation has: upstream's decorators. */
enum cinder_kind {
    CINDER_PLAIN,      /* nobody's */
    CINDER_VOLUME,     /* VolumeNotFound, OverQuota with cinder's words */
    CINDER_CREATE,     /* NotFound and OverQuota with cinder's words */
    CINDER_ATTACHMENT, /* VolumeAttachmentNotFound */
    CINDER_SNAPSHOT,   /* SnapshotNotFound */
    CINDER_MIXED,      /* VolumeNotFound, OverQuota of snapshots */
};

/* An operation in the making. */
struct cinder_request {
    enum cinder_kind kind;
    const char *id; /* the resource that is named when it is not found */
    const char *method;
    const char *path;
    const char *body; /* JSON, or NULL */
    const char *microversion;
    bool check;                 /* does the server have that microversion? */
    short tries_500, tries_504; /* how often at all; 0: once */
    bool missing_is_fine;
};

/* Performs it; *answer (may be NULL) is the tree, NULL when the answer is empty. */
struct fault *cinder_request(const struct context *context, const void *mem, const struct cinder_request *request,
                             json_t **answer) FAULT_CHECK;
/* Several at once; faults[i] or answers[i] is set. */
void cinder_requests(const struct context *context, const void *mem, const struct cinder_request *requests,
                     size_t count, json_t **answers, struct fault **faults);

/* "/volumes/ID" and the like. */
const char *cinder_path(const void *mem, const char *front, const char *id, const char *tail);
/* All pages of a list. */
struct fault *cinder_pages(const struct context *context, const void *mem, const char *path, const char *key,
                           json_t **items) FAULT_CHECK;

/* Faults: AttributeError for what must be there and is not, TypeError and KeyError of attachments. */
struct fault *cinder_volume_read(const void *mem, const json_t *raw, struct cinder_volume *volume) FAULT_CHECK;
struct fault *cinder_snapshot_read(const void *mem, const json_t *raw, struct cinder_snapshot *snapshot) FAULT_CHECK;
/* The object under the key. Faults: KeyError, TypeError, AttributeError for what is no object. */
struct fault *cinder_take(const void *mem, const json_t *answer, const char *key, const json_t **item) FAULT_CHECK;

#endif
