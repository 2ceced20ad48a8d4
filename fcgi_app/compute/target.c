/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the server of a verb and checking it; target_save.c writes it. */
#include "config.h"

#include "fcgi_app/compute/target.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/placement.h"
#include "fcgi_app/db/hosts.h"
#include "fcgi_app/db/instance_mappings.h"
#include "fcgi_app/objects/hosts.h"
#include "fcgi_app/objects/instance.h"

#include <string.h>

LOG_MODULE("nova.compute.api");

/* What is asked of a cell. */
enum { ASK_ROW, ASK_TEXTS, ASK_SERVICES, ASK_HOST_SERVICE, ASK_TAGS, ASK_BDMS, ASK_COUNT };

static const struct {
    const struct db_statement *statement;
    unsigned wants; /* 0: always */
} questions[ASK_COUNT] = {
    [ASK_ROW] = { &INSTANCE_ROW, 0 },
    [ASK_TEXTS] = { &INSTANCE_TEXTS, 0 },
    [ASK_SERVICES] = { &INSTANCE_SERVICES, INSTANCE_WITH_SERVICES },
    [ASK_HOST_SERVICE] = { &INSTANCE_HOST_SERVICE, INSTANCE_WITH_HOST_SERVICE },
    [ASK_TAGS] = { &INSTANCE_TAGS_OF, INSTANCE_WITH_TAGS },
    [ASK_BDMS] = { &BDMS_OF_INSTANCE, INSTANCE_WITH_BDMS },
};

struct search {
    const struct context *context;
    const void *mem;
    const char *uuid;
    unsigned wants;
    struct db_params lookup_params, row_params, uuid_params;
    struct db_answer lookup, answers[ASK_COUNT];
    const struct db_cell *cells, *asked;
    size_t cell_count;
};

static void ask_lookup(struct search *search, struct db_batch *batch)
{
    search->lookup_params = (struct db_params){ 0 };
    db_param_text(&search->lookup_params, search->uuid);
    db_param_text(&search->lookup_params, ""); /* no project's groups: the group is of no interest */
    db_batch_add(batch, db_api(search->context->worker->db), &INSTANCE_LOOKUP, &search->lookup_params, &search->lookup);
}

static void ask_cell(struct search *search, struct db_batch *batch, const struct db_cell *cell)
{
    const struct context *context = search->context;
    bool own = !context->is_admin && context->user_id && context->project_id;

    search->asked = cell;
    search->row_params = (struct db_params){ 0 };
    db_param_text(&search->row_params, search->uuid);
    db_param_text(&search->row_params, own ? context->project_id : NULL);
    db_param_int(&search->row_params, search->mem, search->wants);
    search->uuid_params = (struct db_params){ 0 };
    db_param_text(&search->uuid_params, search->uuid);
    for (size_t i = 0; i < ASK_COUNT; i++)
        if (!questions[i].wants || (questions[i].wants & search->wants))
            db_batch_add(batch, cell->link, questions[i].statement,
                         i == ASK_ROW ? &search->row_params : &search->uuid_params, &search->answers[i]);
}

static struct fault *not_found(const struct search *search)
{
    return fault_new(search->mem, InstanceNotFound, search->uuid);
}

/* Asks the API database, and the cell where it mostly is. */
static struct fault *look(struct search *search)
{
    struct db_batch *batch = db_batch(search->context, search->mem);
    const struct db_cell *cell = db_only_cell(search->cells, search->cell_count);

    ask_lookup(search, batch);
    if (cell)
        ask_cell(search, batch, cell);
    db_batch_run(batch, 0);
    return search->lookup.fault;
}

void target_keep_stored(struct target *target)
{
    target->stored =
        (struct target_stored){ target->row->vm_state, target->row->task_state, target->row->display_name };
}

/* The answers of its cell; InstanceNotFound when that has no such server. */
static struct fault *from_cell(struct search *search, const struct db_cell *cell, struct target *target)
{
    const struct context *context = search->context;
    struct db_answer *answers = search->answers;
    const struct db_rows *services;

    /* A cell's servers are for those within a project, and for administrators; its database comes before the policies.
     */
    if (!context_is_someone(context))
        return fault_new(search->mem, Forbidden);
    if (search->asked != cell) {
        struct db_batch *batch = db_batch(context, search->mem);

        ask_cell(search, batch, cell);
        db_batch_run(batch, 0);
    }
    for (size_t i = 0; i < ASK_COUNT; i++)
        if (answers[i].fault)
            return answers[i].fault;
    if (!answers[ASK_ROW].rows.count)
        return not_found(search);
    target->cell = cell;
    target->row = answers[ASK_ROW].rows.rows;
    target_keep_stored(target);
    services = &answers[target->wants & INSTANCE_WITH_SERVICES ? ASK_SERVICES : ASK_HOST_SERVICE].rows;
    target->services = services->rows;
    target->service_count = services->count;
    target->tags = answers[ASK_TAGS].rows.rows;
    target->tag_count = answers[ASK_TAGS].rows.count;
    target->bdms = answers[ASK_BDMS].rows.rows;
    target->bdm_count = answers[ASK_BDMS].rows.count;
    for (size_t i = 0; i < answers[ASK_TEXTS].rows.count; i++) {
        const struct instance_text *text = (const struct instance_text *)answers[ASK_TEXTS].rows.rows + i;
        struct target_texts *texts = *text->kind == 'm' ? &target->metadata : &target->system_metadata;

        if (!texts->items)
            texts->items = mem_array(search->mem, struct instance_pair, answers[ASK_TEXTS].rows.count);
        texts->items[texts->count++] = (struct instance_pair){ text->key, text->value };
    }
    return NULL;
}

