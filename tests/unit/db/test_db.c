/* SPDX-License-Identifier: Apache-2.0 */
/* Connections, pipelines and transactions against a real PostgreSQL: what holds when all is well, and when it is not.
 */
#include "config.h"

#include "tests/unit/db/fixture.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/profiler.h"
#include "fcgi_app/base/score.h"

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

static int setup(void **state)
{
    (void)state;
    fix = fixture_open(&usual);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_close(fix);
    return 0;
}

/* Opens the databases anew with other options. */
static void reopen(const struct conf *conf)
{
    fixture_close(fix);
    fix = fixture_open(conf);
}

static void pause_ms(long ms)
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

static struct fault *run(const struct db_statement *statement, const char *value, int64_t *number)
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

static int64_t number_of(const struct db_statement *statement, const char *value)
{
    int64_t number = -1;

    assert_string_equal(said(run(statement, value, &number)), "");
    return number;
}

static void make_scratch(void)
{
    assert_string_equal(said(run(&UNMAKE, NULL, NULL)), "");
    assert_string_equal(said(run(&MAKE, NULL, NULL)), "");
}

/* ---- values ---- */

struct all {
    const char *text, *nothing;
    struct db_bytes bytes;
    int64_t small, large, null_int, null_zero, when, never;
    bool yes, no;
    double real;
};

static void test_types(void **state)
{
    static const struct db_column columns[] = {
        COL_TEXT(struct all, text),     COL_TEXT(struct all, nothing), COL_BYTES(struct all, bytes),
        COL_INT(struct all, small),     COL_INT(struct all, large),    COL_INT_NULL(struct all, null_int),
        COL_INT(struct all, null_zero), COL_TIME(struct all, when),    COL_TIME(struct all, never),
        COL_BOOL(struct all, yes),      COL_BOOL(struct all, no),      COL_DOUBLE(struct all, real),
    };
    static const struct db_statement statement = {
        .name = "t_types",
        .sql = "SELECT 'grün'::text, NULL::text, $1::text, -5, 9223372036854775807, NULL::int, NULL::int, "
               "$2::timestamp, NULL::timestamp, true, $3::bool, 0.25::float",
        .params = 3,
        .database = "cell",
        .columns = columns,
        .column_count = 12,
        .row_size = sizeof(struct all),
    };
    struct db_params params = { 0 };
    struct db_rows rows;
    const struct all *all;

    (void)state;
    assert_int_equal(db_param_text(&params, ""), 1);
    assert_int_equal(db_param_time(&params, fix->mem, 1700000000123456), 2);
    assert_int_equal(db_param_bool(&params, false), 3);
    assert_null(db_query(CONTEXT, fix->mem, MAIN, &statement, &params, &rows));
    assert_int_equal(rows.count, 1);
    all = rows.rows;
    assert_string_equal(all->text, "grün");
    assert_null(all->nothing);
    assert_non_null(all->bytes.data);
    assert_int_equal(all->bytes.length, 0);
    assert_int_equal(all->small, -5);
    assert_true(all->large == INT64_MAX);
    assert_true(all->null_int == DB_NULL_INT);
    assert_int_equal(all->null_zero, 0);
    assert_true(all->when == 1700000000123456);
    assert_true(all->never == DB_NO_TIME);
    assert_true(all->yes);
    assert_false(all->no);
    assert_true(all->real == 0.25);
}

static void test_arrays(void **state)
{
    static const struct db_statement statement = {
        .name = "t_array",
        .sql = "SELECT count(*) AS number FROM unnest($1::text[], $2::int[]) AS u(t, i) WHERE "
               "(t, i) IN (('a\"b', 1), ('c\\d', -2), ('{e,f}', 3), ('', 4), ('NULL', 5))",
        .params = 2,
        NUMBER_ROW
    };
    static const char *const texts[] = { "a\"b", "c\\d", "{e,f}", "", "NULL" };
    static const int64_t ints[] = { 1, -2, 3, 4, 5 };
    struct db_params params = { 0 };
    struct db_rows rows;

    (void)state;
    db_param_texts(&params, fix->mem, texts, 5);
    db_param_ints(&params, fix->mem, ints, 5);
    assert_string_equal(said(db_query(CONTEXT, fix->mem, MAIN, &statement, &params, &rows)), "");
    assert_int_equal(((struct number *)rows.rows)->number, 5);
}

