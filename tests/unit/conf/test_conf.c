/* SPDX-License-Identifier: Apache-2.0 */
/* What wins, what is replaced, what is refused: options as a program sees them after loading. */
#include "config.h"

#include "fcgi_app/conf/conf.h"

#include "tests/unit/conf/support.h"

static void names_and_case(void **state)
{
    struct place *place = *state;
    struct conf *conf;

    conf = place_conf(place, "[API]\nmax_limit=5\n[api]\nmax_limit=6\n[Api]\nmax_limit=7\n");
    assert_int_equal(conf_int(conf, OPTION_api_max_limit), 7);
    conf = place_conf(place, "[api]\nMAX_LIMIT=5\n");
    assert_int_equal(conf_int(conf, OPTION_api_max_limit), 1000);
    conf = place_conf(place, "[default]\nhost=x\n[ DEFAULT ]\nhost=y\n");
    assert_false(conf_is_set(conf, OPTION_DEFAULT_host));
    conf = place_conf(place, "[nowhere]\nunknown=1\n[api]\nunknown=2\n");
    assert_false(conf_is_set(conf, OPTION_api_max_limit));
}

static void repeated_options(void **state)
{
    struct place *place = *state;
    struct conf *conf;
    const char *const *list;

    place_file(place, "a.conf", "[pci]\nalias=a1\nalias=a2\n[DEFAULT]\npci_alias=a0\nhost=one\nhost=two\n");
    place_file(place, "b.conf", "[pci]\nalias=b1\n");
    assert_null(place_load(place, &conf, WORDS("--config-file", "@a.conf", "--config-file", "@b.conf")));
    list = conf_list(conf, OPTION_pci_alias);
    assert_string_equal(list[0], "a0");
    assert_string_equal(list[1], "a1");
    assert_string_equal(list[2], "a2");
    assert_string_equal(list[3], "b1");
    assert_null(list[4]);
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "two");
}

static void interpolation(void **state)
{
    static const struct {
        const char *text; /* of state_path */
        const char *value;
    } rows[] = {
        { "$host-${host}.x", "here-here.x" },
        { "$$host \\$host $1 ${ ${1} ${host", "$host $host $1 ${ ${1} ${host" },
        { "${api.max_limit}/$api.use_forwarded_for", "9/False" },
        { "[$log_dir]", "[]" },
        { "$enabled_apis", "['osapi_compute']" },
        { "$\\$host", "$here" },
    };
    struct place *place = *state;
    struct conf *conf;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        conf = place_conf(place, mem_printf(place->mem,
                                            "[DEFAULT]\nhost=here\nenabled_apis=osapi_compute\nstate_path=%s\n"
                                            "[api]\nmax_limit=9\n",
                                            rows[i].text));
        assert_string_equal(conf_string(conf, OPTION_DEFAULT_state_path), rows[i].value);
        assert_string_equal(conf_string(conf, OPTION_DEFAULT_instances_path),
                            mem_printf(place->mem, "%s/instances", rows[i].value));
    }
    /* its own group first, then DEFAULT */
    conf = place_conf(place, "[DEFAULT]\nhost=d\n[vnc]\nserver_listen=9.9.9.9\nnovncproxy_host=$server_listen\n"
                             "[api]\ndhcp_domain=$host\n");
    assert_string_equal(conf_string(conf, OPTION_vnc_novncproxy_host), "9.9.9.9");
    assert_string_equal(conf_string(conf, OPTION_api_dhcp_domain), "d");
}

static void interpolation_that_leads_nowhere(void **state)
{
    assert_string_equal(place_refused(*state, "[DEFAULT]\nstate_path=$nope\n"),
                        "Value for option state_path from one.conf:2, group [DEFAULT], is not valid: no such option "
                        "nope in group [DEFAULT]");
    assert_string_equal(
        place_refused(*state, "[DEFAULT]\n\nstate_path=$x.y\n"),
        "Value for option state_path from one.conf:3, group [DEFAULT], is not valid: no such group [x]");
    assert_string_equal(place_refused(*state, "[DEFAULT]\nstate_path=a$state_path\n"),
                        "Value for option state_path from one.conf:2, group [DEFAULT], is not valid: $state_path "
                        "refers to itself");
    assert_string_equal(place_refused(*state, "[DEFAULT]\nstate_path=$api\n"),
                        "Value for option state_path from one.conf:2, group [DEFAULT], is not valid: template "
                        "substitution error: substituting group api not supported");
}

