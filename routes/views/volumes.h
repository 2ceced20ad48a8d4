/* SPDX-License-Identifier: Apache-2.0 */
/* Volumes and snapshots of the block storage service as the API shows them. Neighbour: compute/volumes.c. */
#ifndef NOVA_ROUTES_VIEWS_VOLUMES_H
#define NOVA_ROUTES_VIEWS_VOLUMES_H

#include "fcgi_app/clients/cinder.h"
#include "routes/resource.h"

/* {"volume": …}, {"volumes": […]}: index and detail show the same. */
void volumes_view_show(struct call *call, const struct cinder_volume *volume);
void volumes_view_list(struct call *call, const struct cinder_volume *volumes, size_t count);

/* {"snapshot": …}, {"snapshots": […]} */
void snapshots_view_show(struct call *call, const struct cinder_snapshot *snapshot);
void snapshots_view_list(struct call *call, const struct cinder_snapshot *snapshots, size_t count);

#endif
