/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that go away, time-outs, forks, and what is kept prepared on a connection. */
#include "config.h"

#include "tests/unit/db/statements.h"

/* ---- connections that go away ---- */

static void restart_server(void)
{
    char command[512];

    snprintf(command, sizeof(command), "'%s' restart '%s'", getenv("NOVA_TEST_POSTGRES"), getenv("NOVA_TEST_PG_DIR"));
    assert_int_equal(system(command), 0);
}

static void test_restart_between(void **state)
{
    (void)state;
    make_scratch();
    assert_null(run(&INSERT, "1", NULL));
    restart_server();
    assert_null(run(&INSERT, "2", NULL)); /* a write too: the end was seen before anything was sent */
    restart_server();
    assert_int_equal(number_of(&COUNT, NULL), 2);
}

/* A child that ends every other session after a while. */
static pid_t killer(long after_ms)
{
    static const struct db_statement kill = {
        .sql =
            "SELECT count(pg_terminate_backend(pid)) AS number FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
            "datname = current_database()",
        NUMBER_ROW
    };
    pid_t child = fork();

    if (child == 0) {
        struct fault *fault;
        db_reset(fix->db);
        pause_ms(after_ms);
        fault = run(&kill, NULL, NULL);
        _exit(fault != NULL);
    }
    return child;
}