static void wrong_values_are_told_with_their_place(void **state)
{
    assert_string_equal(place_refused(*state, "[DEFAULT]\narq_binding_timeout=5\narq_binding_timeout=0\n"),
                        "Value for option arq_binding_timeout from one.conf:3, group [DEFAULT], is not valid: Should "
                        "be greater than or equal to 1");
    assert_string_equal(place_refused(*state, "[DEFAULT]\ndebug = maybe\n"),
                        "Value for option debug from one.conf:2, group [DEFAULT], is not valid: Unexpected boolean "
                        "value 'maybe'");
    assert_string_equal(place_refused(*state, "[cyborg]\nconnect_retries = x\n"),
                        "Value for option connect-retries from one.conf:2, group [cyborg], is not valid: invalid "
                        "literal for int() with base 10: 'x'");
}

/* A shared nova.conf may hold a mistake that only nova-compute trips over. */
static void foreign_mistakes_warn(void **state)
{
    struct place *place = *state;
    struct conf *conf = place_conf(place, "[libvirt]\nrx_queue_size=300\n");
    struct log_settings settings = conf_log_settings(conf);

    assert_false(conf_has(conf, OPTION_libvirt_rx_queue_size));
    settings.log_file = "notes.log";
    settings.log_dir = place->directory;
    assert_null(log_setup(&settings));
    conf_log_notes(conf);
    conf_log_notes(conf);
    assert_non_null(
        strstr(place_read(place, "notes.log"), "WARNING oslo_config.cfg [-] Value for option rx_queue_size from "));
    assert_null(strstr(strstr(place_read(place, "notes.log"), "rx_queue_size") + 1, "rx_queue_size"));
}

static void old_names(void **state)
{
    struct place *place = *state;
    struct conf *conf;
    struct log_settings settings;
    const char *text;

    conf = place_conf(place, "[api]\nmax_limit=8\n[DEFAULT]\nosapi_max_limit=9\n");
    assert_int_equal(conf_int(conf, OPTION_api_max_limit), 8);
    place_file(place, "a.conf", "[api]\nmax_limit=8\n");
    place_file(place, "b.conf",
               "[DEFAULT]\nosapi_max_limit=9\nlogdir=/old\n[DATABASE]\nsqlalchemy_pool_timeout=4\n"
               "[api]\nauth_strategy=noauth2\n");
    assert_null(place_load(place, &conf, WORDS("--config-file", "@a.conf", "--config-file", "@b.conf")));
    assert_int_equal(conf_int(conf, OPTION_api_max_limit), 9);
    assert_int_equal(conf_int(conf, OPTION_database_pool_timeout), 4);
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_log_dir), "/old");
    settings = conf_log_settings(conf);
    settings.log_dir = place->directory;
    settings.log_file = "old.log";
    assert_null(log_setup(&settings));
    conf_log_notes(conf);
    text = place_read(place, "old.log");
    assert_non_null(strstr(text, "WARNING oslo_config.cfg [-] Deprecated: Option \"osapi_max_limit\" from group "
                                 "\"DEFAULT\" is deprecated. Use option \"max_limit\" from group \"api\".\n"));
    assert_non_null(strstr(text, "Deprecated: Option \"logdir\" from group \"DEFAULT\" is deprecated. Use option "
                                 "\"log-dir\" from group \"DEFAULT\".\n"));
    assert_non_null(strstr(text, "Deprecated: Option \"sqlalchemy_pool_timeout\" from group \"database\""));
    assert_non_null(
        strstr(text, "Deprecated: Option \"auth_strategy\" from group \"api\" is deprecated for removal ("));
    assert_non_null(strstr(text, ").  Its value may be silently ignored in the future.\n"));
}

static void environment(void **state)
{
    struct place *place = *state;
    struct conf *conf;
    struct fault *fault;

    setenv("OS_DEFAULT__HOST", "env-$transport_url", 1);
    setenv("OS_API__MAX_LIMIT", "3", 1);
    conf = place_conf(place, "[DEFAULT]\nhost=file\ntransport_url=x\n");
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "env-x");
    assert_int_equal(conf_int(conf, OPTION_api_max_limit), 3);
    assert_true(conf_is_set(conf, OPTION_api_max_limit));
    assert_string_equal(conf_where(conf, place->mem, OPTION_api_max_limit), "OS_API__MAX_LIMIT");
    setenv("OS_API__MAX_LIMIT", "x", 1);
    fault = place_load(place, &conf, WORDS("--config-file", "@one.conf"));
    assert_string_equal(fault->message, "Value for option max_limit from OS_API__MAX_LIMIT, group [api], is not valid: "
                                        "invalid literal for int() with base 10: 'x'");
    unsetenv("OS_DEFAULT__HOST");
    unsetenv("OS_API__MAX_LIMIT");
}

struct seen {
    const char *secret;
    const char *list;
    int count;
};

