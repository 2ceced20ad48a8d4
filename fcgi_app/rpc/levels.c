/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions of messages: the method rows, the caps that [upgrade_levels] puts
 * on them, and what a service's version says of the messages it reads.
 * Source: nova-facts/rpc.md section 2.
 */
#include "config.h"

#include "fcgi_app/rpc/levels.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/rpc/bus.h"

#include <stdlib.h>

LOG_MODULE("nova.compute.rpcapi");

#define LONG true
#define SHORT false
const struct rpc_row rpc_rows[RPC_METHOD_COUNT] = {
#define RPC(method, topic, namespace, version, old, long)                                                              \
    [RPC_##method] = { #method, topic, namespace, version, old, long },
#include "fcgi_app/rpc/rpc_methods.def"
#undef RPC
};
#undef LONG
#undef SHORT

struct alias {
    const char *release;
    const char *version;
};

static const struct alias compute_aliases[] = {
    { "icehouse", "3.23" }, { "juno", "3.35" },  { "kilo", "4.0" },    { "liberty", "4.5" },   { "mitaka", "4.11" },
    { "newton", "4.13" },   { "ocata", "4.13" }, { "pike", "4.17" },   { "queens", "5.0" },    { "rocky", "5.0" },
    { "stein", "5.1" },     { "train", "5.3" },  { "ussuri", "5.11" }, { "victoria", "5.12" }, { "wallaby", "6.0" },
    { "xena", "6.0" },      { "yoga", "6.0" },   { "zed", "6.1" },     { NULL, NULL },
};

static const struct alias scheduler_aliases[] = {
    { "grizzly", "2.6" }, { "havana", "2.9" },  { "icehouse", "3.0" }, { "juno", "3.0" },
    { "kilo", "4.2" },    { "liberty", "4.2" }, { "mitaka", "4.3" },   { "newton", "4.3" },
    { "ocata", "4.3" },   { "pike", "4.4" },    { NULL, NULL },
};

/* Versions of nova-compute's messages by the lowest services.version that reads them. */
static const struct {
    int service;
    const char *version;
} history[] = {
    { 64, "6.1" }, { 56, "6.0" }, { 54, "5.13" }, { 53, "5.12" }, { 50, "5.11" }, { 47, "5.10" },
    { 46, "5.9" }, { 45, "5.8" }, { 44, "5.7" },  { 43, "5.6" },  { 42, "5.5" },  { 41, "5.4" },
    { 40, "5.3" }, { 39, "5.2" }, { 37, "5.1" },  { 30, "5.0" },
};

static struct fault *(*auto_minimum)(const struct context *context, int64_t *version);

void rpc_on_auto_level(struct fault *(*minimum)(const struct context *context, int64_t *version))
{
    auto_minimum = minimum;
}

/* Is a message of `wanted` read where `cap` is the newest? The same major, and a minor that is no higher. */
static bool fits(const char *cap, const char *wanted)
{
    char *cap_end, *wanted_end;
    long cap_major = strtol(cap, &cap_end, 10), wanted_major = strtol(wanted, &wanted_end, 10);

    return cap_major == wanted_major &&
           (*cap_end ? strtol(cap_end + 1, NULL, 10) : 0) >= (*wanted_end ? strtol(wanted_end + 1, NULL, 10) : 0);
}

static const char *alias_of(const struct alias *aliases, const char *level)
{
    for (const struct alias *alias = aliases; alias->release; alias++)
        if (!strcmp(alias->release, level))
            return alias->version;
    return level;
}

static const char *version_of_service(int64_t service)
{
    for (size_t i = 0; i < sizeof(history) / sizeof(history[0]); i++)
        if (service >= history[i].service)
            return history[i].version;
    return NULL;
}

/* [upgrade_levels] compute = auto. */
static struct fault *auto_cap(const struct context *context, const char **cap)
{
    struct rpc *rpc = rpc_of(context);
    int64_t service = 0;
    int newest = release_default()->service_version;

    *cap = NULL;
    if (!auto_minimum)
        return NULL;
    if (rpc->auto_known) {
        *cap = rpc->auto_cap;
        return NULL;
    }
    // cppcheck-suppress returnDanglingLifetime ; a fault keeps no pointer to the number
    TRY(auto_minimum(context, &service));
    if (!service) {
        log_debug("Not caching compute RPC version_cap, because min service_version is 0. Please ensure a "
                  "nova-compute service has been started. Defaulting to current version.");
        *cap = version_of_service(newest);
        return NULL;
    }
    if (service > newest) {
        log_error("Failed to extract compute RPC version from service history because I am too old (minimum version "
                  "is now %lld)",
                  (long long)service);
        return fault_new(context->mem, ServiceTooOld, newest, (int)service);
    }
    *cap = version_of_service(service);
    rpc->auto_known = true;
    rpc->auto_cap = *cap;
    if (*cap)
        log_info("Automatically selected compute RPC version %s from minimum service version %lld", *cap,
                 (long long)service);
    return NULL;
}

/* NULL: no cap. */
static struct fault *cap_of(const struct context *context, const struct rpc_row *row, const char **cap)
{
    const struct conf *conf = context->worker->conf;
    bool compute = !strcmp(row->topic, "compute"), scheduler = !strcmp(row->topic, "scheduler");
    const char *level = NULL;

    if (compute)
        level = conf_string(conf, OPTION_upgrade_levels_compute);
    else if (scheduler)
        level = conf_string(conf, OPTION_upgrade_levels_scheduler);
    *cap = NULL;
    if (!level || !*level)
        return NULL;
    if (compute && !strcmp(level, "auto"))
        return auto_cap(context, cap);
    *cap = alias_of(compute ? compute_aliases : scheduler_aliases, level);
    return NULL;
}

struct fault *rpc_can_send(const struct context *context, enum rpc_method method, const char *version, bool *can)
{
    const char *cap;

    TRY(cap_of(context, &rpc_rows[method], &cap));
    *can = !cap || fits(cap, version);
    return NULL;
}

struct fault *levels_version(const struct context *context, enum rpc_method method, const char **version)
{
    const struct rpc_row *row = &rpc_rows[method];
    const char *cap;

    TRY(cap_of(context, row, &cap));
    *version = row->version;
    if (!cap || fits(cap, row->version))
        return NULL;
    if (row->old_version) {
        *version = row->old_version;
        if (fits(cap, row->old_version))
            return NULL;
    }
    return fault_new(context->mem, RPCVersionCapError, *version, cap);
}
