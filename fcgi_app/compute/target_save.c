/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of a server in memory, and their conditional write. Neighbour: db/instance_rows.c has the statement. */
#include "config.h"

#include "fcgi_app/compute/instance_actions.h"
#include "fcgi_app/compute/target_notify.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- in memory ---- */

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/* Where the column lies in the row. */
static void *column_at(struct target *target, const char *name, enum instance_column_type type,
                       const struct instance_column **column)
{
    *column = instance_column(name);
    if (!*column || (*column)->type != type) {
        fprintf(stderr, "nova-api-fcgi: there is no column %s of this type\n", name);
        abort();
    }
    return (char *)target->row + (*column)->offset;
}

/* It is among those to be written from now on, with the same value too: that a row was saved shows in its time. */
static void mark(struct target *target, const struct instance_column *column)
{
    for (size_t i = 0; i < target->changed_count; i++)
        if (target->changed[i] == column)
            return;
    target->changed[target->changed_count++] = column;
}

void target_set_text(struct target *target, const char *column, const char *value)
{
    const struct instance_column *found;
    const char **at = column_at(target, column, INSTANCE_COLUMN_TEXT, &found);

    mark(target, found);
    *at = value;
}

void target_set_int(struct target *target, const char *column, int64_t value)
{
    const struct instance_column *found;
    int64_t *at = column_at(target, column, INSTANCE_COLUMN_INT, &found);

    mark(target, found);
    *at = value;
}

void target_set_bool(struct target *target, const char *column, bool value)
{
    const struct instance_column *found;
    bool *at = column_at(target, column, INSTANCE_COLUMN_BOOL, &found);

    mark(target, found);
    *at = value;
}

void target_set_time(struct target *target, const char *column, int64_t value)
{
    const struct instance_column *found;
    int64_t *at = column_at(target, column, INSTANCE_COLUMN_TIME, &found);

    mark(target, found);
    *at = value;
}

/* Takes the key off a list of changes. */
static void forget(const char **keys, const char **values, size_t *count, const char *key)
{
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++)
        if (strcmp(keys[i], key)) {
            keys[kept] = keys[i];
            if (values)
                values[kept] = values[i];
            kept++;
        }
    *count = kept;
}

static void put_text(struct target *target, struct target_texts *texts, const char *key, const char *value)
{
    size_t at = 0;

    while (at < texts->count && strcmp(texts->items[at].key, key))
        at++;
    if (at < texts->count && same_text(texts->items[at].value, value))
        return;
    if (at == texts->count) {
        texts->items = mem_grow(target->mem, texts->items, struct instance_pair, texts->count + 1);
        texts->items[texts->count++].key = key;
    }
    texts->items[at].value = value;
    forget(texts->put_keys, texts->put_values, &texts->put_count, key);
    forget(texts->drop_keys, NULL, &texts->drop_count, key);
    texts->put_keys = mem_grow(target->mem, texts->put_keys, const char *, texts->put_count + 1);
    texts->put_values = mem_grow(target->mem, texts->put_values, const char *, texts->put_count + 1);
    texts->put_keys[texts->put_count] = key;
    texts->put_values[texts->put_count++] = value;
}

static void drop_text(struct target *target, struct target_texts *texts, const char *key)
{
    size_t at = 0;

    while (at < texts->count && strcmp(texts->items[at].key, key))
        at++;
    if (at == texts->count)
        return;
    memmove(&texts->items[at], &texts->items[at + 1], (texts->count - at - 1) * sizeof(texts->items[0]));
    texts->count--;
    forget(texts->put_keys, texts->put_values, &texts->put_count, key);
    texts->drop_keys = mem_grow(target->mem, texts->drop_keys, const char *, texts->drop_count + 1);
    texts->drop_keys[texts->drop_count++] = key;
}

void target_set_system(struct target *target, const char *key, const char *value)
{
    put_text(target, &target->system_metadata, key, value);
}

void target_drop_system(struct target *target, const char *key)
{
    drop_text(target, &target->system_metadata, key);
}

void target_set_metadata(struct target *target, const char *key, const char *value)
{
    put_text(target, &target->metadata, key, value);
}

void target_drop_metadata(struct target *target, const char *key)
{
    drop_text(target, &target->metadata, key);
}

/* The keys that begin so, but for those that the object has, go; those of the object are put. */
static void replace_texts(struct target *target, struct target_texts *texts, const char *prefix, const json_t *values)
{
    const char *key;
    json_t *value;

    for (size_t i = texts->count; i-- > 0;)
        if (!strncmp(texts->items[i].key, prefix, strlen(prefix)) && !json_object_get(values, texts->items[i].key))
            drop_text(target, texts, texts->items[i].key);
    json_object_foreach((json_t *)(uintptr_t)values, key, value) put_text(target, texts, key, json_string_value(value));
}

void target_replace_metadata(struct target *target, const json_t *values)
{
    replace_texts(target, &target->metadata, "", values);
}

void target_replace_system(struct target *target, const char *prefix, const json_t *values)
{
    replace_texts(target, &target->system_metadata, prefix, values);
}

