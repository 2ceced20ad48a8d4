/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module services: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_SERVICES_H
#define NOVA_ROUTES_SCHEMAS_SERVICES_H

#include "fcgi_app/json/schema.h"

/* GET /os-services */
extern const struct schema_use services_index_query[];
/* PUT /os-services/{id} */
extern const struct schema_use services_update_body[];

#endif
