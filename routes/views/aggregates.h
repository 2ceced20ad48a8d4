/* SPDX-License-Identifier: Apache-2.0 */
/* How host aggregates are shown. */
#ifndef NOVA_ROUTES_VIEWS_AGGREGATES_H
#define NOVA_ROUTES_VIEWS_AGGREGATES_H

#include "fcgi_app/compute/aggregates.h"
#include "routes/resource.h"

/* {"aggregates": […]} */
void aggregates_view_list(const struct call *call, const struct aggregates *list);

/* {"aggregate": {…}}; a new one is shown without hosts and metadata. */
void aggregates_view_show(const struct call *call, const struct aggregate *aggregate, bool fresh);

#endif
