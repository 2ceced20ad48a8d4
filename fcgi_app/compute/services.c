/* SPDX-License-Identifier: Apache-2.0 */
/* Records of services; see the header. */
#include "config.h"

#include "fcgi_app/compute/services.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/placement.h"
#include "fcgi_app/compute/aggregates.h"
#include "fcgi_app/compute/hosts.h"
#include "fcgi_app/db/aggregates.h"
#include "fcgi_app/db/host_checks.h"
#include "fcgi_app/objects/notifications.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

/* The version from which on a host keeps placement's trait of disabled services itself. */
#define SYNCS_DISABLED_TRAIT 38

/* What fails here is made good by the host's own task later. */
static void sync_trait(const struct context *context, const struct service_row *row)
{
    struct fault *fault;
    json_t *result;

    if (!service_is_up(context, row)) {
        log_info("Compute service on host %s is down. The COMPUTE_STATUS_DISABLED trait will be synchronized when the "
                 "service is restarted.",
                 row->host);
        return;
    }
    if (row->version < SYNCS_DISABLED_TRAIT) {
        log_info("Compute service on host %s is too old to sync the COMPUTE_STATUS_DISABLED trait in Placement. The "
                 "trait will be synchronized when the service is upgraded and restarted.",
                 row->host);
        return;
    }
    fault = host_enable(context, row->host, !row->disabled, &result);
    if (fault)
        log_error("An error occurred while updating the COMPUTE_STATUS_DISABLED trait on compute node resource "
                  "providers managed by host %s: %s",
                  row->host, fault->message);
}

static void tell(const struct context *context, const char *action, const struct service_row *row)
{
    notify_service(context, action,
                   &(struct notified_service){ .host = row->host,
                                               .binary = row->binary,
                                               .topic = row->topic,
                                               .uuid = row->uuid,
                                               .disabled_reason = row->disabled_reason,
                                               .report_count = row->report_count,
                                               .version = row->version,
                                               .last_seen_up = row->last_seen_up,
                                               .disabled = row->disabled,
                                               .forced_down = row->forced_down });
}

struct fault *services_update(const struct context *context, struct service *service,
                              const struct service_change *change)
{
    struct service_row *row = mem_memdup(context->mem, service->row, sizeof(*row));
    struct db_params params = { 0 };
    struct db_rows rows;

    if (change->sets_disabled) {
        row->disabled = change->disabled;
        row->disabled_reason = change->reason;
    }
    if (change->sets_forced_down)
        row->forced_down = change->forced_down;
    db_param_int(&params, context->mem, row->id);
    db_param_bool(&params, row->disabled);
    db_param_text(&params, row->disabled_reason);
    db_param_bool(&params, row->forced_down);
    db_param_time(&params, context->mem, clock_utc_usec());
    TRY(db_query(context, context->mem, service->cell->link, &SERVICE_SET, &params, &rows));
    if (rows.count)
        row->updated_at = ((const struct service_saved *)rows.rows)->updated_at;
    service->row = row;
    tell(context, "update", row);
    if (change->sets_disabled)
        sync_trait(context, row);
    return NULL;
}

struct fault *services_find_binary(const struct context *context, const char *host, const char *binary,
                                   struct service *service)
{
    struct db_params params = { 0 };
    const struct db_cell *cell;
    struct db_rows rows;

    TRY(host_cell(context, host, &cell));
    db_param_text(&params, host);
    db_param_text(&params, binary);
    TRY(db_query(context, context->mem, cell->link, &SERVICE_ON_HOST, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, HostBinaryNotFound, binary, host);
    *service = (struct service){ .row = rows.rows, .cell = cell };
    return NULL;
}

struct fault *services_check_evacuations(const struct context *context, const struct db_cell *cell, const char *host)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_text(&params, host);
    TRY(db_query(context, context->mem, cell ? cell->link : db_main(context->worker->db), &EVACUATIONS_DONE, &params,
                 &rows));
    if (rows.count && ((const struct host_check *)rows.rows)->count)
        return fault_http(
            context->mem, 400,
            "Unable to force up host %s as `done` evacuation migration records remain associated with the "
            "host. Ensure the compute service has been restarted, allowing these records to move to "
            "`completed` before retrying this request.",
            host);
    return NULL;
}

/* ---- removing ---- */

/* Servers and migrations are in the way. */
static struct fault *check_unused(const struct context *context, const struct service *service, struct db_rows *nodes)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params hosts = { 0 }, host = { 0 };
    struct db_answer servers, migrations, found;

    db_param_texts(&hosts, context->mem, &service->row->host, 1);
    db_param_text(&host, service->row->host);
    db_batch_add(batch, service->cell->link, &INSTANCE_COUNT_ON_HOSTS, &hosts, &servers);
    db_batch_add(batch, service->cell->link, &MIGRATIONS_IN_PROGRESS_OF_HOST, &host, &migrations);
    db_batch_add(batch, service->cell->link, &COMPUTE_NODES_OF_HOST, &host, &found);
    db_batch_run(batch, 0);
    TRY(servers.fault);
    TRY(migrations.fault);
    TRY(found.fault);
    if (((const struct aggregate_count *)servers.rows.rows)->count)
        return fault_http(context->mem, 409,
                          "Unable to delete compute service that is hosting instances. Migrate or delete the instances "
                          "first.");
    if (((const struct host_check *)migrations.rows.rows)->count)
        return fault_http(
            context->mem, 409,
            "Unable to delete compute service that has in-progress migrations. Complete the migrations or "
            "delete the instances first.");
    if (!found.rows.count)
        log_info("Deleting compute service with no associated compute nodes.");
    *nodes = found.rows;
    return NULL;
}

static struct fault *forget_host(const struct context *context, const struct service *service)
{
    const struct compute_node *node;
    struct db_params params = { 0 };
    struct db_rows nodes = { 0 }, rows;

    TRY(check_unused(context, service, &nodes));
    TRY(aggregates_leave_all(context, service->row->host));
    node = nodes.rows;
    for (size_t i = 0; i < nodes.count; i++) {
        struct fault *fault = placement_provider_delete(context, context->mem, node[i].uuid, NULL);

        if (fault)
            log_error("Failed to delete compute node resource provider for compute node %s: %s", node[i].uuid,
                      fault->message);
    }
    db_param_text(&params, service->row->host);
    return db_query(context, context->mem, db_api(context->worker->db), &HOST_MAPPING_DELETE, &params, &rows);
}

struct fault *services_delete(const struct context *context, const struct service *service)
{
    bool is_compute = !strcmp(service->row->binary, "nova-compute");
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params record = { 0 }, nodes = { 0 };
    struct db_answer answers[2];
    int64_t now = clock_utc_usec();

    if (is_compute)
        TRY(forget_host(context, service));
    db_param_int(&record, context->mem, service->row->id);
    db_param_time(&record, context->mem, now);
    db_param_int(&nodes, context->mem, service->row->id);
    db_param_time(&nodes, context->mem, now);
    db_param_text(&nodes, service->row->host);
    db_batch_add(batch, service->cell->link, &SERVICE_DELETE, &record, &answers[0]);
    if (is_compute)
        db_batch_add(batch, service->cell->link, &COMPUTE_NODES_DELETE, &nodes, &answers[1]);
    TRY(db_batch_write(batch));
    tell(context, "delete", service->row);
    return NULL;
}
