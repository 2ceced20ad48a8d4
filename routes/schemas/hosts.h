/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module hosts: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_HOSTS_H
#define NOVA_ROUTES_SCHEMAS_HOSTS_H

#include "fcgi_app/json/schema.h"

/* GET /os-hosts */
extern const struct schema_use hosts_index_query[];
/* PUT /os-hosts/{id} */
extern const struct schema_use hosts_update_body[];

#endif
