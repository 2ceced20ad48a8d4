/* SPDX-License-Identifier: Apache-2.0 */
/* How usage of projects is shown. */
#ifndef NOVA_ROUTES_VIEWS_USAGE_H
#define NOVA_ROUTES_VIEWS_USAGE_H

#include "fcgi_app/compute/usage.h"
#include "routes/resource.h"

/* {"tenant_usages": […]}, with servers if `detailed`, with a link to the next page if `links`. */
void usage_view_list(const struct call *call, const struct usage *usage, const struct usage_query *query, bool detailed,
                     bool links);

/* {"tenant_usage": {…}} of the one project; an empty object when it used nothing. */
void usage_view_show(const struct call *call, const struct usage *usage, const struct usage_query *query, bool links);

#endif
