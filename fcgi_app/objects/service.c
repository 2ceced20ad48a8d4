/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service record and minimum versions.  Statements: db/services.c; who
 * calls at start: launcher/service.c.
 */
#include "config.h"

#include "fcgi_app/objects/service.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/db/services.h"
#include "fcgi_app/objects/notifications.h"

#include <string.h>

LOG_MODULE("nova.objects.service");

/* Upstream logs the change of a version from another module. */
static struct log_module service_log = { "nova.service", 0, 0 };

/* ---- the cache ---- */

static struct {
    bool on;
    struct kept {
        char binary[64];
        int64_t version;
    } kept[16];
    size_t count;
} cache;

void service_version_cache_enable(void)
{
    cache.on = true;
    cache.count = 0;
}

void service_version_cache_clear(void)
{
    cache.count = 0;
}

static const struct kept *cache_find(const char *binary)
{
    for (size_t i = 0; i < cache.count; i++)
        if (!strcmp(cache.kept[i].binary, binary))
            return &cache.kept[i];
    return NULL;
}

static void cache_put(const char *binary, int64_t version)
{
    struct kept *kept = (struct kept *)cache_find(binary);

    if (!cache.on || strlen(binary) >= sizeof(kept->binary))
        return;
    if (!kept && cache.count < sizeof(cache.kept) / sizeof(cache.kept[0]))
        kept = &cache.kept[cache.count++];
    if (kept) {
        strcpy(kept->binary, binary);
        kept->version = version;
    }
}

/* The lowest of the answers of the cache; false when one is missing. */
static bool cache_minimum(const char *const *binaries, size_t count, int64_t *version)
{
    for (size_t i = 0; i < count; i++) {
        const struct kept *kept = cache.on ? cache_find(binaries[i]) : NULL;

        if (!kept)
            return false;
        if (!i || kept->version < *version)
            *version = kept->version;
    }
    return count > 0;
}

/* ---- minimum versions ---- */

static struct fault *check_binaries(const struct context *context, const char *function, const char *action,
                                    const char *const *binaries, size_t count)
{
    struct strbuf names;
    bool good = true;

    strbuf_init(&names, context->mem, 64);
    for (size_t i = 0; i < count; i++) {
        good = good && !strncmp(binaries[i], "nova-", 5);
        if (i)
            strbuf_putc(&names, ',');
        strbuf_puts(&names, binaries[i]);
    }
    if (good)
        return NULL;
    log_warning("%s called with likely-incorrect binaries `%s'", function, names.data);
    return fault_new(context->mem, ObjectActionError, action, "Invalid binary prefix");
}

struct fault *service_minimum_version(const struct context *context, const char *const *binaries, size_t count,
                                      int64_t *version)
{
    struct db_params params = { 0 };
    struct db_rows rows;
    const struct db_service_minimum *found;

    TRY(check_binaries(context, "get_minimum_version", "get_minimum_version", binaries, count));
    if (cache_minimum(binaries, count, version))
        return NULL;
    db_param_texts(&params, context->mem, binaries, count);
    TRY(db_query(context, context->mem, db_main(context->worker->db), &SERVICE_MINIMUM_VERSIONS, &params, &rows));
    found = rows.rows;
    *version = 0;
    for (size_t i = 0; i < rows.count; i++) {
        cache_put(found[i].binary, found[i].version);
        if (!i || found[i].version < *version)
            *version = found[i].version;
    }
    return NULL;
}

struct fault *service_minimum_version_all_cells(const struct context *context, const char *const *binaries,
                                                size_t count, bool require_all, int64_t *version)
{
    const struct db_cell *cells;
    size_t cell_count;
    struct db_params params = { 0 };
    struct db_answer *answers;
    struct db_batch *batch;

    TRY(check_binaries(context, "get_minimum_version_all_cells", "get_minimum_version_all_cells", binaries, count));
    TRY(db_cells(context, &cells, &cell_count));
    db_param_texts(&params, context->mem, binaries, count);
    answers = mem_array(context->mem, struct db_answer, cell_count);
    batch = db_batch(context, context->mem);
    for (size_t i = 0; i < cell_count; i++)
        db_batch_add(batch, cells[i].link, &SERVICE_MINIMUM_VERSIONS, &params, &answers[i]);
    db_batch_run(batch, 0);
    *version = 0;
    for (size_t i = 0; i < cell_count; i++) {
        const struct db_service_minimum *found = answers[i].rows.rows;

        if (answers[i].fault) {
            if (fault_is(answers[i].fault, FAULT_CellTimeout))
                log_warning("Cell %s did not respond when getting minimum service version", cells[i].uuid);
            else
                log_warning("Failed to get minimum service version for cell %s", cells[i].uuid);
            if (require_all)
                return fault_new(context->mem, CellTimeout);
            continue;
        }
        for (size_t row = 0; row < answers[i].rows.count; row++)
            if (found[row].version && (!*version || found[row].version < *version))
                *version = found[row].version;
    }
    return NULL;
}

