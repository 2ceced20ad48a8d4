/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of what was done to a server, as users read it; instance_actions.h
 * writes it.  A deleted server still has its log for those who ask for it.
 * Neighbours: db/actions.h beneath, routes/compute/instance_actions.c above.
 * Source: behaviour of nova.db.main.api (actions_get, action_events_get) and the controller of instance actions.
 */
#ifndef NOVA_COMPUTE_ACTION_LOG_H
#define NOVA_COMPUTE_ACTION_LOG_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/db/actions.h"

/* The server whose log is read. */
struct action_owner {
    const char *uuid;
    const char *project_id;
    const struct db_cell *cell; /* NULL: in none yet; nothing was done to it */
};

/* `deleted`: a deleted server is found too. Faults: HTTP 404. */
struct fault *action_log_owner(const struct context *context, const char *uuid, bool deleted,
                               struct action_owner *owner) FAULT_CHECK;

struct action_search {
    int64_t changes_since, changes_before; /* DB_NO_TIME: any */
    const char *marker;                    /* a request's id, or NULL */
    int64_t limit;                         /* DB_NULL_INT: all */
};
struct action_list {
    const struct action_row *rows;
    size_t count;
};
/* Newest first. Faults: MarkerNotFound. */
struct fault *action_log_list(const struct context *context, const struct action_owner *owner,
                              const struct action_search *search, struct action_list *list) FAULT_CHECK;

struct action_event_list {
    const struct action_event_row *rows;
    size_t count;
};
/* The newest action of a request and its events, newest first; *action is NULL where there is none. */
struct fault *action_log_get(const struct context *context, const struct action_owner *owner, const char *request_id,
                             const struct action_row **action, struct action_event_list *events) FAULT_CHECK;

#endif