static void test_session(void **state)
{
    struct answer {
        const char *zone, *encoding, *name, *style;
    };
    static const struct db_column columns[] = { COL_TEXT(struct answer, zone), COL_TEXT(struct answer, encoding),
                                                COL_TEXT(struct answer, name), COL_TEXT(struct answer, style) };
    static const struct db_statement statement = {
        .sql = "SELECT current_setting('TimeZone'), current_setting('client_encoding'), "
               "current_setting('application_name'), current_setting('DateStyle')",
        .database = "cell",
        .columns = columns,
        .column_count = 4,
        .row_size = sizeof(struct answer)
    };
    struct db_rows rows;
    const struct answer *answer;

    (void)state;
    assert_null(db_query(CONTEXT, fix->mem, MAIN, &statement, NULL, &rows));
    answer = rows.rows;
    assert_string_equal(answer->zone, "UTC");
    assert_string_equal(answer->encoding, "UTF8");
    assert_string_equal(answer->name, "nova-api-fcgi");
    assert_string_equal(answer->style, "ISO, MDY");
}

/* ---- round trips ---- */

static void test_one_round_trip(void **state)
{
    struct db_params one = { { "1" }, 1 }, two = { { "2" }, 1 };
    struct db_answer first, second, third;
    struct db_batch *batch;

    (void)state;
    assert_int_equal(db_round_trips(fix->db), 0);
    assert_int_equal(db_open_connections(fix->db), 0);
    assert_int_equal(number_of(&ECHO_NUMBER, "5"), 5); /* prepared and run */
    assert_int_equal(db_round_trips(fix->db), 1);
    batch = db_batch(CONTEXT, fix->mem);
    db_batch_add(batch, MAIN, &ECHO_NUMBER, &one, &first);
    db_batch_add(batch, MAIN, &DIVIDE, &one, &second);
    db_batch_add(batch, API, &ECHO_NUMBER, &two, &third);
    db_batch_run(batch, 0);
    assert_null(first.fault);
    assert_null(second.fault);
    assert_null(third.fault);
    assert_int_equal(((struct number *)third.rows.rows)->number, 2);
    assert_int_equal(db_round_trips(fix->db), 3); /* one a database */
    assert_int_equal(db_open_connections(fix->db), 2);
}

static void test_empty_batch(void **state)
{
    (void)state;
    db_batch_run(db_batch(CONTEXT, fix->mem), 0);
    assert_int_equal(db_open_connections(fix->db), 0);
}

static void test_same_url_is_one_link(void **state)
{
    (void)state;
    assert_ptr_equal(db_link_to(fix->db, "another", fix->conf.main), MAIN);
    assert_ptr_not_equal(API, MAIN);
}

static void test_large_pipeline(void **state)
{
    static const struct db_statement statement = {
        .name = "t_large", .sql = "SELECT length($1::text || repeat($1, 20)) AS number", .params = 1, NUMBER_ROW
    };
    static const struct db_column text_columns[] = { { "text", DB_TEXT, 0 } };
    static const struct db_statement echo = { .name = "t_text",
                                              .sql = "SELECT repeat($1::text, 10)",
                                              .params = 1,
                                              .database = "cell",
                                              .columns = text_columns,
                                              .column_count = 1,
                                              .row_size = sizeof(char *) };
    struct db_batch *batch = db_batch(CONTEXT, fix->mem);
    char *text = mem_array(fix->mem, char, 20001);
    struct db_params params = { { text }, 1 };
    enum { STATEMENTS = 400 };
    struct db_answer *answers = mem_array(fix->mem, struct db_answer, STATEMENTS);

    (void)state;
    memset(text, 'x', 20000);
    for (int i = 0; i < STATEMENTS; i++)
        db_batch_add(batch, MAIN, i % 2 ? &echo : &statement, &params, &answers[i]);
    db_batch_run(batch, 0); /* 8 MB out and 40 MB in: both must flow at once */
    for (int i = 0; i < STATEMENTS; i++) {
        assert_null(answers[i].fault);
        if (i % 2)
            assert_int_equal(strlen(*(char **)answers[i].rows.rows), 200000);
        else
            assert_int_equal(((struct number *)answers[i].rows.rows)->number, 420000);
    }
    assert_int_equal(db_round_trips(fix->db), 1);
}

