/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module lock_server: bodies and queries by version. Source: nova-facts/schemas.tsv. */
#ifndef NOVA_ROUTES_SCHEMAS_LOCK_SERVER_H
#define NOVA_ROUTES_SCHEMAS_LOCK_SERVER_H

#include "fcgi_app/json/schema.h"

/* POST /servers/{id}/action lock */
extern const struct schema_use lock_server_lock_body[];

#endif
