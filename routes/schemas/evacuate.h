/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module evacuate: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_EVACUATE_H
#define NOVA_ROUTES_SCHEMAS_EVACUATE_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action evacuate */
extern const struct schema_use evacuate_evacuate_body[];

#endif