/* ---- failures of statements ---- */

static void test_error_in_the_middle(void **state)
{
    struct db_params one = { { "1" }, 1 }, zero = { { "0" }, 1 };
    struct db_answer a, b, c, d, e;
    struct db_batch *batch = db_batch(CONTEXT, fix->mem);

    (void)state;
    db_batch_add(batch, MAIN, &ECHO_NUMBER, &one, &a);
    db_batch_add(batch, MAIN, &DIVIDE, &zero, &b);
    db_batch_add(batch, MAIN, &DIVIDE, &one, &c);
    db_batch_add(batch, MAIN, &BAD_SQL, NULL, &d);
    db_batch_add(batch, MAIN, &SLEEP, &zero, &e);
    db_batch_run(batch, 0);
    assert_null(a.fault);
    assert_int_equal(b.fault->name, FAULT_DBError);
    assert_non_null(strstr(b.fault->message, "division by zero"));
    assert_null(c.fault);
    assert_int_equal(((struct number *)c.rows.rows)->number, 1);
    assert_int_equal(d.fault->name, FAULT_DBError);
    assert_null(e.fault);
    /* and nothing is left over of it */
    assert_int_equal(number_of(&SLEEP, "0"), 7);
    assert_non_null(run(&BAD_SQL, NULL, NULL));
    assert_int_equal(number_of(&ECHO_NUMBER, "8"), 8);
}

static void test_wrong_parameters(void **state)
{
    struct db_params none = { 0 };
    struct db_rows rows;
    struct fault *fault = db_query(CONTEXT, fix->mem, MAIN, &ECHO_NUMBER, &none, &rows);

    (void)state;
    assert_int_equal(fault->name, FAULT_Internal);
    assert_string_equal(fault->message, "Statement t_echo takes 1 parameters and was given 0");
    assert_int_equal(db_round_trips(fix->db), 0);
}

static void test_wrong_columns(void **state)
{
    static const struct db_statement statement = { .name = "t_two", .sql = "SELECT 1, 2", NUMBER_ROW };

    (void)state;
    assert_int_equal(run(&statement, NULL, NULL)->name, FAULT_Internal);
}

static void test_writes_stand_or_fall_together(void **state)
{
    struct db_params one = { { "1" }, 1 }, two = { { "2" }, 1 };
    struct db_answer a, b, c;
    struct db_batch *batch = db_batch(CONTEXT, fix->mem);
    struct fault *fault;
    uint64_t trips;

    (void)state;
    make_scratch();
    assert_null(run(&INSERT, "2", NULL));
    db_batch_add(batch, MAIN, &INSERT, &one, &a);
    db_batch_add(batch, MAIN, &INSERT, &two, &b);
    db_batch_add(batch, MAIN, &INCREMENT, &two, &c);
    trips = db_round_trips(fix->db);
    fault = db_batch_write(batch);
    assert_int_equal(db_round_trips(fix->db), trips + 1);
    assert_int_equal(fault->name, FAULT_DBDuplicateEntry);
    assert_true(db_fault_is_duplicate(fault, "scratch_id"));
    assert_true(db_fault_is_duplicate(fault, NULL));
    assert_false(db_fault_is_duplicate(fault, "scratch"));
    assert_false(db_fault_is_duplicate(NULL, NULL));
    assert_non_null(a.fault);
    assert_non_null(c.fault);
    assert_int_equal(number_of(&COUNT, NULL), 1);

    batch = db_batch(CONTEXT, fix->mem);
    db_batch_add(batch, MAIN, &INSERT, &one, &a);
    db_batch_add(batch, MAIN, &INCREMENT, &two, &b);
    trips = db_round_trips(fix->db);
    assert_null(db_batch_write(batch));
    assert_int_equal(db_round_trips(fix->db), trips + 1);
    assert_int_equal(a.rows.affected, 1);
    assert_int_equal(b.rows.affected, 1);
    assert_int_equal(number_of(&COUNT, NULL), 2);
}

/* ---- transactions ---- */

static struct fault *insert_body(const struct context *context, const void *mem, struct db_link *link, void *arg)
{
    struct db_params params = { { arg }, 1 };

    TRY(db_query(context, mem, link, &INSERT, &params, NULL));
    return db_query(context, mem, link, &INCREMENT, &params, NULL);
}

