/* SPDX-License-Identifier: Apache-2.0 */
/* What an API is to the pool, and what its workers do first. */
#include "config.h"

#include "fcgi_app/launcher/service.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/db/schema.h"
#include "fcgi_app/http/request.h"
#include "fcgi_app/launcher/settings.h"
#include "fcgi_app/objects/service.h"
#include "fcgi_app/rpc/rpc.h"

#include <sched.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

LOG_MODULE("nova.wsgi");

/* What upstream's script logs stands under its own name. */
static struct log_module script_log = { "nova.api.openstack.wsgi_app", 0, 0 };

/* Options that each API has under its own name. */
static const struct service_options {
    const char *name;
    enum option listen, port, workers, address;
} service_options[] = {
    { "osapi_compute", OPTION_DEFAULT_osapi_compute_listen, OPTION_DEFAULT_osapi_compute_listen_port,
      OPTION_DEFAULT_osapi_compute_workers, OPTION_fcgi_osapi_compute_address },
    { "metadata", OPTION_DEFAULT_metadata_listen, OPTION_DEFAULT_metadata_listen_port, OPTION_DEFAULT_metadata_workers,
      OPTION_fcgi_metadata_address },
};

static const struct service_options *options_of(const char *name)
{
    for (size_t i = 0; i < sizeof(service_options) / sizeof(service_options[0]); i++)
        if (!strcmp(service_options[i].name, name))
            return &service_options[i];
    return NULL;
}

const char *service_address(const void *mem, const struct conf *conf, const char *name)
{
    const struct service_options *options = options_of(name);
    const char *address = options ? conf_string(conf, options->address) : NULL;

    if (!text_is_empty(address))
        return address;
    return mem_printf(mem, "%s/%s.sock", conf_string(conf, OPTION_fcgi_socket_dir), name);
}

const char *service_host(const struct conf *conf, const char *name)
{
    const struct service_options *options = options_of(name);

    if (options && conf_is_set(conf, options->listen))
        return conf_string(conf, options->listen);
    return conf_string(conf, OPTION_DEFAULT_host);
}

struct fault *service_workers(const void *mem, const struct conf *conf, const char *name, int *workers)
{
    const struct service_options *options = options_of(name);
    cpu_set_t cpus;

    if (options && conf_has(conf, options->workers))
        *workers = (int)conf_int(conf, options->workers);
    else
        *workers = !sched_getaffinity(0, sizeof(cpus), &cpus) ? CPU_COUNT(&cpus) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (*workers < 1)
        return fault_new(mem, InvalidInput,
                         mem_printf(mem, "%s_workers value of %d is invalid, must be greater than 0", name, *workers));
    return NULL;
}

struct fault *service_check_tls(const void *mem, const struct conf *conf)
{
    static const struct {
        enum option option;
        const char *name;
    } files[] = {
        { OPTION_wsgi_ssl_cert_file, "cert_file" },
        { OPTION_wsgi_ssl_ca_file, "ca_file" },
        { OPTION_wsgi_ssl_key_file, "key_file" },
    };

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        const char *path = conf_string(conf, files[i].option);

        if (!text_is_empty(path) && access(path, F_OK))
            return fault_new(mem, Internal, mem_printf(mem, "Unable to find %s : %s", files[i].name, path));
    }
    if (text_is_empty(conf_string(conf, OPTION_wsgi_ssl_cert_file)) ||
        text_is_empty(conf_string(conf, OPTION_wsgi_ssl_key_file)))
        return fault_new(mem, Internal,
                         "When running server in SSL mode, you must specify both a cert_file and key_file option value "
                         "in your configuration file");
    return NULL;
}

struct fault *service_open(const void *mem, struct conf *conf, const struct launcher_settings *settings,
                           const char *name, service_loader *loader, void *loader_arg, struct service **service)
{
    struct service *made = mem_new(mem, struct service);

    made->name = mem_strdup(mem, name);
    made->binary = mem_printf(mem, "nova-%s", name);
    made->listener.fd = -1;
    made->host = service_host(conf, name);
    TRY(loader(loader_arg, mem, conf, name, &made->answer, &made->answer_arg));
    TRY(service_workers(mem, conf, name, &made->workers));
    made->use_ssl = settings_lists(settings->enabled_ssl_apis, name);
    if (made->use_ssl) {
        struct fault *fault = service_check_tls(mem, conf);

        if (fault) {
            const struct service_options *options = options_of(name);

            log_error("Failed to start %s on %s:%d with SSL support", name,
                      options ? conf_string(conf, options->listen) : "0.0.0.0",
                      options ? (int)conf_int(conf, options->port) : 0);
            return fault;
        }
    }
    *service = made;
    return NULL;
}

