/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of servers: every shape of the statement runs on the real schema,
 * pages by any key neither skip nor repeat a server (NULLs among them), and
 * the small rows of a server come back whole. Runs inside of tests/lib/postgres.
 */
#include "config.h"

#include "tests/unit/db/fixture.h"

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/db/instances.h"

#define SERVER_COUNT 12

static void run_sql(struct fixture *fixture, const char *sql)
{
    const struct db_statement statement = { .sql = sql, .database = "cell", .write = true };
    const struct db_params params = { .count = 0 };
    struct db_rows rows;

    assert_string_equal(
        said(db_query(&fixture->context, fixture->mem, db_main(fixture->db), &statement, &params, &rows)), "");
}

static const char *const clean[] = { "DELETE FROM tags",
                                     "DELETE FROM instance_metadata",
                                     "DELETE FROM instance_system_metadata",
                                     "DELETE FROM block_device_mapping",
                                     "DELETE FROM instance_faults",
                                     "DELETE FROM instance_info_caches",
                                     "DELETE FROM instances" };

/* Twelve servers: names, hosts and times repeat, and some are NULL. */
static const char *const fill[] = {
    "INSERT INTO instances (id, uuid, display_name, hostname, project_id, user_id, host, vm_state, created_at, "
    "updated_at, power_state, deleted, hidden, access_ip_v4, auto_disk_config, locked) "
    "SELECT n, 'u' || n, CASE WHEN n % 4 = 0 THEN NULL ELSE 'n' || n % 3 END, 'h' || n, "
    "CASE WHEN n % 6 = 0 THEN 'q' ELSE 'p' END, 'user', CASE WHEN n % 3 = 0 THEN NULL ELSE 'host' || n % 2 END, "
    "'active', timestamp '2026-01-01' + n % 5 * interval '1 second', "
    "CASE WHEN n % 2 = 0 THEN NULL ELSE timestamp '2026-02-01' + n * interval '1 hour' END, n % 3, 0, "
    "CASE WHEN n % 2 = 0 THEN NULL ELSE false END, CASE WHEN n % 5 = 0 THEN inet '10.0.0.1' ELSE NULL END, "
    "n % 2 = 0, n % 4 = 1 FROM generate_series(1, 12) AS n",
    "INSERT INTO instance_metadata (instance_uuid, key, value, deleted) VALUES ('u1', 'b', 'x:1', 0), "
    "('u1', 'a', NULL, 0), ('u1', 'gone', 'y', 7)",
    "INSERT INTO tags (resource_id, tag) VALUES ('u1', 'red'), ('u1', 'blue'), ('u2', 'red')",
    "UPDATE instances SET locked_by = 'admin' WHERE uuid = 'u1'",
    "INSERT INTO instance_system_metadata (instance_uuid, key, value, deleted) VALUES ('u1', 'locked_reason', 'why', "
    "0), ('u1', 'other', 'z', 0)",
    "INSERT INTO block_device_mapping (instance_uuid, uuid, volume_id, delete_on_termination, deleted) VALUES "
    "('u1', 'b1', 'v1', true, 0), ('u1', 'b2', NULL, true, 0), ('u1', 'b3', 'v3', false, 3)",
    "INSERT INTO instance_faults (instance_uuid, code, message, created_at, deleted) VALUES "
    "('u1', 500, 'old', '2026-01-01', 0), ('u1', 404, 'new', '2026-01-02', 0), ('u2', 1, 'gone', '2026-01-03', 9)",
    "INSERT INTO instance_info_caches (instance_uuid, network_info, deleted) VALUES ('u1', "
    "'[{\"network\": {\"subnets\": [{\"gateway\": {\"address\": \"10.9.9.9\"}, \"ips\": "
    "[{\"address\": \"10.0.7.8\", \"type\": \"fixed\"}]}]}}]', 0)",
};

static int open_rows(void **state)
{
    const struct conf conf = { .statement_timeout = 0 };
    struct fixture *fixture = fixture_open(&conf);

    for (size_t i = 0; i < sizeof(clean) / sizeof(clean[0]); i++)
        run_sql(fixture, clean[i]);
    for (size_t i = 0; i < sizeof(fill) / sizeof(fill[0]); i++)
        run_sql(fixture, fill[i]);
    *state = fixture;
    return 0;
}

