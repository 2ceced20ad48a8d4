/* SPDX-License-Identifier: Apache-2.0 */
/* Host aggregates; see the header. */
#include "config.h"

#include "fcgi_app/compute/aggregates.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/glance.h"
#include "fcgi_app/clients/placement.h"
#include "fcgi_app/db/aggregates.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/failure_notifications.h"
#include "fcgi_app/objects/hosts.h"
#include "fcgi_app/objects/notifications.h"
#include "fcgi_app/objects/write.h"
#include "fcgi_app/rpc/notify.h"
#include "fcgi_app/rpc/rpc.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

#define ZONE "availability_zone"

/* ---- reading ---- */

static struct fault *read_row(const struct context *context, const struct aggregate_row *row,
                              struct aggregate *aggregate)
{
    *aggregate = (struct aggregate){ .id = row->id,
                                     .uuid = row->uuid,
                                     .name = row->name,
                                     .created_at = row->created_at,
                                     .updated_at = row->updated_at };
    TRY(json_read(context->mem, row->hosts, strlen(row->hosts), &aggregate->hosts));
    return json_read(context->mem, row->metadata, strlen(row->metadata), &aggregate->metadata);
}

struct fault *aggregates_list(const struct context *context, struct aggregates *list)
{
    struct db_rows rows;

    TRY(db_query(context, context->mem, db_api(context->worker->db), &AGGREGATES_ALL, NULL, &rows));
    list->count = rows.count;
    list->items = mem_array(context->mem, struct aggregate, rows.count);
    for (size_t i = 0; i < rows.count; i++)
        TRY(read_row(context, (const struct aggregate_row *)rows.rows + i, &list->items[i]));
    return NULL;
}

struct fault *aggregates_get(const struct context *context, const char *id, struct aggregate *aggregate)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_text(&params, id);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &AGGREGATE_BY_ID, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, AggregateNotFound, id);
    return read_row(context, rows.rows, aggregate);
}

static const char *id_text(const struct context *context, const struct aggregate *aggregate)
{
    return mem_printf(context->mem, "%lld", (long long)aggregate->id);
}

static const char *zone_of(const struct aggregate *aggregate)
{
    return json_string_value(json_object_get(aggregate->metadata, ZONE));
}

/* ---- the schedulers ---- */

static void put_object(struct strbuf *out, const struct aggregate *aggregate, bool touched)
{
    static const char *const changes[] = { "updated_at", NULL };

    object_begin(out, "Aggregate");
    object_key(out, "id");
    strbuf_put_int(out, aggregate->id);
    object_key(out, "uuid");
    json_put_string(out, aggregate->uuid);
    object_key(out, "name");
    json_put_string(out, aggregate->name);
    object_key(out, "hosts");
    json_put_tree(out, aggregate->hosts);
    object_key(out, "metadata");
    json_put_tree(out, aggregate->metadata);
    object_key(out, "created_at");
    object_put_time(out, aggregate->created_at);
    object_key(out, "updated_at");
    object_put_time(out, aggregate->updated_at);
    object_key(out, "deleted_at");
    json_put_null(out);
    object_key(out, "deleted");
    json_put_bool(out, false);
    object_end(out, touched ? changes : NULL);
}

/* All schedulers keep what they know of aggregates. */
static struct fault *tell_schedulers(const struct context *context, const struct aggregate *aggregate, bool touched)
{
    const struct rpc_target all = { .fanout = true };
    struct rpc_args args;
    struct strbuf *out;

    rpc_args_init(&args, context->mem);
    out = rpc_arg(&args, "aggregates");
    strbuf_putc(out, '[');
    put_object(out, aggregate, touched);
    strbuf_putc(out, ']');
    return rpc_cast(context, &all, RPC_update_aggregates, &args);
}

static const char *as_text(const struct context *context, const json_t *tree)
{
    struct strbuf out;

    strbuf_init(&out, context->mem, 128);
    json_put_tree(&out, tree);
    return out.data;
}

/* What whoever listens is told beside the aggregate: metadata that was asked for, a host; NULL: not of this verb. */
struct told {
    enum notified_forms forms;
    const char *asked; /* the id as the request has it, where upstream shows that */
    const json_t *given;
    const char *host;
};

