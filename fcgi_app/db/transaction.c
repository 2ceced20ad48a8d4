/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions whose body needs answers before it is over: BEGIN rides with the body's first statement. */
#include "config.h"

#include "fcgi_app/db/link.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

LOG_MODULE("nova.db.transaction");

static const struct db_statement COMMIT = { .name = NULL, .sql = "COMMIT", .database = "cell", .write = true };
static const struct db_statement ROLLBACK = { .name = NULL, .sql = "ROLLBACK", .database = "cell", .write = true };

void db_deadlock_pause(unsigned attempt)
{
    /* 20, 40, 80 … ms, and up to as much again, so that two that collided do not collide again. */
    long base = 20L << attempt, pause = base + rand() % base;
    struct timespec span = { pause / 1000, pause % 1000 * 1000000 };

    log_debug("Deadlock; trying again in %ld ms", pause);
    nanosleep(&span, NULL);
}

/* COMMIT of a transaction that an unheeded failure has broken answers "ROLLBACK" and no error. */
static struct fault *finish(const struct context *context, const void *mem, struct db_link *link, struct fault *fault)
{
    bool broken;

    if (link->transaction != LINK_IN_TRANSACTION)
        return fault; /* nothing was ever sent */
    if (link->transaction_lost || link->state != LINK_READY)
        return fault
                   ? fault
                   : fault_text(mem, DBConnectionError, "%s: the connection was lost within a transaction", link->what);
    broken = PQtransactionStatus(link->connection) == PQTRANS_INERROR;
    if (fault || broken) {
        struct fault *undone = db_query(context, mem, link, &ROLLBACK, NULL, NULL);
        if (undone)
            link_close(link); /* which undoes it as well */
        return fault ? fault : fault_text(mem, DBError, "A transaction was given up: one of its statements had failed");
    }
    return db_query(context, mem, link, &COMMIT, NULL, NULL);
}

struct fault *db_transaction(const struct context *context, const void *mem, struct db_link *link, bool retry,
                             struct fault *(*body)(const struct context *context, const void *mem, struct db_link *link,
                                                   void *arg),
                             void *arg)
{
    if (link->transaction != LINK_NO_TRANSACTION)
        return body(context, mem, link, arg); /* part of the one that is open */
    for (unsigned attempt = 0;; attempt++) {
        struct fault *fault;

        link->transaction = LINK_BEGIN_WANTED;
        link->transaction_lost = false;
        fault = finish(context, mem, link, body(context, mem, link, arg));
        link->transaction = LINK_NO_TRANSACTION;
        if (!fault || !retry || !fault_is(fault, FAULT_DBDeadlock) || attempt == DB_DEADLOCK_RETRIES)
            return fault;
        db_deadlock_pause(attempt);
    }
}
