/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts of several statements, for the manage commands: a connection of their own, one transaction, no time bound. */
#include "config.h"

#include "fcgi_app/db/link.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"

#include <string.h>

static void finish(void *connection)
{
    PQfinish(connection);
}

static void clear(void *result)
{
    PQclear(result);
}

static struct fault *execute(const void *mem, const struct db_link *link, PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    const char *text;

    mem_attach(mem, result, clear);
    if (PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK)
        return NULL;
    text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (PQstatus(connection) != CONNECTION_OK || !text)
        return fault_text(mem, DBConnectionError, "%s: the connection was lost", link->what);
    return fault_text(mem, DBError, "%s: (%s) %s", db_link_name(link), PQresultErrorField(result, PG_DIAG_SQLSTATE),
                      text);
}

/* A setting of the transaction: how a script takes its parameters (current_setting('nova.name')). */
static struct fault *set(const void *mem, const struct db_link *link, PGconn *connection,
                         const struct db_setting *setting)
{
    const char *values[] = { setting->name, setting->value };
    PGresult *result = PQexecParams(connection, "SELECT set_config($1, $2, true)", 2, NULL, values, NULL, NULL, 0);

    mem_attach(mem, result, clear);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return fault_text(mem, DBError, "%s: %s", db_link_name(link), PQresultErrorMessage(result));
    return NULL;
}

struct fault *db_script(const void *mem, struct db_link *link, const struct db_setting *settings, const char *sql)
{
    void *scratch = mem_context(mem, "script");
    PGconn *connection;

    if (link->broken)
        return fault_text(mem, DBConnectionError, "%s", link->broken);
    connection = PQconnectdbParams(link->url->keywords, link->url->values, 0);
    if (!connection)
        mem_exhausted(0);
    mem_attach(scratch, connection, finish);
    if (PQstatus(connection) != CONNECTION_OK)
        return fault_text(mem, DBConnectionError, "%s: %s", link->what, PQerrorMessage(connection));
    TRY(execute(scratch, link, connection, "SET client_min_messages = warning; BEGIN"));
    for (; settings && settings->name; settings++)
        TRY(set(scratch, link, connection, settings));
    TRY(execute(scratch, link, connection, sql));
    TRY(execute(scratch, link, connection, "COMMIT"));
    talloc_free(scratch);
    return NULL;
}
