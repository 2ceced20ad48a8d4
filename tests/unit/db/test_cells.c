/* SPDX-License-Identifier: Apache-2.0 */
/* Cells from their mappings, and traces of statements. */
#include "config.h"

#include "tests/unit/db/statements.h"

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

RUN_TESTS(T(test_cells), T(test_late_cell), T(test_traced), T(test_not_traced))
