/* SPDX-License-Identifier: Apache-2.0 */
/* How actions of a server look. Neighbour: routes/compute/instance_actions.c. */
#ifndef NOVA_ROUTES_VIEWS_INSTANCE_ACTIONS_H
#define NOVA_ROUTES_VIEWS_INSTANCE_ACTIONS_H

#include "fcgi_app/compute/action_log.h"
#include "routes/resource.h"

/* What the caller may see of an action's events. */
struct action_sight {
    bool events, traceback, host, host_id, details;
    const char *project_id; /* the server's: of events without one of their own */
};

void instance_actions_view_index(struct call *call, const struct action_list *list);
void instance_actions_view_show(struct call *call, const struct action_row *action,
                                const struct action_event_list *events, const struct action_sight *sight);

#endif
