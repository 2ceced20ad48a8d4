/* SPDX-License-Identifier: Apache-2.0 */
/* How the addresses of a server look. Neighbour: routes/compute/ips.c. */
#ifndef NOVA_ROUTES_VIEWS_IPS_H
#define NOVA_ROUTES_VIEWS_IPS_H

#include "fcgi_app/db/db.h"
#include "routes/resource.h"

/* All networks of the cached network information. */
void ips_view_index(struct call *call, struct db_bytes network_info);
/* One network; false (and nothing written): the server is in none of that label. */
bool ips_view_show(struct call *call, struct db_bytes network_info, const char *label);

#endif
