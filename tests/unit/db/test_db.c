/* SPDX-License-Identifier: Apache-2.0 */
/* Values, batches and their round trips, failures of statements, transactions. */
#include "config.h"

#include "tests/unit/db/statements.h"

#include <poll.h>
#include <sys/socket.h>

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
    int other; /* a socket to the other one */
};

/* Both hold their first row before either wants its second. */
static void meet(int other)
{
    struct pollfd wait = { .fd = other, .events = POLLIN };
    char word = 0;

    assert_int_equal(write(other, &word, 1), 1);
    assert_int_equal(poll(&wait, 1, 60000), 1);
    assert_int_equal(read(other, &word, 1), 1);
}

static struct fault *colliding_body(const struct context *context, const void *mem, struct db_link *link, void *arg)
{
    struct collision *collision = arg;
    struct db_params first = { { collision->first }, 1 }, second = { { collision->second }, 1 };

    collision->attempts++;
    TRY(db_query(context, mem, link, &INCREMENT, &first, NULL));
    if (collision->attempts == 1)
        meet(collision->other);
    return db_query(context, mem, link, &INCREMENT, &second, NULL);
}

static void test_deadlock(void **state)
{
    static const struct db_statement sum = { .name = "t_sum",
                                             .sql = "SELECT sum(value) AS number FROM scratch",
                                             NUMBER_ROW };
    struct collision ours = { "1", "2", 0, -1 }, theirs = { "2", "1", 0, -1 };
    struct fault *fault;
    int status, line[2];
    pid_t child;

    (void)state;
    make_scratch();
    assert_null(run(&INSERT, "1", NULL));
    assert_null(run(&INSERT, "2", NULL));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, line), 0);
    ours.other = line[0];
    theirs.other = line[1];
    child = fork();
    if (child == 0) {
        db_reset(fix->db);
        fault = db_transaction(CONTEXT, fix->mem, MAIN, true, colliding_body, &theirs);
        _exit(fault ? 100 : theirs.attempts);
    }
    fault = db_transaction(CONTEXT, fix->mem, MAIN, true, colliding_body, &ours);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_string_equal(said(fault), "");
    close(line[0]);
    close(line[1]);
    assert_true(WIFEXITED(status));
    assert_in_range(WEXITSTATUS(status), 1, 6);
    assert_in_range(WEXITSTATUS(status) + ours.attempts, 3, 7); /* one of the two had to try again */
    assert_int_equal(number_of(&sum, NULL), 4);
}

RUN_TESTS(T(test_types), T(test_arrays), T(test_session), T(test_one_round_trip), T(test_empty_batch),
          T(test_same_url_is_one_link), T(test_large_pipeline), T(test_error_in_the_middle), T(test_wrong_parameters),
          T(test_wrong_columns), T(test_writes_stand_or_fall_together), T(test_transaction), T(test_deadlock))