/* The last "proto" of RFC 7239's first element. */
static bool forwarded_https(const char *forwarded)
{
    const char *proto = strcasestr(forwarded, "proto="), *end = strchr(forwarded, ',');

    if (!proto || (end && proto > end))
        return false;
    proto += strlen("proto=");
    if (*proto == '"')
        proto++;
    return !strncasecmp(proto, "https", 5);
}

bool service_request_is_tls(const struct request *request)
{
    const char *https = request_param(request, "HTTPS"), *header;

    if (!strcmp(request->scheme, "https"))
        return true;
    if (https && (!strcasecmp(https, "on") || !strcmp(https, "1")))
        return true;
    if (!conf_bool(request->worker->conf, OPTION_oslo_middleware_enable_proxy_headers_parsing))
        return false;
    header = request_header(request, "Forwarded");
    if (header)
        return forwarded_https(header);
    header = request_header(request, "X-Forwarded-Proto");
    return header && !strcasecmp(header, "https");
}

/* Who asks when nobody does: upstream's admin context. */
static struct context admin_context(const void *mem, struct worker *worker)
{
    static const char *const no_roles[] = { NULL };

    return (struct context){ .mem = mem,
                             .worker = worker,
                             .roles = no_roles,
                             .service_roles = no_roles,
                             .is_admin = true,
                             .is_admin_project = true };
}

static struct fault *run_hook(struct fault *(*hook)(struct worker *worker), struct worker *worker)
{
    return hook ? hook(worker) : NULL;
}

/* Only the script form looks at the computes' age; [workarounds] makes a warning of it. */
static struct fault *check_computes(const struct context *context)
{
    struct fault *fault = service_raise_if_old_compute(context);

    if (!fault || !fault_is(fault, FAULT_TooOldComputeService) ||
        !conf_bool(context->worker->conf, OPTION_workarounds_disable_compute_service_check_for_ffu))
        return fault;
    log_write(&script_log, LOG_LEVEL_WARNING, __FILE__, __LINE__, __func__, "%s", fault->message);
    return NULL;
}

/* [upgrade_levels] compute = auto */
static struct fault *oldest_compute(const struct context *context, int64_t *version)
{
    static const char *const binaries[] = { "nova-compute" };

    return service_minimum_version_all_cells(context, binaries, 1, false, version);
}

struct fault *service_start(const struct service *service, struct worker *worker, bool *again)
{
    const void *mem = mem_context(worker->mem, "service start");
    struct context context = admin_context(mem, worker);
    struct fault *fault = NULL;

    *again = false;
    if (worker->db)
        rpc_on_auto_level(oldest_compute);
    if (worker->db)
        fault = db_check_heads(&context, NULL);
    if (!fault && worker->db && service->alone)
        fault = check_computes(&context);
    if (!fault && worker->db)
        fault = service_record_ensure(&context, service->host, service->binary);
    if (fault) {
        *again = fault_is(fault, FAULT_DBConnectionError);
        return fault;
    }
    if (service->manager) {
        TRY(run_hook(service->manager->init_host, worker));
        TRY(run_hook(service->manager->pre_start_hook, worker));
        TRY(run_hook(service->manager->post_start_hook, worker));
    }
    talloc_free((void *)mem);
    return NULL;
}

void service_reset(const struct service *service, struct worker *worker)
{
    service_version_cache_clear();
    if (worker->db)
        db_reset(worker->db);
    rpc_reset(worker->rpc);
    if (service->manager && service->manager->reset) {
        struct fault *fault = service->manager->reset(worker);

        if (fault)
            log_exception(fault->message, "The manager of %s could not be reset", service->name);
    }
}

void service_stop(const struct service *service)
{
    (void)service;
    log_info("Stopping WSGI server.");
}

void service_stopped(const struct service *service)
{
    (void)service;
    log_info("WSGI server has stopped.");
}
