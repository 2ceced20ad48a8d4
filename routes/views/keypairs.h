/* SPDX-License-Identifier: Apache-2.0 */
/* How key pairs look. Neighbour: routes/compute/keypairs.c. */
#ifndef NOVA_ROUTES_VIEWS_KEYPAIRS_H
#define NOVA_ROUTES_VIEWS_KEYPAIRS_H

#include "fcgi_app/compute/keypairs.h"
#include "routes/resource.h"

void keypairs_view_index(struct call *call, const struct keypair_list *list);
void keypairs_view_show(struct call *call, const struct keypair *keypair);
/* private_key NULL: it was imported. */
void keypairs_view_create(struct call *call, const struct keypair *keypair, const char *private_key);

#endif
