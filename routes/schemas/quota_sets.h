/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module quota_sets: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_QUOTA_SETS_H
#define NOVA_ROUTES_SCHEMAS_QUOTA_SETS_H

#include "fcgi_app/json/schema.h"

/* DELETE /os-quota-sets/{id}, GET /os-quota-sets/{id}, GET /os-quota-sets/{id}/detail, PUT /os-quota-sets/{id} */
extern const struct schema_use quota_sets_show_query[];
/* PUT /os-quota-sets/{id} */
extern const struct schema_use quota_sets_update_body[];

#endif
