/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server that a verb works on: found once with all that its checks and
 * its message need (one round trip a database), checked in the contract's
 * order, changed in memory, and saved under the condition that it is still in
 * the states that were checked.
 *
 *     TRY(target_find(context, uuid, INSTANCE_WITH_CACHE, &target));
 *     TRY(policy_check(context, rule, &(struct policy_target){ target->row->project_id, target->row->user_id }));
 *     TRY(target_check_lock(context, target));
 *     TRY(target_check_states(context, target, &active, &idle, true, "pause"));
 *     target_set_text(target, "task_state", "pausing");
 *     TRY(target_save(context, target, &(struct target_guard){ .task_states = &idle, .action = "pause" }));
 *
 * Faults of the checks go through target_conflict() in the route's handler.
 * Neighbours: servers.h reads servers to show them; instance_actions.h writes action rows without a save.
 * Source: nova-facts/db.md sections 3, 6.1, 6.3 and 7.
 */
#ifndef NOVA_COMPUTE_TARGET_H
#define NOVA_COMPUTE_TARGET_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/db/build_requests.h"
#include "fcgi_app/db/instance_rows.h"
#include "fcgi_app/objects/write.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Either kind of metadata, in order. */
struct target_texts {
    struct instance_pair *items;
    size_t count;
    /* what target_save() has to write */
    const char **put_keys, **put_values, **drop_keys;
    size_t put_count, drop_count;
};

/* What the database has, where the row in memory may differ. */
struct target_stored {
    const char *vm_state, *task_state, *display_name;
};

struct target {
    const void *mem;
    struct instance_row *row;   /* never NULL; shows what was set, saved or not */
    unsigned wants;             /* INSTANCE_WITH_… that are there */
    const struct db_cell *cell; /* NULL: in no cell yet, `request` is the server */
    const struct build_request *request;
    struct target_texts metadata, system_metadata;
    const struct instance_service_row *services;
    size_t service_count;
    const struct instance_tag_row *tags;
    size_t tag_count;
    const struct bdm_row *bdms;
    size_t bdm_count;
    const char *const *changes; /* for target_put_object(): what upstream has changed and not saved, or NULL */
    /* of target_save() */
    const struct instance_column *changed[sizeof(struct instance_row) / sizeof(bool *)];
    size_t changed_count;
    bool context_copied; /* upstream asks with a copy of the request's context: addresses of services are looked up */
    struct target_stored stored;
    bool told; /* its flavors, network cache and tags are there for notifications, whatever `wants` says */
    const char *extra_columns[3], *extra_values[3];
    size_t extra_count;
    int64_t saved_at; /* the row's updated_at in the database; DB_NO_TIME: not saved here */
};

/*
 * The server as every verb looks for it: by its mapping in its cell, or as a build request.
 * Faults: HTTP 404 with the contract's words (another's project, no such server, no uuid); NovaException when its
 * cell does not answer; the databases'.
 */
struct fault *target_find(const struct context *context, const char *uuid, unsigned wants,
                          struct target **target) FAULT_CHECK;
/*
 * As os-start, os-stop and trigger_crash_dump look for it: one in no cell yet is not found, and a server without
 * mapping has words of its own.
 */
struct fault *target_find_mapped(const struct context *context, const char *uuid, unsigned wants,
                                 struct target **target) FAULT_CHECK;
/* As target_find(), with the name of the fault (InstanceNotFound) instead of HTTP's 404. */
struct fault *target_look_up(const struct context *context, const char *uuid, unsigned wants,
                             struct target **target) FAULT_CHECK;

/* The value of a key of system metadata, or NULL. */
const char *target_system(const struct target *target, const char *key);

/* ---- checks ---- */

/* InstanceIsLocked, unless it is not locked or the caller is an administrator. */
struct fault *target_check_lock(const struct context *context, const struct target *target) FAULT_CHECK;
/* InstanceNotReady without a host. */
struct fault *target_check_host(const struct target *target) FAULT_CHECK;
/* And ServiceUnavailable when its compute service is not up, IndexError when there never was one; found with
 * INSTANCE_WITH_SERVICES.
 */
