/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/flavor_access.h"

#include "routes/schemas/common.h"

static const struct schema_property add_tenant_access_add_tenant_access_rows[] = {
    SCHEMA_MUST("tenant", &schema_text_1_255, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node add_tenant_access_add_tenant_access = {
    .types = { SCHEMA_OBJECT },
    .properties = add_tenant_access_add_tenant_access_rows,
    .strict = V_ALL,
};
static const struct schema_property add_tenant_access_rows[] = {
    SCHEMA_MUST("addTenantAccess", &add_tenant_access_add_tenant_access, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node add_tenant_access = {
    .types = { SCHEMA_OBJECT },
    .properties = add_tenant_access_rows,
    .strict = V_ALL,
};
const struct schema_use flavor_access_add_tenant_access_body[] = {
    { V_ALL, &add_tenant_access, "flavor_access.add_tenant_access", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_property remove_tenant_access_rows[] = {
    SCHEMA_MUST("removeTenantAccess", &add_tenant_access_add_tenant_access, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node remove_tenant_access = {
    .types = { SCHEMA_OBJECT },
    .properties = remove_tenant_access_rows,
    .strict = V_ALL,
};
const struct schema_use flavor_access_remove_tenant_access_body[] = {
    { V_ALL, &remove_tenant_access, "flavor_access.remove_tenant_access", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
