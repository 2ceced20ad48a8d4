/* SPDX-License-Identifier: Apache-2.0 */
/* Whose limit counts, what is counted, and the words of refusal. Runs inside of tests/lib/postgres. */
#include "config.h"

#include "tests/unit/db/fixture.h"

#include "fcgi_app/quota/quota.h"

static const struct quota_server small = { .vcpus = 2, .memory_mb = 512 };

static void run_sql(struct fixture *fixture, const char *sql)
{
    const struct db_statement statement = { .sql = sql, .database = "api", .write = true };
    const struct db_params params = { .count = 0 };
    struct db_rows rows;

    assert_string_equal(
        said(db_query(&fixture->context, fixture->mem, db_api(fixture->db), &statement, &params, &rows)), "");
}

static void clear(struct fixture *fixture)
{
    static const char *const tables[] = { "quota_classes", "quotas", "project_user_quotas", "key_pairs",
                                          "cell_mappings" };

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        run_sql(fixture, mem_printf(fixture->mem, "DELETE FROM %s", tables[i]));
}

static int open_rows(void **state)
{
    const struct conf conf = { .statement_timeout = 0 };
    struct fixture *fixture = fixture_open(&conf);

    clear(fixture);
    run_sql(fixture, "INSERT INTO quota_classes (class_name, resource, hard_limit) VALUES ('default', 'instances', 10),"
                     " ('default', 'cores', 20), ('default', 'ram', 51200), ('default', 'key_pairs', 2),"
                     " ('default', 'metadata_items', 3), ('other', 'cores', 1)");
    fixture->context.project_id = "p";
    fixture->context.user_id = "u";
    *state = fixture;
    return 0;
}

static int close_rows(void **state)
{
    struct fixture *fixture = *state;

    clear(fixture);
    fixture_close(fixture);
    return 0;
}

static int64_t limit_of(struct fixture *fixture, const char *user, enum quota_resource resource)
{
    struct quota_values limits;

    assert_string_equal(said(quota_of(&fixture->context, "p", user, &limits, NULL)), "");
    return limits.of[resource];
}

static void the_nearest_limit_counts(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(limit_of(fixture, NULL, QUOTA_CORES), 20);
    assert_int_equal(limit_of(fixture, "u", QUOTA_CORES), 20);
    run_sql(fixture, "INSERT INTO quotas (project_id, resource, hard_limit) VALUES ('p', 'cores', 8), ('q', 'ram', 1)");
    assert_int_equal(limit_of(fixture, NULL, QUOTA_CORES), 8);
    assert_int_equal(limit_of(fixture, "u", QUOTA_CORES), 8);
    assert_int_equal(limit_of(fixture, NULL, QUOTA_RAM), 51200);
    run_sql(fixture, "INSERT INTO project_user_quotas (project_id, user_id, resource, hard_limit)"
                     " VALUES ('p', 'u', 'cores', 4)");
    assert_int_equal(limit_of(fixture, "u", QUOTA_CORES), 4);
    assert_int_equal(limit_of(fixture, "v", QUOTA_CORES), 8);
    assert_int_equal(limit_of(fixture, NULL, QUOTA_CORES), 8);
}

static void what_is_set_can_be_removed(void **state)
{
    const struct quota_setting settings[] = { { QUOTA_CORES, 7 }, { QUOTA_RAM, -1 } };
    struct fixture *fixture = *state;

    assert_string_equal(said(quota_set(&fixture->context, "p", "u", settings, 2)), "");
    assert_string_equal(said(quota_set(&fixture->context, "p", "u", settings, 1)), "");
    assert_int_equal(limit_of(fixture, "u", QUOTA_CORES), 7);
    assert_int_equal(limit_of(fixture, "u", QUOTA_RAM), -1);
    assert_int_equal(limit_of(fixture, NULL, QUOTA_CORES), 20);
    assert_string_equal(said(quota_delete(&fixture->context, "p", "u")), "");
    assert_int_equal(limit_of(fixture, "u", QUOTA_CORES), 20);
}

