/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the words of a servers query become, which building servers pass, and
 * what rows mean: status, host id, internal name.  Policies and options are
 * those that a test sets by hand.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/servers_filters.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/build_requests.h"
#include "fcgi_app/objects/instance.h"
#include "fcgi_app/policies/policies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- options and rules of the test ---- */

struct conf {
    const char *name_template;
};

const char *conf_string(const struct conf *conf, enum option option)
{
    return option == OPTION_DEFAULT_instance_name_template ? conf->name_template : "nova";
}

int64_t conf_int(const struct conf *conf, enum option option)
{
    (void)conf;
    return option == OPTION_DEFAULT_service_down_time ? 60 : 0;
}

bool conf_bool(const struct conf *conf, enum option option)
{
    (void)conf;
    (void)option;
    return false;
}

static bool allows(const struct context *context, const char *rule, const struct policy_target *target)
{
    (void)rule;
    (void)target;
    return context->is_admin;
}

struct fault *policy_allows(const struct context *context, const char *rule, const struct policy_target *target,
                            bool *allowed)
{
    *allowed = allows(context, rule, target);
    return NULL;
}

struct fault *policy_check(const struct context *context, const char *rule, const struct policy_target *target)
{
    return allows(context, rule, target) ? NULL : fault_new(context->mem, PolicyNotAuthorized, rule);
}

struct fixture {
    struct conf conf;
    struct worker worker;
    struct context context;
};

static int open_fixture(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct fixture *fixture = mem_new(mem, struct fixture);

    fixture->worker = (struct worker){ .mem = mem, .conf = &fixture->conf };
    fixture->context = (struct context){ .mem = mem, .worker = &fixture->worker, .project_id = "p", .user_id = "u" };
    *state = fixture;
    return 0;
}

static int close_fixture(void **state)
{
    talloc_free(talloc_parent(*state));
    return 0;
}

/* Reads "a=1&b=2"; the fault's words, or "". */
static const char *read_words(struct fixture *fixture, bool admin, int version, const char *text,
                              struct servers_search *search)
{
    struct query query;
    struct servers_query asked = { .query = &query, .version = version };
    struct fault *fault;

    fixture->context.is_admin = admin;
    assert_null(query_parse(fixture->context.mem, text, &query));
    fault = servers_search_read(&fixture->context, &asked, search);
    return fault ? fault->message : "";
}

/* ---- words ---- */

struct refusal {
    const char *text, *message;
    int version;
    bool admin;
};

static void test_refused_words(void **state)
{
    static const struct refusal cases[] = {
        { "metadata=x", "Invalid filter field: metadata.", 93, true },
        { "_x=1", "Invalid filter field: _x.", 1, true },
        { "status=nothing", "Invalid status value", 38, false },
        { "status=deleted", "Only administrators may list deleted instances", 1, false },
        { "changes-since=soon", "Invalid filter field: changes-since.", 1, false },
        { "changes-since=2026-01-02&changes-before=2026-01-01",
          "The value of changes-since must be less than or equal to changes-before.", 66, false },
        { "locked=maybe",
          "Unrecognized value 'maybe', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', "
          "'true', 'y', 'yes'",
          73, false },
        { "all_tenants=1", "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.", 93,
          false },
        { "sort_key=host", "Only administrators can sort servers by host", 93, false },
        { "sort_dir=up", "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'", 93, false },
        { "sort_key=uuid&sort_dir=asc&sort_dir=asc",
          "Invalid input received: Sort direction size exceeds sort key size", 93, false },
    };
    struct servers_search search;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(read_words(*state, cases[i].admin, cases[i].version, cases[i].text, &search),
                            cases[i].message);
}

