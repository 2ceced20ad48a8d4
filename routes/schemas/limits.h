/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module limits: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_LIMITS_H
#define NOVA_ROUTES_SCHEMAS_LIMITS_H

#include "fcgi_app/json/schema.h"

/* GET /limits */
extern const struct schema_use limits_index_query[];

#endif
