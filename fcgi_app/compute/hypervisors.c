/* SPDX-License-Identifier: Apache-2.0 */
/* Hypervisors of all cells; see the header. */
#include "config.h"

#include "fcgi_app/compute/hypervisors.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"

#include <stdlib.h>
#include <string.h>

/* One statement at all cells but cell0. */
struct survey {
    const struct db_cell *cells;
    size_t count;
    struct db_answer *answers; /* of cell0: no rows */
};

static struct fault *open_survey(const struct context *context, struct survey *survey)
{
    TRY(db_cells(context, &survey->cells, &survey->count));
    survey->answers = mem_array(context->mem, struct db_answer, survey->count);
    return NULL;
}

static void add(struct db_batch *batch, struct survey *survey, const struct db_statement *statement,
                const struct db_params *params)
{
    for (size_t i = 0; i < survey->count; i++)
        if (!survey->cells[i].is_cell0)
            db_batch_add(batch, survey->cells[i].link, statement, params, &survey->answers[i]);
}

static struct fault *survey_fault(const struct survey *survey)
{
    for (size_t i = 0; i < survey->count; i++)
        TRY(survey->answers[i].fault);
    return NULL;
}

static struct fault *ask(const struct context *context, const struct db_statement *statement,
                         const struct db_params *params, struct survey *survey)
{
    struct db_batch *batch = db_batch(context, context->mem);

    TRY(open_survey(context, survey));
    add(batch, survey, statement, params);
    db_batch_run(batch, 0);
    return survey_fault(survey);
}

static bool is_number(const char *text)
{
    size_t length = strspn(text, "0123456789");

    return length && length < 19 && !text[length];
}

/* ---- which nodes ---- */

/* The cell in which the marker is (cells before it have nothing to show), and its id there. */
static struct fault *find_marker(const struct context *context, const char *marker, size_t *cell, int64_t *id)
{
    bool is_uuid = text_is_uuid_like(marker);
    struct db_params params = { 0 };
    struct survey survey;

    if (!is_uuid && !is_number(marker))
        return fault_new(context->mem, MarkerNotFound, marker);
    db_param_text(&params, marker);
    TRY(ask(context, is_uuid ? &COMPUTE_NODE_BY_UUID : &COMPUTE_NODE_BY_ID, &params, &survey));
    for (*cell = 0; *cell < survey.count; ++*cell) {
        if (!survey.answers[*cell].rows.count)
            continue;
        *id = ((const struct compute_node *)survey.answers[*cell].rows.rows)->id;
        return NULL;
    }
    return fault_new(context->mem, MarkerNotFound, marker);
}

static struct fault *page(const struct context *context, const struct hypervisors_query *query, struct survey *survey)
{
    struct db_params first = { 0 }, behind = { 0 };
    struct db_batch *batch = db_batch(context, context->mem);
    size_t from = 0;
    int64_t id = DB_NULL_INT, left = query->limit;

    if (query->marker)
        TRY(find_marker(context, query->marker, &from, &id));
    TRY(open_survey(context, survey));
    db_param_int(&first, context->mem, DB_NULL_INT);
    db_param_int(&first, context->mem, left < 0 ? DB_NULL_INT : left);
    db_param_int(&behind, context->mem, id);
    db_param_int(&behind, context->mem, left < 0 ? DB_NULL_INT : left);
    for (size_t i = from; i < survey->count; i++)
        if (!survey->cells[i].is_cell0)
            db_batch_add(batch, survey->cells[i].link, &COMPUTE_NODES_PAGE,
                         query->marker && i == from ? &behind : &first, &survey->answers[i]);
    db_batch_run(batch, 0);
    TRY(survey_fault(survey));
    /* the page ends where the limit is reached, cell by cell */
    for (size_t i = from; left >= 0 && i < survey->count; i++) {
        if ((int64_t)survey->answers[i].rows.count > left)
            survey->answers[i].rows.count = (size_t)left;
        left -= (int64_t)survey->answers[i].rows.count;
    }
    return NULL;
}

static struct fault *by_id(const struct context *context, const char *id, struct survey *survey)
{
    bool is_uuid = text_is_uuid_like(id), found = false;
    struct db_params params = { 0 };

    if (!is_uuid && !is_number(id))
        return fault_new(context->mem, ComputeHostNotFound, id);
    db_param_text(&params, id);
    TRY(ask(context, is_uuid ? &COMPUTE_NODE_BY_UUID : &COMPUTE_NODE_BY_ID, &params, survey));
    for (size_t i = 0; i < survey->count; i++) {
        if (found)
            survey->answers[i].rows.count = 0; /* numbers are not unique over cells: the first counts */
        found = found || survey->answers[i].rows.count;
    }
    return found ? NULL : fault_new(context->mem, ComputeHostNotFound, id);
}

static struct fault *choose(const struct context *context, const struct hypervisors_query *query, struct survey *survey)
{
    struct db_params params = { 0 };

