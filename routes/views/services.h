/* SPDX-License-Identifier: Apache-2.0 */
/* How services are shown, alone, in lists, by zone and by host. */
#ifndef NOVA_ROUTES_VIEWS_SERVICES_H
#define NOVA_ROUTES_VIEWS_SERVICES_H

#include "fcgi_app/objects/hosts.h"
#include "routes/resource.h"

/* The services that no state is known of, as they are no RPC services. */
bool services_is_api(const struct service *service);

/* {"services": [{binary, host, …}]}; of those whose host and binary are the ones given (NULL or "": any). */
void services_view_list(const struct call *call, const struct services *services, const char *host, const char *binary);

/* {"service": {…}} */
void services_view_show(const struct call *call, const struct service *service);

/*
 * {"service": {"host": …, "binary": …, "status": …, "disabled_reason": …}} as actions to 2.52 answer; NULL status or
 * forced_down: not shown, nor is an empty reason.
 */
void services_view_change(const struct call *call, const char *host, const char *binary, const char *status,
                          const char *reason, const bool *forced_down);

#endif