static void take_texts(const void *mem, struct target_texts *texts, const json_t *object)
{
    const char *key;
    json_t *value;

    texts->items = mem_array(mem, struct instance_pair, json_object_size(object) + 1);
    json_object_foreach((json_t *)(uintptr_t)object, key, value) texts->items[texts->count++] =
        (struct instance_pair){ key, json_string_value(value) };
}

static bool from_request(struct search *search, struct target *target)
{
    struct build_request *request = mem_new(search->mem, struct build_request);
    const json_t *data = NULL;

    if (!instance_lookup_request(search->lookup.rows.rows, request))
        return false;
    target->row = instance_row_from_request(search->mem, request, &data);
    if (!target->row)
        return false;
    target->request = request;
    take_texts(search->mem, &target->metadata, json_object_get(data, "metadata"));
    take_texts(search->mem, &target->system_metadata, json_object_get(data, "system_metadata"));
    return true;
}

static struct fault *search_open(const struct context *context, const char *uuid, unsigned wants,
                                 struct search **search, struct target **target)
{
    *search = mem_new(context->mem, struct search);
    (*search)->context = context;
    (*search)->mem = context->mem;
    (*search)->uuid = uuid;
    (*search)->wants = wants;
    *target = mem_new(context->mem, struct target);
    (*target)->mem = context->mem;
    (*target)->wants = wants;
    (*target)->saved_at = DB_NO_TIME;
    return db_cells(context, &(*search)->cells, &(*search)->cell_count);
}

struct fault *target_look_up(const struct context *context, const char *uuid, unsigned wants, struct target **target)
{
    const struct instance_lookup *lookup;
    const struct db_cell *cell;
    struct search *search;
    struct fault *fault;

    if (!text_is_uuid_like(uuid))
        return fault_new(context->mem, InstanceNotFound, uuid);
    TRY(search_open(context, uuid, wants, &search, target));
    TRY(look(search));
    if (!search->lookup.rows.count)
        return not_found(search);
    lookup = search->lookup.rows.rows;
    if (lookup->mapping.cell_id == DB_NULL_INT) {
        if (from_request(search, *target))
            return NULL;
        /* it may have got its cell between two looks */
        TRY(look(search));
        lookup = search->lookup.rows.rows;
        if (!search->lookup.rows.count || lookup->mapping.cell_id == DB_NULL_INT)
            return not_found(search);
    }
    cell = db_cell_by_id(search->cells, search->cell_count, lookup->mapping.cell_id);
    if (!cell)
        return not_found(search);
    fault = from_cell(search, cell, *target);
    if (fault && fault->name != FAULT_InstanceNotFound) {
        log_error("%s", fault->message);
        return fault_text(context->mem, NovaException,
                          "Cell %s is not responding or returned an exception, hence instance info is not available.",
                          cell->uuid);
    }
    TRY(fault);
    instance_mapping_complete(search->context, &lookup->mapping, (*target)->row->user_id);
    return NULL;
}

struct fault *target_find(const struct context *context, const char *uuid, unsigned wants, struct target **target)
{
    struct fault *fault = target_look_up(context, uuid, wants, target);

    if (fault && fault->name == FAULT_InstanceNotFound)
        return fault_http(context->mem, 404, "%s", fault->message);
    return fault;
}

struct fault *target_find_mapped(const struct context *context, const char *uuid, unsigned wants,
                                 struct target **target)
{
    const struct instance_lookup *lookup;
    const struct db_cell *cell = NULL;
    struct search *search;
    struct fault *fault;

    TRY(search_open(context, uuid, wants, &search, target));
    (*target)->context_copied = true;
    TRY(look(search));
    lookup = search->lookup.rows.rows;
    if (!search->lookup.rows.count)
        return fault_http(context->mem, 404, "%s", fault_new(context->mem, InstanceMappingNotFound, uuid)->message);
    if (lookup->mapping.cell_id != DB_NULL_INT)
        cell = db_cell_by_id(search->cells, search->cell_count, lookup->mapping.cell_id);
    fault = cell ? from_cell(search, cell, *target) : not_found(search);
    if (fault && fault->name == FAULT_InstanceNotFound)
        return fault_http(context->mem, 404, "%s", fault->message);
    return fault;
}

