/* SPDX-License-Identifier: Apache-2.0 */
/* /images/{image_id}/metadata, /images/{image_id}/metadata/{id}: the rows of upstream's module image_metadata. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/image_metadata.h"

/* clang-format off */
static const struct route image_metadata_routes[] = {
    { "GET", "/images/{image_id}/metadata", NULL, V_UPTO(38), NULL, 200, .errors = { 403, 404 } },
    { "POST", "/images/{image_id}/metadata", NULL, V_UPTO(38), NULL, 200, .errors = { 400, 403, 404 },
      .body = image_metadata_create_body },
    { "PUT", "/images/{image_id}/metadata", NULL, V_UPTO(38), NULL, 200, .errors = { 400, 403, 404 },
      .body = image_metadata_update_all_body },
    { "GET", "/images/{image_id}/metadata/{id}", NULL, V_UPTO(38), NULL, 200, .errors = { 403, 404 } },
    { "PUT", "/images/{image_id}/metadata/{id}", NULL, V_UPTO(38), NULL, 200, .errors = { 400, 403, 404 },
      .body = image_metadata_update_body },
    { "DELETE", "/images/{image_id}/metadata/{id}", NULL, V_UPTO(38), NULL, 204, .errors = { 403, 404 } },
    { 0 },
};
/* clang-format on */

const struct resource image_metadata_resource = { "image_metadata", image_metadata_routes };
