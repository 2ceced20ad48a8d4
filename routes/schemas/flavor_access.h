/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module flavor_access: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_FLAVOR_ACCESS_H
#define NOVA_ROUTES_SCHEMAS_FLAVOR_ACCESS_H

#include "fcgi_app/json/schema.h"

/* POST /flavors/{id}/action addTenantAccess */
extern const struct schema_use flavor_access_add_tenant_access_body[];
/* POST /flavors/{id}/action removeTenantAccess */
extern const struct schema_use flavor_access_remove_tenant_access_body[];

#endif
