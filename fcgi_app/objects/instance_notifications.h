/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the API tells of servers: compute.instance.… of the older form, instance.… of the versioned one.  Who changes a
 * server calls these at the points where upstream does; nothing is put together where nobody listens.
 * Neighbours: notifications.h has the things that are no servers; compute/target_notify.c what a server is made of
 * here. Source: nova-facts/rpc.md section 5; payloads as nova 26.2.2 sends them.
 */
#ifndef NOVA_OBJECTS_INSTANCE_NOTIFICATIONS_H
#define NOVA_OBJECTS_INSTANCE_NOTIFICATIONS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/objects/write.h"

#include <stdbool.h>
#include <stddef.h>

/* A server with its flavors, network cache and tags, whatever `wants` says. */
struct notified_server {
    struct instance_source source;
    const char *image_url;      /* of the older form: where its image lies */
    const struct bdm_row *bdms; /* told of with [notifications] bdms_in_notifications */
    size_t bdm_count;
};

/* What an update says of states; NULL: as the server is. */
struct notified_states {
    const char *old_state, *state, *old_task_state, *new_task_state;
    const char *old_name; /* display_name before; NULL: it stayed */
};

/* compute.instance.update and instance.update; `service` is "compute", or "nova-api" for tags. */
void notify_server_update(const struct context *context, const char *service, const struct notified_server *server,
                          const struct notified_states *states);

/* The older form alone: compute.instance.<event>, event being "delete.start", "evacuate" … */
void notify_server_usage(const struct context *context, const char *event, const struct notified_server *server);

/* The versioned form alone: instance.<action>[.<phase>], from the API; phase NULL: none. */
void notify_server_action(const struct context *context, const char *action, const char *phase,
                          const struct notified_server *server);

/*
 * Does a save from the one pair of states to the other give an update, and is it one of states?
 * [notifications] notify_on_state_change: without it, none at all.
 */
enum notified_save { NOTIFIED_NOT, NOTIFIED_PLAIN, NOTIFIED_STATES };
enum notified_save notify_server_saved(const struct context *context, const char *old_state, const char *state,
                                       const char *old_task_state, const char *task_state);

#endif
