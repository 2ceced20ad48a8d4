/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that the API database keeps as serialised objects: build requests,
 * and the request specs that stand in for servers of a cell that is down.
 * They become the same struct as a row of a cell, so that filters, order and
 * views need to know one shape only.
 * Source: nova-facts/db.md sections 3, 7 and 10; objects.tsv (Instance, RequestSpec, TagList).
 */
#ifndef NOVA_OBJECTS_INSTANCE_H
#define NOVA_OBJECTS_INSTANCE_H

#include "fcgi_app/db/build_requests.h"
#include "fcgi_app/db/instance_mappings.h"
#include "fcgi_app/db/instance_rows.h"
#include "fcgi_app/db/instances.h"
#include "fcgi_app/json/json.h"

/*
 * The server of a build request, on mem; host, node and times of a server in a
 * cell are NULL, id is DB_NULL_INT.  NULL: the object cannot be read, which is
 * as if there were no build request.
 */
struct instance *instance_from_request(const void *mem, const struct build_request *request);

/*
 * The same server as the row that verbs look at, what is not in the object being NULL; *data (when not NULL) gets the
 * members of the object, on mem. NULL: the object cannot be read.
 */
struct instance_row *instance_row_from_request(const void *mem, const struct build_request *request,
                                               const json_t **data);

/* What a request spec tells of a server that cannot be asked; NULL: it cannot be read. */
struct instance *instance_from_spec(const void *mem, const struct instance_mapping *mapping, const char *spec);

#endif
