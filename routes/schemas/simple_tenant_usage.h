/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module simple_tenant_usage: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_SIMPLE_TENANT_USAGE_H
#define NOVA_ROUTES_SCHEMAS_SIMPLE_TENANT_USAGE_H

#include "fcgi_app/json/schema.h"

/* GET /os-simple-tenant-usage */
extern const struct schema_use simple_tenant_usage_index_query[];
/* GET /os-simple-tenant-usage/{id} */
extern const struct schema_use simple_tenant_usage_show_query[];

#endif