static void test_words_that_only_some_may_use(void **state)
{
    struct servers_search search;

    assert_string_equal(read_words(*state, false, 82, "hostname=h&power_state=1&name=n", &search), "");
    assert_null(servers_search_find(&search, "hostname"));
    assert_null(servers_search_find(&search, "power_state"));
    assert_string_equal(servers_search_find(&search, "display_name")->value, "n");
    assert_string_equal(read_words(*state, false, 90, "hostname=h&power_state=1", &search), "");
    assert_non_null(servers_search_find(&search, "hostname"));
    assert_non_null(servers_search_find(&search, "power_state"));
    assert_string_equal(read_words(*state, true, 1, "hostname=h", &search), "");
    assert_non_null(servers_search_find(&search, "hostname"));
}

static void test_projects(void **state)
{
    struct servers_search search;

    assert_string_equal(read_words(*state, true, 1, "project_id=x&tenant_id=y", &search), "");
    assert_string_equal(servers_search_find(&search, "project_id")->value, "p");
    assert_false(search.all_tenants);
    assert_string_equal(read_words(*state, true, 1, "all_tenants&tenant_id=y", &search), "");
    assert_string_equal(servers_search_find(&search, "project_id")->value, "y");
    assert_true(search.all_tenants);
}

static void test_statuses(void **state)
{
    const struct search_option *option;
    struct servers_search search;

    assert_string_equal(read_words(*state, false, 1, "status=nothing", &search), "");
    assert_true(search.nothing);
    assert_string_equal(read_words(*state, false, 1, "status=Reboot", &search), "");
    option = servers_search_find(&search, "task_state");
    assert_int_equal(option->value_count, 3);
    option = servers_search_find(&search, "vm_state");
    assert_int_equal(option->value_count, 1);
    assert_string_equal(option->values[0], "active");
    assert_string_equal(read_words(*state, false, 1, "status=error&status=reboot", &search), "");
    assert_null(servers_search_find(&search, "task_state"));
    assert_int_equal(servers_search_find(&search, "vm_state")->value_count, 2);
}

static void test_partial_servers(void **state)
{
    struct servers_search search;

    assert_string_equal(read_words(*state, true, 69, "", &search), "");
    assert_true(search.partial);
    assert_string_equal(read_words(*state, true, 68, "", &search), "");
    assert_false(search.partial);
    assert_string_equal(read_words(*state, true, 93, "all_tenants=1", &search), "");
    assert_true(search.partial);
    assert_string_equal(read_words(*state, true, 93, "limit=5", &search), "");
    assert_false(search.partial);
    assert_string_equal(read_words(*state, true, 93, "name=x", &search), "");
    assert_false(search.partial);
}

static void check_order(const struct servers_search *search, const char *expected)
{
    char text[200] = "";

    for (size_t i = 0; i < search->sort_count; i++) {
        strcat(text, i ? " " : "");
        strcat(text, search->sort[i].descending ? "-" : "+");
        strcat(text, instance_sort_name(search->sort[i].key));
    }
    assert_string_equal(text, expected);
}

static void test_orders(void **state)
{
    struct servers_search search;

    assert_string_equal(read_words(*state, true, 93, "", &search), "");
    check_order(&search, "-created_at +uuid -id");
    assert_true(search.usual_order);
    assert_int_equal(search.merge_count, 2);
    assert_string_equal(read_words(*state, true, 93, "sort_key=display_name&sort_dir=asc", &search), "");
    check_order(&search, "+display_name +uuid +created_at +id");
    /* directions stand by place: the one of uuid goes to the key that has none */
    assert_string_equal(read_words(*state, true, 93, "sort_key=host&sort_key=display_name&sort_dir=desc", &search), "");
    check_order(&search, "-host +display_name -uuid -created_at -id");
    assert_int_equal(search.merge_count, 2);
    assert_string_equal(read_words(*state, true, 1, "sort_key=vcpus", &search), "");
    check_order(&search, "-created_at -id +uuid");
    assert_string_equal(read_words(*state, true, 72, "sort_key=locked", &search), "");
    check_order(&search, "-created_at -id +uuid");
    assert_string_equal(read_words(*state, true, 73, "sort_key=locked", &search), "");
    check_order(&search, "-locked +uuid -created_at -id");
}

