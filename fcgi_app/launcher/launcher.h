/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent of the pool: keeps as many workers of each service as wanted,
 * and answers signals as oslo.service's ProcessLauncher does.
 *
 *   SIGTERM  stops gracefully; a second one works its natural way
 *   SIGINT   leaves at once
 *   SIGHUP   reads the options again and has the workers do so
 *   SIGUSR1  starts the program anew with the listening sockets, and stops
 *            gracefully once the new pool serves (ours)
 *   SIGUSR2  guru meditation report
 * Source: startup.md section 5.
 */
#ifndef NOVA_LAUNCHER_LAUNCHER_H
#define NOVA_LAUNCHER_LAUNCHER_H

#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct launcher;
struct launcher_settings;
struct report;
struct service;
struct worker;

/* Fills a new worker (databases, rules, clients), in its own process. */
typedef struct fault *launcher_worker_open(void *arg, struct worker *worker);

/*
 * Takes signals, opens the parent pipe, the board of `slots` workers and the
 * notification socket.  `argv` starts the program anew at SIGUSR1.
 */
struct fault *launcher_open(const void *mem, struct conf *conf, const struct launcher_settings *settings,
                            const struct report *report, launcher_worker_open *worker_open, void *worker_open_arg,
                            char **argv, uint32_t slots, struct launcher **launcher) FAULT_CHECK;

/* Forks the workers of a service whose socket listens. The service stays the caller's and must outlive the launcher. */
struct fault *launcher_launch(struct launcher *launcher, struct service *service) FAULT_CHECK;

/* Is this pool to take over from an older one, with its sockets? */
bool launcher_takes_over(const struct launcher *launcher);

/* Ends the workers that were forked already: the start has failed. */
void launcher_abandon(struct launcher *launcher);

/* Keeps the pool until it is told to stop; returns the exit status. */
int launcher_wait(struct launcher *launcher);

/* Is this process in the background: no terminal on standard output, or another process group's turn? */
bool launcher_is_daemon(void);

#endif
