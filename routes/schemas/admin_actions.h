/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module admin_actions: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_ADMIN_ACTIONS_H
#define NOVA_ROUTES_SCHEMAS_ADMIN_ACTIONS_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action os-resetState */
extern const struct schema_use admin_actions_reset_state_body[];

#endif
