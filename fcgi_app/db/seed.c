/* SPDX-License-Identifier: Apache-2.0 */
/* The demonstration cloud: three scripts, and what they must know of each other. */
#include "config.h"

#include "fcgi_app/db/seed.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/worker.h"

#include <inttypes.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char flavors_script[] =
#include "fcgi_app/db/seed/flavors.def"
    ;
static const char names_script[] =
#include "fcgi_app/db/seed/names.def"
    ;
static const char cell_script[] =
#include "fcgi_app/db/seed/cell.def"
    ;
static const char api_script[] =
#include "fcgi_app/db/seed/api.def"
    ;

/* The flavors as the scripts take them: numbers, and the object's text for instance_extra and request_specs. */
struct flavors {
    const char *flavors;
};
static const struct db_column flavors_columns[] = { COL_TEXT(struct flavors, flavors) };
const struct db_statement SEED_FLAVORS = {
    .name = "seed_flavors",
    .sql = "SELECT jsonb_agg(jsonb_build_object('id', id, 'memory_mb', memory_mb, 'vcpus', vcpus, 'root_gb', root_gb,"
           " 'ephemeral_gb', ephemeral_gb, 'text', '{\"nova_object.name\": \"Flavor\", \"nova_object.namespace\":"
           " \"nova\", \"nova_object.version\": \"1.2\", \"nova_object.data\": {\"id\": ' || id || ', \"name\": ' ||"
           " to_json(name) || ', \"memory_mb\": ' || memory_mb || ', \"vcpus\": ' || vcpus || ', \"root_gb\": ' ||"
           " root_gb || ', \"ephemeral_gb\": ' || ephemeral_gb || ', \"flavorid\": ' || to_json(flavorid) ||"
           " ', \"swap\": ' || swap || ', \"rxtx_factor\": 1.0, \"vcpu_weight\": 0, \"disabled\": false,"
           " \"is_public\": true, \"extra_specs\": {' || coalesce((SELECT string_agg(to_json(key) || ': ' ||"
           " to_json(value), ', ' ORDER BY id) FROM flavor_extra_specs WHERE flavor_id = f.id), '') || '},"
           " \"description\": null, \"created_at\": \"' || to_char(created_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') ||"
           " '\", \"updated_at\": null, \"deleted_at\": null, \"deleted\": false}, \"nova_object.changes\":"
           " [\"extra_specs\"]}') ORDER BY id)::text AS flavors"
           " FROM flavors f WHERE flavorid IN ('1', '2', '3', '42')",
    .database = "api",
    .columns = flavors_columns,
    .column_count = 1,
    .row_size = sizeof(struct flavors),
};

struct last {
    int64_t last;
};
static const struct db_column last_columns[] = { COL_INT(struct last, last) };
const struct db_statement SEED_LAST = {
    .name = "seed_last",
    .sql = "SELECT coalesce(max(substring(display_name from '^demo-([0-9]{6,8})$')::int), 0) AS last FROM instances"
           " WHERE reservation_id = 'r-demoseed'",
    .database = "cell",
    .columns = last_columns,
    .column_count = 1,
    .row_size = sizeof(struct last),
};

static struct fault *first_cell(const struct context *context, const struct db_cell **found)
{
    const struct db_cell *cells;
    size_t count;

    TRY(db_cells(context, &cells, &count));
    for (size_t i = 0; i < count; i++)
        if (!cells[i].is_cell0) {
            *found = &cells[i];
            return NULL;
        }
    return fault_text(context->mem, Internal,
                      "There is no cell besides cell0 to put servers into: make one with cell_v2 create_cell");
}

struct fault *seed_demonstration(const struct context *context, const struct seed_plan *plan)
{
    const void *mem = context->mem;
    struct db_link *api = db_api(context->worker->db);
    unsigned hosts = plan->servers / 500 + 2;
    const struct db_cell *cell = NULL;
    struct db_rows flavors, last;

    TRY(first_cell(context, &cell));
    TRY(db_script(mem, api, NULL, flavors_script));
    TRY(db_query(context, mem, api, &SEED_FLAVORS, NULL, &flavors));
    TRY(db_query(context, mem, cell->link, &SEED_LAST, NULL, &last));
    const struct db_setting settings[] = {
        { "nova.first", mem_printf(mem, "%" PRId64, ((const struct last *)last.rows)->last + 1) },
        { "nova.servers", mem_printf(mem, "%u", plan->servers) },
        { "nova.hosts", mem_printf(mem, "%u", hosts) },
        { "nova.project", plan->project_id },
        { "nova.user", plan->user_id },
        { "nova.flavors", ((const struct flavors *)flavors.rows)->flavors },
        { "nova.service_version", mem_printf(mem, "%d", release_default()->service_version) },
        { "nova.cell_id", mem_printf(mem, "%" PRId64, cell->id) },
        { NULL, NULL },
    };
    TRY(db_script(mem, cell->link, settings, mem_printf(mem, "%s%s", names_script, cell_script)));
    TRY(db_script(mem, api, settings, mem_printf(mem, "%s%s", names_script, api_script)));
    TRY(db_script(mem, cell->link, NULL, "ANALYZE"));
    return db_script(mem, api, NULL, "ANALYZE");
}
