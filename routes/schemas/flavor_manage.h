/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module flavor_manage: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_FLAVOR_MANAGE_H
#define NOVA_ROUTES_SCHEMAS_FLAVOR_MANAGE_H

#include "fcgi_app/json/schema.h"

/* POST /flavors */
extern const struct schema_use flavor_manage_create_body[];
/* PUT /flavors/{id} */
extern const struct schema_use flavor_manage_update_body[];

#endif
