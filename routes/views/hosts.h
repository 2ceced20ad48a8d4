/* SPDX-License-Identifier: Apache-2.0 */
/* How hosts are shown, to 2.42. */
#ifndef NOVA_ROUTES_VIEWS_HOSTS_H
#define NOVA_ROUTES_VIEWS_HOSTS_H

#include "fcgi_app/compute/hosts.h"
#include "fcgi_app/objects/hosts.h"
#include "routes/resource.h"

/* {"hosts": [{host_name, service, zone}]} of enabled services, in the zone (NULL or "": in any). */
void hosts_view_list(const struct call *call, const struct services *services, const char *zone);

/* {"host": [{"resource": …}]}: totals, used now, used at most, by project. */
void hosts_view_show(const struct call *call, const char *host, const struct host_resources *held);

/* {"host": …, "status": …, "maintenance_mode": …}; NULL: not asked for. */
void hosts_view_update(const struct call *call, const char *host, const json_t *status, const json_t *maintenance);

/* {"host": …, "power_action": …} */
void hosts_view_power(const struct call *call, const char *host, const json_t *result);

#endif
