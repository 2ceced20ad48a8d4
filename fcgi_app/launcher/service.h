/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A service: one API of the pool, with its name, workers, socket,
 * application and manager hooks, as upstream's WSGIService.
 * Source: startup.md sections 6 and 7; DESIGN.md section 5 (host, TLS).
 */
#ifndef NOVA_LAUNCHER_SERVICE_H
#define NOVA_LAUNCHER_SERVICE_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/launcher/socket.h"

#include <stdbool.h>

struct conf;
struct context;
struct launcher_settings;
struct request;
struct worker;

/* The application: answers a request completely; it cannot fail. */
typedef void service_answer(void *arg, struct request *request);

/* Finds the application of an API by its name: PasteAppNotFound when the paste file has none. */
typedef struct fault *service_loader(void *arg, const void *mem, struct conf *conf, const char *name,
                                     service_answer **answer, void **answer_arg);

/* Hooks around a worker's start, as upstream's managers have; each may be NULL. No API has a manager in this release.
 */
struct service_manager {
    struct fault *(*init_host)(struct worker *worker);
    struct fault *(*pre_start_hook)(struct worker *worker);
    struct fault *(*post_start_hook)(struct worker *worker);
    struct fault *(*reset)(struct worker *worker);
};

struct service {
    const char *name;   /* osapi_compute, metadata */
    const char *binary; /* nova-osapi_compute, nova-metadata */
    const char *topic;  /* always NULL: an API takes no messages */
    const struct service_manager *manager;
    const char *host; /* of the service record */
    int workers;
    bool use_ssl;
    bool alone; /* responder form: the only process, without a parent of ours */
    struct listener listener;
    service_answer *answer;
    void *answer_arg;
};

/*
 * Makes the service of an API without its socket: application, workers,
 * host, the checks of its TLS files.  Faults: PasteAppNotFound, InvalidInput
 * for a bad number of workers, Internal with upstream's words for TLS files.
 */
struct fault *service_open(const void *mem, struct conf *conf, const struct launcher_settings *settings,
                           const char *name, service_loader *loader, void *loader_arg,
                           struct service **service) FAULT_CHECK;

/* Where its FastCGI socket is to listen: [fcgi] <name>_address, else <socket_dir>/<name>.sock. */
const char *service_address(const void *mem, const struct conf *conf, const char *name);

/*
 * The host of its service record: <name>_listen when a file, the environment
 * or the command line sets it, else [DEFAULT] host.
 */
const char *service_host(const struct conf *conf, const char *name);

/* [DEFAULT] <name>_workers, or as many as there are CPUs for this process. InvalidInput when below 1. */
struct fault *service_workers(const void *mem, const struct conf *conf, const char *name, int *workers) FAULT_CHECK;

/*
 * The files of TLS, with the errors of upstream's server: RuntimeError's
 * words in an Internal fault.  The front server ends TLS; these files are
 * what it is to be configured with.
 */
struct fault *service_check_tls(const void *mem, const struct conf *conf) FAULT_CHECK;

/* Did the request come over TLS, as the front server's parameters or a trusted proxy's headers (conf) say? */
bool service_request_is_tls(const struct request *request);

/*
 * What a starting worker does before it serves: the databases' schemas, the
 * service record, the manager's hooks.  *again is set when the database did not answer and the record is
 * to be tried again later; the service serves meanwhile.  Faults:
 * DBSchemaMismatch, ServiceTooOld, TooOldComputeService (alone only), what
 * the hooks and the database raise.
 */
struct fault *service_start(const struct service *service, struct worker *worker, bool *again) FAULT_CHECK;

/* Upstream's words at a graceful stop and after it. */
void service_stop(const struct service *service);
void service_stopped(const struct service *service);

/* SIGHUP in a worker, after the options changed: caches of versions and cells are dropped. */
void service_reset(const struct service *service, struct worker *worker);

#endif
