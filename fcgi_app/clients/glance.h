/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image service: images as nova sees them.
 *
 * Every call uses the token of the one who asks.  A call that meets no server
 * is tried again [glance] num_retries times, a second apart and at the next
 * of [glance] api_servers when they are listed.  The schema that upstream
 * fetches after each image is not fetched: what it says of base properties
 * stands in a table.
 * Source: nova-facts/outbound.md sections 1 and 3, captures/outbound.jsonl.
 */
#ifndef NOVA_CLIENTS_GLANCE_H
#define NOVA_CLIENTS_GLANCE_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/http/query.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No time was given. */
#define GLANCE_NO_TIME INT64_MIN

/* An image; everything lives on the mem of the call. */
struct glance_image {
    const char *id, *name, *status, *owner; /* NULL: none, as for every text here */
    const char *checksum, *container_format, *disk_format;
    int64_t created_at, updated_at; /* microseconds UTC, or GLANCE_NO_TIME */
    int64_t size;                   /* bytes; 0 where the image has none */
    int64_t min_ram, min_disk;      /* MiB, GiB */
    bool is_public;                 /* visibility is "public" */
    bool protected;
    json_t *properties; /* object: what is no base property; "mappings" and "block_device_mapping" parsed from text */
    json_t *meta;       /* the dictionary that upstream passes around: base properties, is_public, and "properties" */
    json_t *raw;        /* what glance answered */
};

/*
 * The image that `reference` names: an id, or a URL whose last part is one and whose front says which glance.
 * Faults: ImageNotFound, ImageNotAuthorized, ImageBadRequest, ImageQuotaExceeded (413), GlanceConnectionFailed,
 * InvalidImageRef, glance_… for any other status.
 */
struct fault *glance_image_show(const struct context *context, const void *mem, const char *reference,
                                struct glance_image *image) FAULT_CHECK;

/* Several at once; images[i] is filled or faults[i] set, as glance_image_show would. */
void glance_images_show(const struct context *context, const void *mem, const char *const *references, size_t count,
                        struct glance_image *images, struct fault **faults);

/*
 * A list, all pages up to `limit` (0: no limit).  `params` are filters in glance's names, in order; page_size 0 means
 * glanceclient's 20.  Faults: Forbidden (401, 403), NotFound, Invalid (400), GlanceConnectionFailed, glance_….
 */
struct glance_list {
    struct query filters;
    const char *marker; /* NULL: none */
    int64_t limit;
    int64_t page_size;
};
struct fault *glance_images_list(const struct context *context, const void *mem, const struct glance_list *list,
                                 struct glance_image **images, size_t *count) FAULT_CHECK;

/*
 * Creates an image.  `meta`: name, properties (object, values become text), is_public or visibility, min_ram, min_disk,
 * disk_format, container_format …  `data`: an empty file follows, so that the image becomes active (volume-backed
 * snapshots); the formats are then filled in from the schema.  `member`: a project that is let in, or NULL.
 * Faults: as glance_image_show, with the id unknown; Invalid for 400.
 */
struct fault *glance_image_create(const struct context *context, const void *mem, const json_t *meta, bool data,
                                  const char *member, struct glance_image *image) FAULT_CHECK;

/*
 * Sets properties: `meta` is an object of names and values of which "properties" is one; those that the image has and
 * `meta` has not are removed when `purge`.  Faults: as glance_image_show.
 */
struct fault *glance_image_update(const struct context *context, const void *mem, const char *id, const json_t *meta,
                                  bool purge, struct glance_image *image) FAULT_CHECK;

/* Faults: ImageNotFound, ImageNotAuthorized, ImageDeleteConflict (409), GlanceConnectionFailed, glance_…. */
struct fault *glance_image_delete(const struct context *context, const void *mem, const char *id) FAULT_CHECK;

/*
 * Where the image service answers, without a version and ending in "/" or not, as upstream's generate_glance_url():
 * [glance] api_servers (any one) or the catalogue's.  NULL: nowhere.
 */
const char *glance_url(const struct context *context, const void *mem);
/* The same without discovery: as the catalogue has it, but for its version. */
const char *glance_catalogue_url(const struct context *context, const void *mem);

#endif
