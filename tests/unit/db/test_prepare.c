/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every statement of the program against the real schema: does it parse, has
 * it the parameters and columns that its rows say, and do the columns' types
 * fit?  Runs inside of tests/lib/postgres.
 */
#include "config.h"

#include "fcgi_app/db/db.h"
#include "fcgi_app/db/url.h"

#include "fcgi_app/base/mem.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT(name) extern const struct db_statement name;
#include "fcgi_app/db/statements.def"
#undef STATEMENT

static const struct {
    const struct db_statement *statement;
    const char *object;
} rows[] = {
#define STATEMENT(name) { &name, #name },
#include "fcgi_app/db/statements.def"
#undef STATEMENT
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* PostgreSQL's numbers of the types that a column row may stand for; 0 ends a list. */
static const Oid type_oids[][6] = {
    [DB_INT] = { 20, 21, 23, 26 },  /* int8, int2, int4, oid */
    [DB_INT_NULL] = { 20, 21, 23 }, /* the same */
    [DB_BOOL] = { 16 },             /* bool */
    [DB_DOUBLE] = { 700, 701 },     /* float4, float8 */
    [DB_TIME] = { 1114 },           /* timestamp without time zone */
    [DB_TEXT] = { 0 },              /* any */
    [DB_BYTES] = { 0 },
};

static unsigned failures;

#define complain(i, ...)                                                                                               \
    do {                                                                                                               \
        fprintf(stderr, "%s: ", rows[i].object);                                                                       \
        fprintf(stderr, __VA_ARGS__);                                                                                  \
        fputc('\n', stderr);                                                                                           \
        failures++;                                                                                                    \
    } while (0)

static bool type_fits(unsigned char type, Oid oid)
{
    const Oid *oids = type_oids[type];

    if (!oids[0])
        return true;
    while (*oids && *oids != oid)
        oids++;
    return *oids != 0;
}

static void check_columns(size_t i, const PGresult *described)
{
    const struct db_statement *statement = rows[i].statement;
    int fields = PQnfields(described);

    if (PQnparams(described) != statement->params)
        complain(i, "takes %d parameters, its row says %u", PQnparams(described), (unsigned)statement->params);
    if (!statement->columns)
        return; /* what comes back is not looked at */
    if (fields != statement->column_count) {
        complain(i, "has %d columns, its row says %u", fields, (unsigned)statement->column_count);
        return;
    }
    for (int j = 0; j < fields; j++) {
        const struct db_column *column = &statement->columns[j];
        if (strcmp(PQfname(described, j), column->name) != 0)
            complain(i, "column %d is called %s, its row says %s", j, PQfname(described, j), column->name);
        if (!type_fits(column->type, PQftype(described, j)))
            complain(i, "column %s has a type (oid %u) that does not fit its row", column->name, PQftype(described, j));
        if (column->offset >= statement->row_size)
            complain(i, "column %s lies outside of the row", column->name);
    }
}

static void check_statement(PGconn *connection, size_t i)
{
    const struct db_statement *statement = rows[i].statement;
    PGresult *result;

    if (!statement->name || !*statement->name || strlen(statement->name) > 63) {
        complain(i, "needs a name of at most 63 bytes");
        return;
    }
    for (size_t j = 0; j < i; j++)
        if (rows[j].statement->name && strcmp(rows[j].statement->name, statement->name) == 0)
            complain(i, "has the name of %s", rows[j].object);
    result = PQprepare(connection, statement->name, statement->sql, 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        complain(i, "%s", PQresultErrorMessage(result));
        PQclear(result);
        return;
    }
    PQclear(result);
    result = PQdescribePrepared(connection, statement->name);
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        check_columns(i, result);
    else
        complain(i, "%s", PQresultErrorMessage(result));
    PQclear(result);
}

static PGconn *open_database(const void *mem, const char *variable)
{
    const char *text = getenv(variable);
    struct db_url *url;
    struct fault *fault;
    PGconn *connection;

    if (!text) {
        fprintf(stderr, "skipped: run through tests/lib/postgres\n");
        exit(77);
    }
    fault = db_url_parse(mem, variable, text, &url);
    if (fault) {
        fprintf(stderr, "%s\n", fault->message);
        exit(1);
    }
    connection = PQconnectdbParams(url->keywords, url->values, 0);
    if (PQstatus(connection) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(connection));
        exit(1);
    }
    return connection;
}

int main(void)
{
    void *mem = mem_context(NULL, "test");
    PGconn *api = open_database(mem, "NOVA_TEST_URL_api"), *cell = open_database(mem, "NOVA_TEST_URL_cell1");

    for (size_t i = 0; i < ROWS; i++) {
        const char *database = rows[i].statement->database;
        if (database && strcmp(database, "api") == 0)
            check_statement(api, i);
        else if (database && strcmp(database, "cell") == 0)
            check_statement(cell, i);
        else
            complain(i, "its database is neither api nor cell");
    }
    PQfinish(api);
    PQfinish(cell);
    talloc_free(mem);
    printf("%d statements, %u complaints\n", ROWS, failures);
    return failures != 0;
}
