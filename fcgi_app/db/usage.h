/* SPDX-License-Identifier: Apache-2.0 */
/* What was used, and by whom: servers by time, the logs of audits. */
#ifndef NOVA_DB_USAGE_H
#define NOVA_DB_USAGE_H

#include "fcgi_app/db/db.h"

struct usage_row {
    const char *uuid;
    const char *display_name;
    const char *project_id;
    const char *vm_state;
    int64_t launched_at, terminated_at;
    struct db_bytes flavor; /* JSON of instance_extra, {"cur": …} */
};
/*
 * Servers, deleted ones too, that ran between $1 and $2, of project $3 (NULL: of all), by project and uuid, behind
 * project $4 and uuid $5 (NULL: from the first), $6 at most.
 */
extern const struct db_statement USAGE_OF_WINDOW;

/* Where a page begins: the server's project; $1 uuid, deleted or not */
struct usage_marker {
    const char *project_id;
};
extern const struct db_statement USAGE_MARKER;

/* One host's audit of a period. */
struct task_log_row {
    const char *host;
    const char *state;
    int64_t task_items;
    int64_t errors;
    const char *message;
};
/* $1 name of the task, $2 begin, $3 end */
extern const struct db_statement TASK_LOGS;

#endif
