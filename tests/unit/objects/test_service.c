/* SPDX-License-Identifier: Apache-2.0 */
/* Minimum versions, their cache, and the record's own rules. Runs inside of tests/lib/postgres. */
#include "config.h"

#include "tests/unit/db/fixture.h"

#include "fcgi_app/objects/service.h"

static const char *const compute[] = { "nova-compute" };
static const char *const both[] = { "nova-compute", "nova-conductor" };

static void run_sql(struct fixture *fixture, struct db_link *link, const char *database, const char *sql)
{
    const struct db_statement statement = { .sql = sql, .database = database, .write = true };
    const struct db_params params = { .count = 0 };
    struct db_rows rows;

    assert_string_equal(said(db_query(&fixture->context, fixture->mem, link, &statement, &params, &rows)), "");
}

/* A service in the main database. */
static void add(struct fixture *fixture, const char *host, const char *binary, const char *version, const char *down,
                int deleted)
{
    run_sql(fixture, db_main(fixture->db), "cell",
            mem_printf(fixture->mem,
                       "INSERT INTO services (host, \"binary\", report_count, disabled, forced_down, version, deleted)"
                       " VALUES ('%s', '%s', 0, false, %s, %s, %d)",
                       host, binary, down, version, deleted));
}

static int64_t minimum(struct fixture *fixture, const char *const *binaries, size_t count)
{
    int64_t version = -1;

    assert_string_equal(said(service_minimum_version(&fixture->context, binaries, count, &version)), "");
    return version;
}

static int64_t minimum_of_cells(struct fixture *fixture)
{
    int64_t version = -1;

    assert_string_equal(said(service_minimum_version_all_cells(&fixture->context, compute, 1, false, &version)), "");
    return version;
}

static int open_rows(void **state)
{
    const struct conf conf = { .statement_timeout = 0 };
    struct fixture *fixture = fixture_open(&conf);

    run_sql(fixture, db_main(fixture->db), "cell", "DELETE FROM services");
    run_sql(fixture, db_api(fixture->db), "api", "DELETE FROM cell_mappings");
    *state = fixture;
    return 0;
}

static int close_rows(void **state)
{
    struct fixture *fixture = *state;

    run_sql(fixture, db_main(fixture->db), "cell", "DELETE FROM services");
    run_sql(fixture, db_api(fixture->db), "api", "DELETE FROM cell_mappings");
    fixture_close(fixture);
    return 0;
}

static void the_lowest_live_version_counts(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(minimum(fixture, compute, 1), 0);
    add(fixture, "a", "nova-compute", "63", "false", 0);
    add(fixture, "b", "nova-compute", "62", "false", 0);
    add(fixture, "gone", "nova-compute", "1", "false", 7);
    add(fixture, "down", "nova-compute", "2", "true", 0);
    add(fixture, "c", "nova-conductor", "61", "false", 0);
    assert_int_equal(minimum(fixture, compute, 1), 62);
    assert_int_equal(minimum(fixture, both, 2), 61);
    add(fixture, "none", "nova-conductor", "NULL", "false", 0);
    assert_int_equal(minimum(fixture, both, 2), 61);
    /* Not the cells' way: a version of 0 counts here. */
    add(fixture, "zero", "nova-conductor", "0", "false", 0);
    assert_int_equal(minimum(fixture, both, 2), 0);
}

static void a_cached_answer_stays_until_it_is_cleared(void **state)
{
    struct fixture *fixture = *state;
    uint64_t trips;

    add(fixture, "a", "nova-compute", "63", "false", 0);
    service_version_cache_enable();
    assert_int_equal(minimum(fixture, compute, 1), 63);
    add(fixture, "b", "nova-compute", "61", "false", 0);
    trips = db_round_trips(fixture->db);
    assert_int_equal(minimum(fixture, compute, 1), 63);
    assert_int_equal(db_round_trips(fixture->db), trips);
    /* One of two is not known, so both are asked for, and kept. */
    add(fixture, "c", "nova-conductor", "62", "false", 0);
    assert_int_equal(minimum(fixture, both, 2), 61);
    assert_int_equal(minimum(fixture, compute, 1), 61);
    run_sql(fixture, db_main(fixture->db), "cell", "UPDATE services SET version = 64");
    assert_int_equal(minimum(fixture, both, 2), 61);
    service_version_cache_clear();
    assert_int_equal(minimum(fixture, both, 2), 64);
    service_version_cache_clear();
}

