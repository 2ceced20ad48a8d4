/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL through libpq: connections, statements by name, batches.
 *
 * A statement is constant text with $n parameters, prepared by name at its
 * first use on a connection.  A batch collects statements for any number of
 * databases, sends each database's in one pipeline, and waits for all of them
 * at once: one round trip a database, however many there are.
 * Source: nova-facts/db.md sections 1 and 2; DESIGN.md section 5.
 */
#ifndef NOVA_DB_DB_H
#define NOVA_DB_DB_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct db;      /* all of a worker's databases */
struct db_link; /* one database: URL, connection, what is prepared on it */

/* ---- columns and rows ---- */

enum db_type {
    DB_TEXT,  /* const char *, NULL for SQL's NULL; bytes stay in the result */
    DB_BYTES, /* struct db_bytes: pointer and length, pointer NULL for NULL */
    DB_INT,   /* int64_t; NULL becomes 0, or DB_NULL_INT with DB_INT_NULL */
    DB_INT_NULL,
    DB_BOOL,   /* bool; NULL becomes false */
    DB_DOUBLE, /* double */
    DB_TIME,   /* int64_t microseconds UTC; NULL becomes DB_NO_TIME */
};
#define DB_NULL_INT INT64_MIN
#define DB_NO_TIME INT64_MIN

struct db_bytes {
    const char *data;
    size_t length;
};

/* Where a column goes; rows stand in the order of the SELECT list. */
struct db_column {
    const char *name; /* column's name in the SELECT list, compared by the prepare test */
    unsigned char type;
    unsigned short offset;
};
#define DB_COLUMN_(text, kind, type, member, wanted)                                                                   \
    {                                                                                                                  \
        (text), (kind),                                                                                                \
            (unsigned short)(offsetof(type, member) + 0 * sizeof(char[_Generic(((type *)0)->member, wanted : 1)]))     \
    }
#define COL_TEXT(type, member) DB_COLUMN_(#member, DB_TEXT, type, member, const char *)
#define COL_BYTES(type, member) DB_COLUMN_(#member, DB_BYTES, type, member, struct db_bytes)
#define COL_INT(type, member) DB_COLUMN_(#member, DB_INT, type, member, int64_t)
#define COL_INT_NULL(type, member) DB_COLUMN_(#member, DB_INT_NULL, type, member, int64_t)
#define COL_BOOL(type, member) DB_COLUMN_(#member, DB_BOOL, type, member, bool)
#define COL_DOUBLE(type, member) DB_COLUMN_(#member, DB_DOUBLE, type, member, double)
#define COL_TIME(type, member) DB_COLUMN_(#member, DB_TIME, type, member, int64_t)

/*
 * A constant statement.  Every one is listed in statements.def, which the prepare test and the contract text walk.
 * `name` is also the name under which a connection keeps it prepared; at most 63 bytes.
 */
struct db_statement {
    const char *name; /* NULL: sent unprepared each time */
    const char *sql;
    unsigned char params;
    const char *database; /* "api" or "cell": which schema it is for */
    bool write;
    const struct db_column *columns; /* NULL: no rows come back */
    unsigned char column_count;
    unsigned short row_size; /* sizeof the struct that a row fills */
    bool dynamic;            /* set by db_statement_dynamic */
};

/*
 * A statement that is put together from constant clauses while a request runs (optional filters: a fixed list of
 * clause rows, each with its own $n from db_param_…).  `model` gives database, columns and row; its own sql is the
 * statement without any filter, so that the prepare test can compare its columns.  The copy on `mem` is named by a
 * digest of `sql`: each shape is prepared once a connection, and a connection keeps the 256 shapes used last.
 * `sql` must live as long as the statement.
 */
const struct db_statement *db_statement_dynamic(const void *mem, const struct db_statement *model, const char *sql,
                                                unsigned params);

/* Values of the parameters, as text; NULL is SQL's NULL. The values must live until the statement has run. */
struct db_params {
    const char *values[64];
    unsigned count;
};
/*
 * Each puts the next parameter, on mem, and returns its number (for statements that are put together from clauses).
 * DB_NULL_INT and DB_NO_TIME become NULL.
 */
unsigned db_param_text(struct db_params *params, const char *value);
unsigned db_param_int(struct db_params *params, const void *mem, int64_t value);
unsigned db_param_bool(struct db_params *params, bool value);
unsigned db_param_time(struct db_params *params, const void *mem, int64_t usec);
/* A PostgreSQL array literal of texts: for `= ANY($n)`. */
unsigned db_param_texts(struct db_params *params, const void *mem, const char *const *values, size_t count);
/* The same of integers. */
unsigned db_param_ints(struct db_params *params, const void *mem, const int64_t *values, size_t count);

/* What came back: an array of the statement's structs. Texts live as long as the mem of the batch. */
struct db_rows {
    void *rows;
    size_t count;
    uint64_t affected; /* rows that a write touched */
};

