/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of upstream's module server_external_events: bodies and queries by version. Source: nova-facts/schemas.tsv.
 */
#ifndef NOVA_ROUTES_SCHEMAS_SERVER_EXTERNAL_EVENTS_H
#define NOVA_ROUTES_SCHEMAS_SERVER_EXTERNAL_EVENTS_H

#include "fcgi_app/json/schema.h"

/* POST /os-server-external-events */
extern const struct schema_use server_external_events_create_body[];

#endif