void target_set_extra(struct target *target, const char *column, const char *text)
{
    target->extra_columns[target->extra_count] = column;
    target->extra_values[target->extra_count++] = text;
}

/* ---- why a write was not done ---- */

static void put_python_text(struct strbuf *out, const char *text)
{
    if (text)
        strbuf_printf(out, "'%s'", text);
    else
        strbuf_puts(out, "None");
}

/* {'task_state': [None, 'rebooting']} */
static void put_expected(struct strbuf *out, const char *name, const struct instance_states *states, const char *joint)
{
    strbuf_printf(out, "%s'%s': [", joint, name);
    for (size_t i = 0; i < states->count; i++) {
        strbuf_puts(out, i ? ", " : "");
        put_python_text(out, states->items[i]);
    }
    strbuf_puts(out, "]");
}

static bool among(const struct instance_states *states, const char *state)
{
    for (size_t i = 0; i < states->count; i++)
        if (same_text(states->items[i], state))
            return true;
    return false;
}

static struct fault *conflict(const struct context *context, const struct target *target,
                              const struct target_guard *guard)
{
    const struct instance_state_row *now;
    struct strbuf expected, actual;
    struct db_params params = { 0 };
    struct db_rows rows;
    bool vm, task;

    db_param_text(&params, target->row->uuid);
    TRY(db_query(context, target->mem, target->cell->link, &INSTANCE_STATE_NOW, &params, &rows));
    now = rows.rows;
    if (!rows.count || now->deleted)
        return fault_new(target->mem, InstanceNotFound, target->row->uuid);
    vm = guard->vm_states && guard->vm_states->count && !among(guard->vm_states, now->vm_state);
    task = guard->task_states && guard->task_states->count && !among(guard->task_states, now->task_state);
    if (!vm && !task)
        return fault_new(target->mem, UnknownInstanceUpdateConflict, target->row->uuid);
    strbuf_init(&expected, target->mem, 100);
    strbuf_init(&actual, target->mem, 100);
    if (task) {
        put_expected(&expected, "task_state", guard->task_states, "");
        strbuf_puts(&actual, "'task_state': ");
        put_python_text(&actual, now->task_state);
    }
    if (vm) {
        put_expected(&expected, "vm_state", guard->vm_states, task ? ", " : "");
        strbuf_printf(&actual, "%s'vm_state': ", task ? ", " : "");
        put_python_text(&actual, now->vm_state);
    }
#define CONFLICT(name)                                                                                                 \
    fault_new(target->mem, name, target->row->uuid, mem_printf(target->mem, "{%s}", expected.data),                    \
              mem_printf(target->mem, "{%s}", actual.data))
    if (task && same_text(now->task_state, "deleting"))
        return CONFLICT(UnexpectedDeletingTaskStateError);
    return task ? CONFLICT(UnexpectedTaskStateError) : CONFLICT(InstanceUpdateConflict);
#undef CONFLICT
}

/* ---- the write ---- */

static struct fault *no_cell(const struct target *target)
{
    return fault_text(target->mem, DBReferenceError, "Server %s is in no cell's database yet", target->row->uuid);
}

static struct fault *save_once(const struct context *context, struct target *target, const struct target_guard *guard,
                               const struct instance_write *write, struct db_rows *rows)
{
    struct db_params params = { 0 };

    (void)guard;
    return db_query(context, target->mem, target->cell->link, instance_write(target->mem, write, &params), &params,
                    rows);
}

/* The flavor's text when a save writes it too; else NULL. */
static const char *flavor_text(const struct target *target)
{
    struct strbuf text;

    if (!(target->wants & INSTANCE_WITH_FLAVOR) || !target->row->flavor.length)
        return NULL;
    strbuf_init(&text, target->mem, target->row->flavor.length + 200);
    return instance_flavors_put_saved(&text, target->row->flavor) ? text.data : NULL;
}

static struct fault *save_flavor(const struct context *context, const struct target *target, const char *flavor)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    if (!flavor)
        return NULL;
    db_param_text(&params, target->row->uuid);
    db_param_text(&params, flavor);
    db_param_time(&params, target->mem, clock_utc_usec());
    return db_query(context, target->mem, target->cell->link, &INSTANCE_FLAVOR_SET, &params, &rows);
}

struct fault *target_save(const struct context *context, struct target *target, const struct target_guard *guard)
{
    const struct target_texts *system = &target->system_metadata, *metadata = &target->metadata;
    struct instance_write write = {
        .uuid = target->row->uuid,
        .row = target->row,
        .columns = target->changed,
        .column_count = target->changed_count,
        .vm_states = guard->vm_states,
        .task_states = guard->task_states,
        .system_put_keys = system->put_keys,
        .system_put_values = system->put_values,
        .system_drop_keys = system->drop_keys,
        .system_put_count = system->put_count,
        .system_drop_count = system->drop_count,
        .meta_put_keys = metadata->put_keys,
        .meta_put_values = metadata->put_values,
        .meta_drop_keys = metadata->drop_keys,
        .meta_put_count = metadata->put_count,
        .meta_drop_count = metadata->drop_count,
        .action = guard->action,
        .request_id = context->request_id,
        .user_id = context->user_id,
        .action_project_id = context->project_id,
        .event = guard->event,
        .now = clock_utc_usec(),
    };
    bool changes = target->changed_count || system->put_count || system->drop_count || metadata->put_count ||
                   metadata->drop_count || guard->always;
    const char *flavor = flavor_text(target);
    struct db_rows rows;

