/* SPDX-License-Identifier: Apache-2.0 */
/* How flavors are shown, from 2.1 on. */
#ifndef NOVA_ROUTES_VIEWS_FLAVORS_H
#define NOVA_ROUTES_VIEWS_FLAVORS_H

#include "fcgi_app/compute/flavors.h"
#include "routes/resource.h"

/* {"flavors": [{id, name, links, …}], "flavors_links": …} */
void flavors_view_index(const struct call *call, const struct flavor_list *list);

/* The same with all fields; extra specs when they were read and may be seen. */
void flavors_view_detail(const struct call *call, const struct flavor_list *list, bool extra_specs);

/* {"flavor": {…}} */
void flavors_view_show(const struct call *call, const struct flavor *flavor, bool extra_specs);

#endif
