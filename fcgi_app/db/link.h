/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of db/: what a worker knows of its databases and of one connection.
 * db.c opens them, link.c keeps a connection alive and knows what is prepared
 * on it, batch.c moves statements and answers, cells.c reads the list of
 * cells.  Nobody outside db/ includes this.
 */
#ifndef NOVA_DB_LINK_H
#define NOVA_DB_LINK_H

#include "fcgi_app/db/db.h"
#include "fcgi_app/db/url.h"

#include <libpq-fe.h>
#include <sys/types.h>

/* Dynamic statements that one connection keeps prepared; the one unused for longest makes room. */
#define LINK_DYNAMIC_LIMIT 256

struct profiler;
struct profiler_event;

/* Options that all links share, read once. Times in milliseconds; 0: no bound. */
struct db_settings {
    int connect_timeout;
    int statement_timeout;
    int cell_timeout;
    bool prepared_statements; /* false: nothing is kept on the server, for pgbouncer's transaction mode */
    int recycle_seconds;      /* a connection older than this is opened anew; -1: never */
    bool traced;              /* statements are events of a request's trace */
    int debug, api_debug;     /* connection_debug: of the main database and the cells, of the API's */
};

struct db {
    const void *mem;
    struct conf *conf;
    struct db_settings settings;
    struct db_link **links; /* one a URL */
    size_t link_count;
    struct db_link *api, *main;
    void *cells_mem; /* the list of cells and its texts; NULL: not read */
    struct db_cell *cells;
    size_t cell_count;
    uint64_t round_trips;
};

/* A statement that is prepared on a connection. */
struct link_prepared {
    uint64_t hash;
    char *name; /* NULL: free */
    bool dynamic;
    uint64_t used; /* the link's clock at the last use */
};

enum link_state {
    LINK_CLOSED,
    LINK_CONNECTING,
    LINK_READY,
};

struct db_link {
    struct db *db;
    const char *text;   /* the URL, our key */
    const char *what;   /* for messages: "[database] connection", "cell_mappings of cell …" */
    struct db_url *url; /* NULL: could not be read, `broken` says why */
    const char *broken;
    bool cell; /* late is CellTimeout; else DBConnectionError */

    PGconn *connection;
    enum link_state state;
    PostgresPollingStatusType waiting; /* while connecting: what libpq waits for */
    pid_t owner;                       /* the process that opened it */
    uint64_t opened_usec;
    uint64_t connect_deadline_usec;
    bool greeted; /* the settings of a session are made */

    struct link_prepared *prepared; /* open addressing, `prepared_size` a power of two */
    size_t prepared_size;
    size_t prepared_count;
    size_t dynamic_count;
    uint64_t clock;

    enum { LINK_NO_TRANSACTION, LINK_BEGIN_WANTED, LINK_IN_TRANSACTION } transaction;
    bool transaction_lost; /* the connection went away inside it */
};

/* The link of a URL: the one there is, or a new one. Never fails: a URL that is none makes each use fail. */
struct db_link *link_of(struct db *db, const char *what, const char *text, bool cell);

/*
 * Makes the connection usable if that takes no waiting, else begins to open
 * it (state LINK_CONNECTING).  An old, lost or inherited connection is closed
 * first.  Text: why not, on mem.
 */
const char *link_start(struct db_link *link, const void *mem);
/* While LINK_CONNECTING: goes on after poll(); text: it failed. */
const char *link_connect_step(struct db_link *link, const void *mem);
/* Closes the connection and forgets what was prepared on it. */
void link_close(struct db_link *link);
/* The text of libpq's last error, one line, on mem. */
const char *link_error(const struct db_link *link, const void *mem);

/* Is the statement prepared? Marks it used. */
bool link_is_prepared(struct db_link *link, const char *name);
void link_add_prepared(struct db_link *link, const char *name, bool dynamic);
void link_drop_prepared(struct db_link *link, const char *name);
/* When there are too many dynamic statements: the name of the one to forget, on mem; else NULL. */
const char *link_evict(struct db_link *link, const void *mem);

/* Fills the statement's structs from a result. Texts point into the result. */
struct fault *rows_fill(const void *mem, const struct db_statement *statement, const PGresult *result,
                        struct db_rows *rows) FAULT_CHECK;

/* A statement's events in a trace (db/trace.c); both do nothing where `profiler` is NULL. */
struct profiler_event *trace_statement(struct profiler *profiler, const void *mem, const struct db_statement *statement,
                                       const struct db_params *params);
void trace_answer(struct profiler *profiler, const void *mem, struct profiler_event *event, const struct fault *fault);

/* A statement and its answer in the log, where connection_debug asks for it (db/echo.c). */
void echo_statement(const struct db_link *link, const struct db_statement *statement, const struct db_params *params);
void echo_answer(const struct db_link *link, const struct db_statement *statement, const struct db_answer *answer);

/* Forgets the list of cells. */
void cells_forget(struct db *db);

#endif
