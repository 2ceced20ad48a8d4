/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From main's first line to the pool or the responder: options, logging, the
 * form, the services.  What an API is made of comes from the caller, so that
 * this folder knows neither the paste loader nor the filters.
 * Source: startup.md sections 1 and 9; DESIGN.md section 5 (forms).
 */
#ifndef NOVA_LAUNCHER_START_H
#define NOVA_LAUNCHER_START_H

#include "fcgi_app/launcher/launcher.h"
#include "fcgi_app/launcher/service.h"

struct conf;

/* What the program brings. */
struct start {
    service_loader *load;              /* an API's application, found before the workers are forked */
    void *arg;                         /* also of worker_open */
    launcher_worker_open *worker_open; /* databases and the like of a new worker; given the conf by worker->conf */
    /* Further tests of --check: a line for each thing that is wrong through `say`. May be NULL. */
    void (*check)(struct conf *conf, void (*say)(void *arg, const char *line), void *arg);
};

/*
 * Runs the program; returns its exit status.  With a listening socket on file
 * descriptor 0 it is a responder for [fcgi] api (default osapi_compute), else
 * a pool of the APIs in [DEFAULT] enabled_apis.  --check tests the
 * configuration, prints what is wrong, and ends.
 */
int start_run(int argc, char **argv, const struct start *start);

#endif