    if (query->id)
        return by_id(context, query->id, survey);
    if (!query->name)
        return page(context, query, survey);
    db_param_text(&params, mem_printf(context->mem, "%%%s%%", query->name));
    return ask(context, &COMPUTE_NODES_BY_NAME, &params, survey);
}

/* ---- what belongs to them ---- */

static int compare_mappings(const void *a, const void *b)
{
    return strcmp(((const struct host_mapping_row *)a)->host, ((const struct host_mapping_row *)b)->host);
}

static int compare_services(const void *a, const void *b)
{
    return strcmp(((const struct service_row *)a)->host, ((const struct service_row *)b)->host);
}

/* A host's service is that of the cell in which its mapping puts it. */
static void attach(struct hypervisor *hypervisor, const struct db_rows *mappings, const struct survey *services,
                   const struct survey *instances)
{
    const struct host_mapping_row key = { .host = hypervisor->node->host }, *mapping = NULL;
    const struct service_row service_key = { .host = hypervisor->node->host };

    if (key.host && mappings->count)
        mapping = bsearch(&key, mappings->rows, mappings->count, sizeof(key), compare_mappings);
    for (size_t i = 0; mapping && i < services->count; i++) {
        const struct db_rows *rows = &services->answers[i].rows;

        if (services->cells[i].id != mapping->cell_id)
            continue;
        hypervisor->mapped = true;
        hypervisor->service.cell = &services->cells[i];
        if (rows->count)
            hypervisor->service.row =
                bsearch(&service_key, rows->rows, rows->count, sizeof(service_key), compare_services);
        if (instances)
            hypervisor->instances = &instances->answers[i].rows;
    }
}

struct fault *hypervisors_find(const struct context *context, const struct hypervisors_query *query,
                               struct hypervisors *found)
{
    struct survey nodes, services, instances;
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params hosts = { 0 };
    struct db_answer mappings;
    const char **names;
    size_t total = 0;

    TRY(choose(context, query, &nodes));
    for (size_t i = 0; i < nodes.count; i++)
        total += nodes.answers[i].rows.count;
    *found = (struct hypervisors){ mem_array(context->mem, struct hypervisor, total), 0 };
    names = mem_array(context->mem, const char *, total);
    for (size_t i = 0; i < nodes.count; i++)
        for (size_t j = 0; j < nodes.answers[i].rows.count; j++) {
            const struct compute_node *node = (const struct compute_node *)nodes.answers[i].rows.rows + j;

            names[found->count] = node->host ? node->host : "";
            found->items[found->count++].node = node;
        }
    if (!total)
        return NULL;
    TRY(open_survey(context, &services));
    TRY(open_survey(context, &instances));
    db_param_texts(&hosts, context->mem, names, total);
    db_batch_add(batch, db_api(context->worker->db), &HOST_MAPPINGS_BY_HOSTS, &hosts, &mappings);
    add(batch, &services, &COMPUTE_SERVICES_ON_HOSTS, &hosts);
    if (query->instances)
        add(batch, &instances, &INSTANCES_ON_HOSTS, &hosts);
    db_batch_run(batch, 0);
    TRY(mappings.fault);
    TRY(survey_fault(&services));
    TRY(survey_fault(&instances));
    if (mappings.rows.count)
        qsort(mappings.rows.rows, mappings.rows.count, sizeof(struct host_mapping_row), compare_mappings);
    for (size_t i = 0; i < services.count; i++)
        if (services.answers[i].rows.count)
            qsort(services.answers[i].rows.rows, services.answers[i].rows.count, sizeof(struct service_row),
                  compare_services);
    for (size_t i = 0; i < found->count; i++)
        attach(&found->items[i], &mappings.rows, &services, query->instances ? &instances : NULL);
    return NULL;
}

/* ---- sums ---- */

struct fault *hypervisors_statistics(const struct context *context, struct compute_node_sums *sums)
{
    struct survey survey;

    *sums = (struct compute_node_sums){ 0 };
    TRY(ask(context, &COMPUTE_NODE_SUMS, NULL, &survey));
    for (size_t i = 0; i < survey.count; i++) {
        const struct compute_node_sums *cell = survey.answers[i].rows.rows;

        if (!survey.answers[i].rows.count)
            continue;
        sums->count += cell->count;
        sums->vcpus += cell->vcpus;
        sums->memory_mb += cell->memory_mb;
        sums->local_gb += cell->local_gb;
        sums->vcpus_used += cell->vcpus_used;
        sums->memory_mb_used += cell->memory_mb_used;
        sums->local_gb_used += cell->local_gb_used;
        sums->free_ram_mb += cell->free_ram_mb;
        sums->free_disk_gb += cell->free_disk_gb;
        sums->current_workload += cell->current_workload;
        sums->running_vms += cell->running_vms;
        sums->disk_available_least += cell->disk_available_least;
    }
    return NULL;
}
