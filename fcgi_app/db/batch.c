/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches: the statements of each database go out in one pipeline, and all
 * databases are waited for together.
 *
 * What libpq's pipeline gives us for nothing: statements between two syncs
 * are one transaction of their own, so the writes of a batch to one database
 * stand or fall together without BEGIN and COMMIT.  A statement that fails
 * makes the server skip what follows it; skipped reads are sent again.
 */
#include "config.h"

#include "fcgi_app/db/link.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

LOG_MODULE("nova.db.batch");

struct entry {
    struct db_link *link;
    const struct db_statement *statement;
    const struct db_params *params;
    struct db_answer *answer;
    struct profiler_event *event; /* of the running trace; NULL: none */
    bool answered;
};

struct db_batch {
    const struct context *context;
    const void *mem;
    struct entry *entries;
    size_t count, size;
};

/* What was sent and waits for its result, in order. */
enum item_kind {
    ITEM_CONTROL, /* a setting of the session, BEGIN: its failure fails the statement behind it */
    ITEM_DEALLOCATE,
    ITEM_PREPARE,
    ITEM_EXECUTE,
    ITEM_SYNC,
};
struct item {
    enum item_kind kind;
    struct entry *entry; /* of PREPARE and EXECUTE; of CONTROL the one behind it */
    const char *name;    /* of DEALLOCATE and PREPARE */
};

/* One database's part of a batch. */
struct run {
    const struct db_batch *batch;
    struct db_link *link;
    struct entry **entries;
    size_t count;
    bool writes;
    bool finished;
    bool retried;
    bool stale;  /* the server does not know what we thought prepared there, or knows it otherwise */
    bool unsent; /* libpq has bytes to write */
    struct item *items;
    size_t item_count, item_size, item_at;
};

struct db_batch *db_batch(const struct context *context, const void *mem)
{
    struct db_batch *batch = mem_new(mem, struct db_batch);

    batch->context = context;
    batch->mem = mem;
    return batch;
}

void db_batch_add(struct db_batch *batch, struct db_link *link, const struct db_statement *statement,
                  const struct db_params *params, struct db_answer *answer)
{
    if (batch->count == batch->size) {
        batch->size = batch->size ? batch->size * 2 : 8;
        batch->entries = mem_grow(batch, batch->entries, struct entry, batch->size);
    }
    *answer = (struct db_answer){ 0 };
    batch->entries[batch->count++] = (struct entry){ link, statement, params, answer, NULL, false };
}

/* ---- faults ---- */

static struct fault *lost_fault(const struct run *run, const char *why)
{
    if (run->link->broken)
        return fault_text(run->batch->mem, DBConnectionError, "%s", run->link->broken);
    return fault_text(run->batch->mem, DBConnectionError, "%s: %s", run->link->what, why);
}

static struct fault *late_fault(const struct run *run, const char *why)
{
    if (run->link->cell)
        return fault_new(run->batch->mem, CellTimeout);
    return lost_fault(run, why);
}

/* PostgreSQL's SQLSTATE and what it means to us. */
static bool state_is(const char *state, const char *beginning)
{
    return strncmp(state, beginning, strlen(beginning)) == 0;
}

static bool state_is_loss(const char *state)
{
    return state_is(state, "08") || state_is(state, "57P");
}

static const char *name_of(const struct entry *entry)
{
    return entry->statement->name ? entry->statement->name : entry->statement->sql;
}

static struct fault *result_fault(struct run *run, const struct entry *entry, const PGresult *result)
{
    const void *mem = run->batch->mem;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);

    text = text ? text : "lost connection";
    if (!state || state_is_loss(state))
        return lost_fault(run, text);
    if (state_is(state, "23505"))
        return fault_text(mem, DBDuplicateEntry, "%s: duplicate entry in constraint \"%s\": %s", name_of(entry),
                          constraint ? constraint : "", detail ? detail : text);
    if (state_is(state, "40P01") || state_is(state, "40001"))
        return fault_text(mem, DBDeadlock, "%s: %s", name_of(entry), text);
    if (state_is(state, "57014"))
        return late_fault(run, text);
    return fault_text(mem, DBError, "%s: (%s) %s", name_of(entry), state, text);
}