/* Before and after each verb; a verb that fails has no end. */
static void tell(const struct context *context, const char *action, const char *phase,
                 const struct aggregate *aggregate, struct told told)
{
    if (!notify_wanted(context, NOTIFY_LEGACY) && !notify_wanted(context, NOTIFY_VERSIONED))
        return;
    notify_aggregate(context, action, phase,
                     &(struct notified_aggregate){
                         .forms = told.forms,
                         .asked = told.asked,
                         .id = aggregate->id,
                         .uuid = aggregate->uuid,
                         .name = aggregate->name,
                         .hosts = as_text(context, aggregate->hosts),
                         .metadata = as_text(context, aggregate->metadata),
                         .host = told.host,
                         .given = told.given ? as_text(context, told.given) : NULL,
                     });
}

/* Before it is looked for. */
static void tell_early(const struct context *context, const char *action, const char *asked, const char *host)
{
    notify_aggregate(context, action, "start",
                     &(struct notified_aggregate){ .forms = NOTIFIED_OLDER, .asked = asked, .host = host });
}

/* One that is not made yet has neither number nor hosts. */
static void tell_creation(const struct context *context, const char *uuid, const char *name, const char *zone)
{
    struct strbuf given;

    strbuf_init(&given, context->mem, 64);
    if (zone) {
        strbuf_puts(&given, "{\"" ZONE "\": ");
        json_put_string(&given, zone);
        strbuf_putc(&given, '}');
    }
    notify_aggregate(context, "create", "start",
                     &(struct notified_aggregate){ .id = DB_NULL_INT,
                                                   .uuid = uuid,
                                                   .name = name,
                                                   .metadata = zone ? given.data : NULL,
                                                   .given = zone ? given.data : NULL });
}

/* ---- zones ---- */

static const char **host_names(const struct context *context, const json_t *hosts, size_t *count)
{
    const char **names = mem_array(context->mem, const char *, json_array_size(hosts) + 1);

    *count = json_array_size(hosts);
    for (size_t i = 0; i < *count; i++)
        names[i] = json_string_value(json_array_get(hosts, i));
    return names;
}

/* Which action is refused. */
enum zone_action { ZONE_OF_ADD, ZONE_OF_UPDATE, ZONE_OF_METADATA };

static struct fault *refuse(const struct context *context, enum zone_action action, const struct aggregate *aggregate,
                            const char *reason)
{
    const char *id = id_text(context, aggregate);

    switch (action) {
    case ZONE_OF_UPDATE:
        return fault_new(context->mem, InvalidAggregateActionUpdate, id, reason);
    case ZONE_OF_METADATA:
        return fault_new(context->mem, InvalidAggregateActionUpdateMeta, id, reason);
    case ZONE_OF_ADD:
        break;
    }
    return fault_new(context->mem, InvalidAggregateActionAdd, id, reason);
}

/* Zones of others among the hosts, as Python prints a list of them; NULL: none. */
static const char *other_zones(const struct context *context, const struct db_rows *rows, int64_t id, const char *zone)
{
    const struct aggregate_zone *row = rows->rows;
    struct strbuf out;

    strbuf_init(&out, context->mem, 64);
    for (size_t i = 0; i < rows->count; i++) {
        if (row[i].id == id || !row[i].zone || !strcmp(row[i].zone, zone))
            continue;
        strbuf_puts(&out, out.length ? ", " : "[");
        json_put_python_quoted(&out, row[i].zone, strlen(row[i].zone));
    }
    if (!out.length)
        return NULL;
    strbuf_putc(&out, ']');
    return out.data;
}

/*
 * May the hosts be in this zone?  A host is in one zone only, and where the zone itself is changed no server may be on
 * the hosts; of a cell that does not answer that is not known, so no.
 */
