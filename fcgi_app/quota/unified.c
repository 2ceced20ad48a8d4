/* SPDX-License-Identifier: Apache-2.0 */
/* Limits that keystone keeps; see the header. unified_flavor.c says what a server of a flavor takes. */
#include "config.h"

#include "fcgi_app/quota/unified.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/keystone_limits.h"
#include "fcgi_app/clients/placement.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/quotas.h"
#include "fcgi_app/quota/unified_flavor.h"

#include <stdlib.h>
#include <string.h>

LOG_MODULE("nova.limit.placement");

/* How a resource is called where keystone keeps its limit. */
static const struct unified_row {
    const char *name; /* NULL: keystone has none */
    bool of_project;  /* a project may have its own */
    enum fault_name refusal;
} rows[QUOTA_COUNT] = {
    [QUOTA_INSTANCES] = { "servers", true, FAULT_TooManyInstances },
    [QUOTA_CORES] = { "class:VCPU", true, FAULT_TooManyInstances },
    [QUOTA_RAM] = { "class:MEMORY_MB", true, FAULT_TooManyInstances },
    [QUOTA_METADATA_ITEMS] = { "server_metadata_items", false, FAULT_MetadataLimitExceeded },
    [QUOTA_INJECTED_FILES] = { "server_injected_files", false, FAULT_OnsetFileLimitExceeded },
    [QUOTA_INJECTED_FILE_CONTENT_BYTES] = { "server_injected_file_content_bytes", false,
                                            FAULT_OnsetFileContentLimitExceeded },
    [QUOTA_INJECTED_FILE_PATH_BYTES] = { "server_injected_file_path_bytes", false, FAULT_OnsetFilePathLimitExceeded },
    [QUOTA_KEY_PAIRS] = { "server_key_pairs", false, FAULT_KeypairLimitExceeded },
    [QUOTA_SERVER_GROUPS] = { "server_groups", false, FAULT_ServerGroupLimitExceeded },
    [QUOTA_SERVER_GROUP_MEMBERS] = { "server_group_members", false, FAULT_GroupMemberLimitExceeded },
};

/* Two levels are known to keystone and to nobody else yet. */
static struct fault *open_flat(const struct context *context, struct keystone_limits *limits)
{
    TRY(keystone_limits_open(context, limits));
    return limits->is_flat ? NULL : fault_new(context->mem, NotImplementedError, "");
}

static void put_over(struct strbuf *out, const char *resource, int64_t limit, int64_t used, int64_t more)
{
    strbuf_printf(out, "%sResource %s is over limit of %lld due to current usage %lld and delta %lld",
                  out->length ? ", " : "", resource, (long long)limit, (long long)used, (long long)more);
}

static struct fault *refusal(const struct context *context, enum fault_name name, const char *project_id,
                             const struct strbuf *overs)
{
    return fault_make_text(context->mem, name, fault_kinds[name].code, __FILE__, __LINE__, __func__,
                           "Project %s is over a limit for [%s]", project_id ? project_id : "None", overs->data);
}

/* ---- one limit for all ---- */

struct fault *unified_check(const struct context *context, enum quota_resource resource, int64_t used, int64_t more)
{
    const struct unified_row *row = &rows[resource];
    struct keystone_limits limits;
    struct strbuf overs;
    struct fault *fault = open_flat(context, &limits);
    int64_t limit;
    bool found;

    if (fault && fault_is(fault, FAULT_limits_SessionInitError))
        return fault_text(context->mem, KeystoneConnectionFailed,
                          "Failed to connect to keystone while enforcing %s quota limit.", row->name);
    TRY(fault);
    TRY(keystone_limit_registered(&limits, row->name, &limit, &found));
    if (!found)
        log_error("Unable to find registered limit for resource %s for %s in region %s.", row->name,
                  limits.service_id ? limits.service_id : "None", limits.region_id ? limits.region_id : "None");
    if (used + more <= limit)
        return NULL;
    strbuf_init(&overs, context->mem, 128);
    put_over(&overs, row->name, limit, used, more);
    return refusal(context, row->refusal, NULL, &overs);
}

/* ---- servers ---- */

/* Servers by mapping, which must all be of a kind that tells them; the rest by placement. */
struct usage {
    int64_t servers;
    json_t *by_class;
};

/* *complete is kept once it is so. */
static struct fault *check_mappings(const struct context *context)
{
    static bool complete;
    struct db_params params = { 0 };
    struct db_rows found;

    if (complete)
        return NULL;
    db_param_text(&params, NULL);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &QUOTA_UNMIGRATED_MAPPINGS, &params, &found));
    if (found.count && ((const struct quota_unmigrated *)found.rows)->unmigrated) {
        log_error("Must migrate all instance mappings before using unified limits");
        return fault_new(context->mem, ValueError, "must first migrate instance mappings");
    }
    complete = true;
    return NULL;
}

