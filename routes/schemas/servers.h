/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of servers; neighbours: routes/compute/servers.c. Source: nova-facts/schemas.tsv, servers.*. */
#ifndef NOVA_ROUTES_SCHEMAS_SERVERS_H
#define NOVA_ROUTES_SCHEMAS_SERVERS_H

#include "fcgi_app/json/schema.h"

/* GET /servers and /servers/detail */
extern const struct schema_use servers_query[];

#endif