static int close_rows(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(clean) / sizeof(clean[0]); i++)
        run_sql(fixture, clean[i]);
    fixture_close(fixture);
    return 0;
}

static struct db_rows page(struct fixture *fixture, const struct instance_query *query)
{
    struct db_params params = { 0 };
    const struct db_statement *statement = instances_page(fixture->mem, query, &params);
    struct db_rows rows = { 0 };

    assert_string_equal(
        said(db_query(&fixture->context, fixture->mem, db_main(fixture->db), statement, &params, &rows)), "");
    return rows;
}

static struct instance_query by_id(unsigned wants)
{
    struct instance_query query = { .wants = wants, .limit = 100, .sort_count = 1 };

    query.sort[0].key = (unsigned short)instance_sort_find("id");
    return query;
}

static void test_every_set_of_columns(void **state)
{
    for (unsigned wants = 0; wants < INSTANCE_FAULT; wants++) {
        /* what is not of a detailed view is wanted with it only */
        struct instance_query query = by_id(wants ? wants | INSTANCE_DETAIL : 0);
        struct db_rows rows;

        if (wants && !(wants & INSTANCE_DETAIL))
            continue;
        query.limit = 2;
        rows = page(*state, &query);
        assert_int_equal(rows.count, 2);
        assert_int_equal(strcmp(instances_row(&query, &rows, 0)->uuid, instances_row(&query, &rows, 1)->uuid) == 0, 0);
    }
}

static void test_every_filter(void **state)
{
    static const char *const names[] = {
        "project_id",     "user_id",
        "image_ref",      "vm_state",
        "task_state",     "uuid",
        "host",           "kernel_id",
        "ramdisk_id",     "hostname",
        "key_name",       "node",
        "display_name",   "availability_zone",
        "reservation_id", "root_device_name",
        "config_drive",   "launch_index",
        "power_state",    "progress",
        "locked_by",      "access_ip_v4",
        "access_ip_v6",   "auto_disk_config",
        "created_at",     "launched_at",
        "terminated_at",  "display_description",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct instance_filter filter = { (unsigned short)instance_filter_find(names[i]), false, "x" };
        struct instance_query query = by_id(0);

        assert_int_not_equal(filter.name, INSTANCE_FILTER_NONE);
        query.filters = &filter;
        query.filter_count = 1;
        assert_int_equal(page(*state, &query).count, 0);
    }
    assert_int_equal(instance_filter_find("metadata"), INSTANCE_FILTER_NONE);
}

struct found {
    const char *name, *value;
    bool list;
    size_t count;
};

static void test_what_filters_find(void **state)
{
    static const struct found cases[] = {
        { "project_id", "q", false, 2 },
        { "vm_state", "{active,error}", true, 12 },
        { "locked", "true", false, 3 },
        { "display_name", "^n[12]$", false, 6 },
        { "power_state", "^2$", false, 4 },
        { "created_at", "2026-01-01T00:00:03Z", false, 2 },
        { "access_ip_v4", "10.0", false, 2 },
        { "auto_disk_config", "AUTO", false, 6 },
        { "changes-since", "2026-02-01 09:00:00", false, 2 },
        { "changes-before", "2026-02-01 03:00:00", false, 2 },
        { "tags", "{red,blue}", true, 1 },
        { "tags-any", "{red,green}", true, 2 },
        { "not-tags", "{red,blue}", true, 11 },
        { "not-tags-any", "{red,blue}", true, 10 },
        { "ip", "{0.7}", true, 1 },
        { "ip", "{10.0.7.[0-9]}", true, 1 },
        { "ip", "{10.9.9}", true, 0 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct instance_filter filter = { (unsigned short)instance_filter_find(cases[i].name), cases[i].list,
                                          cases[i].value };
        struct instance_query query = by_id(0);

        query.filters = &filter;
        query.filter_count = 1;
        assert_int_equal(page(*state, &query).count, cases[i].count);
    }
}

static bool before(const struct instance_query *query, const struct db_rows *rows, size_t index, const char *uuid)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(instances_row(query, rows, i)->uuid, uuid) == 0)
            return true;
    return false;
}

