/* SPDX-License-Identifier: Apache-2.0 */
/* Moves of servers, read; see the header. */
#include "config.h"

#include "fcgi_app/compute/migrations.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"

#include <string.h>

LOG_MODULE("nova.compute.multi_cell_list");

/* Where a list ends that was shown before. */
struct marker {
    int64_t created_at, id;
    const char *uuid;
};

static bool is_cell0(const struct db_cell *cell)
{
    return !strcmp(cell->uuid, "00000000-0000-0000-0000-000000000000");
}

static void fill(const struct context *context, const struct migration_search *search, const struct marker *marker,
                 struct db_params *params)
{
    const char *const texts[] = { search->status,  search->host,      search->host ? NULL : search->source_compute,
                                  search->node,    search->type,      search->instance_uuid,
                                  search->user_id, search->project_id };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        db_param_text(params, texts[i]);
    db_param_time(params, context->mem, search->changes_since);
    db_param_time(params, context->mem, search->changes_before);
    db_param_text(params, search->uuid);
    if (!search->sorted)
        return;
    db_param_time(params, context->mem, marker->created_at);
    db_param_int(params, context->mem, marker->id);
    db_param_text(params, marker->uuid);
    db_param_int(params, context->mem, search->limit);
}

/* Asks all cells that hold servers at once; answers[i] is that of cells[i]. */
static struct db_answer *ask(const struct context *context, const struct db_cell *cells, size_t count,
                             const struct db_statement *statement, const struct db_params *params)
{
    struct db_answer *answers = mem_array(context->mem, struct db_answer, count + 1);
    struct db_batch *batch = db_batch(context, context->mem);

    for (size_t i = 0; i < count; i++)
        if (!is_cell0(&cells[i]))
            db_batch_add(batch, cells[i].link, statement, params, &answers[i]);
    db_batch_run(batch, 0);
    return answers;
}

static struct fault *find_marker(const struct context *context, const struct db_cell *cells, size_t count,
                                 const char *uuid, struct marker *marker)
{
    struct db_params params = { 0 };
    struct db_answer *answers;

    db_param_text(&params, uuid);
    answers = ask(context, cells, count, &MIGRATION_BY_UUID, &params);
    for (size_t i = 0; i < count; i++)
        if (!answers[i].fault && answers[i].rows.count) {
            const struct migration_row *row = answers[i].rows.rows;

            *marker = (struct marker){ row->created_at, row->id, row->uuid };
            return NULL;
        }
    return fault_new(context->mem, MarkerNotFound, uuid);
}

/* Does a come before b? */
static bool before(const struct migration_row *a, const struct migration_row *b)
{
    if (a->created_at != b->created_at)
        return a->created_at > b->created_at;
    if (a->id != b->id)
        return a->id > b->id;
    return strcmp(a->uuid ? a->uuid : "", b->uuid ? b->uuid : "") < 0;
}

/* Of one move between cells each has a row: the one that was changed last counts. */
static const struct migration_row *newer(const struct migration_row *a, const struct migration_row *b)
{
    int64_t at_a = a->updated_at == DB_NO_TIME ? a->created_at : a->updated_at;
    int64_t at_b = b->updated_at == DB_NO_TIME ? b->created_at : b->updated_at;

    return at_a > at_b ? a : b;
}

static void add(struct migration_list *list, const struct migration_row *row)
{
    for (size_t i = 0; i < list->count; i++)
        if (row->uuid && list->rows[i]->uuid && !strcmp(list->rows[i]->uuid, row->uuid)) {
            list->rows[i] = newer(list->rows[i], row);
            return;
        }
    list->rows[list->count++] = row;
}

/* The pages of the cells as one. */
static void merge(const struct context *context, const struct migration_search *search, const struct db_answer *answers,
                  size_t count, struct migration_list *list)
{
    size_t *taken = mem_array(context->mem, size_t, count + 1);

    for (int64_t left = search->limit; left > 0; left--) {
        const struct migration_row *next = NULL;
        size_t from = 0;

        for (size_t i = 0; i < count; i++) {
            const struct migration_row *rows = answers[i].rows.rows;

            if (taken[i] < answers[i].rows.count && (!next || before(&rows[taken[i]], next))) {
                next = &rows[taken[i]];
                from = i;
            }
        }
        if (!next)
            return;
        taken[from]++;
        add(list, next);
    }
}

