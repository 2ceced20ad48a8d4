/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module rescue: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_RESCUE_H
#define NOVA_ROUTES_SCHEMAS_RESCUE_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action rescue */
extern const struct schema_use rescue_rescue_body[];

#endif
