/* SPDX-License-Identifier: Apache-2.0 */
/* How zones are shown. */
#ifndef NOVA_ROUTES_VIEWS_AVAILABILITY_ZONES_H
#define NOVA_ROUTES_VIEWS_AVAILABILITY_ZONES_H

#include "fcgi_app/objects/hosts.h"
#include "routes/resource.h"

/* {"availabilityZoneInfo": [{zoneName, zoneState, hosts}]}: available ones first; with hosts and services if `detail`.
 */
void availability_zones_view(const struct call *call, const struct services *services, bool detail);

#endif
