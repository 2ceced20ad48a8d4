/* SPDX-License-Identifier: Apache-2.0 */
/* Request specs of servers that are there. */
#include "config.h"

#include "fcgi_app/compute/server_spec.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/db/create.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/request_spec.h"
#include "fcgi_app/objects/tree.h"

#include <string.h>

/* How a field comes back from the row, in the order in which the object has them. */
enum keeping {
    KEPT,        /* as it was stored */
    PER_REQUEST, /* null, whatever was stored */
    NEVER,       /* not set */
};
static const struct {
    const char *name;
    enum keeping keeping;
    bool stored; /* goes into the row as it is; else as null */
} spec_fields[] = {
    { "id", NEVER, true },
    { "image", KEPT, true },
    { "numa_topology", KEPT, true },
    { "pci_requests", KEPT, true },
    { "project_id", KEPT, true },
    { "user_id", KEPT, true },
    { "availability_zone", KEPT, true },
    { "flavor", KEPT, true },
    { "num_instances", KEPT, true },
    { "ignore_hosts", PER_REQUEST, false },
    { "force_hosts", KEPT, true },
    { "force_nodes", KEPT, true },
    { "requested_destination", NEVER, false },
    { "retry", PER_REQUEST, false },
    { "limits", KEPT, true },
    { "instance_group", KEPT, true },
    { "scheduler_hints", KEPT, true },
    { "instance_uuid", KEPT, true },
    { "security_groups", KEPT, true },
    { "network_metadata", NEVER, false },
    { "is_bfv", KEPT, true },
    { "requested_resources", NEVER, false },
    { "request_level_params", NEVER, false },
    { "requested_networks", NEVER, false },
};
#define FIELD_COUNT (sizeof(spec_fields) / sizeof(spec_fields[0]))

static void decref(void *json)
{
    json_decref(json);
}

/* The group as it is by now; gone, the wish for it goes too. */
static struct fault *refresh_group(const struct context *context, const struct target *target, struct server_spec *spec)
{
    const json_t *group = json_object_get(spec->fields, "instance_group");
    const char *uuid = json_string_value(tree_get(group, "uuid"));
    struct db_params params = { 0 };
    struct db_rows rows;

    if (!group || json_is_null(group))
        return NULL;
    if (!uuid)
        uuid = json_string_value(
            json_array_get(json_object_get(json_object_get(spec->fields, "scheduler_hints"), "group"), 0));
    db_param_text(&params, uuid);
    db_param_text(&params, context->is_admin ? NULL : context->project_id);
    TRY(db_query(context, target->mem, db_api(context->worker->db), &GROUP_WHOLE, &params, &rows));
    json_object_set_new(spec->fields, "instance_group",
                        rows.count ? request_spec_group(rows.rows, false) : json_null());
    if (!rows.count)
        json_object_del(json_object_get(spec->fields, "scheduler_hints"), "group");
    return NULL;
}

struct fault *server_spec_load(const struct context *context, const struct target *target, struct server_spec **spec)
{
    const struct request_spec_row *row;
    struct db_params params = { 0 };
    struct db_rows rows;
    json_t *stored;

    db_param_text(&params, target->row->uuid);
    TRY(db_query(context, target->mem, db_api(context->worker->db), &REQUEST_SPEC_WHOLE, &params, &rows));
    if (!rows.count)
        return fault_new(target->mem, RequestSpecNotFound, target->row->uuid);
    row = rows.rows;
    TRY(json_read(target->mem, row->spec, strlen(row->spec), &stored));
    *spec = mem_new(target->mem, struct server_spec);
    (*spec)->fields = json_object();
    mem_attach(target->mem, (*spec)->fields, decref);
    json_object_set_new((*spec)->fields, "id", json_integer(row->id));
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        json_t *value = (json_t *)(uintptr_t)tree_get(stored, spec_fields[i].name);

        if (spec_fields[i].keeping == PER_REQUEST)
            json_object_set_new((*spec)->fields, spec_fields[i].name, json_null());
        else if (spec_fields[i].keeping == KEPT && value)
            json_object_set((*spec)->fields, spec_fields[i].name, value);
    }
    json_object_set_new((*spec)->fields, "instance_uuid", json_string(target->row->uuid));
    return refresh_group(context, target, *spec);
}

const json_t *server_spec_get(const struct server_spec *spec, const char *field)
{
    return json_object_get(spec->fields, field);
}

static bool was_set(const struct server_spec *spec, const char *field)
{
    for (size_t i = 0; i < spec->changed_count; i++)
        if (!strcmp(spec->changed[i], field))
            return true;
    return false;
}

void server_spec_set(struct server_spec *spec, const char *field, json_t *value)
{
    json_object_set_new(spec->fields, field, value);
    if (!was_set(spec, field))
        spec->changed[spec->changed_count++] = field;
}

void server_spec_set_destination(struct server_spec *spec, const char *host, const char *node, int cross_cell)
{
    json_t *destination = tree_object("Destination");

    if (host)
        tree_set(destination, "host", json_string(host));
    if (node)
        tree_set(destination, "node", json_string(node));
    if (cross_cell >= 0)
        tree_set(destination, "allow_cross_cell_move", json_boolean(cross_cell));
    server_spec_set(spec, "requested_destination", destination);
}

/* Does the value hold a changed object? Then its field counts as changed. */
static bool holds_changes(const json_t *value)
{
    const json_t *item;
    size_t i;

    if (json_is_object(value))
        return tree_changed(value);
    json_array_foreach(value, i, item)
    {
        if (json_is_object(item) && tree_changed(item))
            return true;
    }
    return false;
}

void server_spec_put(const struct server_spec *spec, struct rpc_args *args)
{
    struct strbuf *out = rpc_arg(args, "request_spec");
    const char *changes[FIELD_COUNT + 1];
    size_t count = 0;

    object_begin(out, "RequestSpec");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const json_t *value = json_object_get(spec->fields, spec_fields[i].name);

        if (!value)
            continue;
        object_key(out, spec_fields[i].name);
        json_put_tree(out, value);
        if (was_set(spec, spec_fields[i].name) || holds_changes(value))
            changes[count++] = spec_fields[i].name;
    }
    changes[count] = NULL;
    object_end(out, changes);
}

struct fault *server_spec_save(const struct context *context, const struct target *target, struct server_spec *spec)
{
    const char *changes[FIELD_COUNT + 1];
    struct db_params params = { 0 };
    struct strbuf text;
    struct db_rows rows;
    size_t count = 0;

    if (!spec->changed_count)
        return NULL;
    strbuf_init(&text, target->mem, 4000);
    object_begin(&text, "RequestSpec");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const json_t *value = json_object_get(spec->fields, spec_fields[i].name);

        if (!value)
            continue;
        object_key(&text, spec_fields[i].name);
        if (spec_fields[i].stored)
            json_put_tree(&text, value);
        else
            json_put_null(&text);
        if (was_set(spec, spec_fields[i].name) || holds_changes(value))
            changes[count++] = spec_fields[i].name;
    }
    changes[count] = NULL;
    object_end(&text, changes);
    db_param_text(&params, target->row->uuid);
    db_param_text(&params, text.data);
    db_param_time(&params, target->mem, clock_utc_usec());
    TRY(db_query(context, target->mem, db_api(context->worker->db), &REQUEST_SPEC_SET, &params, &rows));
    /* Read back, it has no changes of its own. */
    spec->changed_count = 0;
    return NULL;
}