struct fault *target_check_host_up(const struct context *context, const struct target *target) FAULT_CHECK;
/* Is the compute service of its host up? Found with INSTANCE_WITH_HOST_SERVICE or _SERVICES. */
bool target_host_is_up(const struct context *context, const struct target *target);
/*
 * InstanceInvalidState unless it is in one of the states (NULL: any) and, where `launched`, has been launched once.
 * The message is the contract's text of the 409 for `action`, the API's word for what was to be done.
 */
struct fault *target_check_states(const struct target *target, const struct instance_states *vm_states,
                                  const struct instance_states *task_states, bool launched,
                                  const char *action) FAULT_CHECK;
/* InstanceInvalidState if it is in one of these task states. */
struct fault *target_reject_task_states(const struct target *target, const struct instance_states *task_states,
                                        const char *action) FAULT_CHECK;

/* HTTP 409 for InstanceIsLocked and InstanceInvalidState; any other fault (and NULL) unchanged. */
struct fault *target_conflict(const struct target *target, struct fault *fault);

/* The server as the bus' Instance object with all that it was found with. */
void target_put_object(const struct target *target, struct strbuf *out);

/*
 * Has the node that it is on this trait in placement?
 * Faults: ComputeHostNotFound when the cell knows no such node; placement's; the database's.
 */
struct fault *target_node_has_trait(const struct context *context, const struct target *target, const char *trait,
                                    bool *has) FAULT_CHECK;

/* From now on its states and name are those of the database. */
void target_keep_stored(struct target *target);

/* ---- changes ---- */

/* In memory; target_save() writes what was set, be it the same value. The column is one of instance_columns.def. */
void target_set_text(struct target *target, const char *column, const char *value);
void target_set_int(struct target *target, const char *column, int64_t value);
void target_set_bool(struct target *target, const char *column, bool value);
void target_set_time(struct target *target, const char *column, int64_t value);
void target_set_system(struct target *target, const char *key, const char *value);
void target_drop_system(struct target *target, const char *key);
void target_set_metadata(struct target *target, const char *key, const char *value);
void target_drop_metadata(struct target *target, const char *key);
/* Metadata become those of the object, and no others; `values` is kept. */
void target_replace_metadata(struct target *target, const json_t *values);
/* The same for those keys of system metadata that begin with `prefix`. */
void target_replace_system(struct target *target, const char *prefix, const json_t *values);
/* What the next save writes into a column of instance_extra, NULL for NULL; the row shows what its owner puts there. */
void target_set_extra(struct target *target, const char *column, const char *text);

/* What a save depends on and leaves besides. */
struct target_guard {
    const struct instance_states *vm_states;   /* the row's, when it is written; NULL: any */
    const struct instance_states *task_states; /* the same */
    const char *action;                        /* an action's row is started with it; NULL: none */
    bool finished;                             /* and ended at once */
    bool always;                               /* the row is saved without a change too */
    const struct instance_event *event;        /* with an event, begun and ended; NULL: none */
};
/*
 * Writes the changes in one statement (they stand or fall with the action's row).  Without any change only the row of
 * the action is written, or without that the flavors where they count as changed.
 * Faults: InstanceNotFound; UnexpectedDeletingTaskStateError, UnexpectedTaskStateError, InstanceUpdateConflict when
 * it is in other states by now; DBReferenceError for a server in no cell; the database's.
 */
struct fault *target_save(const struct context *context, struct target *target,
                          const struct target_guard *guard) FAULT_CHECK;

/*
 * Takes one key off its metadata, at once and without a save: the server's own row stays.
 * Faults: DBReferenceError for a server in no cell; the database's.
 */
struct fault *target_delete_metadata(const struct context *context, struct target *target, const char *key) FAULT_CHECK;

#endif