/* ---- databases ---- */

/* Reads the options, opens nothing. Faults: Internal for a URL that is none, or not PostgreSQL's. */
struct fault *db_open(const void *mem, struct conf *conf, struct db **db) FAULT_CHECK;
/*
 * Closes every connection and forgets the cells (fork, SIGHUP): the next use opens and reads anew.  A connection that
 * another process opened is left to it unharmed.
 */
void db_reset(struct db *db);

/* Never NULL; where the option is not set each use answers DBConnectionError. */
struct db_link *db_api(struct db *db);  /* [api_database] connection */
struct db_link *db_main(struct db *db); /* [database] connection */
/* Any other database by its URL; `what` names it in messages. Links with one URL are one link. */
struct db_link *db_link_to(struct db *db, const char *what, const char *url);
/* "host:port/database", for logs: no user, no password. */
const char *db_link_name(const struct db_link *link);

/* A cell as cell_mappings has it. */
struct db_cell {
    int64_t id;
    const char *uuid;
    const char *name;
    const char *transport_url;
    bool disabled;
    bool is_cell0;
    struct db_link *link;
};
/* The cells by id, read once a process (an empty list is read again at the next use). */
struct fault *db_cells(const struct context *context, const struct db_cell **cells, size_t *count) FAULT_CHECK;
/* The only cell that can hold running servers (cell0 never does), or NULL when there are several. */
const struct db_cell *db_only_cell(const struct db_cell *cells, size_t count);
const struct db_cell *db_cell_by_id(const struct db_cell *cells, size_t count, int64_t id);

/* ---- batches ---- */

struct db_batch;
struct db_answer {
    struct fault
        *fault; /* NULL: rows are good. DBConnectionError, CellTimeout, DBError, DBDuplicateEntry, DBDeadlock */
    struct db_rows rows;
};

struct db_batch *db_batch(const struct context *context, const void *mem);
/* Adds a statement; *answer is filled by db_batch_run. Statement, params and answer must live until then. */
void db_batch_add(struct db_batch *batch, struct db_link *link, const struct db_statement *statement,
                  const struct db_params *params, struct db_answer *answer);
/*
 * Sends all, waits for all, at most `timeout_ms` (0: [fcgi] cell_timeout).  A link that fails or is late leaves its
 * fault in its answers; others are not touched by it.
 *   reads   are independent of each other: one that fails does not spoil another; a lost connection is opened anew
 *           and what had no answer is read once more
 *   writes  of one batch to one link stand or fall together (one transaction, one round trip, without BEGIN): when
 *           one fails, each of the link has a fault; they are never sent twice
 */
void db_batch_run(struct db_batch *batch, int timeout_ms);

/*
 * A batch of writes: runs it, again after a deadlock (up to DB_DEADLOCK_RETRIES times), and returns its first fault.
 * This is a transaction in one round trip for writes that need no answer of each other.
 */
struct fault *db_batch_write(struct db_batch *batch) FAULT_CHECK;
#define DB_DEADLOCK_RETRIES 5
/* Sleeps before the next attempt: 20 ms and twice as long each time, with some chance in it. */
void db_deadlock_pause(unsigned attempt);

/* One statement, one database, waited for. */
struct fault *db_query(const struct context *context, const void *mem, struct db_link *link,
                       const struct db_statement *statement, const struct db_params *params,
                       struct db_rows *rows) FAULT_CHECK;

/* Is it a DBDuplicateEntry of this constraint (its name in the schema)? A NULL constraint means any. */
bool db_fault_is_duplicate(const struct fault *fault, const char *constraint);

/*
 * A transaction: BEGIN (sent with the body's first statement), body, COMMIT on NULL, else ROLLBACK; a deadlock is
 * retried up to DB_DEADLOCK_RETRIES times when `retry`.  Inside, the link's db_query and batches are part of it, and
 * so is another db_transaction on the same link.
 */
struct fault *db_transaction(const struct context *context, const void *mem, struct db_link *link, bool retry,
                             struct fault *(*body)(const struct context *context, const void *mem, struct db_link *link,
                                                   void *arg),
                             void *arg) FAULT_CHECK;

/* A parameter of a script, which reads it with current_setting('nova.NAME'). */
struct db_setting {
    const char *name; /* "nova.NAME"; NULL ends a list */
    const char *value;
};
/*
 * Runs a script of several statements in one transaction, on a connection of its own and without a bound in time: for
 * commands, not for requests.  Faults: DBConnectionError, DBError.
 */
struct fault *db_script(const void *mem, struct db_link *link, const struct db_setting *settings,
                        const char *sql) FAULT_CHECK;

/* How many connections are open, for the scoreboard. */
unsigned db_open_connections(const struct db *db);
/* Round trips made since the process started: what tests and the bench count. */
uint64_t db_round_trips(const struct db *db);

#endif