static struct fault *check_zone(const struct context *context, enum zone_action action,
                                const struct aggregate *aggregate, const char *const *hosts, size_t host_count,
                                const char *zone)
{
    bool moves = action != ZONE_OF_ADD && !(zone_of(aggregate) && zone && !strcmp(zone_of(aggregate), zone));
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params params = { 0 };
    struct db_answer zones, *counts;
    const struct db_cell *cells;
    const char *others;
    size_t cell_count;

    if (text_is_empty(zone))
        return refuse(
            context, action, aggregate,
            mem_printf(context->mem, "Aggregate %s does not support empty named availability zone", aggregate->name));
    TRY(db_cells(context, &cells, &cell_count));
    counts = mem_array(context->mem, struct db_answer, cell_count);
    db_param_texts(&params, context->mem, hosts, host_count);
    db_batch_add(batch, db_api(context->worker->db), &AGGREGATE_ZONES_OF_HOSTS, &params, &zones);
    for (size_t i = 0; i < cell_count && moves; i++)
        if (!cells[i].is_cell0)
            db_batch_add(batch, cells[i].link, &INSTANCE_COUNT_ON_HOSTS, &params, &counts[i]);
    db_batch_run(batch, 0);
    TRY(zones.fault);
    others = other_zones(context, &zones.rows, aggregate->id, zone);
    if (others)
        return refuse(context, action, aggregate,
                      mem_printf(context->mem, "One or more hosts already in availability zone(s) %s", others));
    for (size_t i = 0; i < cell_count; i++)
        if (counts[i].fault || (counts[i].rows.count && ((const struct aggregate_count *)counts[i].rows.rows)->count))
            return refuse(context, action, aggregate, "One or more hosts contain instances in this zone");
    return NULL;
}

static struct fault *check_own_zone(const struct context *context, enum zone_action action,
                                    const struct aggregate *aggregate, const char *zone)
{
    size_t count;
    const char **hosts = host_names(context, aggregate->hosts, &count);

    return check_zone(context, action, aggregate, hosts, count, zone);
}

/* ---- create, update, delete ---- */

static struct fault *create(const struct context *context, const char *name, const char *zone,
                            struct aggregate *aggregate)
{
    struct db_params params = { 0 };
    int64_t now = clock_utc_usec();
    struct db_rows rows;
    char uuid[37];

    text_uuid4(uuid);
    tell_creation(context, uuid, name, zone);
    db_param_time(&params, context->mem, now);
    db_param_text(&params, uuid);
    db_param_text(&params, name);
    db_param_text(&params, zone);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &AGGREGATE_CREATE, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, AggregateNameExists, name);
    TRY(aggregates_get(context,
                       mem_printf(context->mem, "%lld", (long long)((const struct aggregate_made *)rows.rows)->id),
                       aggregate));
    TRY(tell_schedulers(context, aggregate, false));
    tell(context, "create", "end", aggregate, (struct told){ .given = zone ? aggregate->metadata : NULL });
    return NULL;
}

struct fault *aggregates_create(const struct context *context, const char *name, const char *zone,
                                struct aggregate *aggregate)
{
    const struct failing_arg args[] = { { .text = name }, { .text = zone } };

    return notify_failure(context, FAILING_CREATE_AGGREGATE, create(context, name, zone, aggregate), args);
}

static struct fault *rename_it(const struct context *context, const char *name, struct aggregate *aggregate)
{
    struct db_params params = { 0 };
    int64_t now = clock_utc_usec();
    struct db_rows rows;
    struct fault *fault;

    aggregate->name = name;
    tell(context, "update_prop", "start", aggregate, (struct told){ 0 });
    db_param_int(&params, context->mem, aggregate->id);
    db_param_text(&params, name);
    db_param_time(&params, context->mem, now);
    fault = db_query(context, context->mem, db_api(context->worker->db), &AGGREGATE_RENAME, &params, &rows);
    if (db_fault_is_duplicate(fault, NULL))
        return fault_new(context->mem, AggregateNameExists, name);
    TRY(fault);
    if (rows.affected)
        aggregate->updated_at = now;
    tell(context, "update_prop", "end", aggregate, (struct told){ 0 });
    return NULL;
}

/* In memory and in the database. */
static struct fault *put_metadata(const struct context *context, json_t *metadata, struct aggregate *aggregate)
{
    size_t size = json_object_size(metadata), put_count = 0, drop_count = 0;
    const char **keys = mem_array(context->mem, const char *, size + 1);
    const char **values = mem_array(context->mem, const char *, size + 1);
    const char **dropped = mem_array(context->mem, const char *, size + 1);
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params drop = { 0 }, put = { 0 };
    struct db_answer answers[2];
    const char *key;
    json_t *value;

