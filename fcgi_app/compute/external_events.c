/* SPDX-License-Identifier: Apache-2.0 */
/* External events; see the header. */
#include "config.h"

#include "fcgi_app/compute/external_events.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/db/host_checks.h"
#include "fcgi_app/db/instance_mappings.h"
#include "fcgi_app/db/instance_rows.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/hosts.h"
#include "fcgi_app/objects/write.h"
#include "fcgi_app/rpc/rpc.h"

#include <string.h>

LOG_MODULE("nova.api.openstack.compute.server_external_events");

/* A server that events are about. */
struct addressee {
    const char *uuid;
    const struct db_cell *cell; /* NULL: in none, or there is no such server */
    struct db_params params;
    struct db_answer answer;
    const struct instance_row *row; /* NULL: not found */
    const char *hosts[3];           /* its own, and those between which it moves */
    const struct db_cell *cells[3]; /* of these */
    size_t host_count;
};

struct addressees {
    struct addressee *items;
    size_t count;
};

static struct addressee *find(const struct addressees *list, const char *uuid)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->items[i].uuid, uuid))
            return &list->items[i];
    return NULL;
}

/* ---- finding servers ---- */

static struct fault *find_cells(const struct context *context, struct addressees *list)
{
    const char **uuids = mem_array(context->mem, const char *, list->count);
    struct db_params params = { 0 };
    const struct db_cell *cells;
    struct db_rows rows;
    size_t count;

    for (size_t i = 0; i < list->count; i++)
        uuids[i] = list->items[i].uuid;
    db_param_texts(&params, context->mem, uuids, list->count);
    TRY(db_cells(context, &cells, &count));
    TRY(db_query(context, context->mem, db_api(context->worker->db), &INSTANCE_MAPPINGS_BY_UUIDS, &params, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct instance_mapping *mapping = (const struct instance_mapping *)rows.rows + i;
        struct addressee *addressee = find(list, mapping->instance_uuid);

        if (addressee && mapping->cell_id != DB_NULL_INT)
            addressee->cell = db_cell_by_id(cells, count, mapping->cell_id);
    }
    return NULL;
}

static struct fault *find_servers(const struct context *context, struct addressees *list)
{
    struct db_batch *batch = db_batch(context, context->mem);

    TRY(find_cells(context, list));
    for (size_t i = 0; i < list->count; i++) {
        struct addressee *addressee = &list->items[i];

        if (!addressee->cell)
            continue;
        db_param_text(&addressee->params, addressee->uuid);
        db_param_text(&addressee->params, context->is_admin ? NULL : context->project_id);
        db_param_int(&addressee->params, context->mem,
                     INSTANCE_WITH_CACHE | INSTANCE_WITH_MIGRATION | INSTANCE_EVEN_DELETED);
        db_batch_add(batch, addressee->cell->link, &INSTANCE_ROW, &addressee->params, &addressee->answer);
    }
    db_batch_run(batch, 0);
    for (size_t i = 0; i < list->count; i++) {
        TRY(list->items[i].answer.fault);
        if (list->items[i].answer.rows.count)
            list->items[i].row = list->items[i].answer.rows.rows;
    }
    return NULL;
}

/* ---- to which hosts ---- */

static bool migration_of(const struct instance_row *row, int64_t *id)
{
    struct json_scan scan = json_scan_text(row->migration_context.data, row->migration_context.length);

    return row->migration_context.length && json_scan_find(&scan, "nova_object.data") &&
           json_scan_find(&scan, "migration_id") && json_scan_int(&scan, id);
}

static struct fault *add_host(const struct context *context, struct addressee *addressee, const char *host,
                              bool other_cell)
{
    const struct db_cell *cell = addressee->cell;

    for (size_t i = 0; i < addressee->host_count; i++)
        if (!strcmp(addressee->hosts[i], host))
            return NULL;
    if (other_cell)
        TRY(host_cell(context, host, &cell));
    addressee->hosts[addressee->host_count] = host;
    addressee->cells[addressee->host_count++] = cell;
    return NULL;
}

static struct fault *find_hosts(const struct context *context, struct addressee *addressee)
{
    const struct migration_hosts *migration;
    struct db_params params = { 0 };
    struct db_rows rows;
    int64_t id;