static void a_users_limit_is_bounded_by_what_the_project_has_left(void **state)
{
    struct fixture *fixture = *state;
    struct quota_values least, most;

    run_sql(fixture, "INSERT INTO project_user_quotas (project_id, user_id, resource, hard_limit)"
                     " VALUES ('p', 'u', 'cores', 5), ('p', 'v', 'cores', 9)");
    assert_string_equal(said(quota_settable(&fixture->context, "p", "u", &least, &most)), "");
    assert_int_equal(least.of[QUOTA_CORES], 0);
    assert_int_equal(most.of[QUOTA_CORES], 20 - 5 - 9 + 5);
    assert_string_equal(said(quota_settable(&fixture->context, "p", NULL, &least, &most)), "");
    assert_int_equal(least.of[QUOTA_CORES], 14);
    assert_int_equal(most.of[QUOTA_CORES], QUOTA_UNLIMITED);
}

static void as_many_servers_as_fit(void **state)
{
    struct fixture *fixture = *state;
    const struct context *context = &fixture->context;
    int64_t allowed;

    assert_string_equal(said(quota_check_servers(context, &small, 1, 3, NULL, NULL, &allowed)), "");
    assert_int_equal(allowed, 3);
    assert_string_equal(said(quota_check_servers(context, &small, 1, 30, NULL, NULL, &allowed)), "");
    assert_int_equal(allowed, 10);
    assert_string_equal(said(quota_check_servers(context, &small, 11, 11, NULL, NULL, &allowed)),
                        "Quota exceeded for cores, instances: Requested 22, 11, but already used 0, 0 of 20, 10 cores, "
                        "instances");
    assert_string_equal(said(quota_check_servers(context, &small, 11, 12, NULL, NULL, &allowed)),
                        "Quota exceeded for cores, instances: Requested 24, 11-12, but already used 0, 0 of 20, 10 "
                        "cores, instances");
    run_sql(fixture, "INSERT INTO quotas (project_id, resource, hard_limit) VALUES ('p', 'cores', -1)");
    assert_string_equal(said(quota_check_servers(context, &small, 1, 30, NULL, NULL, &allowed)), "");
    assert_int_equal(allowed, 10);
    run_sql(fixture, "INSERT INTO project_user_quotas (project_id, user_id, resource, hard_limit)"
                     " VALUES ('p', 'u', 'instances', 4)");
    assert_string_equal(said(quota_check_servers(context, &small, 1, 30, NULL, NULL, &allowed)), "");
    assert_int_equal(allowed, 4);
}

static void a_resize_counts_what_it_adds(void **state)
{
    const struct quota_server big = { .vcpus = 30, .memory_mb = 512 };
    struct fixture *fixture = *state;

    assert_string_equal(said(quota_check_resize(&fixture->context, &big, &small, false, NULL, NULL)), "");
    assert_string_equal(said(quota_check_resize(&fixture->context, &small, &big, false, NULL, NULL)),
                        "Quota exceeded for cores: Requested 28, but already used 0 of 20 cores");
}

static void small_things_are_counted_too(void **state)
{
    struct fixture *fixture = *state;
    const struct context *context = &fixture->context;

    assert_string_equal(said(quota_check_metadata(context, 3)), "");
    assert_string_equal(said(quota_check_metadata(context, 4)), "Maximum number of metadata items exceeds 3");
    assert_string_equal(said(quota_check_key_pairs(context, "u", 2)), "");
    run_sql(fixture, "INSERT INTO key_pairs (name, user_id, type) VALUES ('a', 'u', 'ssh'), ('b', 'u', 'ssh')");
    assert_string_equal(said(quota_check_key_pairs(context, "u", 0)), "");
    assert_string_equal(said(quota_check_key_pairs(context, "u", 1)), "Quota exceeded, too many key pairs.");
    assert_string_equal(said(quota_check_key_pairs(context, "v", 1)), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_nearest_limit_counts, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(what_is_set_can_be_removed, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(a_users_limit_is_bounded_by_what_the_project_has_left, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(as_many_servers_as_fit, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(a_resize_counts_what_it_adds, open_rows, close_rows),
        cmocka_unit_test_setup_teardown(small_things_are_counted_too, open_rows, close_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
