/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module flavors_extraspecs: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_FLAVORS_EXTRASPECS_H
#define NOVA_ROUTES_SCHEMAS_FLAVORS_EXTRASPECS_H

#include "fcgi_app/json/schema.h"

/* POST /flavors/{flavor_id}/os-extra_specs */
extern const struct schema_use flavors_extraspecs_create_body[];
/* PUT /flavors/{flavor_id}/os-extra_specs/{id} */
extern const struct schema_use flavors_extraspecs_update_body[];

#endif