    tell(context, "update_metadata", "start", aggregate, (struct told){ .given = metadata });
    json_object_foreach(metadata, key, value)
    {
        if (json_is_null(value)) {
            dropped[drop_count++] = key;
            json_object_del(aggregate->metadata, key);
        } else {
            keys[put_count] = key;
            values[put_count++] = json_string_value(value);
            json_object_set(aggregate->metadata, key, value);
        }
    }
    db_param_int(&drop, context->mem, aggregate->id);
    db_param_texts(&drop, context->mem, dropped, drop_count);
    db_param_int(&put, context->mem, aggregate->id);
    db_param_texts(&put, context->mem, keys, put_count);
    db_param_texts(&put, context->mem, values, put_count);
    db_param_time(&put, context->mem, clock_utc_usec());
    if (drop_count)
        db_batch_add(batch, db_api(context->worker->db), &AGGREGATE_METADATA_DROP, &drop, &answers[0]);
    if (put_count)
        db_batch_add(batch, db_api(context->worker->db), &AGGREGATE_METADATA_PUT, &put, &answers[1]);
    if (put_count || drop_count)
        TRY(db_batch_write(batch));
    tell(context, "update_metadata", "end", aggregate, (struct told){ .given = metadata });
    return NULL;
}

/* `values` is what was asked for; the name leaves it when its turn comes. */
static struct fault *update(const struct context *context, const char *id, const char *name, bool zoned,
                            const char *zone, json_t *values, struct aggregate *aggregate)
{
    json_t *metadata;

    TRY(aggregates_get(context, id, aggregate));
    json_object_del(values, "name");
    if (name)
        TRY(rename_it(context, name, aggregate));
    if (zoned) {
        TRY(check_own_zone(context, ZONE_OF_UPDATE, aggregate, zone));
        metadata = json_pack("{s:s}", ZONE, zone);
        mem_attach(context->mem, metadata, (void (*)(void *))json_decref);
        TRY(put_metadata(context, metadata, aggregate));
        aggregate->updated_at = clock_utc_usec();
    }
    return tell_schedulers(context, aggregate, zoned);
}

struct fault *aggregates_update(const struct context *context, const char *id, const char *name, bool zoned,
                                const char *zone, struct aggregate *aggregate)
{
    json_t *values = json_object();

    mem_attach(context->mem, values, (void (*)(void *))json_decref);
    if (name)
        json_object_set_new(values, "name", json_string_nocheck(name));
    if (zoned)
        json_object_set_new(values, ZONE, zone ? json_string_nocheck(zone) : json_null());
    return notify_failure(context, FAILING_UPDATE_AGGREGATE, update(context, id, name, zoned, zone, values, aggregate),
                          (const struct failing_arg[]){ { .text = id }, { .tree = values } });
}

static struct fault *set_metadata(const struct context *context, const char *id, json_t *metadata,
                                  struct aggregate *aggregate)
{
    json_t *zone = json_object_get(metadata, ZONE);

    TRY(aggregates_get(context, id, aggregate));
    if (zone)
        TRY(check_own_zone(context, ZONE_OF_METADATA, aggregate, json_string_value(zone)));
    TRY(put_metadata(context, metadata, aggregate));
    TRY(tell_schedulers(context, aggregate, false));
    aggregate->updated_at = clock_utc_usec();
    return NULL;
}

struct fault *aggregates_set_metadata(const struct context *context, const char *id, json_t *metadata,
                                      struct aggregate *aggregate)
{
    const struct failing_arg args[] = { { .text = id }, { .tree = metadata } };

    return notify_failure(context, FAILING_UPDATE_METADATA, set_metadata(context, id, metadata, aggregate), args);
}

static struct fault *delete (const struct context *context, const char *id)
{
    struct db_batch *batch = db_batch(context, context->mem);
    const struct rpc_target all = { .fanout = true };
    struct db_params params = { 0 };
    struct db_answer answers[2];
    struct aggregate aggregate;
    struct rpc_args args;

