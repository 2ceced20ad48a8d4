/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One process that serves: accepts a connection, has libfcgi read the
 * request, hands it to the application, sends the answer, again and again.
 * A child of the launcher, or alone on file descriptor 0 (the responder).
 */
#ifndef NOVA_LAUNCHER_WORKER_H
#define NOVA_LAUNCHER_WORKER_H

#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct launcher_settings;
struct report;
struct service;
struct worker;

struct worker_task {
    struct service *service;
    const struct launcher_settings *settings;
    struct worker *worker;                                   /* with its slot; the rest is opened by `open` */
    const struct report *report;                             /* what a guru report needs, or NULL */
    int parent_pipe;                                         /* read end whose writer dies with the parent; -1: alone */
    int64_t max_requests;                                    /* leave after so many; 0: never */
    struct fault *(*open)(void *arg, struct worker *worker); /* fills the worker: databases, rules, clients */
    void *open_arg;
    /* Responder form: ServiceTooOld does not end the process but changes what it answers. */
    void (*too_old)(struct service *service, const struct fault *fault);
};

/*
 * Serves until told to leave; returns the exit status.  0: told to, or after
 * max_requests; 1: could not start, or the parent died.
 */
int worker_run(struct worker_task *task);

#endif
