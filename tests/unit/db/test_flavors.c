/* SPDX-License-Identifier: Apache-2.0 */
/* Which flavors a filter lets through, in which order, and who sees them. Runs inside of tests/lib/postgres. */
#include "config.h"

#include "tests/unit/db/fixture.h"

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/db/flavors.h"

/* flavorid, RAM, disk, disabled, public; b and d are private, project p has access to b. */
static const char rows_sql[] =
    "INSERT INTO flavors (id, flavorid, name, memory_mb, vcpus, root_gb, ephemeral_gb, swap, rxtx_factor, vcpu_weight,"
    " disabled, is_public, description, created_at, updated_at) VALUES"
    " (11, 'a', 'n5', 512, 1, 10, 0, 0, 1, 1, false, true, 'x', '2026-01-01', '2026-02-01'),"
    " (12, 'b', 'n4', 512, 2, 20, 1, 9, 2.5, 1, false, false, 'x', '2026-01-02', '2026-02-01'),"
    " (13, 'c', 'n3', 1024, 1, 30, 0, 0, 1, 2, true, true, 'y', '2026-01-03', '2026-02-01'),"
    " (14, 'd', 'n2', 2048, 4, 40, 0, 0, 1, 3, false, false, 'z', '2026-01-04', '2026-02-01'),"
    " (15, 'e', 'n1', 4096, 8, 50, 0, 0, 0, 3, false, true, 'w', '2026-01-05', '2026-02-02')";
static const char specs_sql[] =
    "INSERT INTO flavor_extra_specs (flavor_id, key, value) VALUES (11, 'z:last', '1'), (11, 'a:first', 'say \"é\"'),"
    " (13, 'k', 'v')";
static const char projects_sql[] = "INSERT INTO flavor_projects (flavor_id, project_id) VALUES (12, 'p')";
static const char clean_sql[] = "DELETE FROM flavor_projects";
static const char clean_specs_sql[] = "DELETE FROM flavor_extra_specs";
static const char clean_flavors_sql[] = "DELETE FROM flavors";

static void run_sql(struct fixture *fixture, const char *sql)
{
    const struct db_statement statement = { .sql = sql, .database = "api", .write = true };
    const struct db_params params = { .count = 0 };
    struct db_rows rows;

    assert_string_equal(
        said(db_query(&fixture->context, fixture->mem, db_api(fixture->db), &statement, &params, &rows)), "");
}

static int open_rows(void **state)
{
    const struct conf conf = { .statement_timeout = 0 };
    struct fixture *fixture = fixture_open(&conf);
    static const char *const all[] = {
        clean_sql, clean_specs_sql, clean_flavors_sql, rows_sql, specs_sql, projects_sql
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        run_sql(fixture, all[i]);
    *state = fixture;
    return 0;
}

static int close_rows(void **state)
{
    struct fixture *fixture = *state;

    run_sql(fixture, clean_sql);
    run_sql(fixture, clean_specs_sql);
    run_sql(fixture, clean_flavors_sql);
    fixture_close(fixture);
    return 0;
}

static void as(struct fixture *fixture, bool admin, const char *project)
{
    fixture->context.is_admin = admin;
    fixture->context.project_id = project;
}

/* The flavorids that come back, as one text; a fault's words where it failed. */
static const char *list(struct fixture *fixture, struct flavor_filter filter)
{
    struct db_rows rows;
    const struct flavor *flavors;
    struct fault *fault;
    struct strbuf out;

    if (!filter.sort_key)
        filter.sort_key = "flavorid";
    if (!filter.limit)
        filter.limit = 1000;
    fault = db_flavors_list(&fixture->context, fixture->mem, FLAVOR_BRIEF, &filter, &rows);
    if (fault)
        return fault->message;
    strbuf_init(&out, fixture->mem, 16);
    flavors = rows.rows;
    for (size_t i = 0; i < rows.count; i++)
        strbuf_puts(&out, flavors[i].flavorid);
    return out.data;
}
#define LIST(...) list(fixture, (struct flavor_filter){ __VA_ARGS__ })

static void test_administrator_chooses(void **state)
{
    struct fixture *fixture = *state;

    as(fixture, true, "p");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC), "abce");
    assert_string_equal(LIST(.is_public = FLAVOR_NOT_PUBLIC), "bd");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT), "abcde");
    as(fixture, true, NULL);
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC), "ace");
}

static void test_others_see_public_and_their_own(void **state)
{
    struct fixture *fixture = *state;

    as(fixture, false, "p");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC, .enabled_only = true), "abe");
    as(fixture, false, "q");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC, .enabled_only = true), "ae");
}

static void test_minima(void **state)
{
    struct fixture *fixture = *state;

    as(fixture, true, "p");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .has_min_memory_mb = true, .min_memory_mb = 1024),
                        "cde");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .has_min_root_gb = true, .min_root_gb = 41), "e");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .has_min_root_gb = true, .min_root_gb = INT64_MAX), "");
}

