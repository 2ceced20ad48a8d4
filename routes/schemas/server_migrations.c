/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/server_migrations.h"

#include "routes/schemas/common.h"

static const struct schema_property force_complete_rows[] = {
    SCHEMA_MUST("force_complete", &schema_null, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node force_complete = {
    .types = { SCHEMA_OBJECT },
    .properties = force_complete_rows,
    .strict = V_ALL,
};
const struct schema_use server_migrations_force_complete_body[] = {
    { V_FROM(22), &force_complete, "server_migrations.force_complete", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