static void see(void *arg, const char *group, const char *name, const char *value)
{
    struct seen *seen = arg;

    seen->count++;
    if (strcmp(group, "database") == 0 && strcmp(name, "connection") == 0)
        seen->secret = strcmp(value, "****") == 0 ? "hidden" : "shown";
    if (strcmp(name, "enabled_apis") == 0)
        seen->list = strcmp(value, "['osapi_compute', 'metadata']") == 0 ? "as Python" : "otherwise";
}

static void each_option_with_secrets_hidden(void **state)
{
    struct conf *conf = place_conf(*state, "[database]\nconnection=postgresql://u:p@h/d\n");
    struct seen seen = { 0 };

    conf_each(conf, see, &seen);
    assert_int_equal(seen.count, OPTION_COUNT);
    assert_string_equal(seen.secret, "hidden");
    assert_string_equal(seen.list, "as Python");
}

static void sections_without_rows(void **state)
{
    struct place *place = *state;
    struct conf *conf = place_conf(place, "[cors.b]\nallowed_origin=$host\n[cors.a]\nallowed_origin=1\n"
                                          "allowed_origin=2\n[DEFAULT]\nhost=h\n");
    const char *const *sections = conf_sections(conf, place->mem, "cors.");

    assert_string_equal(sections[0], "cors.a");
    assert_string_equal(sections[1], "cors.b");
    assert_null(sections[2]);
    assert_string_equal(conf_raw(conf, "cors.a", "allowed_origin"), "2");
    assert_string_equal(conf_raw(conf, "CORS.b", "allowed_origin"), "h");
    assert_null(conf_raw(conf, "cors.b", "other"));
}

static void mutation(void **state)
{
    struct place *place = *state;
    struct conf *conf;
    struct log_settings settings;
    const char *text;

    place_file(place, "m.conf", "[DEFAULT]\nhost=one\ndebug=false\n[pci]\nalias=a\n");
    assert_null(place_load(place, &conf, WORDS("--config-file", "@m.conf")));
    settings = conf_log_settings(conf);
    settings.log_dir = place->directory;
    settings.log_file = "m.log";
    assert_null(log_setup(&settings));

    place_file(place, "m.conf",
               "[DEFAULT]\nhost=two\ndebug=true\n[compute]\nresource_provider_association_refresh=7\n");
    conf_mutate(conf);
    assert_true(conf_bool(conf, OPTION_DEFAULT_debug));
    assert_int_equal(conf_int(conf, OPTION_compute_resource_provider_association_refresh), 7);
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "one");
    text = place_read(place, "m.log");
    assert_non_null(strstr(text, "INFO oslo_config.cfg [-] Option DEFAULT.debug changed from [false] to [true]\n"));
    assert_non_null(strstr(text, "Option compute.resource_provider_association_refresh changed from [None] to [7]\n"));
    assert_non_null(strstr(text, "WARNING oslo_config.cfg [-] Ignoring change to immutable option DEFAULT.host\n"));
    assert_non_null(strstr(text, "Ignoring change to immutable option pci.alias\n"));

    place_file(place, "m.conf", "[DEFAULT\n");
    conf_mutate(conf);
    assert_true(conf_bool(conf, OPTION_DEFAULT_debug));
    place_file(place, "m.conf", "[DEFAULT]\ndebug=maybe\n");
    conf_mutate(conf);
    assert_true(conf_bool(conf, OPTION_DEFAULT_debug));
    text = place_read(place, "m.log");
    assert_non_null(strstr(text, "Invalid section (must end with ])"));
    assert_non_null(strstr(text, "Unexpected boolean value 'maybe'"));

    place_file(place, "m.conf", "[DEFAULT]\nhost=one\n[pci]\nalias=a\n");
    conf_mutate(conf);
    assert_false(conf_bool(conf, OPTION_DEFAULT_debug));
    assert_non_null(strstr(place_read(place, "m.log"), "Option DEFAULT.debug changed from [true] to [None]\n"));
}

/* SIGHUP after SIGHUP must not gather what is no longer read. */
static void mutation_gives_memory_back(void **state)
{
    struct place *place = *state;
    struct conf *conf = place_conf(place, "[DEFAULT]\nhost=one\n");
    size_t before;

    conf_mutate(conf);
    conf_mutate(conf);
    before = talloc_total_size(conf);
    for (int i = 0; i < 10; i++)
        conf_mutate(conf);
    assert_true(talloc_total_size(conf) < before + 64 * 1024);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(names_and_case),
        TEST(repeated_options),
        TEST(interpolation),
        TEST(interpolation_that_leads_nowhere),
        TEST(wrong_values_are_told_with_their_place),
        TEST(foreign_mistakes_warn),
        TEST(old_names),
        TEST(environment),
        TEST(each_option_with_secrets_hidden),
        TEST(sections_without_rows),
        TEST(mutation),
        TEST(mutation_gives_memory_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