    if (!migration_of(addressee->row, &id))
        return add_host(context, addressee, addressee->row->host, false);
    db_param_int(&params, context->mem, id);
    TRY(db_query(context, context->mem, addressee->cell->link, &MIGRATION_HOSTS, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, MigrationNotFound, mem_printf(context->mem, "%lld", (long long)id));
    migration = rows.rows;
    TRY(add_host(context, addressee, addressee->row->host, migration->cross_cell_move));
    if (migration->dest_compute)
        TRY(add_host(context, addressee, migration->dest_compute, migration->cross_cell_move));
    return migration->source_compute
               ? add_host(context, addressee, migration->source_compute, migration->cross_cell_move)
               : NULL;
}

/* ---- what is handed on ---- */

/* Which action users see for it; NULL: none. `known` is false for a power state that there is not. */
static const char *action_of(const struct external_event *event, bool *known)
{
    *known = true;
    if (!strcmp(event->name, "volume-extended"))
        return "extend_volume";
    if (strcmp(event->name, "power-update"))
        return NULL;
    if (!strcmp(event->tag, "POWER_ON"))
        return "start";
    if (!strcmp(event->tag, "POWER_OFF"))
        return "stop";
    *known = false;
    return NULL;
}

static struct fault *start_action(const struct context *context, const struct addressee *addressee, const char *action)
{
    int64_t now = clock_utc_usec();
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_text(&params, action);
    db_param_text(&params, addressee->uuid);
    db_param_text(&params, context->request_id);
    db_param_text(&params, context->user_id);
    db_param_text(&params, context->project_id);
    db_param_time(&params, context->mem, now);
    db_param_time(&params, context->mem, DB_NO_TIME);
    db_param_time(&params, context->mem, now);
    return db_query(context, context->mem, addressee->cells[0]->link, &INSTANCE_ACTION_START, &params, &rows);
}

static void put_event(struct strbuf *out, const struct external_event *event)
{
    static const char *const changes[] = { "name", "status", "instance_uuid", "tag", NULL };

    object_begin(out, "InstanceExternalEvent");
    object_key(out, "instance_uuid");
    json_put_string(out, event->server_uuid);
    object_key(out, "name");
    json_put_string(out, event->name);
    object_key(out, "status");
    json_put_string(out, event->status);
    object_key(out, "tag");
    json_put_string(out, event->tag);
    object_end(out, changes);
}

static bool is_on(const struct addressee *addressee, const char *host)
{
    for (size_t i = 0; i < addressee->host_count; i++)
        if (!strcmp(addressee->hosts[i], host))
            return true;
    return false;
}

/* One message with all servers and events of the host. */
static struct fault *tell_host(const struct context *context, const struct addressees *list,
                               const struct external_event *events, const bool *skipped, size_t count, const char *host,
                               const struct db_cell *cell)
{
    const struct rpc_target target = { .transport_url = cell->transport_url, .server = host };
    const char *joint = "";
    struct rpc_args args;
    struct strbuf *out;

    rpc_args_init(&args, context->mem);
    out = rpc_arg(&args, "instances");
    strbuf_putc(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        const struct instance_source source = {
            .row = list->items[i].row,
            .wants = INSTANCE_WITH_CACHE | INSTANCE_WITH_MIGRATION | INSTANCE_WITHOUT_METADATA,
        };

        if (!is_on(&list->items[i], host))
            continue;
        strbuf_puts(out, joint);
        joint = ", ";
        instance_object_put(out, &source);
    }
    strbuf_putc(out, ']');
    out = rpc_arg(&args, "events");
    strbuf_putc(out, '[');
    joint = "";
    for (size_t i = 0; i < count; i++) {
        if (events[i].code != 200 || skipped[i] || !is_on(find(list, events[i].server_uuid), host))
            continue;
        strbuf_puts(out, joint);
        joint = ", ";
        put_event(out, &events[i]);
    }
    strbuf_putc(out, ']');
    return rpc_cast(context, &target, RPC_external_instance_event, &args);
}

static struct fault *tell_hosts(const struct context *context, const struct addressees *list,
                                const struct external_event *events, const bool *skipped, size_t count)
{
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < list->items[i].host_count; j++) {
            const char *host = list->items[i].hosts[j];
            bool told = false;

            for (size_t before = 0; before < i && !told; before++)
                told = is_on(&list->items[before], host);
            if (!told)
                TRY(tell_host(context, list, events, skipped, count, host, list->items[i].cells[j]));
        }
    return NULL;
}

/* ---- all of it ---- */

static bool needs_tag(const char *name)
{
    return !strcmp(name, "volume-extended") || !strcmp(name, "power-update") ||
           !strcmp(name, "accelerator-request-bound");
}

static int judge(const struct addressee *addressee, const struct external_event *event)
{
    if (!addressee->row)
        return 404;
    if (needs_tag(event->name) && !event->tag)
        return 400;
    return addressee->row->host && *addressee->row->host ? 200 : 422;
}

struct fault *external_events_send(const struct context *context, struct external_event *events, size_t count)
{
    struct addressees list = { mem_array(context->mem, struct addressee, count), 0 };
    bool *skipped = mem_array(context->mem, bool, count);

    for (size_t i = 0; i < count; i++)
        if (!find(&list, events[i].server_uuid))
            list.items[list.count++].uuid = events[i].server_uuid;
    TRY(find_servers(context, &list));
    for (size_t i = 0; i < count; i++) {
        struct addressee *addressee = find(&list, events[i].server_uuid);

        events[i].code = judge(addressee, &events[i]);
        if (events[i].code != 200) {
            log_debug("Dropping event %s:%s for instance %s: %d", events[i].name,
                      events[i].tag ? events[i].tag : "None", events[i].server_uuid, events[i].code);
            continue;
        }
        log_info("Creating event %s:%s for instance %s on %s", events[i].name, events[i].tag ? events[i].tag : "None",
                 events[i].server_uuid, addressee->row->host);
        if (!addressee->host_count)
            TRY(find_hosts(context, addressee));
    }
    for (size_t i = 0; i < count; i++) {
        const char *action;
        bool known;

        if (events[i].code != 200)
            continue;
        action = action_of(&events[i], &known);
        skipped[i] = !known;
        if (!known)
            log_warning("Invalid power state %s. Cannot process the event. Skipping it.", events[i].tag);
        if (action)
            TRY(start_action(context, find(&list, events[i].server_uuid), action));
    }
    return tell_hosts(context, &list, events, skipped, count);
}