static struct fault *check_down(const struct context *context, const struct db_cell *cells, size_t count,
                                const struct db_answer *answers)
{
    for (size_t i = 0; i < count; i++) {
        if (!answers[i].fault)
            continue;
        if (!conf_bool(context->worker->conf, OPTION_api_list_records_by_skipping_down_cells))
            return fault_text(context->mem, NovaException,
                              "Cell %s is not responding but configuration indicates that we should fail.",
                              cells[i].uuid);
        log_warning("Cell %s is not responding and hence is being omitted from the results", cells[i].uuid);
    }
    return NULL;
}

/* Hidden ones are not shown; on a page they have had their place. */
static void drop_hidden(struct migration_list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++)
        if (!list->rows[i]->hidden)
            list->rows[kept++] = list->rows[i];
    list->count = kept;
}

struct fault *migrations_list(const struct context *context, const struct migration_search *search,
                              struct migration_list *list)
{
    struct marker marker = { DB_NO_TIME, DB_NULL_INT, NULL };
    struct db_params params = { 0 };
    const struct db_cell *cells;
    struct db_answer *answers;
    size_t count, room = 0;

    *list = (struct migration_list){ 0 };
    TRY(db_cells(context, &cells, &count));
    if (search->sorted && search->marker && *search->marker)
        TRY(find_marker(context, cells, count, search->marker, &marker));
    fill(context, search, &marker, &params);
    answers = ask(context, cells, count, search->sorted ? &MIGRATIONS_PAGE : &MIGRATIONS_ALL, &params);
    if (search->sorted)
        TRY(check_down(context, cells, count, answers));
    for (size_t i = 0; i < count; i++) {
        if (!search->sorted)
            TRY(answers[i].fault);
        room += answers[i].rows.count;
    }
    list->rows = mem_array(context->mem, const struct migration_row *, room + 1);
    if (search->sorted)
        merge(context, search, answers, count, list);
    for (size_t i = 0; !search->sorted && i < count; i++)
        for (size_t j = 0; j < answers[i].rows.count; j++)
            list->rows[list->count++] = (const struct migration_row *)answers[i].rows.rows + j;
    drop_hidden(list);
    return NULL;
}

struct fault *migrations_of_server(const struct context *context, const struct target *target,
                                   struct migration_list *list)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    *list = (struct migration_list){ 0 };
    if (!target->cell)
        return NULL;
    db_param_text(&params, target->row->uuid);
    TRY(db_query(context, context->mem, target->cell->link, &LIVE_MIGRATIONS_OF_INSTANCE, &params, &rows));
    list->rows = mem_array(context->mem, const struct migration_row *, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        list->rows[list->count++] = (const struct migration_row *)rows.rows + i;
    return NULL;
}

struct fault *migration_of_server(const struct context *context, const struct target *target, const char *id,
                                  const struct migration_row **migration)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    *migration = NULL;
    if (!target->cell)
        return NULL;
    /* what is no number, the database refuses, as the reference's */
    db_param_text(&params, id);
    db_param_text(&params, target->row->uuid);
    TRY(db_query(context, context->mem, target->cell->link, &MIGRATION_OF_INSTANCE, &params, &rows));
    if (rows.count)
        *migration = rows.rows;
    return NULL;
}

const char *migration_kind(const struct migration_row *migration)
{
    if (migration->migration_type)
        return migration->migration_type;
    return migration->old_instance_type_id != migration->new_instance_type_id ? "resize" : "migration";
}

bool migration_is_live(const struct migration_row *migration)
{
    static const char *const states[] = { "queued", "preparing", "running", "post-migrating" };

    if (strcmp(migration_kind(migration), "live-migration") != 0)
        return false;
    for (size_t i = 0; migration->status && i < sizeof(states) / sizeof(states[0]); i++)
        if (!strcmp(migration->status, states[i]))
            return true;
    return false;
}
