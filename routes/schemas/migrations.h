/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module migrations: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_MIGRATIONS_H
#define NOVA_ROUTES_SCHEMAS_MIGRATIONS_H

#include "fcgi_app/json/schema.h"

/* GET /os-migrations */
extern const struct schema_use migrations_index_query[];

#endif