static void test_killed_under_a_read(void **state)
{
    int64_t number = 0;
    int status;
    pid_t child = killer(300);

    (void)state;
    assert_string_equal(said(run(&SLEEP, "0.8", &number)), "");
    assert_int_equal(number, 7);
    assert_int_equal(db_round_trips(fix->db), 2);
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

static void test_killed_under_a_write(void **state)
{
    struct fault *fault;
    pid_t child = killer(300);

    (void)state;
    fault = run(&WRITE_SLEEP, "0.8", NULL);
    assert_int_equal(fault->name, FAULT_DBConnectionError);
    assert_int_equal(db_round_trips(fix->db), 1);
    waitpid(child, NULL, 0);
    assert_int_equal(number_of(&ECHO_NUMBER, "1"), 1);
}

static struct fault *sleeping_body(const struct context *context, const void *mem, struct db_link *link, void *arg)
{
    struct db_params params = { { "0.8" }, 1 }, one = { { "1" }, 1 };
    struct fault *first;

    (void)arg;
    first = db_query(context, mem, link, &SLEEP, &params, NULL);
    assert_non_null(first);
    /* never on another connection, where it would stand outside of the transaction */
    assert_non_null(db_query(context, mem, link, &INSERT, &one, NULL));
    return NULL;
}

static void test_killed_within_a_transaction(void **state)
{
    struct fault *fault;
    pid_t child;

    (void)state;
    make_scratch();
    child = killer(300);
    fault = db_transaction(CONTEXT, fix->mem, MAIN, true, sleeping_body, NULL);
    assert_int_equal(fault->name, FAULT_DBConnectionError);
    waitpid(child, NULL, 0);
    assert_int_equal(number_of(&COUNT, NULL), 0);
}

static void test_refused(void **state)
{
    struct db_link *link = db_link_to(fix->db, "cell 9", "postgresql://nova:secret@127.0.0.1:1/nova");
    struct db_params one = { { "1" }, 1 };
    struct db_answer dead, alive;
    struct db_batch *batch = db_batch(CONTEXT, fix->mem);

    (void)state;
    db_batch_add(batch, link, &ECHO_NUMBER, &one, &dead);
    db_batch_add(batch, MAIN, &ECHO_NUMBER, &one, &alive);
    db_batch_run(batch, 0);
    assert_null(alive.fault);
    assert_int_equal(dead.fault->name, FAULT_DBConnectionError);
    assert_non_null(strstr(dead.fault->message, "cell 9"));
    assert_null(strstr(dead.fault->message, "secret"));
    assert_string_equal(db_link_name(link), "127.0.0.1:1/nova");
}

static void test_unset(void **state)
{
    struct conf conf = { .api = "" };
    struct fault *fault;

    (void)state;
    reopen(&conf);
    fault = db_query(CONTEXT, fix->mem, API, &BACKEND, NULL, NULL);
    assert_int_equal(fault->name, FAULT_DBConnectionError);
    assert_non_null(strstr(fault->message, "[api_database] connection is not set"));
}

static void test_not_postgresql(void **state)
{
    struct conf conf = { .main = "mysql://nova:secret@h/d" };
    struct db *db;
    struct fault *fault = db_open(fix->mem, &conf, &db);

    (void)state;
    assert_int_equal(fault->name, FAULT_Internal);
    assert_null(strstr(fault->message, "secret"));
}

/* A peer that takes the connection and never says a word. */
static void test_black_hole(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int hole = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct conf conf = { .connect_timeout = 1 };
    struct db_params one = { { "1" }, 1 };
    struct db_answer dead, alive;
    struct db_batch *batch;
    uint64_t began;

    (void)state;
    assert_int_equal(bind(hole, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(hole, 1), 0);
    getsockname(hole, (struct sockaddr *)&address, &size);
    reopen(&conf);
    batch = db_batch(CONTEXT, fix->mem);
    db_batch_add(batch,
                 db_link_to(fix->db, "hole",
                            mem_printf(fix->mem, "postgresql://nova@127.0.0.1:%d/nova", ntohs(address.sin_port))),
                 &ECHO_NUMBER, &one, &dead);
    db_batch_add(batch, MAIN, &ECHO_NUMBER, &one, &alive);
    began = clock_monotonic_usec();
    db_batch_run(batch, 0);
    assert_in_range(clock_monotonic_usec() - began, 900000, 4000000);
    assert_null(alive.fault);
    assert_int_equal(dead.fault->name, FAULT_DBConnectionError);
    close(hole);
}

static void test_late(void **state)
{
    struct db_params one = { { "1" }, 1 }, long_sleep = { { "5" }, 1 };
    struct db_answer late, alive;
    struct db_batch *batch = db_batch(CONTEXT, fix->mem);
    uint64_t began = clock_monotonic_usec();

    (void)state;
    db_batch_add(batch, MAIN, &SLEEP, &long_sleep, &late);
    db_batch_add(batch, API, &ECHO_NUMBER, &one, &alive);
    db_batch_run(batch, 300);
    assert_in_range(clock_monotonic_usec() - began, 290000, 2000000);
    assert_null(alive.fault);
    assert_int_equal(late.fault->name, FAULT_DBConnectionError);
    assert_int_equal(number_of(&ECHO_NUMBER, "3"), 3); /* on a new connection: the old one still owes an answer */
}

static void test_statement_timeout(void **state)
{
    struct conf conf = { .statement_timeout = 200 };

    (void)state;
    for (int i = 0; i < 2; i++, conf.no_prepared = true) {
        struct fault *fault;
        reopen(&conf);
        assert_int_equal(number_of(&SLEEP, "0"), 7);
        assert_int_equal(db_round_trips(fix->db), 1);
        fault = run(&SLEEP, "5", NULL);
        assert_int_equal(fault->name, FAULT_DBConnectionError);
        assert_non_null(strstr(fault->message, "statement timeout"));
        assert_int_equal(number_of(&SLEEP, "0"), 7);
    }
}

static void test_recycled(void **state)
{
    struct conf conf = { .recycle_time = 1 };
    int64_t backend;

    (void)state;
    reopen(&conf);
    backend = number_of(&BACKEND, NULL);
    assert_int_equal(number_of(&BACKEND, NULL), backend);
    pause_ms(1100);
    assert_int_not_equal(number_of(&BACKEND, NULL), backend);
}

static void test_fork(void **state)
{
    int64_t backend = number_of(&BACKEND, NULL);
    int status;

    (void)state;
    for (int with_reset = 0; with_reset < 2; with_reset++) {
        pid_t child = fork();
        if (child == 0) {
            int64_t other = 0;
            if (with_reset)
                db_reset(fix->db);
            _exit(run(&BACKEND, NULL, &other) || other == backend);
        }
        waitpid(child, &status, 0);
        assert_int_equal(status, 0);
        assert_int_equal(number_of(&BACKEND, NULL), backend); /* the parent's session lives on */
    }
}

/* ---- what is prepared ---- */

static void test_without_prepared(void **state)
{
    struct conf conf = { .no_prepared = true };

    (void)state;
    reopen(&conf);
    assert_int_equal(number_of(&ECHO_NUMBER, "4"), 4);
    assert_int_equal(number_of(&PREPARED, NULL), 0);
    assert_int_equal(db_round_trips(fix->db), 2);
}

static void test_stale(void **state)
{
    static const struct db_statement forget = { .sql = "DEALLOCATE ALL", .database = "cell" };
    struct db_params nine = { { "9" }, 1 };
    struct db_answer a, b;
    struct db_batch *batch = db_batch(CONTEXT, fix->mem);

    (void)state;
    make_scratch();
    assert_int_equal(number_of(&ECHO_NUMBER, "4"), 4);
    assert_null(run(&INSERT, "1", NULL));
    assert_null(run(&forget, NULL, NULL));
    assert_int_equal(number_of(&ECHO_NUMBER, "5"), 5);
    assert_null(run(&INSERT, "2", NULL));
    assert_null(run(&INCREMENT, "2", NULL));
    assert_null(run(&forget, NULL, NULL));
    db_batch_add(batch, MAIN, &INCREMENT, &nine, &a);
    db_batch_add(batch, MAIN, &INSERT, &nine, &b);
    assert_string_equal(said(db_batch_write(batch)), "");
    assert_int_equal(a.rows.affected, 0);
    assert_int_equal(number_of(&COUNT, NULL), 3);
}

static void test_dynamic(void **state)
{
    static const struct db_statement model = { .name = "t_model", .sql = "SELECT 1 AS number", NUMBER_ROW };
    const struct db_statement *statement, *again;

    (void)state;
    for (int i = 0; i < 300; i++) {
        statement = db_statement_dynamic(fix->mem, &model, mem_printf(fix->mem, "SELECT %d AS number", i), 0);
        assert_int_equal(number_of(statement, NULL), i);
    }
    assert_int_equal(number_of(&PREPARED, NULL), 257); /* and itself */
    again = db_statement_dynamic(fix->mem, &model, "SELECT 0 AS number", 0);
    assert_int_equal(number_of(again, NULL), 0); /* was forgotten, is prepared again */
    assert_int_equal(number_of(&PREPARED, NULL), 257);
    again = db_statement_dynamic(fix->mem, &model, mem_strdup(fix->mem, "SELECT 299 AS number"), 0);
    assert_string_equal(again->name, statement->name);
    assert_int_equal(db_round_trips(fix->db), 303);
    /* an eviction that is undone by a failure in the same pipeline leaves nothing wrong behind */
    for (int i = 0; i < 3; i++) {
        struct db_answer bad, good;
        struct db_batch *batch = db_batch(CONTEXT, fix->mem);
        db_batch_add(batch, MAIN, &BAD_SQL, NULL, &bad);
        db_batch_add(batch, MAIN,
                     db_statement_dynamic(fix->mem, &model, mem_printf(fix->mem, "SELECT %d AS number", i + 20), 0),
                     NULL, &good);
        db_batch_run(batch, 0);
        assert_non_null(bad.fault);
        assert_null(good.fault);
        assert_int_equal(((struct number *)good.rows.rows)->number, i + 20);
    }
    assert_int_equal(number_of(&PREPARED, NULL), 257);
}

static void test_stage(void **state)
{
    struct scoreslot slot = { .stage = SCORE_RESOURCE };

    (void)state;
    fix->worker.slot = &slot;
    assert_int_equal(number_of(&ECHO_NUMBER, "1"), 1);
    assert_int_equal(slot.stage, SCORE_RESOURCE);
}

RUN_TESTS(T(test_restart_between), T(test_killed_under_a_read), T(test_killed_under_a_write),
          T(test_killed_within_a_transaction), T(test_refused), T(test_unset), T(test_not_postgresql),
          T(test_black_hole), T(test_late), T(test_statement_timeout), T(test_recycled), T(test_fork),
          T(test_without_prepared), T(test_stale), T(test_dynamic), T(test_stage))
