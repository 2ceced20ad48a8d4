/* SPDX-License-Identifier: Apache-2.0 */
/* How hypervisors are shown. */
#ifndef NOVA_ROUTES_VIEWS_HYPERVISORS_H
#define NOVA_ROUTES_VIEWS_HYPERVISORS_H

#include "fcgi_app/compute/hypervisors.h"
#include "routes/resource.h"

struct hypervisor_shown {
    bool detail;
    bool servers;         /* an empty list of servers is shown from 2.75 on */
    const json_t *uptime; /* shown at any version; NULL: as the version has it */
};

/* One object; from 2.88 on the detail asks the host how long it is up. Faults: the bus's. */
struct fault *hypervisors_view_put(const struct call *call, const struct hypervisor *hypervisor,
                                   const struct hypervisor_shown *shown) FAULT_CHECK;

/* {"hypervisors": […]} of those whose service was found, with a link to the next page if `links`. */
struct fault *hypervisors_view_list(const struct call *call, const struct hypervisors *list,
                                    const struct hypervisor_shown *shown, bool links) FAULT_CHECK;

/* {"hypervisor_statistics": {…}} */
void hypervisors_view_statistics(const struct call *call, const struct compute_node_sums *sums);

#endif