    tell_early(context, "delete", id, NULL);
    TRY(aggregates_get(context, id, &aggregate));
    tell(context, "delete", "start", &aggregate, (struct told){ .forms = NOTIFIED_NEWER });
    if (json_array_size(aggregate.hosts))
        return fault_new(context->mem, InvalidAggregateActionDelete, id, "Host aggregate is not empty");
    db_param_int(&params, context->mem, aggregate.id);
    db_batch_add(batch, db_api(context->worker->db), &AGGREGATE_METADATA_DELETE, &params, &answers[0]);
    db_batch_add(batch, db_api(context->worker->db), &AGGREGATE_DELETE, &params, &answers[1]);
    TRY(db_batch_write(batch));
    rpc_args_init(&args, context->mem);
    put_object(rpc_arg(&args, "aggregate"), &aggregate, false);
    TRY(rpc_cast(context, &all, RPC_delete_aggregate, &args));
    tell(context, "delete", "end", &aggregate, (struct told){ .asked = id });
    return NULL;
}

struct fault *aggregates_delete(const struct context *context, const char *id)
{
    const struct failing_arg args[] = { { .text = id } };

    return notify_failure(context, FAILING_DELETE_AGGREGATE, delete (context, id), args);
}

/* ---- hosts ---- */

/* The name of the host's first hypervisor, by which placement knows it. Faults: ComputeHostNotFound. */
static struct fault *node_name(const struct context *context, const struct service *service, const char *host,
                               const char **name)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_text(&params, host);
    TRY(db_query(context, context->mem, service->cell->link, &COMPUTE_NODES_OF_HOST, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, ComputeHostNotFound, host);
    *name = ((const struct compute_node *)rows.rows)->hypervisor_hostname;
    return NULL;
}

static bool is_of_placement(const struct fault *fault)
{
    return fault_is(fault, FAULT_ResourceProviderNotFound) ||
           fault_is(fault, FAULT_ResourceProviderAggregateRetrievalFailed) ||
           fault_is(fault, FAULT_ResourceProviderUpdateFailed) || fault_is(fault, FAULT_ResourceProviderUpdateConflict);
}

static struct fault *add_host(const struct context *context, const char *id, const char *host,
                              struct aggregate *aggregate)
{
    struct db_params params = { 0 };
    struct service service;
    struct db_rows rows;
    struct fault *fault;
    const char *node;

    tell_early(context, "add_host", id, host);
    TRY(host_service_anywhere(context, host, &service));
    TRY(aggregates_get(context, id, aggregate));
    tell(context, "add_host", "start", aggregate, (struct told){ .forms = NOTIFIED_NEWER });
    if (json_object_get(aggregate->metadata, ZONE))
        TRY(check_zone(context, ZONE_OF_ADD, aggregate, &host, 1, zone_of(aggregate)));
    db_param_int(&params, context->mem, aggregate->id);
    db_param_text(&params, host);
    db_param_time(&params, context->mem, clock_utc_usec());
    fault = db_query(context, context->mem, db_api(context->worker->db), &AGGREGATE_ADD_HOST, &params, &rows);
    if (db_fault_is_duplicate(fault, NULL))
        return fault_new(context->mem, AggregateHostExists, id_text(context, aggregate), host);
    TRY(fault);
    json_array_append_new(aggregate->hosts, json_string(host));
    TRY(tell_schedulers(context, aggregate, false));
    TRY(node_name(context, &service, host, &node));
    fault = placement_aggregate_add_host(context, context->mem, aggregate->uuid, node);
    if (fault && !is_of_placement(fault))
        return fault;
    if (fault)
        log_warning("Failed to associate %s with a placement aggregate: %s. This may be corrected after running "
                    "nova-manage placement sync_aggregates.",
                    node, fault->message);
    tell(context, "add_host", "end", aggregate, (struct told){ .asked = id, .host = host });
    return NULL;
}

struct fault *aggregates_add_host(const struct context *context, const char *id, const char *host,
                                  struct aggregate *aggregate)
{
    const struct failing_arg args[] = { { .text = id }, { .text = host } };

    return notify_failure(context, FAILING_ADD_HOST, add_host(context, id, host, aggregate), args);
}