static struct fault *failing_body(const struct context *context, const void *mem, struct db_link *link, void *arg)
{
    TRY(insert_body(context, mem, link, arg));
    return fault_text(mem, Internal, "changed my mind");
}

static struct fault *nested_body(const struct context *context, const void *mem, struct db_link *link, void *arg)
{
    (void)arg;
    TRY(db_transaction(context, mem, link, true, insert_body, ID("10")));
    return db_transaction(context, mem, link, true, failing_body, ID("11"));
}

static struct fault *careless_body(const struct context *context, const void *mem, struct db_link *link, void *arg)
{
    struct fault *heedless = insert_body(context, mem, link, arg);

    assert_non_null(heedless);
    return NULL;
}

static struct fault *idle_body(const struct context *context, const void *mem, struct db_link *link, void *arg)
{
    (void)context, (void)mem, (void)link, (void)arg;
    return NULL;
}

static void test_transaction(void **state)
{
    struct fault *fault;
    uint64_t trips;

    (void)state;
    make_scratch();
    trips = db_round_trips(fix->db);
    assert_null(db_transaction(CONTEXT, fix->mem, MAIN, false, idle_body, NULL));
    assert_int_equal(db_round_trips(fix->db), trips);
    assert_null(db_transaction(CONTEXT, fix->mem, MAIN, false, insert_body, ID("1")));
    assert_int_equal(db_round_trips(fix->db), trips + 3); /* two statements and COMMIT; BEGIN rides along */
    assert_int_equal(number_of(&COUNT, NULL), 1);
    fault = db_transaction(CONTEXT, fix->mem, MAIN, false, failing_body, ID("2"));
    assert_string_equal(said(fault), "changed my mind");
    assert_int_equal(number_of(&COUNT, NULL), 1);
    fault = db_transaction(CONTEXT, fix->mem, MAIN, false, nested_body, NULL);
    assert_string_equal(said(fault), "changed my mind");
    assert_int_equal(number_of(&COUNT, NULL), 1);
    fault = db_transaction(CONTEXT, fix->mem, MAIN, false, careless_body, ID("1"));
    assert_int_equal(fault->name, FAULT_DBError);
    assert_null(db_transaction(CONTEXT, fix->mem, MAIN, false, insert_body, ID("3")));
    assert_int_equal(number_of(&COUNT, NULL), 2);
}

struct collision {
    const char *first, *second;
    int attempts;
};

static struct fault *colliding_body(const struct context *context, const void *mem, struct db_link *link, void *arg)
{
    struct collision *collision = arg;
    struct db_params first = { { collision->first }, 1 }, second = { { collision->second }, 1 };

    collision->attempts++;
    TRY(db_query(context, mem, link, &INCREMENT, &first, NULL));
    pause_ms(300);
    return db_query(context, mem, link, &INCREMENT, &second, NULL);
}

static void test_deadlock(void **state)
{
    static const struct db_statement sum = { .name = "t_sum",
                                             .sql = "SELECT sum(value) AS number FROM scratch",
                                             NUMBER_ROW };
    struct collision ours = { "1", "2", 0 }, theirs = { "2", "1", 0 };
    struct fault *fault;
    int status;
    pid_t child;

    (void)state;
    make_scratch();
    assert_null(run(&INSERT, "1", NULL));
    assert_null(run(&INSERT, "2", NULL));
    child = fork();
    if (child == 0) {
        db_reset(fix->db);
        fault = db_transaction(CONTEXT, fix->mem, MAIN, true, colliding_body, &theirs);
        _exit(fault ? 100 : theirs.attempts);
    }
    fault = db_transaction(CONTEXT, fix->mem, MAIN, true, colliding_body, &ours);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_string_equal(said(fault), "");
    assert_true(WIFEXITED(status));
    assert_in_range(WEXITSTATUS(status), 1, 6);
    assert_in_range(WEXITSTATUS(status) + ours.attempts, 3, 7); /* one of the two had to try again */
    assert_int_equal(number_of(&sum, NULL), 4);
}

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

/* ---- cells ---- */