static void test_limit(void **state)
{
    struct fixture *fixture = *state;

    as(fixture, true, "p");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .limit = 2), "ab");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .limit = 2, .sort_key = "name"), "ed");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .limit = 2, .sort_key = "memory_mb"), "ab");
    assert_string_equal(
        LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .limit = 2, .sort_key = "updated_at", .descending = true), "ed");
}

/* Behind each item comes what follows it in the whole list, whatever the key and the direction. */
static void test_markers_continue_every_order(void **state)
{
    struct fixture *fixture = *state;

    as(fixture, true, "p");
    for (size_t key = 0; flavors_sort_keys[key]; key++)
        for (int descending = 0; descending < 2; descending++) {
            const char *all =
                LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .sort_key = flavors_sort_keys[key], .descending = descending);

            assert_int_equal(strlen(all), 5);
            for (size_t at = 0; at < 5; at++) {
                char marker[2] = { all[at], '\0' };

                assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .sort_key = flavors_sort_keys[key],
                                         .descending = descending, .marker = marker),
                                    all + at + 1);
            }
        }
}

static void test_marker_without_a_key_counts_by_id(void **state)
{
    struct fixture *fixture = *state;

    as(fixture, true, "p");
    run_sql(fixture, "UPDATE flavors SET description = NULL WHERE flavorid = 'b'");
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .sort_key = "description", .marker = "b"), "ecd");
    run_sql(fixture, "UPDATE flavors SET description = 'x' WHERE flavorid = 'b'");
}

static void test_unknown_marker_and_key(void **state)
{
    struct fixture *fixture = *state;

    as(fixture, true, "p");
    assert_string_equal(LIST(.marker = "nope"), "Marker nope could not be found.");
    assert_string_equal(LIST(.sort_key = "id; DROP TABLE flavors"), "Sort key supplied was not valid.");
    as(fixture, false, "q");
    assert_string_equal(LIST(.marker = "b"), "Marker b could not be found.");
}

static void test_one_round_trip_even_with_a_marker(void **state)
{
    struct fixture *fixture = *state;
    uint64_t before;

    as(fixture, true, "p");
    LIST(.marker = "a");
    before = db_round_trips(fixture->db);
    assert_string_equal(LIST(.is_public = FLAVOR_PUBLIC_OR_NOT, .marker = "a"), "bcde");
    assert_int_equal(db_round_trips(fixture->db) - before, 1);
}

static void test_extra_specs_stand_in_the_order_of_their_making(void **state)
{
    struct fixture *fixture = *state;
    const struct flavor_filter filter = { .is_public = FLAVOR_PUBLIC_OR_NOT, .sort_key = "id", .limit = 2 };
    const struct flavor *flavors;
    struct db_rows rows;

    as(fixture, true, "p");
    assert_string_equal(said(db_flavors_list(&fixture->context, fixture->mem, FLAVOR_EXTRA_SPECS, &filter, &rows)), "");
    assert_int_equal(rows.count, 2);
    flavors = rows.rows;
    assert_string_equal(flavors[0].extra_specs.data, "{ \"z:last\" : \"1\", \"a:first\" : \"say \\\"é\\\"\" }");
    assert_null(flavors[1].extra_specs.data);
    assert_int_equal(flavors[1].swap, 9);
    assert_true(flavors[1].rxtx_factor > 2.4 && flavors[1].rxtx_factor < 2.6);
    assert_false(flavors[1].is_public);
}

static void test_one_by_its_id(void **state)
{
    struct fixture *fixture = *state;
    const struct flavor *flavor;

    as(fixture, false, "q");
    assert_string_equal(said(db_flavor_get(&fixture->context, fixture->mem, "c", true, &flavor)), "");
    assert_string_equal(flavor->name, "n3");
    assert_true(flavor->disabled);
    assert_string_equal(flavor->extra_specs.data, "{ \"k\" : \"v\" }");
    assert_string_equal(said(db_flavor_get(&fixture->context, fixture->mem, "b", false, &flavor)),
                        "Flavor b could not be found.");
    as(fixture, false, "p");
    assert_string_equal(said(db_flavor_get(&fixture->context, fixture->mem, "b", false, &flavor)), "");
    assert_null(flavor->extra_specs.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_administrator_chooses),
        cmocka_unit_test(test_others_see_public_and_their_own),
        cmocka_unit_test(test_minima),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_markers_continue_every_order),
        cmocka_unit_test(test_marker_without_a_key_counts_by_id),
        cmocka_unit_test(test_unknown_marker_and_key),
        cmocka_unit_test(test_one_round_trip_even_with_a_marker),
        cmocka_unit_test(test_extra_specs_stand_in_the_order_of_their_making),
        cmocka_unit_test(test_one_by_its_id),
    };

    return cmocka_run_group_tests_name("flavors", tests, open_rows, close_rows);
}
