/* SPDX-License-Identifier: Apache-2.0 */
/* How moves of servers look: in the list of all, and as the live migrations of one server. */
#ifndef NOVA_ROUTES_VIEWS_MIGRATIONS_H
#define NOVA_ROUTES_VIEWS_MIGRATIONS_H

#include "fcgi_app/compute/migrations.h"
#include "routes/resource.h"

/* {"migrations": […], "migrations_links": …} */
void migrations_view_index(struct call *call, const struct migration_list *list);
/* {"migrations": […]} and {"migration": {…}} of a server */
void server_migrations_view_index(struct call *call, const struct migration_list *list);
void server_migrations_view_show(struct call *call, const struct migration_row *migration);

#endif
