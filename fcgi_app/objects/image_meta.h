/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image of a server as the ImageMeta object: out of what the image
 * service (or a volume's image metadata) says, by old and new names of
 * properties, each brought to its type.
 * Source: nova-facts/objects.tsv (ImageMeta, ImageMetaProps), outbound.md section 3.
 */
#ifndef NOVA_OBJECTS_IMAGE_META_H
#define NOVA_OBJECTS_IMAGE_META_H

#include "fcgi_app/base/fault.h"

#include <jansson.h>
#include <stdbool.h>

/*
 * `image` is the image's dict: its base attributes, and "properties".  The caller owns *tree.
 * Faults: InvalidRequest for a property that does not fit its type.
 */
struct fault *image_meta_tree(const void *mem, const json_t *image, json_t **tree) FAULT_CHECK;

/* The property hw_architecture of the image's dict, where it has one. Faults: InvalidArchitectureName. */
struct fault *image_meta_check_architecture(const void *mem, const json_t *image) FAULT_CHECK;

/* A property of the object (its new name), borrowed; NULL: not set. */
const json_t *image_meta_prop(const json_t *tree, const char *name);
/* The same as text, NULL for what is none; as a number, `otherwise` where it is not set. */
const char *image_meta_text(const json_t *tree, const char *name);
int64_t image_meta_int(const json_t *tree, const char *name, int64_t otherwise);
/* -1: not set. */
int image_meta_bool(const json_t *tree, const char *name);

/*
 * CPU numbers out of "1-3,^2": sorted, each once, as a JSON list, which the caller owns.
 * Faults: Invalid with the reference's words.
 */
struct fault *cpu_spec_parse(const void *mem, const char *text, json_t **cpus) FAULT_CHECK;

#endif