static void test_deleted(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *text;
        enum instance_deleted deleted;
    } cases[] = {
        { "", INSTANCES_LIVE },
        { "deleted=true", INSTANCES_GONE_OR_SOFT },
        { "deleted=nonsense", INSTANCES_LIVE },
        { "deleted=true&soft_deleted=", INSTANCES_GONE },
        { "soft_deleted=1", INSTANCES_LIVE_OR_SOFT },
        { "changes-since=2026-01-01", INSTANCES_EVERY },
        { "changes-since=2026-01-01&deleted=false", INSTANCES_LIVE },
        { "status=deleted", INSTANCES_GONE_OR_SOFT },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct instance_query query = { 0 };
        struct servers_search search;

        assert_string_equal(read_words(fixture, true, 93, cases[i].text, &search), "");
        servers_search_conditions(fixture->context.mem, &fixture->context, &search, 0, &query);
        assert_int_equal(query.deleted, cases[i].deleted);
    }
}

static void test_times(void **state)
{
    static const struct {
        const char *text;
        int64_t usec;
    } cases[] = {
        { "changes-since=2026-01-02T03:04:05Z", 1767323045000000 },
        { "changes-since=2026-01-02T03:04:05.25Z", 1767323045250000 },
        { "changes-since=2026-01-02T03:04:05%2B02:00", 1767315845000000 },
        { "changes-since=20260102", 1767312000000000 },
        { "changes-since=2026-01", 1767225600000000 },
    };
    struct servers_search search;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(read_words(*state, true, 93, cases[i].text, &search), "");
        assert_true(search.changes_since == cases[i].usec);
    }
}

/* ---- building servers ---- */

static const struct build_request request = {
    .id = 3,
    .instance_uuid = "b1",
    .instance = "{\"nova_object.data\": {\"uuid\": \"b1\", \"display_name\": \"one\", \"project_id\": \"p\", "
                "\"vm_state\": \"building\", \"task_state\": \"scheduling\", \"power_state\": 0, \"progress\": 0, "
                "\"key_name\": null, \"metadata\": {\"k\": \"v\"}, \"flavor\": {\"nova_object.data\": {\"id\": 7}}}}",
    .tags = "{\"nova_object.data\": {\"objects\": [{\"nova_object.data\": {\"tag\": \"a\"}}, "
            "{\"nova_object.data\": {\"tag\": \"b\"}}]}}",
    .created_at = 5,
    .updated_at = DB_NO_TIME,
};

static void test_building_servers(void **state)
{
    static const struct {
        const char *text;
        bool passes;
    } cases[] = {
        { "", true },
        { "name=on", true },
        { "name=two", false },
        { "key_name=none-yet-passes", true },
        { "power_state=4", true },
        { "host=h", false },
        { "status=build", true },
        { "status=active", false },
        { "tags=a,b", true },
        { "tags=a,c", false },
        { "tags-any=c,b", true },
        { "not-tags=a,b", false },
        { "not-tags-any=c", true },
        { "task_state=scheduling", true },
    };
    struct fixture *fixture = *state;
    struct instance *instance = instance_from_request(fixture->context.mem, &request);
    struct servers_search search;

    assert_non_null(instance);
    assert_true(instance->id == DB_NULL_INT);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(read_words(fixture, true, 93, cases[i].text, &search), "");
        assert_int_equal(servers_search_passes(fixture->context.mem, &search, 0, instance), cases[i].passes);
    }
    assert_string_equal(read_words(fixture, true, 93, "flavor=f", &search), "");
    assert_true(servers_search_passes(fixture->context.mem, &search, 7, instance));
    assert_false(servers_search_passes(fixture->context.mem, &search, 8, instance));
}