bool db_fault_is_duplicate(const struct fault *fault, const char *constraint)
{
    const char *at;
    size_t length = constraint ? strlen(constraint) : 0;

    if (!fault || !fault_is(fault, FAULT_DBDuplicateEntry))
        return false;
    if (!constraint)
        return true;
    at = strstr(fault->message, "constraint \"");
    return at && strncmp(at + 12, constraint, length) == 0 && at[12 + length] == '"';
}

/* The pipeline was undone as a whole: what looked done is not. */
static void run_undo(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (!run->entries[i]->answer->fault)
            run->entries[i]->answered = false;
}

/* The trace that statements of this batch belong to; NULL: none is wanted. */
static struct profiler *trace_of(const struct db_batch *batch, const struct db_link *link)
{
    const struct context *context = batch->context;

    return context && context->worker && link->db->settings.traced ? context->worker->profiler : NULL;
}

/* Ends a run: who has no answer yet gets the fault. */
static void run_end(struct run *run, struct fault *fault)
{
    for (size_t i = 0; i < run->count; i++)
        if (!run->entries[i]->answered) {
            run->entries[i]->answer->fault = fault;
            run->entries[i]->answer->rows = (struct db_rows){ 0 };
            run->entries[i]->answered = true;
        }
    for (size_t i = 0; i < run->count; i++) {
        trace_answer(trace_of(run->batch, run->link), run->batch, run->entries[i]->event,
                     run->entries[i]->answer->fault);
        echo_answer(run->link, run->entries[i]->statement, run->entries[i]->answer);
    }
    run->finished = true;
}

/* ---- sending ---- */

static void put_item(struct run *run, enum item_kind kind, struct entry *entry, const char *name)
{
    if (run->item_count == run->item_size) {
        run->item_size = run->item_size ? run->item_size * 2 : 16;
        run->items = mem_grow(run->batch, run->items, struct item, run->item_size);
    }
    run->items[run->item_count++] = (struct item){ kind, entry, name };
}

