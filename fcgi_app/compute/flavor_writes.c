/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to flavors; see the header. flavor_specs.c checks the names and values of extra specs. */
#include "config.h"

#include "fcgi_app/compute/flavor_writes.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/notifications.h"
#include "fcgi_app/rpc/notify.h"

static struct fault *run(const struct context *context, const struct db_statement *statement,
                         const struct db_params *params, struct db_rows *rows)
{
    return db_query(context, context->mem, db_api(context->worker->db), statement, params, rows);
}

static const char *number_text(const void *mem, double value)
{
    struct strbuf out;

    strbuf_init(&out, mem, 32);
    json_put_double(&out, value);
    return out.data;
}

/* Tells of a flavor where somebody listens; what upstream has not loaded at that point is null. */
static void tell(const struct context *context, const char *action, const struct flavor *flavor, bool specs,
                 const char *projects)
{
    notify_flavor(context, action,
                  &(struct notified_flavor){
                      .flavorid = flavor->flavorid,
                      .name = flavor->name,
                      .description = flavor->description,
                      .memory_mb = flavor->memory_mb,
                      .vcpus = flavor->vcpus,
                      .root_gb = flavor->root_gb,
                      .ephemeral_gb = flavor->ephemeral_gb,
                      .swap = flavor->swap,
                      .rxtx_factor = flavor->rxtx_factor,
                      .disabled = flavor->disabled,
                      .is_public = flavor->is_public,
                      .extra_specs = !specs                     ? NULL
                                     : flavor->extra_specs.data ? mem_strndup(context->mem, flavor->extra_specs.data,
                                                                              flavor->extra_specs.length)
                                                                : "{}",
                      .projects = projects,
                  });
}

/* After a change: the flavor as it is now, with those who may use it. */
static struct fault *tell_update(const struct context *context, const char *flavorid)
{
    struct flavor_access_list list;
    const struct flavor *flavor;
    struct strbuf projects;

    if (!notify_wanted(context, NOTIFY_VERSIONED))
        return NULL;
    TRY(flavors_get(context, context->mem, flavorid, true, &flavor));
    TRY(flavors_access(context, flavorid, &list));
    strbuf_init(&projects, context->mem, 64);
    strbuf_putc(&projects, '[');
    for (size_t i = 0; i < list.count; i++) {
        strbuf_puts(&projects, i ? ", " : "");
        json_put_string(&projects, list.rows[i].project_id);
    }
    strbuf_putc(&projects, ']');
    tell(context, "update", flavor, true, projects.data);
    return NULL;
}

/* Upstream makes flavors as nobody, in a request of its own. */
static void tell_created(const struct context *context, const struct flavor *flavor)
{
    static const char *const none[] = { NULL };
    char uuid[37];
    struct context nobody = {
        .mem = context->mem,
        .worker = context->worker,
        .roles = none,
        .is_admin = true,
        .is_admin_project = true,
    };

    text_uuid4(uuid);
    nobody.request_id = mem_printf(context->mem, "req-%s", uuid);
    tell(&nobody, "create", flavor, false, "[]");
}

struct fault *flavors_create(const struct context *context, struct flavor *flavor)
{
    const void *mem = context->mem;
    struct db_params params = { .count = 0 };
    struct db_rows rows;
    struct fault *fault;

    if (text_is_empty(flavor->flavorid)) {
        char *uuid = mem_array(mem, char, 37);

        text_uuid4(uuid);
        flavor->flavorid = uuid;
    }
    db_param_time(&params, mem, clock_utc_usec());
    db_param_text(&params, flavor->name);
    db_param_int(&params, mem, flavor->memory_mb);
    db_param_int(&params, mem, flavor->vcpus);
    db_param_int(&params, mem, flavor->swap);
    db_param_text(&params, flavor->flavorid);
    db_param_text(&params, number_text(mem, flavor->rxtx_factor));
    db_param_int(&params, mem, flavor->root_gb);
    db_param_int(&params, mem, flavor->ephemeral_gb);
    db_param_bool(&params, flavor->is_public);
    db_param_text(&params, flavor->description);
    fault = run(context, &FLAVOR_CREATE, &params, &rows);
    if (db_fault_is_duplicate(fault, "uniq_flavors0flavorid"))
        return fault_new(mem, FlavorIdExists, flavor->flavorid);
    if (db_fault_is_duplicate(fault, NULL))
        return fault_new(mem, FlavorExists, flavor->name);
    TRY(fault);
    tell_created(context, flavor);
    return NULL;
}

