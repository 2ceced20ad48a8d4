/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/server_metadata.h"

#include "routes/schemas/common.h"

const struct schema_use server_metadata_create_body[] = {
    { V_ALL, &schema_metadata_body, "server_metadata.create", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

const struct schema_use server_metadata_update_all_body[] = {
    { V_ALL, &schema_metadata_body, "server_metadata.update_all", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

const struct schema_use server_metadata_update_body[] = {
    { V_ALL, &schema_meta_body, "server_metadata.update", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
