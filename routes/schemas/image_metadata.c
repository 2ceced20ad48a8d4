/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/image_metadata.h"

#include "routes/schemas/common.h"

const struct schema_use image_metadata_create_body[] = {
    { V_UPTO(38), &schema_metadata_body, "image_metadata.create", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

const struct schema_use image_metadata_update_all_body[] = {
    { V_UPTO(38), &schema_metadata_body, "image_metadata.update_all", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

const struct schema_use image_metadata_update_body[] = {
    { V_UPTO(38), &schema_meta_body, "image_metadata.update", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
