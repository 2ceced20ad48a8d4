/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flavors that a server's row remembers, for checks that are written for
 * flavors of the table.  Neighbours: rejects.h asks for single numbers of it.
 * Source: nova-facts/db.md section 3 (instance_extra.flavor).
 */
#ifndef NOVA_COMPUTE_SERVER_FLAVOR_H
#define NOVA_COMPUTE_SERVER_FLAVOR_H

#include "fcgi_app/compute/target.h"
#include "fcgi_app/db/create.h"

#include <jansson.h>

/* The flavor called `which` ("cur", "old") as a Flavor object, on the target's mem; NULL where the row has none. */
json_t *server_flavor(const struct target *target, const char *which);
/* The object as a row of the table, on the target's mem. */
struct flavor_row *server_flavor_row(const struct target *target, const json_t *flavor);

#endif