struct fault *service_raise_if_old_compute(const struct context *context)
{
    static const char *const compute[] = { "nova-compute" };
    const struct release *release = release_default();
    const char *scope = "system";
    int64_t version;

    if (!text_is_empty(conf_string(context->worker->conf, OPTION_api_database_connection))) {
        TRY(service_minimum_version_all_cells(context, compute, 1, false, &version));
    } else {
        scope = "cell";
        TRY(service_minimum_version(context, compute, 1, &version));
    }
    if (version && version < release->oldest_compute_version)
        return fault_new(context->mem, TooOldComputeService, release->oldest_compute, scope, (int)version,
                         release->oldest_compute_version);
    return NULL;
}

/* ---- the record ---- */

/* The record (id 0: none), and whether its binary is at a later version elsewhere; one round trip. */
static struct fault *look(const struct context *context, const char *host, const char *binary,
                          struct db_service *record, int64_t *minimum)
{
    const char *const binaries[] = { binary };
    struct db_params by_host = { 0 }, by_binary = { 0 };
    struct db_answer service = { 0 }, lowest = { 0 };
    struct db_link *link = db_main(context->worker->db);
    struct db_batch *batch = db_batch(context, context->mem);

    db_param_text(&by_host, host);
    db_param_text(&by_host, binary);
    db_param_texts(&by_binary, context->mem, binaries, 1);
    db_batch_add(batch, link, &SERVICE_BY_HOST_AND_BINARY, &by_host, &service);
    db_batch_add(batch, link, &SERVICE_MINIMUM_VERSIONS, &by_binary, &lowest);
    db_batch_run(batch, 0);
    if (service.fault || lowest.fault)
        return service.fault ? service.fault : lowest.fault;
    *record = service.rows.count ? *(const struct db_service *)service.rows.rows : (struct db_service){ 0 };
    *minimum = lowest.rows.count ? ((const struct db_service_minimum *)lowest.rows.rows)->version : 0;
    return NULL;
}

struct fault *service_record_ensure(const struct context *context, const char *host, const char *binary)
{
    struct db_link *link = db_main(context->worker->db);
    int64_t ours = release_default()->service_version, minimum = 0;
    struct db_params params = { 0 };
    struct db_service record = { 0 };
    struct db_rows rows;
    char uuid[37];

    TRY(look(context, host, binary, &record, &minimum));
    if (record.id && record.version == ours)
        return NULL;
    if (record.id && log_enabled_in(&service_log, LOG_LEVEL_INFO))
        log_write(&service_log, LOG_LEVEL_INFO, __FILE__, __LINE__, __func__,
                  "Updating service version for %s on %s from %lld to %lld", binary, host, (long long)record.version,
                  (long long)ours);
    if (minimum > ours)
        return fault_new(context->mem, ServiceTooOld, (int)ours, (int)minimum);
    if (record.id) {
        db_param_int(&params, context->mem, ours);
        db_param_time(&params, context->mem, clock_utc_usec());
        db_param_int(&params, context->mem, record.id);
        return db_query(context, context->mem, link, &SERVICE_UPDATE_VERSION, &params, &rows);
    }
    text_uuid4(uuid);
    db_param_time(&params, context->mem, clock_utc_usec());
    db_param_text(&params, host);
    db_param_text(&params, binary);
    db_param_int(&params, context->mem, ours);
    db_param_text(&params, uuid);
    /* Where a sibling's record stands meanwhile this touches no row, which is as good. */
    TRY(db_query(context, context->mem, link, &SERVICE_CREATE, &params, &rows));
    if (rows.affected)
        notify_service(context, "create",
                       &(struct notified_service){
                           .host = host, .binary = binary, .uuid = uuid, .version = ours, .last_seen_up = INT64_MIN });
    return NULL;
}