static void test_broken_build_requests(void **state)
{
    struct fixture *fixture = *state;
    static const char *const texts[] = { NULL, "", "{", "[]", "{\"nova_object.data\": {}}", "{\"uuid\": \"x\"}" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_null(instance_from_request(fixture->context.mem, &(struct build_request){ .instance = texts[i] }));
}

/* ---- rows ---- */

static void test_status_of_states(void **state)
{
    static const struct {
        const char *vm_state, *task_state, *status;
        int64_t deleted;
    } cases[] = {
        { "active", NULL, "ACTIVE", 0 },
        { "active", "powering-off", "ACTIVE", 0 },
        { "active", "reboot_started_hard", "HARD_REBOOT", 0 },
        { "stopped", "rebuilding", "REBUILD", 0 },
        { "resized", "resize_reverting", "REVERT_RESIZE", 0 },
        { "error", NULL, "ERROR", 0 },
        { "active", NULL, "DELETED", 8 },
        { "strange", NULL, "UNKNOWN", 0 },
        { NULL, NULL, "UNKNOWN", 0 },
        { "shelved_offloaded", NULL, "SHELVED_OFFLOADED", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct instance instance = { .vm_state = cases[i].vm_state,
                                     .task_state = cases[i].task_state,
                                     .deleted = cases[i].deleted };

        assert_string_equal(server_status(&instance), cases[i].status);
    }
}

static void test_host_ids(void **state)
{
    struct instance instance = { .host = "lab-c1", .project_id = "f3e04970c54d45cca12347bbd9c6cbf3" };
    char text[57];

    (void)state;
    server_host_id(&instance, text);
    assert_string_equal(text, "9652b526d701d29ef9adbde22089317cd9755af8ae578ef9f9407a8b");
    instance.host = NULL;
    server_host_id(&instance, text);
    assert_string_equal(text, "");
}

static void test_internal_names(void **state)
{
    static const struct {
        const char *template, *name;
    } cases[] = {
        { "instance-%08x", "instance-0000002a" },
        { "%(uuid)s", "the-uuid" },
        { "i-%(id)05d-%(host)s", "i-00042-None" },
        { "100%%-%d", "100%-42" },
        { "%(nothing)s", "the-uuid" },
        { "%", "the-uuid" },
    };
    struct fixture *fixture = *state;
    struct instance instance = { .id = 42, .uuid = "the-uuid" };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fixture->conf.name_template = cases[i].template;
        assert_string_equal(server_internal_name(&fixture->context, fixture->context.mem, &instance), cases[i].name);
    }
    instance = (struct instance){ .id = DB_NULL_INT, .uuid = "x", .vm_state = "building", .task_state = "scheduling" };
    assert_string_equal(server_internal_name(&fixture->context, fixture->context.mem, &instance), "");
}

static void test_the_first_of_a_host_speaks_for_it(void **state)
{
    const struct instance rows[] = {
        { .uuid = "1", .host = "h", .service_state = INSTANCE_SERVICE_FORCED_DOWN },
        { .uuid = "2", .host = "h", .service_state = INSTANCE_SERVICE_NONE },
        { .uuid = "3" },
        { .uuid = "4", .host = "i", .service_state = INSTANCE_SERVICE_DISABLED },
        { .uuid = "5", .host = "j", .service_state = INSTANCE_SERVICE_ENABLED, .service_seen = 1 },
    };
    static const char *const words[] = { "DOWN", "DOWN", "", "MAINTENANCE", "UNKNOWN" };
    struct fixture *fixture = *state;
    struct server items[5] = { 0 };
    struct servers servers = { items, 5 };

    for (size_t i = 0; i < 5; i++)
        items[i].instance = &rows[i];
    servers_fill_host_status(&fixture->context, &servers);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(items[i].host_status, words[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_refused_words),    TEST(test_words_that_only_some_may_use),
        TEST(test_projects),         TEST(test_statuses),
        TEST(test_partial_servers),  TEST(test_orders),
        TEST(test_deleted),          TEST(test_times),
        TEST(test_building_servers), TEST(test_broken_build_requests),
        TEST(test_status_of_states), TEST(test_host_ids),
        TEST(test_internal_names),   TEST(test_the_first_of_a_host_speaks_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
