/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module security_groups: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_SECURITY_GROUPS_H
#define NOVA_ROUTES_SCHEMAS_SECURITY_GROUPS_H

#include "fcgi_app/json/schema.h"

/* GET /os-security-groups */
extern const struct schema_use security_groups_index_query[];

#endif