/* The whole order at once, and in pages of two or five from marker to marker: the same servers in the same places. */
static void check_pages(struct fixture *fixture, const char *key, bool descending, int64_t size)
{
    struct instance_query query = { .limit = 100, .sort_count = 2 };
    struct db_rows all;
    size_t at = 0;

    query.sort[0] = (struct instance_sort){ (unsigned short)instance_sort_find(key), descending };
    query.sort[1] = (struct instance_sort){ (unsigned short)instance_sort_find("uuid"), !descending };
    query.value_count = 2;
    all = page(fixture, &query);
    assert_int_equal(all.count, SERVER_COUNT);
    while (at < all.count) {
        struct instance_query part = query;
        struct db_rows rows;

        part.limit = size;
        if (at) {
            const char *last = instances_row(&query, &all, at - 1)->uuid;
            struct db_params params = { 0 };
            const struct db_statement *statement = instances_marker(fixture->mem, &query, last, &params);
            struct db_rows marker;

            assert_string_equal(
                said(db_query(&fixture->context, fixture->mem, db_main(fixture->db), statement, &params, &marker)), "");
            assert_int_equal(marker.count, 1);
            part.marker = marker.rows;
        }
        rows = page(fixture, &part);
        assert_true(rows.count > 0);
        for (size_t i = 0; i < rows.count; i++, at++) {
            const char *uuid = instances_row(&query, &all, at)->uuid;

            assert_string_equal(instances_row(&part, &rows, i)->uuid, uuid);
            assert_false(before(&query, &all, at, uuid));
        }
    }
    assert_int_equal(at, SERVER_COUNT);
}

