/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Actions that are one row each: which states allow it, which task state it
 * sets, what it leaves and whom it tells.
 */
#include "config.h"

#include "fcgi_app/compute/actions.h"

#include "fcgi_app/compute/rejects.h"

#include <string.h>

struct action_row {
    const char *word;   /* the API's, in refusals */
    const char *record; /* of the action's row; NULL: none */
    unsigned wants;
    struct instance_states vm_states, task_states;
    const char *task_state; /* NULL: nothing is saved */
    unsigned first_rejects; /* before the lock is looked at */
    unsigned later_rejects; /* after */
    struct reject_until until;
    enum rpc_method method;
    bool mapped;      /* looked for by its mapping alone */
    bool host;        /* must be on a host */
    bool unstarted;   /* need not have been launched */
    bool no_progress; /* progress becomes 0 */
    bool clean;       /* the message says clean_shutdown */
    bool called;      /* waits for the answer */
    const char *kind; /* reboot_type of the message */
};

#define IDLE INSTANCE_STATES(NULL)
#define WITH_FLAVOR (INSTANCE_WITH_CACHE | INSTANCE_WITH_FLAVOR)

/* clang-format off */
static const struct action_row rows[ACTION_COUNT] = {
    [ACTION_START] = { .word = "start", .record = "start", .mapped = true, .host = true,
        .vm_states = INSTANCE_STATES("stopped"), .task_states = IDLE,
        .task_state = "powering-on", .method = RPC_start_instance },
    [ACTION_STOP] = { .word = "stop", .record = "stop", .mapped = true, .host = true,
        .vm_states = INSTANCE_STATES("active", "error"), .task_states = IDLE,
        .task_state = "powering-off", .no_progress = true, .clean = true, .method = RPC_stop_instance },
    [ACTION_CRASH_DUMP] = { .word = "trigger_crash_dump", .record = "trigger_crash_dump", .mapped = true, .host = true,
        .vm_states = INSTANCE_STATES("active", "paused", "rescued", "resized", "error"), .task_states = IDLE,
        .method = RPC_trigger_crash_dump },
    [ACTION_REBOOT_SOFT] = { .word = "reboot", .record = "reboot", .wants = WITH_FLAVOR | INSTANCE_WITH_NUMA,
        .vm_states = INSTANCE_STATES("active"), .task_states = IDLE,
        .task_state = "rebooting", .kind = "SOFT", .method = RPC_reboot_instance },
    [ACTION_REBOOT_HARD] = { .word = "reboot", .record = "reboot", .wants = WITH_FLAVOR | INSTANCE_WITH_NUMA,
        .vm_states = INSTANCE_STATES("active", "stopped", "paused", "suspended", "error"),
        .task_states = INSTANCE_STATES(NULL, "rebooting", "reboot_pending", "reboot_started", "resuming",
                                       "rebooting_hard", "unpausing", "pausing", "suspending"),
        .task_state = "rebooting_hard", .kind = "HARD", .method = RPC_reboot_instance },
    [ACTION_PAUSE] = { .word = "pause", .record = "pause", .wants = INSTANCE_WITH_CACHE,
        .vm_states = INSTANCE_STATES("active"), .task_states = IDLE,
        .task_state = "pausing", .method = RPC_pause_instance },
    [ACTION_UNPAUSE] = { .word = "unpause", .record = "unpause", .wants = INSTANCE_WITH_CACHE,
        .vm_states = INSTANCE_STATES("paused"), .task_states = IDLE,
        .task_state = "unpausing", .method = RPC_unpause_instance },
    [ACTION_SUSPEND] = { .word = "suspend", .record = "suspend", .wants = WITH_FLAVOR,
        .first_rejects = REJECT_PORT_ACCELERATORS | REJECT_VDPA | REJECT_ACCELERATORS | REJECT_SEV,
        .until = { .vdpa = 63 },
        .vm_states = INSTANCE_STATES("active"), .task_states = IDLE,
        .task_state = "suspending", .method = RPC_suspend_instance },
    [ACTION_RESUME] = { .word = "resume", .record = "resume", .wants = INSTANCE_WITH_CACHE,
        .later_rejects = REJECT_VDPA, .until = { .vdpa = 63 },
        .vm_states = INSTANCE_STATES("suspended"), .task_states = IDLE,
        .task_state = "resuming", .method = RPC_resume_instance },
    [ACTION_UNRESCUE] = { .word = "unrescue", .record = "unrescue", .wants = INSTANCE_WITH_CACHE,
        .vm_states = INSTANCE_STATES("rescued"), .task_states = IDLE,
        .task_state = "unrescuing", .method = RPC_unrescue_instance },
    [ACTION_CHANGE_PASSWORD] = { .word = "changePassword", .record = "changePassword", .wants = INSTANCE_WITH_CACHE,
        .vm_states = INSTANCE_STATES("active"), .task_states = IDLE,
        .task_state = "updating_password", .called = true, .method = RPC_set_admin_password },
    [ACTION_INJECT_NETWORK] = { .word = "injectNetworkInfo", .wants = INSTANCE_WITH_CACHE, .unstarted = true,
        .method = RPC_inject_network_info },
};
/* clang-format on */

struct fault *action_find(const struct context *context, enum server_action action, const char *uuid,
                          struct target **target)
{
    const struct action_row *row = &rows[action];

    return row->mapped ? target_find_mapped(context, uuid, row->wants, target)
                       : target_find(context, uuid, row->wants, target);
}

struct fault *action_send(const struct context *context, const struct target *target, enum rpc_method method,
                          const char *host, bool called, void (*fill)(struct rpc_args *args, const void *arg),
                          const void *arg)
{
    struct rpc_target to = { .transport_url = target->cell ? target->cell->transport_url : NULL,
                             .server = host ? host : target->row->host };
    struct rpc_args args;

    if (!to.server)
        return fault_text(target->mem, NovaException, "No compute host specified");
    rpc_args_init(&args, target->mem);
    target_put_object(target, rpc_arg(&args, "instance"));
    if (fill)
        fill(&args, arg);
    return called ? rpc_call(context, &to, method, &args, NULL) : rpc_cast(context, &to, method, &args);
}

struct filling {
    const struct action_row *row;
    const struct action_more *more;
};

static void fill_simple(struct rpc_args *args, const void *arg)
{
    const struct filling *filling = arg;

    if (filling->row->kind) {
        rpc_arg_null(args, "block_device_info");
        rpc_arg_string(args, "reboot_type", filling->row->kind);
    }
    if (filling->more)
        rpc_arg_string(args, filling->more->name, filling->more->value);
    if (filling->row->clean)
        rpc_arg_bool(args, "clean_shutdown", true);
}

struct fault *action_run(const struct context *context, enum server_action action, struct target *target,
                         const struct action_more *more)
{
    const struct action_row *row = &rows[action];
    struct target_guard guard = { .task_states = &row->task_states, .action = row->record };

    TRY(target_reject(context, target, row->first_rejects, row->until, row->record));
    TRY(target_check_lock(context, target));
    TRY(target_reject(context, target, row->later_rejects, row->until, row->record));
    if (row->host)
        TRY(target_check_host(target));
    TRY(target_check_states(target, &row->vm_states, &row->task_states, !row->unstarted, row->word));
    if (row->task_state) {
        target_set_text(target, "task_state", row->task_state);
        if (row->no_progress)
            target_set_int(target, "progress", 0);
    }
    if (row->record || row->task_state) /* else nothing is written, and no cell is needed for it */
        TRY(target_save(context, target, &guard));
    return action_send(context, target, row->method, NULL, row->called, fill_simple, &(struct filling){ row, more });
}