/* `classes`: those to be counted, for the words of a failure, and whether PCPU stands for itself. */
static struct fault *count(const struct context *context, const char *project_id, const struct unified_delta *deltas,
                           size_t delta_count, struct usage *usage)
{
    struct db_params params = { 0 };
    struct db_rows found;
    struct strbuf names;
    struct fault *fault;
    bool own_pcpu = false;

    strbuf_init(&names, context->mem, 64);
    for (size_t i = 0; i < delta_count; i++) {
        strbuf_printf(&names, "%s%s", i ? ", " : "", deltas[i].resource);
        own_pcpu = own_pcpu || !strcmp(deltas[i].resource, "class:PCPU");
    }
    TRY(check_mappings(context));
    db_param_text(&params, project_id);
    db_param_text(&params, NULL);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &QUOTA_MAPPING_COUNTS, &params, &found));
    usage->servers = found.count ? ((const struct quota_counts *)found.rows)->of_project : 0;
    fault = placement_usages_by_class(context, context->mem, project_id, &usage->by_class);
    if (fault && fault_is(fault, FAULT_UsagesRetrievalFailed)) {
        log_error("Failed to retrieve usages from placement while enforcing %s quota limits. Error: %s", names.data,
                  fault->message);
        return fault_text(context->mem, UsagesRetrievalFailed,
                          "Failed to retrieve usages from placement while enforcing %s quota limits.", names.data);
    }
    TRY(fault);
    if (!own_pcpu && json_object_get(usage->by_class, "PCPU") &&
        conf_bool(context->worker->conf, OPTION_workarounds_unified_limits_count_pcpu_as_vcpu))
        json_object_set_new(usage->by_class, "VCPU",
                            json_integer(json_integer_value(json_object_get(usage->by_class, "VCPU")) +
                                         json_integer_value(json_object_get(usage->by_class, "PCPU"))));
    return NULL;
}

static int64_t used_of(const struct usage *usage, const char *resource)
{
    if (!strcmp(resource, "servers"))
        return usage->servers;
    return json_integer_value(json_object_get(usage->by_class, resource + strlen("class:")));
}

/* The project's own limit, else what is registered, else none may be used. */
static struct fault *limit_of(const struct keystone_limits *limits, const char *project_id, const char *resource,
                              int64_t *limit)
{
    bool found;

    TRY(keystone_limit_of_project(limits, project_id, resource, limit, &found));
    if (found)
        return NULL;
    TRY(keystone_limit_registered(limits, resource, limit, &found));
    if (!found)
        log_error("Unable to find registered limit for resource %s for %s in region %s.", resource,
                  limits->service_id ? limits->service_id : "None", limits->region_id ? limits->region_id : "None");
    return NULL;
}

/* `overs` stays empty where so many may be. */
static struct fault *try_count(const struct context *context, const struct quota_server *server, int64_t wanted,
                               const char *project_id, struct strbuf *overs)
{
    struct keystone_limits limits;
    struct unified_delta *deltas;
    int64_t *allowed;
    struct usage usage;
    size_t delta_count;

    TRY(unified_deltas(context->mem, server, wanted, &deltas, &delta_count));
    TRY(open_flat(context, &limits));
    allowed = mem_array(context->mem, int64_t, delta_count);
    for (size_t i = 0; i < delta_count; i++)
        TRY(limit_of(&limits, project_id, deltas[i].resource, &allowed[i]));
    TRY(count(context, project_id, deltas, delta_count, &usage));
    strbuf_init(overs, context->mem, 128);
    for (size_t i = 0; i < delta_count; i++) {
        int64_t used = used_of(&usage, deltas[i].resource);

        if (used + deltas[i].more > allowed[i])
            put_over(overs, deltas[i].resource, allowed[i], used, deltas[i].more);
    }
    return NULL;
}

struct fault *unified_check_servers(const struct context *context, const struct quota_server *server, int64_t min_count,
                                    int64_t max_count, const char *project_id, int64_t *allowed)
{
    struct strbuf overs = { 0 };

    for (*allowed = max_count; *allowed >= min_count; --*allowed) {
        struct fault *fault = try_count(context, server, *allowed, project_id, &overs);

        /* What is wrong with a smaller number hides behind the refusal of the greater. */
        if (fault && fault_is(fault, FAULT_ValueError) && *allowed < max_count)
            break;
        TRY(fault);
        if (!overs.length)
            return NULL;
        log_debug("Limit check failed with count %lld retrying with count %lld", (long long)*allowed,
                  (long long)*allowed - 1);
    }
    return refusal(context, FAULT_TooManyInstances, project_id, &overs);
}

/* ---- what is shown ---- */

struct fault *unified_limits(const struct context *context, const char *project_id, struct quota_values *values)
{
    struct keystone_limits of_servers, of_others;
    bool found;

    TRY(open_flat(context, &of_others));
    for (size_t i = 0; i < QUOTA_COUNT; i++) {
        values->of[i] = QUOTA_UNLIMITED;
        if (rows[i].name && !rows[i].of_project)
            TRY(keystone_limit_registered(&of_others, rows[i].name, &values->of[i], &found));
    }
    TRY(open_flat(context, &of_servers));
    for (size_t i = 0; i < QUOTA_COUNT; i++) {
        if (!rows[i].of_project)
            continue;
        if (project_id)
            TRY(limit_of(&of_servers, project_id, rows[i].name, &values->of[i]));
        else
            TRY(keystone_limit_registered(&of_servers, rows[i].name, &values->of[i], &found));
    }
    return NULL;
}

struct fault *unified_used(const struct context *context, const char *project_id, int64_t groups,
                           struct quota_values *used)
{
    static const struct unified_delta shown[] = { { "class:MEMORY_MB", 0 }, { "class:VCPU", 0 }, { "servers", 0 } };
    struct usage usage;

    *used = (struct quota_values){ .of[QUOTA_SERVER_GROUPS] = groups };
    TRY(count(context, project_id, shown, sizeof(shown) / sizeof(shown[0]), &usage));
    for (size_t i = 0; i < QUOTA_COUNT; i++)
        if (rows[i].of_project)
            used->of[i] = used_of(&usage, rows[i].name);
    return NULL;
}