static void test_cells(void **state)
{
    static const struct db_statement clear = { .sql = "DELETE FROM cell_mappings", .database = "api", .write = true };
    static const struct db_statement add = {
        .sql = "INSERT INTO cell_mappings (uuid, name, transport_url, database_connection, disabled) VALUES "
               "('00000000-0000-0000-0000-000000000000', 'cell0', 'none:///', "
               "'{scheme}://{username}@/nova_cell0?{query}', false), "
               "('11111111-1111-1111-1111-111111111111', NULL, '{scheme}://{hostname}/', "
               "'{scheme}://{username}@/{path}?{query}', true), "
               "('22222222-2222-2222-2222-222222222222', 'c2', 'rabbit://h/', 'mysql://h/d', false)",
        .database = "api",
        .write = true
    };
    const struct db_cell *cells;
    size_t count;
    struct db_rows rows;
    struct fault *fault;
    struct conf conf = { .transport = "rabbit://bus:5672/" };

    (void)state;
    reopen(&conf);
    assert_null(db_query(CONTEXT, fix->mem, API, &clear, NULL, NULL));
    assert_null(db_cells(CONTEXT, &cells, &count));
    assert_int_equal(count, 0);
    assert_null(db_query(CONTEXT, fix->mem, API, &add, NULL, NULL));
    assert_null(db_cells(CONTEXT, &cells, &count)); /* an empty list is not kept */
    assert_int_equal(count, 3);
    assert_true(cells[0].is_cell0);
    assert_string_equal(cells[0].transport_url, "none:///");
    assert_null(db_query(CONTEXT, fix->mem, cells[0].link, &BACKEND, NULL, &rows));
    assert_false(cells[1].is_cell0);
    assert_null(cells[1].name);
    assert_true(cells[1].disabled);
    assert_string_equal(cells[1].transport_url, "rabbit://bus/");
    assert_ptr_equal(cells[1].link, MAIN); /* the same URL once it is filled in: one connection */
    fault = db_query(CONTEXT, fix->mem, cells[2].link, &BACKEND, NULL, &rows);
    assert_int_equal(fault->name, FAULT_DBConnectionError);
    assert_non_null(strstr(fault->message, "type \"mysql\""));
    assert_ptr_equal(db_cell_by_id(cells, count, cells[1].id), &cells[1]);
    assert_null(db_cell_by_id(cells, count, -1));
    assert_null(db_query(CONTEXT, fix->mem, API, &clear, NULL, NULL));
    assert_null(db_cells(CONTEXT, &cells, &count));
    assert_int_equal(count, 3); /* kept */
    db_reset(fix->db);
    assert_null(db_cells(CONTEXT, &cells, &count));
    assert_int_equal(count, 0);
}

static void test_late_cell(void **state)
{
    static const struct db_statement clear = { .sql = "DELETE FROM cell_mappings", .database = "api", .write = true };
    struct db_params insert = { 0 }, long_sleep = { { "5" }, 1 };
    static const struct db_statement add = {
        .sql = "INSERT INTO cell_mappings (uuid, transport_url, database_connection, disabled) VALUES "
               "('33333333-3333-3333-3333-333333333333', 'none:///', $1, false)",
        .params = 1,
        .database = "api",
        .write = true
    };
    const struct db_cell *cells;
    size_t count;
    struct fault *fault;
    struct conf conf = { .cell_timeout = 1 };

    (void)state;
    reopen(&conf);
    db_param_text(&insert, getenv("NOVA_TEST_URL_cell0"));
    assert_null(db_query(CONTEXT, fix->mem, API, &clear, NULL, NULL));
    assert_null(db_query(CONTEXT, fix->mem, API, &add, &insert, NULL));
    assert_null(db_cells(CONTEXT, &cells, &count));
    fault = db_query(CONTEXT, fix->mem, cells[0].link, &SLEEP, &long_sleep, NULL);
    assert_int_equal(fault->name, FAULT_CellTimeout);
    assert_null(db_query(CONTEXT, fix->mem, API, &clear, NULL, NULL));
}

/* ---- traces ---- */

static void take_event(void *arg, const char *event)
{
    char **events = arg;

    while (*events)
        events++;
    *events = mem_strdup(fix->mem, event);
}

/* The id behind `key` of an event. */
static const char *id_in(const char *event, const char *key)
{
    const char *at = strstr(event, key);

    assert_non_null(at);
    return mem_strndup(fix->mem, at + strlen(key) + strlen("\": \""), 36);
}

