/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the handlers of /servers/{id}/action share: find, policy, do, and what
 * HTTP makes of a refusal.  Neighbours: compute/actions.h does; routes/compute/ has the rows.
 */
#ifndef NOVA_ROUTES_ACTION_H
#define NOVA_ROUTES_ACTION_H

#include "fcgi_app/compute/actions.h"
#include "routes/resource.h"

/* Which keys of the server upstream's policy target has. */
enum action_target { ACTION_OF_PROJECT, ACTION_OF_PROJECT_AND_USER };

/* Faults: PolicyNotAuthorized. */
struct fault *action_authorize(struct call *call, const struct target *target, const char *rule,
                               enum action_target keys) FAULT_CHECK;

/* A row of the table of simple actions from finding to sending; `more` may be NULL. */
struct fault *action_simple(struct call *call, enum server_action action, const char *rule, enum action_target keys,
                            const struct action_more *more) FAULT_CHECK;

/*
 * As target_conflict(), where upstream's handler knows no lock: a locked server is in an invalid state for `word`.
 */
struct fault *action_conflict_unlocked(const struct target *target, struct fault *fault, const char *word);

/*
 * What a question to the host comes to: 409 when the server is on none, and when it is in a state that `word` is not
 * for (NULL: the handler does not know of states); 501 where the host cannot.  Any other fault unchanged.
 */
struct fault *action_answer(struct call *call, const struct target *target, struct fault *fault, const char *word);

/* Faults among `names` (ended by FAULT_COUNT) as HTTP's `code`; any other unchanged. */
struct fault *action_fault_as(struct call *call, struct fault *fault, int code, const enum fault_name *names);

/* 2.45: {"image_id": …}; before it `location` (NULL: none) as a header. */
struct fault *action_image_answer(struct call *call, const char *id, const char *location) FAULT_CHECK;

#endif
