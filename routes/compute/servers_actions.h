/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of the actions that are rows of upstream's module servers; servers.c has the rows. */
#ifndef NOVA_ROUTES_COMPUTE_SERVERS_ACTIONS_H
#define NOVA_ROUTES_COMPUTE_SERVERS_ACTIONS_H

#include "fcgi_app/compute/target.h"
#include "routes/resource.h"

route_handler servers_start, servers_stop, servers_trigger_crash_dump, servers_reboot, servers_delete, servers_update,
    servers_confirm_resize, servers_revert_resize, servers_resize, servers_create_image, servers_rebuild;

/* Sets the columns that members of the body name: name, description, hostname, addresses. */
void servers_take_changes(const struct call *call, const json_t *server, struct target *target);

#endif