static void test_pages_by_any_key(void **state)
{
    static const char *const keys[] = { "created_at",  "display_name", "host",     "updated_at", "access_ip_v4",
                                        "power_state", "task_state",   "hostname", "locked",     "id" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        for (int descending = 0; descending < 2; descending++) {
            check_pages(*state, keys[i], descending, 2);
            check_pages(*state, keys[i], descending, 5);
        }
}

/* Joins may mix the rows of a detailed page: the position tells. */
static const struct instance *at_position(const struct instance_query *query, const struct db_rows *rows, int position)
{
    for (size_t i = 0; i < rows->count; i++)
        if (instances_row(query, rows, i)->position == position)
            return instances_row(query, rows, i);
    fail();
    return NULL;
}

static void test_pieces_of_a_server(void **state)
{
    struct instance_query query = by_id(INSTANCE_DETAIL | INSTANCE_TAGS | INSTANCE_LOCKED_REASON);
    struct db_rows rows = page(*state, &query);
    struct db_bytes rest = at_position(&query, &rows, 1)->pieces;
    unsigned metadata = 0, tags = 0, volumes = 0, reasons = 0;
    struct instance_piece piece;

    while (instance_piece_next(&rest, &piece))
        switch ((enum instance_piece_kind)piece.kind) {
        case INSTANCE_PIECE_METADATA:
            metadata++;
            if (*piece.first.data == 'b')
                assert_memory_equal(piece.second.data, "x:1", 3);
            else
                assert_null(piece.second.data);
            break;
        case INSTANCE_PIECE_TAG:
            tags++;
            break;
        case INSTANCE_PIECE_VOLUME:
            volumes++;
            assert_memory_equal(piece.first.data, "v1", 2);
            assert_memory_equal(piece.second.data, "true", 4);
            break;
        case INSTANCE_PIECE_REASON:
            reasons++;
            assert_memory_equal(piece.second.data, "why", 3);
            break;
        }
    assert_int_equal(rest.length, 0);
    assert_int_equal(metadata, 2);
    assert_int_equal(tags, 2);
    assert_int_equal(volumes, 1);
    assert_int_equal(reasons, 1);
    assert_string_equal(at_position(&query, &rows, 5)->uuid, "u5");
    assert_null(at_position(&query, &rows, 5)->pieces.data);
}

static void test_pieces_are_read_as_written(void **state)
{
    struct strbuf out;
    struct db_bytes rest;
    struct instance_piece piece;
    struct fixture *fixture = *state;

    strbuf_init(&out, fixture->mem, 10);
    instance_piece_put(&out, INSTANCE_PIECE_METADATA, 12, "k:ey", "");
    instance_piece_put(&out, INSTANCE_PIECE_TAG, 0, "t", NULL);
    rest = (struct db_bytes){ out.data, out.length };
    assert_true(instance_piece_next(&rest, &piece));
    assert_int_equal(piece.id, 12);
    assert_int_equal(piece.first.length, 4);
    assert_non_null(piece.second.data);
    assert_true(instance_piece_next(&rest, &piece));
    assert_null(piece.second.data);
    assert_false(instance_piece_next(&rest, &piece));
    for (size_t cut = 1; cut < out.length; cut++) {
        rest = (struct db_bytes){ out.data, cut };
        while (instance_piece_next(&rest, &piece))
            assert_true(rest.length < cut);
    }
}

static void test_one_server(void **state)
{
    struct fixture *fixture = *state;
    const unsigned wants = 2 * INSTANCE_FAULT - 1;
    struct db_params params = { 0 }, other_params = { 0 };
    const struct db_statement *statement;
    const struct instance *instance;
    struct db_rows rows;

    run_sql(fixture, "UPDATE instances SET vm_state = 'error' WHERE uuid = 'u1'");
    statement = instance_by_uuid(wants, "u1", "p", &params);
    assert_string_equal(
        said(db_query(&fixture->context, fixture->mem, db_main(fixture->db), statement, &params, &rows)), "");
    assert_int_equal(rows.count, 1);
    instance = rows.rows;
    assert_string_equal(instance->hostname, "h1");
    assert_int_equal(instance->fault_code, 404);
    assert_string_equal(instance->fault_message, "new");
    assert_int_equal(instance->service_state, INSTANCE_SERVICE_NONE);
    statement = instance_by_uuid(wants, "u1", "q", &other_params);
    assert_string_equal(
        said(db_query(&fixture->context, fixture->mem, db_main(fixture->db), statement, &other_params, &rows)), "");
    assert_int_equal(rows.count, 0);
    run_sql(fixture, "UPDATE instances SET vm_state = 'active' WHERE uuid = 'u1'");
}

/* What is kept of the statements gives each wish its own text, however many there were in between. */
static void test_statements_of_one_server(void **state)
{
    static const struct {
        unsigned wants;
        const char *words;
    } rows[] = {
        { INSTANCE_SERVICE, "FROM services " },
        { INSTANCE_TAGS, "tags t" },
        { INSTANCE_LOCKED_REASON, "locked_reason" },
        { INSTANCE_FAULT, "instance_faults" },
    };
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

    (void)state;
    for (unsigned i = 0; i < 4 << ROWS; i++) {
        unsigned wants = INSTANCE_DETAIL;
        const char *project = i & 1 << ROWS ? "p" : NULL;
        struct db_params params = { 0 }, again = { 0 };
        const struct db_statement *statement;

        for (unsigned row = 0; row < ROWS; row++)
            wants |= i & 1 << row ? rows[row].wants : 0;
        statement = instance_by_uuid(wants, "u1", project, &params);
        assert_int_equal(statement->params, params.count);
        assert_int_equal(strstr(statement->sql, "i.project_id = $2") != NULL, project != NULL);
        for (unsigned row = 0; row < ROWS; row++)
            assert_int_equal(strstr(statement->sql, rows[row].words) != NULL, (wants & rows[row].wants) != 0);
        assert_ptr_equal(instance_by_uuid(wants, "u1", project, &again), statement);
    }
}

static void test_newest_faults(void **state)
{
    static const char *const uuids[] = { "u1", "u2", "u3" };
    struct fixture *fixture = *state;
    const struct instance_fault *fault;
    struct db_params params = { 0 };
    struct db_rows rows;

    db_param_texts(&params, fixture->mem, uuids, 3);
    assert_string_equal(
        said(db_query(&fixture->context, fixture->mem, db_main(fixture->db), &INSTANCE_FAULTS_LATEST, &params, &rows)),
        "");
    assert_int_equal(rows.count, 1);
    fault = rows.rows;
    assert_string_equal(fault->message, "new");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_set_of_columns),
        cmocka_unit_test(test_every_filter),
        cmocka_unit_test(test_what_filters_find),
        cmocka_unit_test(test_pages_by_any_key),
        cmocka_unit_test(test_pieces_of_a_server),
        cmocka_unit_test(test_pieces_are_read_as_written),
        cmocka_unit_test(test_one_server),
        cmocka_unit_test(test_newest_faults),
        cmocka_unit_test(test_statements_of_one_server),
    };

    return cmocka_run_group_tests(tests, open_rows, close_rows);
}