static bool send_text(struct run *run, const char *sql, struct entry *entry, enum item_kind kind, const char *name)
{
    put_item(run, kind, entry, name);
    return PQsendQueryParams(run->link->connection, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

/* The session's settings, once a connection; without a session of our own, once a pipeline. */
static bool send_greeting(struct run *run, struct entry *entry)
{
    const struct db_settings *settings = &run->link->db->settings;

    if (run->link->greeted || !settings->statement_timeout)
        return true;
    run->link->greeted = settings->prepared_statements;
    return send_text(run,
                     mem_printf(run->batch, "SELECT set_config('statement_timeout', '%d', %s)",
                                settings->statement_timeout, settings->prepared_statements ? "false" : "true"),
                     entry, ITEM_CONTROL, NULL);
}

static bool send_entry(struct run *run, struct entry *entry)
{
    struct db_link *link = run->link;
    const struct db_statement *statement = entry->statement;
    unsigned count = entry->params ? entry->params->count : 0;
    const char *const *values = count ? entry->params->values : NULL;

    if (!link->db->settings.prepared_statements || !statement->name) {
        put_item(run, ITEM_EXECUTE, entry, NULL);
        return PQsendQueryParams(link->connection, statement->sql, (int)count, NULL, values, NULL, NULL, 0) == 1;
    }
    if (!link_is_prepared(link, statement->name)) {
        const char *oldest = statement->dynamic ? link_evict(link, run->batch) : NULL;
        if (oldest &&
            !send_text(run, mem_printf(run->batch, "DEALLOCATE \"%s\"", oldest), entry, ITEM_DEALLOCATE, oldest))
            return false;
        link_add_prepared(link, statement->name, statement->dynamic);
        put_item(run, ITEM_PREPARE, entry, statement->name);
        if (PQsendPrepare(link->connection, statement->name, statement->sql, 0, NULL) != 1)
            return false;
    }
    put_item(run, ITEM_EXECUTE, entry, NULL);
    return PQsendQueryPrepared(link->connection, statement->name, (int)count, values, NULL, NULL, 0) == 1;
}

static bool send_entries(struct run *run)
{
    struct db_link *link = run->link;
    bool first = true;
    int flushed;

    for (size_t i = 0; i < run->count; i++) {
        struct entry *entry = run->entries[i];

        if (entry->answered)
            continue;
        if (first) {
            if (!send_greeting(run, entry))
                return false;
            if (link->transaction == LINK_BEGIN_WANTED) {
                link->transaction = LINK_IN_TRANSACTION;
                if (!send_text(run, "BEGIN", entry, ITEM_CONTROL, NULL))
                    return false;
            }
            first = false;
        }
        if (!send_entry(run, entry))
            return false;
    }
    put_item(run, ITEM_SYNC, NULL, NULL);
    if (PQpipelineSync(link->connection) != 1)
        return false;
    link->db->round_trips++;
    flushed = PQflush(link->connection);
    run->unsent = flushed == 1;
    return flushed >= 0;
}

static void run_start(struct run *run);

/* The connection is gone. Reads outside a transaction are tried once more, on a new one. */
static void run_lost(struct run *run)
{
    struct fault *fault = lost_fault(run, link_error(run->link, run->batch));
    bool again = !run->retried && !run->writes && run->link->transaction == LINK_NO_TRANSACTION;

    link_close(run->link);
    if (again) {
        log_debug("%s; reading once more", fault->message);
        run->retried = true;
        run_start(run);
        return;
    }
    log_warning("%s", fault->message);
    if (run->writes)
        run_undo(run);
    run_end(run, fault);
}

static void run_send(struct run *run)
{
    run->item_count = run->item_at = 0;
    run->stale = false;
    if (!send_entries(run))
        run_lost(run);
}

static void run_start(struct run *run)
{
    const char *why = link_start(run->link, run->batch);

    if (why) {
        struct fault *fault = lost_fault(run, why);
        log_warning("%s", fault->message);
        run_end(run, fault);
    } else if (run->link->state == LINK_READY) {
        run_send(run);
    }
}

/* ---- receiving ---- */

static void pq_clear(void *result)
{
    PQclear(result);
}

static void take_error(struct run *run, const struct item *item, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (state && (state_is(state, "26000") || (state_is(state, "42P05") && item->kind == ITEM_PREPARE) ||
                  (state_is(state, "0A000") && text && strstr(text, "cached plan"))))
        run->stale = true;
    if (item->entry && !item->entry->answered) {
        item->entry->answer->fault = result_fault(run, item->entry, result);
        item->entry->answered = true;
    }
}

static void take_result(struct run *run, const struct item *item, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    struct entry *entry = item->entry;

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        if (item->kind == ITEM_EXECUTE && !entry->answered) {
            mem_attach(run->batch->mem, result, pq_clear);
            entry->answer->fault = rows_fill(run->batch->mem, entry->statement, result, &entry->answer->rows);
            entry->answered = true;
            return;
        }
    } else {
        if (item->kind == ITEM_PREPARE)
            link_drop_prepared(run->link, item->name);
        if (item->kind == ITEM_DEALLOCATE)
            link_add_prepared(run->link, item->name, true);
        if (item->kind == ITEM_CONTROL)
            run->link->greeted = false;
        if (status != PGRES_PIPELINE_ABORTED)
            take_error(run, item, result);
    }
    PQclear(result);
}

/* Everything sent has its result: what remains? */
static void run_settle(struct run *run)
{
    struct db_link *link = run->link;
    struct fault *first = NULL;
    bool whole = run->writes || link->transaction == LINK_IN_TRANSACTION, missing = false;

    if (run->stale) {
        log_warning("%s: the server has lost prepared statements of this session; set [fcgi] prepared_statements to "
                    "false when a connection pooler stands before it",
                    link->what);
        link_close(link);
        if (!run->retried && link->transaction == LINK_NO_TRANSACTION) {
            /* The failure undid the whole pipeline, so that even writes can be sent again. */
            for (size_t i = 0; i < run->count; i++)
                if (run->writes || run->entries[i]->answer->fault) {
                    *run->entries[i]->answer = (struct db_answer){ 0 };
                    run->entries[i]->answered = false;
                }
            run->retried = true;
            run_start(run);
            return;
        }
    }
    for (size_t i = 0; i < run->count; i++) {
        missing = missing || !run->entries[i]->answered;
        if (!first)
            first = run->entries[i]->answer->fault;
    }
    if (run->writes && first)
        run_undo(run);
    if (!missing || whole || run->stale)
        run_end(run, first);
    else if (first)
        run_send(run);
    else
        run_end(run, lost_fault(run, "the server skipped a statement"));
}

/* Takes what has come. Returns when libpq waits for more, or the run is over. */
static void run_receive(struct run *run)
{
    struct db_link *link = run->link;
    bool broken = PQconsumeInput(link->connection) != 1;

    while (run->item_at < run->item_count && !PQisBusy(link->connection)) {
        const struct item *item = &run->items[run->item_at];
        PGresult *result = PQgetResult(link->connection);

        if (!result) { /* the end of one statement's results */
            if (item->kind == ITEM_SYNC || PQstatus(link->connection) == CONNECTION_BAD) {
                broken = true;
                break;
            }
            run->item_at++;
            continue;
        }
        if (item->kind == ITEM_SYNC && PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            run->item_at++;
            continue;
        }
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        if (PQstatus(link->connection) == CONNECTION_BAD || (state && state_is_loss(state)) ||
            item->kind == ITEM_SYNC) {
            PQclear(result);
            broken = true;
            break;
        }
        take_result(run, item, result);
    }
    if (broken || PQstatus(link->connection) == CONNECTION_BAD)
        run_lost(run);
    else if (run->item_at == run->item_count)
        run_settle(run);
}

/* ---- waiting ---- */

static short run_wants(const struct run *run)
{
    if (run->link->state == LINK_CONNECTING)
        return run->link->waiting == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    return (short)(run->unsent ? POLLIN | POLLOUT : POLLIN);
}

static void run_step(struct run *run, short events)
{
    if (run->link->state == LINK_CONNECTING) {
        const char *why = link_connect_step(run->link, run->batch);
        if (why) {
            struct fault *fault = lost_fault(run, why);
            log_warning("%s", fault->message);
            run_end(run, fault);
        } else if (run->link->state == LINK_READY) {
            run_send(run);
        }
        return;
    }
    if (run->unsent) {
        int flushed = PQflush(run->link->connection);
        run->unsent = flushed == 1;
        if (flushed < 0) {
            run_lost(run);
            return;
        }
    }
    if (events & (POLLIN | POLLHUP | POLLERR))
        run_receive(run);
}

static uint64_t run_deadline(const struct run *run, uint64_t deadline)
{
    const struct db_link *link = run->link;

    if (link->state == LINK_CONNECTING && link->db->settings.connect_timeout && link->connect_deadline_usec < deadline)
        return link->connect_deadline_usec;
    return deadline;
}

static void run_late(struct run *run)
{
    bool connecting = run->link->state == LINK_CONNECTING;
    struct fault *fault = late_fault(run, connecting ? "connecting took too long" : "no answer in time");

    log_warning("%s: %s", run->link->what, connecting ? "connecting took too long" : "no answer in time");
    link_close(run->link);
    if (run->writes)
        run_undo(run);
    run_end(run, fault);
}

static void runs_wait(struct db_batch *batch, struct run *runs, size_t count, uint64_t deadline)
{
    struct pollfd *fds = mem_array(batch, struct pollfd, count);

    for (;;) {
        uint64_t now = clock_monotonic_usec(), nearest = UINT64_MAX;
        size_t waiting = 0;

        for (size_t i = 0; i < count; i++) {
            uint64_t due = run_deadline(&runs[i], deadline);

            fds[i].fd = -1;
            if (runs[i].finished)
                continue;
            if (due <= now) {
                run_late(&runs[i]);
                continue;
            }
            nearest = due < nearest ? due : nearest;
            fds[i] = (struct pollfd){ PQsocket(runs[i].link->connection), run_wants(&runs[i]), 0 };
            waiting++;
        }
        if (!waiting)
            return;
        if (poll(fds, count, (int)((nearest - now + 999) / 1000)) < 0 && errno != EINTR)
            log_error("poll: %s", strerror(errno));
        for (size_t i = 0; i < count; i++)
            if (fds[i].fd >= 0 && fds[i].revents && !runs[i].finished)
                run_step(&runs[i], fds[i].revents);
    }
}

/* ---- the whole ---- */

static struct run *run_of(struct run *runs, size_t *count, const struct db_batch *batch, struct db_link *link)
{
    for (size_t i = 0; i < *count; i++)
        if (runs[i].link == link)
            return &runs[i];
    runs[*count] = (struct run){ .batch = batch, .link = link };
    runs[*count].entries = mem_array(batch, struct entry *, batch->count);
    return &runs[(*count)++];
}

/* No text of PostgreSQL holds a NUL. */
static bool nul_in(const struct entry *entry)
{
    for (unsigned i = 0; entry->params && i < entry->params->count; i++)
        if (entry->params->values[i] && strstr(entry->params->values[i], TEXT_NUL))
            return true;
    return false;
}

/* A statement and parameters that do not fit are a mistake of ours, not the server's. */
static bool entry_fits(const struct db_batch *batch, struct entry *entry)
{
    unsigned given = entry->params ? entry->params->count : 0;

    if (given == entry->statement->params && !nul_in(entry))
        return true;
    if (given == entry->statement->params) {
        log_debug("%s: a parameter with a NUL", name_of(entry));
        entry->answer->fault =
            fault_text(batch->mem, DBError, "A string literal cannot contain NUL (0x00) characters.");
        entry->answered = true;
        return false;
    }
    entry->answer->fault = fault_text(batch->mem, Internal, "Statement %s takes %u parameters and was given %u",
                                      name_of(entry), (unsigned)entry->statement->params, given);
    entry->answered = true;
    return false;
}

static struct scoreslot *slot_of(const struct context *context)
{
    return context && context->worker ? context->worker->slot : NULL;
}

void db_batch_run(struct db_batch *batch, int timeout_ms)
{
    struct scoreslot *slot = slot_of(batch->context);
    uint32_t stage = slot ? slot->stage : 0;
    struct run *runs = mem_array(batch, struct run, batch->count + 1);
    size_t count = 0;

    if (!batch->count)
        return;
    for (size_t i = 0; i < batch->count; i++) {
        struct entry *entry = &batch->entries[i];
        struct run *run;

        *entry->answer = (struct db_answer){ 0 };
        entry->answered = false;
        if (!entry_fits(batch, entry))
            continue;
        run = run_of(runs, &count, batch, entry->link);
        run->entries[run->count++] = entry;
        run->writes = run->writes || entry->statement->write;
        entry->event = trace_statement(trace_of(batch, entry->link), batch, entry->statement, entry->params);
        echo_statement(entry->link, entry->statement, entry->params);
    }
    score_stage(slot, SCORE_DATABASE);
    for (size_t i = 0; i < count; i++)
        run_start(&runs[i]);
    if (count) {
        int bound = timeout_ms ? timeout_ms : runs[0].link->db->settings.cell_timeout;
        runs_wait(batch, runs, count, clock_monotonic_usec() + (uint64_t)bound * 1000);
    }
    if (slot)
        score_stage(slot, (enum score_stage)stage);
}

struct fault *db_batch_write(struct db_batch *batch)
{
    for (unsigned attempt = 0;; attempt++) {
        struct fault *fault = NULL;

        db_batch_run(batch, 0);
        for (size_t i = 0; i < batch->count && !fault; i++)
            fault = batch->entries[i].answer->fault;
        if (!fault || !fault_is(fault, FAULT_DBDeadlock) || attempt == DB_DEADLOCK_RETRIES)
            return fault;
        db_deadlock_pause(attempt);
    }
}

struct fault *db_query(const struct context *context, const void *mem, struct db_link *link,
                       const struct db_statement *statement, const struct db_params *params, struct db_rows *rows)
{
    struct db_batch *batch = db_batch(context, mem);
    struct db_answer answer;

    db_batch_add(batch, link, statement, params, &answer);
    db_batch_run(batch, 0);
    if (rows)
        *rows = answer.rows;
    return answer.fault;
}