    if (!target->cell) /* upstream's action fails on the missing row, a bare save on the object itself */
        return guard->action || guard->event ? no_cell(target)
                                             : fault_new(target->mem, OrphanedObjectError, "save", "Instance");
    if (!target->changed_count && !system->put_count && !system->drop_count && !metadata->put_count &&
        !metadata->drop_count && !guard->event && !guard->finished && !guard->always) {
        return guard->action ? instance_action_start(context, target, guard->action)
                             : save_flavor(context, target, flavor);
    }
    if (flavor)
        target_set_extra(target, "flavor", flavor);
    write.extra_columns = target->extra_columns;
    write.extra_values = target->extra_values;
    write.extra_count = target->extra_count;
    write.start_time = write.now;
    write.finish_time = guard->finished ? write.now : DB_NO_TIME;
    for (unsigned attempt = 0;; attempt++) {
        struct fault *fault = save_once(context, target, guard, &write, &rows);

        if (fault && fault_is(fault, FAULT_DBDeadlock) && attempt < DB_DEADLOCK_RETRIES) {
            db_deadlock_pause(attempt);
            continue;
        }
        TRY(fault);
        break;
    }
    if (!rows.count)
        return conflict(context, target, guard);
    /* What upstream sends on is the row as it was read before this write, but for what was written. */
    if (target->saved_at != DB_NO_TIME)
        target->row->updated_at = target->saved_at;
    target->saved_at = write.now;
    target->changed_count = target->extra_count = 0;
    target->system_metadata.put_count = target->system_metadata.drop_count = 0;
    target->metadata.put_count = target->metadata.drop_count = 0;
    if (changes)
        target_notify_saved(context, target);
    target_keep_stored(target);
    return NULL;
}

const char *instance_action_host(const struct context *context)
{
    return conf_string(context->worker->conf, OPTION_DEFAULT_host);
}

struct fault *target_delete_metadata(const struct context *context, struct target *target, const char *key)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    if (!target->cell)
        return no_cell(target);
    target_drop_metadata(target, key);
    target->metadata.drop_count = 0;
    db_param_text(&params, target->row->uuid);
    db_param_text(&params, key);
    db_param_time(&params, target->mem, clock_utc_usec());
    TRY(db_query(context, target->mem, target->cell->link, &INSTANCE_METADATA_DELETE, &params, &rows));
    target_notify_touched(context, target);
    return NULL;
}

/* ---- actions without a save ---- */

struct fault *instance_action_start(const struct context *context, const struct target *target, const char *action)
{
    int64_t now = clock_utc_usec();
    struct db_params params = { 0 };
    struct db_rows rows;

    if (!target->cell)
        return no_cell(target);
    db_param_text(&params, action);
    db_param_text(&params, target->row->uuid);
    db_param_text(&params, context->request_id);
    db_param_text(&params, context->user_id);
    db_param_text(&params, context->project_id);
    db_param_time(&params, target->mem, now);
    db_param_text(&params, NULL);
    db_param_time(&params, target->mem, now);
    return db_query(context, target->mem, target->cell->link, &INSTANCE_ACTION_START, &params, &rows);
}

/* The words of nova's own faults, of others the class; both cut to what the column of a server's faults would take. */
static const char *details(const void *mem, const struct fault *problem)
{
    enum { LONGEST = 255 };
    const char *text = fault_is(problem, FAULT_NovaException) ? problem->message : fault_shown(mem, problem, true);
    size_t length = strlen(text);

    if (length <= LONGEST)
        return text;
    for (length = LONGEST; length && ((unsigned char)text[length] & 0xc0) == 0x80;)
        length--;
    return mem_strndup(mem, text, length);
}

struct fault *instance_action_event(const struct context *context, const struct target *target, const char *event,
                                    int64_t start, const struct fault *problem)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    if (!target->cell)
        return no_cell(target);
    db_param_text(&params, target->row->uuid);
    db_param_text(&params, context->request_id);
    db_param_text(&params, event);
    db_param_text(&params, instance_action_host(context));
    db_param_time(&params, target->mem, start);
    db_param_time(&params, target->mem, clock_utc_usec());
    db_param_text(&params, problem ? "Error" : "Success");
    db_param_text(&params, problem ? details(target->mem, problem) : NULL);
    db_param_text(&params,
                  problem ? mem_printf(target->mem, "  %s:%d in %s\n", problem->file, problem->line, problem->function)
                          : NULL);
    return db_query(context, target->mem, target->cell->link, &INSTANCE_EVENT_PUT, &params, &rows);
}
