/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of flavors; neighbours: routes/compute/flavors.c. Source: nova-facts/schemas.tsv, flavors.*. */
#ifndef NOVA_ROUTES_SCHEMAS_FLAVORS_H
#define NOVA_ROUTES_SCHEMAS_FLAVORS_H

#include "fcgi_app/json/schema.h"

/* GET /flavors and /flavors/detail */
extern const struct schema_use flavors_query[];

#endif
