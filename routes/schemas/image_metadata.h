/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module image_metadata: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_IMAGE_METADATA_H
#define NOVA_ROUTES_SCHEMAS_IMAGE_METADATA_H

#include "fcgi_app/json/schema.h"

/* POST /images/{image_id}/metadata */
extern const struct schema_use image_metadata_create_body[];
/* PUT /images/{image_id}/metadata */
extern const struct schema_use image_metadata_update_all_body[];
/* PUT /images/{image_id}/metadata/{id} */
extern const struct schema_use image_metadata_update_body[];

#endif
