/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The logs that hosts keep of their usage audits, a period at a time.
 * Source: behaviour of nova's instance_usage_audit_log and nova.utils.
 */
#ifndef NOVA_COMPUTE_AUDIT_H
#define NOVA_COMPUTE_AUDIT_H

#include "fcgi_app/db/usage.h"

struct audit {
    int64_t begin, end;              /* usec UTC */
    const struct task_log_row *logs; /* the last of a host counts */
    size_t log_count;
    const char **hosts; /* all that have a compute service, each once */
    size_t host_count;
    const char **missing; /* those of them without a log */
    size_t missing_count;
    size_t done, running; /* hosts */
    int64_t instances, errors;
};

/* The last whole period ([DEFAULT] instance_usage_audit_period) before `before`, from the main database. */
struct fault *audit_find(const struct context *context, int64_t before, struct audit *audit) FAULT_CHECK;

#endif
