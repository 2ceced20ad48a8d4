/* SPDX-License-Identifier: Apache-2.0 */
/* How server groups look. Neighbour: routes/compute/server_groups.c. */
#ifndef NOVA_ROUTES_VIEWS_SERVER_GROUPS_H
#define NOVA_ROUTES_VIEWS_SERVER_GROUPS_H

#include "fcgi_app/compute/server_groups.h"
#include "routes/resource.h"

void server_groups_view_index(struct call *call, const struct server_group_list *list);
void server_groups_view_show(struct call *call, const struct server_group *group);

#endif
