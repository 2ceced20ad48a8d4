/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes that several resources' schemas share, by address.
 * Source: nova-facts/schemas.tsv.
 */
#ifndef NOVA_ROUTES_SCHEMAS_COMMON_H
#define NOVA_ROUTES_SCHEMAS_COMMON_H

#include "fcgi_app/json/schema.h"

/* A query parameter that may stand several times: any text; an expression; a whole number of zero or more. */
extern const struct schema_node schema_query_text;
extern const struct schema_node schema_query_regex;
extern const struct schema_node schema_query_date_time;
extern const struct schema_node schema_query_count;

#endif
