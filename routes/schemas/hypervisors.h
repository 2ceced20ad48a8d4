/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module hypervisors: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_HYPERVISORS_H
#define NOVA_ROUTES_SCHEMAS_HYPERVISORS_H

#include "fcgi_app/json/schema.h"

/* GET /os-hypervisors, GET /os-hypervisors/detail */
extern const struct schema_use hypervisors_index_query[];
/* GET /os-hypervisors/{id} */
extern const struct schema_use hypervisors_show_query[];

#endif