struct fault *flavors_describe(const struct context *context, const char *flavorid, const char *description,
                               const struct flavor **flavor)
{
    struct db_params params = { .count = 0 };
    struct flavor *shown;
    struct db_rows rows;

    TRY(flavors_get(context, context->mem, flavorid, true, flavor));
    db_param_text(&params, flavorid);
    db_param_text(&params, description);
    db_param_time(&params, context->mem, clock_utc_usec());
    TRY(run(context, &FLAVOR_DESCRIBE, &params, &rows));
    shown = mem_memdup(context->mem, *flavor, sizeof(**flavor));
    shown->description = description;
    *flavor = shown;
    return tell_update(context, flavorid);
}

struct fault *flavors_delete(const struct context *context, const char *flavorid)
{
    struct db_params params = { .count = 0 };
    const struct flavor *flavor = NULL;
    struct db_rows rows;

    /* the row is read only for who wants to hear of it */
    if (notify_wanted(context, NOTIFY_VERSIONED))
        TRY(flavors_get(context, context->mem, flavorid, false, &flavor));
    db_param_text(&params, flavorid);
    TRY(run(context, &FLAVOR_DELETE, &params, &rows));
    if (!rows.affected)
        return fault_new(context->mem, FlavorNotFound, flavorid);
    if (flavor)
        tell(context, "delete", flavor, false, NULL);
    return NULL;
}

/* ---- access ---- */

struct fault *flavors_access(const struct context *context, const char *flavorid, struct flavor_access_list *list)
{
    struct db_params params = { .count = 0 };
    const struct flavor_access *first;
    struct db_rows rows;

    if (!context_is_someone(context))
        return fault_new(context->mem, Forbidden);
    db_param_text(&params, flavorid);
    db_param_bool(&params, context->is_admin);
    db_param_text(&params, context->project_id);
    TRY(run(context, &FLAVOR_ACCESS, &params, &rows));
    if (!rows.count)
        return fault_new(context->mem, FlavorNotFound, flavorid);
    first = rows.rows;
    *list = (struct flavor_access_list){ first->id, first->is_public, first, first->project_id ? rows.count : 0 };
    return NULL;
}

struct fault *flavors_access_add(const struct context *context, const char *flavorid, const char *project_id,
                                 struct flavor_access_list *list)
{
    struct db_params params = { .count = 0 };
    const char *id = mem_printf(context->mem, "%lld", (long long)list->id);
    struct db_rows rows;
    struct fault *fault;

    db_param_int(&params, context->mem, list->id);
    db_param_text(&params, project_id);
    db_param_time(&params, context->mem, clock_utc_usec());
    fault = run(context, &FLAVOR_ACCESS_ADD, &params, &rows);
    if (db_fault_is_duplicate(fault, NULL))
        return fault_new(context->mem, FlavorAccessExists, id, project_id);
    TRY(fault);
    TRY(tell_update(context, flavorid));
    return flavors_access(context, flavorid, list);
}

struct fault *flavors_access_remove(const struct context *context, const char *flavorid, const char *project_id,
                                    struct flavor_access_list *list)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    db_param_int(&params, context->mem, list->id);
    db_param_text(&params, project_id);
    TRY(run(context, &FLAVOR_ACCESS_REMOVE, &params, &rows));
    if (!rows.affected)
        return fault_new(context->mem, FlavorAccessNotFound, mem_printf(context->mem, "%lld", (long long)list->id),
                         project_id);
    TRY(tell_update(context, flavorid));
    return flavors_access(context, flavorid, list);
}

/* ---- extra specs ---- */

struct fault *flavors_put_specs(const struct context *context, const char *flavorid, const char *const *keys,
                                const char *const *values, size_t count)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    if (!count)
        return NULL;
    db_param_text(&params, flavorid);
    db_param_texts(&params, context->mem, keys, count);
    db_param_texts(&params, context->mem, values, count);
    db_param_time(&params, context->mem, clock_utc_usec());
    TRY(run(context, &FLAVOR_SPECS_PUT, &params, &rows));
    return tell_update(context, flavorid);
}

struct fault *flavors_delete_spec(const struct context *context, const char *flavorid, const char *key, bool *deleted)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    db_param_text(&params, flavorid);
    db_param_text(&params, key);
    TRY(run(context, &FLAVOR_SPEC_DELETE, &params, &rows));
    *deleted = rows.affected > 0;
    return *deleted ? tell_update(context, flavorid) : NULL;
}
