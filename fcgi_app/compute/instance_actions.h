/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was done to a server, as rows that users can read: an action a request
 * and its events.  Verbs that save the server hand the action's name to
 * target_save(); these are for the others.
 * Source: nova-facts/db.md 6.2.
 */
#ifndef NOVA_COMPUTE_INSTANCE_ACTIONS_H
#define NOVA_COMPUTE_INSTANCE_ACTIONS_H

#include "fcgi_app/compute/target.h"

/* Starts the action's row ("attach_volume"). Faults: DBReferenceError for a server in no cell, the database's. */
struct fault *instance_action_start(const struct context *context, const struct target *target,
                                    const char *action) FAULT_CHECK;

/*
 * An event of the request's action that ran here from `start` (usec, UTC) until now: well when `problem` is NULL, else
 * with its words.  Does nothing where the request has no action.
 */
struct fault *instance_action_event(const struct context *context, const struct target *target, const char *event,
                                    int64_t start, const struct fault *problem) FAULT_CHECK;

/* [DEFAULT] host: who did it. */
const char *instance_action_host(const struct context *context);

#endif
