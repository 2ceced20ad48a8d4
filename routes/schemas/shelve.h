/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module shelve: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_SHELVE_H
#define NOVA_ROUTES_SCHEMAS_SHELVE_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action unshelve */
extern const struct schema_use shelve_unshelve_body[];

#endif