/* The end of the statement that began with events[start]; databases answer in any order. */
static const char *end_of(char **events, size_t start)
{
    const char *id = id_in(events[start], "trace_id");

    for (size_t i = 4; i <= 6; i++)
        if (strcmp(id_in(events[i], "trace_id"), id) == 0)
            return events[i];
    fail_msg("no end of %s", events[start]);
    return NULL;
}

static void test_traced(void **state)
{
    struct conf conf = { .traced = true };
    char *events[16] = { NULL };
    struct db_params seven = { { "7" }, 1 }, quoted = { { NULL }, 1 };
    struct db_answer answers[3];
    struct db_batch *batch;

    (void)state;
    reopen(&conf);
    fix->worker.profiler = profiler_open(fix->mem, "THE-KEY", "base", NULL, take_event, events);
    profiler_start(fix->worker.profiler, "wsgi", NULL);
    batch = db_batch(CONTEXT, fix->mem);
    db_batch_add(batch, MAIN, &ECHO_NUMBER, &seven, &answers[0]);
    db_batch_add(batch, MAIN, &BAD_SQL, NULL, &answers[1]);
    db_batch_add(batch, API, &ECHO_NUMBER, &quoted, &answers[2]);
    db_batch_run(batch, 0);
    assert_null(answers[0].fault);
    assert_non_null(answers[1].fault);
    profiler_stop(fix->worker.profiler, NULL);

    /* wsgi, three beginnings in the order of the batch, three ends, wsgi's end */
    assert_non_null(events[7]);
    assert_null(events[8]);
    for (size_t i = 1; i <= 3; i++) {
        assert_non_null(strstr(events[i], "{\"name\": \"db-start\", \"base_id\": \"base\""));
        assert_string_equal(id_in(events[i], "parent_id"), id_in(events[0], "trace_id")); /* side by side */
        assert_non_null(strstr(events[i + 3], "{\"name\": \"db-stop\""));
    }
    assert_non_null(strstr(events[1], "\"info\": {\"db\": {\"statement\": \"SELECT $1::int AS number\", "
                                      "\"params\": [\"7\"]}, \"host\": "));
    assert_non_null(strstr(events[2], "\"params\": []}"));
    assert_non_null(strstr(events[3], "\"params\": [null]}"));
    assert_null(strstr(end_of(events, 1), "etype"));
    assert_non_null(strstr(end_of(events, 2), "\"etype\": \"DBError\", \"message\": \"t_bad: (42P01) "));
    assert_null(strstr(end_of(events, 3), "etype"));
    for (size_t i = 0; i < 8; i++)
        assert_null(strstr(events[i], "THE-KEY"));
}

static void test_not_traced(void **state)
{
    char *events[4] = { NULL };
    struct conf conf = { .traced = true };

    (void)state;
    /* trace_sqlalchemy is off */
    fix->worker.profiler = profiler_open(fix->mem, "key", "base", NULL, take_event, events);
    assert_int_equal(number_of(&ECHO_NUMBER, "1"), 1);
    assert_null(events[0]);
    /* the request wants no trace */
    reopen(&conf);
    assert_int_equal(number_of(&ECHO_NUMBER, "1"), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_types),
        T(test_arrays),
        T(test_session),
        T(test_one_round_trip),
        T(test_empty_batch),
        T(test_same_url_is_one_link),
        T(test_large_pipeline),
        T(test_error_in_the_middle),
        T(test_wrong_parameters),
        T(test_wrong_columns),
        T(test_writes_stand_or_fall_together),
        T(test_transaction),
        T(test_deadlock),
        T(test_restart_between),
        T(test_killed_under_a_read),
        T(test_killed_under_a_write),
        T(test_killed_within_a_transaction),
        T(test_refused),
        T(test_unset),
        T(test_not_postgresql),
        T(test_black_hole),
        T(test_late),
        T(test_statement_timeout),
        T(test_recycled),
        T(test_fork),
        T(test_without_prepared),
        T(test_stale),
        T(test_dynamic),
        T(test_stage),
        T(test_cells),
        T(test_late_cell),
        T(test_traced),
        T(test_not_traced),
    };

    if (!getenv("NOVA_TEST_URL_api")) {
        fprintf(stderr, "skipped: run through tests/lib/postgres\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
