/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module admin_password: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_ADMIN_PASSWORD_H
#define NOVA_ROUTES_SCHEMAS_ADMIN_PASSWORD_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action changePassword */
extern const struct schema_use admin_password_change_password_body[];

#endif
