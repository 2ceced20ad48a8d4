/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of connections, batches and cells share: a fixture anew for each test, and small statements. */
#ifndef NOVA_TESTS_DB_STATEMENTS_H
#define NOVA_TESTS_DB_STATEMENTS_H

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/profiler.h"
#include "fcgi_app/base/score.h"
#include "tests/unit/db/fixture.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct fixture *fix;

#define ID(text) ((char[]){ text })

#define CONTEXT (&fix->context)
#define MAIN db_main(fix->db)
#define API db_api(fix->db)

static const struct conf usual;

static inline int setup(void **state)
{
    (void)state;
    fix = fixture_open(&usual);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    fixture_close(fix);
    return 0;
}

/* Opens the databases anew with other options. */
static inline void reopen(const struct conf *conf)
{
    fixture_close(fix);
    fix = fixture_open(conf);
}

static inline void pause_ms(long ms)
{
    struct timespec span = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&span, NULL);
}

/* ---- statements of these tests ---- */

struct number {
    int64_t number;
};
static const struct db_column number_columns[] = { COL_INT(struct number, number) };
#define NUMBER_ROW .database = "cell", .columns = number_columns, .column_count = 1, .row_size = sizeof(struct number)

static const struct db_statement ECHO_NUMBER = {
    .name = "t_echo", .sql = "SELECT $1::int AS number", .params = 1, NUMBER_ROW
};
static const struct db_statement DIVIDE = {
    .name = "t_divide", .sql = "SELECT 1 / $1::int AS number", .params = 1, NUMBER_ROW
};
static const struct db_statement BAD_SQL = { .name = "t_bad", .sql = "SELECT nothing FROM nowhere", NUMBER_ROW };
static const struct db_statement SLEEP = {
    .name = "t_sleep", .sql = "SELECT 7 AS number FROM (SELECT pg_sleep($1::float)) AS s", .params = 1, NUMBER_ROW
};
static const struct db_statement WRITE_SLEEP = { .name = "t_write_sleep",
                                                 .sql = "SELECT 7 AS number FROM (SELECT pg_sleep($1::float)) AS s",
                                                 .params = 1,
                                                 NUMBER_ROW,
                                                 .write = true };
static const struct db_statement BACKEND = { .name = "t_backend",
                                             .sql = "SELECT pg_backend_pid() AS number",
                                             NUMBER_ROW };
static const struct db_statement PREPARED = { .name = "t_prepared",
                                              .sql = "SELECT count(*) AS number FROM pg_prepared_statements",
                                              NUMBER_ROW };
static const struct db_statement COUNT = { .name = "t_count",
                                           .sql = "SELECT count(*) AS number FROM scratch",
                                           NUMBER_ROW };
static const struct db_statement MAKE = {
    .sql = "CREATE TABLE scratch (id int CONSTRAINT scratch_id PRIMARY KEY, value int)",
    .database = "cell",
    .write = true
};
static const struct db_statement UNMAKE = { .sql = "DROP TABLE IF EXISTS scratch", .database = "cell", .write = true };
static const struct db_statement INSERT = {
    .name = "t_insert", .sql = "INSERT INTO scratch VALUES ($1, 0)", .params = 1, .database = "cell", .write = true
};
static const struct db_statement INCREMENT = { .name = "t_increment",
                                               .sql = "UPDATE scratch SET value = value + 1 WHERE id = $1",
                                               .params = 1,
                                               .database = "cell",
                                               .write = true };

static inline struct fault *run(const struct db_statement *statement, const char *value, int64_t *number)
{
    struct db_params params = { 0 };
    struct db_rows rows;

    if (statement->params)
        db_param_text(&params, value);
    TRY(db_query(CONTEXT, fix->mem, MAIN, statement, &params, &rows));
    if (number) {
        assert_int_equal(rows.count, 1);
        *number = ((struct number *)rows.rows)->number;
    }
    return NULL;
}

static inline int64_t number_of(const struct db_statement *statement, const char *value)
{
    int64_t number = -1;

    assert_string_equal(said(run(statement, value, &number)), "");
    return number;
}

static inline void make_scratch(void)
{
    assert_string_equal(said(run(&UNMAKE, NULL, NULL)), "");
    assert_string_equal(said(run(&MAKE, NULL, NULL)), "");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* main() of each program: its list of tests, where there is a PostgreSQL. */
#define RUN_TESTS(...)                                                                                                 \
    int main(void)                                                                                                     \
    {                                                                                                                  \
        const struct CMUnitTest tests[] = { __VA_ARGS__ };                                                             \
                                                                                                                       \
        if (!getenv("NOVA_TEST_URL_api")) {                                                                            \
            fprintf(stderr, "skipped: run through tests/lib/postgres\n");                                              \
            return 77;                                                                                                 \
        }                                                                                                              \
        return cmocka_run_group_tests(tests, NULL, NULL);                                                              \
    }

#endif