/*
 * Placement goes first: while it refuses, the same may be tried again.  `asked` is the id as the request has it; NULL:
 * no request named this aggregate.
 */
static struct fault *remove_found(const struct context *context, const char *host, const struct service *service,
                                  const char *asked, struct aggregate *aggregate)
{
    struct db_params params = { 0 };
    struct db_rows rows;
    struct fault *fault;
    const char *node;
    size_t i;
    json_t *name;

    tell(context, "remove_host", "start", aggregate, (struct told){ .forms = NOTIFIED_NEWER });
    TRY(node_name(context, service, host, &node));
    fault = placement_aggregate_remove_host(context, context->mem, aggregate->uuid, node);
    if (fault && !fault_is(fault, FAULT_ResourceProviderNotFound))
        return fault;
    if (fault)
        log_warning("Failed to remove association of %s with a placement aggregate: %s.", node, fault->message);
    db_param_int(&params, context->mem, aggregate->id);
    db_param_text(&params, host);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &AGGREGATE_REMOVE_HOST, &params, &rows));
    if (!rows.affected)
        return fault_new(context->mem, AggregateHostNotFound, id_text(context, aggregate), host);
    json_array_foreach(aggregate->hosts, i, name)
    {
        if (!strcmp(json_string_value(name), host)) {
            json_array_remove(aggregate->hosts, i);
            break;
        }
    }
    TRY(tell_schedulers(context, aggregate, false));
    tell(context, "remove_host", "end", aggregate, (struct told){ .asked = asked, .host = host });
    return NULL;
}

static struct fault *remove_host(const struct context *context, const char *id, const char *host,
                                 struct aggregate *aggregate)
{
    struct service service;

    tell_early(context, "remove_host", id, host);
    TRY(host_service_anywhere(context, host, &service));
    TRY(aggregates_get(context, id, aggregate));
    return remove_found(context, host, &service, id, aggregate);
}

struct fault *aggregates_remove_host(const struct context *context, const char *id, const char *host,
                                     struct aggregate *aggregate)
{
    const struct failing_arg args[] = { { .text = id }, { .text = host } };

    return notify_failure(context, FAILING_REMOVE_HOST, remove_host(context, id, host, aggregate), args);
}

struct fault *aggregates_leave_all(const struct context *context, const char *host)
{
    struct db_params params = { 0 };
    struct service service;
    struct db_rows rows;

    db_param_text(&params, host);
    TRY(db_query(context, context->mem, db_api(context->worker->db), &AGGREGATES_OF_HOST, &params, &rows));
    if (!rows.count)
        return NULL;
    TRY(host_service_anywhere(context, host, &service));
    for (size_t i = 0; i < rows.count; i++) {
        struct aggregate aggregate;

        TRY(read_row(context, (const struct aggregate_row *)rows.rows + i, &aggregate));
        tell(context, "remove_host", "start", &aggregate, (struct told){ .forms = NOTIFIED_OLDER, .host = host });
        TRY(notify_failure(context, FAILING_REMOVE_HOST, remove_found(context, host, &service, NULL, &aggregate),
                           (const struct failing_arg[]){ { .raw = id_text(context, &aggregate) }, { .text = host } }));
    }
    return NULL;
}

/* ---- images ---- */

struct fault *aggregates_cache_images(const struct context *context, const char *id, const char *const *images,
                                      size_t count)
{
    struct glance_image *found = mem_array(context->mem, struct glance_image, count);
    struct fault **faults = mem_array(context->mem, struct fault *, count);
    const struct rpc_target any = { 0 };
    struct aggregate aggregate;
    struct rpc_args args;
    struct strbuf *out;

    TRY(aggregates_get(context, id, &aggregate));
    glance_images_show(context, context->mem, images, count, found, faults);
    for (size_t i = 0; i < count; i++)
        TRY(faults[i]);
    rpc_args_init(&args, context->mem);
    put_object(rpc_arg(&args, "aggregate"), &aggregate, false);
    out = rpc_arg(&args, "image_ids");
    strbuf_putc(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            strbuf_puts(out, ", ");
        json_put_string(out, images[i]);
    }
    strbuf_putc(out, ']');
    return rpc_cast(context, &any, RPC_cache_images, &args);
}
