/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notifications of the server that a verb works on.  What it was not found with is read for them, once, and only where
 * somebody listens; what fails here is logged and fails no verb.
 * Neighbours: target_save.c tells of each save itself; objects/instance_notifications.h has the payloads.
 */
#ifndef NOVA_COMPUTE_TARGET_NOTIFY_H
#define NOVA_COMPUTE_TARGET_NOTIFY_H

#include "fcgi_app/compute/target.h"

/* After a save: an update, of states where target->stored says that they were others, or by its name. */
void target_notify_saved(const struct context *context, struct target *target);

/* An update without a save; `service` is "compute", or "nova-api" for tags. It is sent whatever is configured of saves.
 */
void target_notify_update(const struct context *context, struct target *target, const char *service);

/* The same for changes that upstream counts as a save of nothing. */
void target_notify_touched(const struct context *context, struct target *target);

/* compute.instance.<event>, and instance.<action>[.<phase>] (action NULL: none; phase NULL: none). */
void target_notify_action(const struct context *context, struct target *target, const char *event, const char *action,
                          const char *phase);

#endif