const char *target_system(const struct target *target, const char *key)
{
    for (size_t i = 0; i < target->system_metadata.count; i++)
        if (!strcmp(target->system_metadata.items[i].key, key))
            return target->system_metadata.items[i].value;
    return NULL;
}

void target_put_object(const struct target *target, struct strbuf *out)
{
    instance_object_put(out, &(struct instance_source){
                                 .row = target->row,
                                 .wants = target->wants,
                                 .metadata = target->metadata.items,
                                 .metadata_count = target->metadata.count,
                                 .system_metadata = target->system_metadata.items,
                                 .system_metadata_count = target->system_metadata.count,
                                 .services = target->services,
                                 .service_count = target->service_count,
                                 .tags = target->tags,
                                 .tag_count = target->tag_count,
                                 .changes = target->changes,
                             });
}

bool target_host_is_up(const struct context *context, const struct target *target)
{
    const struct instance_service_row *service = target->services;

    return target->service_count &&
           service_is_up(context, &(struct service_row){ .id = service->id,
                                                         .uuid = service->uuid,
                                                         .host = service->host,
                                                         .binary = service->binary,
                                                         .topic = service->topic,
                                                         .disabled = service->disabled,
                                                         .disabled_reason = service->disabled_reason,
                                                         .forced_down = service->forced_down,
                                                         .version = service->version,
                                                         .created_at = service->created_at,
                                                         .updated_at = service->updated_at,
                                                         .last_seen_up = service->last_seen_up });
}

/* ---- checks ---- */

struct fault *target_check_lock(const struct context *context, const struct target *target)
{
    if (target->row->locked && !context->is_admin)
        return fault_new(target->mem, InstanceIsLocked, target->row->uuid);
    return NULL;
}

struct fault *target_check_host_up(const struct context *context, const struct target *target)
{
    TRY(target_check_host(target));
    if (!target->service_count)
        return fault_new(target->mem, IndexError, "list index out of range");
    return target_host_is_up(context, target) ? NULL : fault_new(target->mem, ServiceUnavailable);
}

struct fault *target_check_host(const struct target *target)
{
    if (!target->row->host || !*target->row->host)
        return fault_new(target->mem, InstanceNotReady, target->row->uuid);
    return NULL;
}

static bool state_among(const struct instance_states *states, const char *state)
{
    for (size_t i = 0; i < states->count; i++)
        if (!states->items[i] || !state ? states->items[i] == state : !strcmp(states->items[i], state))
            return true;
    return false;
}

static struct fault *invalid_state(const struct target *target, const char *attribute, const char *state,
                                   const char *action)
{
    if (!state)
        return fault_text(target->mem, InstanceInvalidState, "Instance %s is in an invalid state for '%s'",
                          target->row->uuid, action);
    return fault_text(target->mem, InstanceInvalidState, "Cannot '%s' instance %s while it is in %s %s", action,
                      target->row->uuid, attribute, state);
}

struct fault *target_check_states(const struct target *target, const struct instance_states *vm_states,
                                  const struct instance_states *task_states, bool launched, const char *action)
{
    const struct instance_row *row = target->row;

    if (vm_states && vm_states->count && !state_among(vm_states, row->vm_state))
        return invalid_state(target, "vm_state", row->vm_state, action);
    if (task_states && task_states->count && !state_among(task_states, row->task_state))
        return invalid_state(target, "task_state", row->task_state, action);
    if (launched && row->launched_at == DB_NO_TIME)
        return invalid_state(target, "launched_at", NULL, action);
    return NULL;
}

struct fault *target_reject_task_states(const struct target *target, const struct instance_states *task_states,
                                        const char *action)
{
    return state_among(task_states, target->row->task_state)
               ? invalid_state(target, "task_state", target->row->task_state, action)
               : NULL;
}

struct fault *target_conflict(const struct target *target, struct fault *fault)
{
    if (fault && fault_is(fault, FAULT_InstanceInvalidState))
        return fault_http(target->mem, 409, "%s", fault->message);
    return fault;
}

/* ---- where it is ---- */

struct fault *target_node_has_trait(const struct context *context, const struct target *target, const char *trait,
                                    bool *has)
{
    struct db_params params = { 0 };
    const struct compute_node *nodes;
    const char *const *traits;
    struct db_rows rows;

    *has = false;
    db_param_text(&params, target->row->host);
    TRY(db_query(context, target->mem, target->cell->link, &COMPUTE_NODES_OF_HOST, &params, &rows));
    nodes = rows.rows;
    for (size_t i = 0; i < rows.count; i++) {
        if (!target->row->node || strcmp(nodes[i].hypervisor_hostname, target->row->node))
            continue;
        TRY(placement_provider_traits(context, target->mem, nodes[i].uuid, &traits));
        for (size_t j = 0; traits[j]; j++)
            *has = *has || !strcmp(traits[j], trait);
        return NULL;
    }
    return fault_new(target->mem, ComputeHostNotFound, target->row->host ? target->row->host : "None");
}
