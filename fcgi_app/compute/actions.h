/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The actions on a server.  Those that check, set a task state, start an
 * action's row and tell the server's host are rows of one table; the others
 * have a function each.
 *
 *   actions_simple.c  the table and what runs it
 *   actions_admin.c   lock, unlock, reset of the state
 * Neighbours: target.h finds, checks and saves the server; rejects.h refuses some; rpc/rpc.h sends.
 * Source: nova-facts/db.md 6.3, rpc.md sections 3.2 and 3.5.
 */
#ifndef NOVA_COMPUTE_ACTIONS_H
#define NOVA_COMPUTE_ACTIONS_H

#include "fcgi_app/compute/target.h"
#include "fcgi_app/rpc/rpc.h"

enum server_action {
    ACTION_START,
    ACTION_STOP,
    ACTION_CRASH_DUMP,
    ACTION_REBOOT_SOFT,
    ACTION_REBOOT_HARD,
    ACTION_PAUSE,
    ACTION_UNPAUSE,
    ACTION_SUSPEND,
    ACTION_RESUME,
    ACTION_UNRESCUE,
    ACTION_CHANGE_PASSWORD,
    ACTION_INJECT_NETWORK,
    ACTION_COUNT,
};

/* A text argument behind the server. */
struct action_more {
    const char *name;
    const char *value;
};

/* Finds the server with all that the action needs of it. Faults: as target_find() and target_find_mapped(). */
struct fault *action_find(const struct context *context, enum server_action action, const char *uuid,
                          struct target **target) FAULT_CHECK;
/*
 * Does it: checks in the contract's order, row, message.  `more` holds arguments of the message beside the server
 * (the first argument is always the server itself, so: what follows it), or is NULL.
 * Faults: those of the checks, ready for target_conflict(); of the save; of the bus, of the remote side for a call.
 */
struct fault *action_run(const struct context *context, enum server_action action, struct target *target,
                         const struct action_more *more) FAULT_CHECK;

/*
 * Casts (or calls, when `called`) a method of the server's own host with the server as the first argument; `fill` adds
 * the others.  Faults: NovaException when it is on no host; those of rpc_cast() and rpc_call().
 */
struct fault *action_send(const struct context *context, const struct target *target, enum rpc_method method,
                          const char *host, bool called, void (*fill)(struct rpc_args *args, const void *arg),
                          const void *arg) FAULT_CHECK;

/* ---- actions_admin.c ---- */

/* `reason` may be NULL. A server that its owner has locked already stays as it is. */
struct fault *action_lock(const struct context *context, struct target *target, const char *reason) FAULT_CHECK;
struct fault *action_unlock(const struct context *context, struct target *target) FAULT_CHECK;
/* Has someone of another kind (owner, administrator) than the caller locked it? */
bool action_locked_by_other(const struct context *context, const struct target *target);
struct fault *action_reset_state(const struct context *context, struct target *target,
                                 const char *vm_state) FAULT_CHECK;

#endif
