/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module keypairs: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_KEYPAIRS_H
#define NOVA_ROUTES_SCHEMAS_KEYPAIRS_H

#include "fcgi_app/json/schema.h"

/* GET /os-keypairs */
extern const struct schema_use keypairs_index_query[];
/* POST /os-keypairs */
extern const struct schema_use keypairs_create_body[];
/* GET /os-keypairs/{id} */
extern const struct schema_use keypairs_show_query[];
/* DELETE /os-keypairs/{id} */
extern const struct schema_use keypairs_delete_query[];

#endif