static void all_cells_are_asked_and_zeros_left_out(void **state)
{
    struct fixture *fixture = *state;

    run_sql(fixture, db_api(fixture->db), "api",
            mem_printf(fixture->mem,
                       "INSERT INTO cell_mappings (uuid, name, transport_url, database_connection, disabled) VALUES"
                       " ('00000000-0000-0000-0000-000000000000', 'cell0', 'none:///', '%s', false),"
                       " ('11111111-1111-4111-8111-111111111111', 'cell1', 'none:///', '%s', false)",
                       getenv("NOVA_TEST_URL_cell0"), getenv("NOVA_TEST_URL_cell1")));
    assert_int_equal(minimum_of_cells(fixture), 0);
    add(fixture, "a", "nova-compute", "62", "false", 0);
    assert_int_equal(minimum_of_cells(fixture), 62);
    assert_string_equal(said(service_raise_if_old_compute(&fixture->context)), "");
    add(fixture, "b", "nova-compute", "60", "false", 0);
    assert_string_equal(
        said(service_raise_if_old_compute(&fixture->context)),
        "Current Nova version does not support computes older than Yoga but the minimum compute service "
        "level in your system is 60 and the oldest supported service level is 61.");
    /* Without an API database it is the cell's own. */
    fixture->conf.api = NULL;
    assert_non_null(strstr(said(service_raise_if_old_compute(&fixture->context)), "level in your cell is 60"));
    fixture->conf.api = getenv("NOVA_TEST_URL_api");
}

static void a_cell_that_fails_is_left_out_unless_all_are_wanted(void **state)
{
    struct fixture *fixture = *state;
    int64_t version;
    struct fault *fault;

    run_sql(fixture, db_api(fixture->db), "api",
            mem_printf(fixture->mem,
                       "INSERT INTO cell_mappings (uuid, name, transport_url, database_connection, disabled) VALUES"
                       " ('11111111-1111-4111-8111-111111111111', 'cell1', 'none:///', '%s', false),"
                       " ('22222222-2222-4222-8222-222222222222', 'cell2', 'none:///',"
                       " 'postgresql://nova@/x?host=/nonexistent', false)",
                       getenv("NOVA_TEST_URL_cell1")));
    add(fixture, "a", "nova-compute", "62", "false", 0);
    assert_int_equal(minimum_of_cells(fixture), 62);
    fault = service_minimum_version_all_cells(&fixture->context, compute, 1, true, &version);
    assert_non_null(fault);
    assert_int_equal(fault->name, FAULT_CellTimeout);
}

static void binaries_have_their_prefix(void **state)
{
    static const char *const wrong[] = { "nova-compute", "compute" };
    struct fixture *fixture = *state;
    int64_t version;

    assert_string_equal(said(service_minimum_version(&fixture->context, wrong, 2, &version)),
                        "Object action get_minimum_version failed because: Invalid binary prefix");
}

static void a_deleted_record_is_no_record(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, "here", "nova-osapi_compute", "60", "false", 5);
    assert_string_equal(said(service_record_ensure(&fixture->context, "here", "nova-osapi_compute")), "");
    assert_string_equal(said(service_record_ensure(&fixture->context, "here", "nova-osapi_compute")), "");
    assert_int_equal(minimum(fixture, (const char *const[]){ "nova-osapi_compute" }, 1), 64);
    add(fixture, "there", "nova-osapi_compute", "65", "false", 0);
    /* Our own record stands at our version: nothing is written, so nothing is compared. */
    assert_string_equal(said(service_record_ensure(&fixture->context, "here", "nova-osapi_compute")), "");
    assert_int_equal(service_record_ensure(&fixture->context, "third", "nova-osapi_compute") == NULL, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_lowest_live_version_counts, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(a_cached_answer_stays_until_it_is_cleared, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(all_cells_are_asked_and_zeros_left_out, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(a_cell_that_fails_is_left_out_unless_all_are_wanted, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(binaries_have_their_prefix, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(a_deleted_record_is_no_record, open_rows, close_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
