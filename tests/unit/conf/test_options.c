/* SPDX-License-Identifier: Apache-2.0 */
/* The table checks itself: every row's default converts, names are unique and in order, references lead somewhere. */
#include "config.h"

#include "fcgi_app/base/release.h"
#include "fcgi_app/conf/value.h"

#include "tests/unit/conf/support.h"

static void rows_are_sound(void **state)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        if (!row->type.kind)
            fail_msg("[%s] %s has no type", row->group, row->name);
        if (strpbrk(row->name, "-. "))
            fail_msg("[%s] %s is no name of a file", row->group, row->name);
        for (int k = i + 1; k < OPTION_COUNT; k++)
            if (strcmp(row->group, option_rows[k].group) == 0 && strcmp(row->name, option_rows[k].name) == 0)
                fail_msg("[%s] %s stands twice", row->group, row->name);
        for (const char *p = row->deprecated; p && *p; p += strcspn(p, ";") + (p[strcspn(p, ";")] == ';'))
            if (strcspn(p, ".") >= strcspn(p, ";"))
                fail_msg("[%s] %s: a deprecated name without its group", row->group, row->name);
        if (row->type.choices && (row->type.has_min || row->type.has_max || row->type.regex))
            fail_msg("[%s] %s has both choices and limits", row->group, row->name);
        if (strcmp(row->group, "fcgi") == 0 && !row->help)
            fail_msg("[fcgi] %s is not explained", row->name);
    }
}

/* The releases that may be chosen are those of release.def. */
static void releases_are_known(void **state)
{
    const char *choices = option_rows[OPTION_fcgi_release].type.choices;
    char *words = talloc_strdup(NULL, choices), *save = NULL;

    for (char *word = strtok_r(words, "|", &save); word; word = strtok_r(NULL, "|", &save))
        if (!release_find(word))
            fail_msg("[fcgi] release: %s is no release", word);
    assert_non_null(strstr(choices, release_default()->name));
    talloc_free(words);
}

/* With no file at all every option resolves: each default fits its type, each $name in one is known. */
static void defaults_fit(void **state)
{
    struct place *place = *state;
    struct conf *conf = place_conf(place, "");

    for (int i = 0; i < OPTION_COUNT; i++)
        if (option_rows[i].text && *option_rows[i].text && !conf_has(conf, (enum option)i))
            fail_msg("[%s] %s has lost its default", option_rows[i].group, option_rows[i].name);
}

static const char *wrong(struct place *place, enum option option, const char *text)
{
    struct value value;

    return value_convert(place->mem, option, &text, 1, &value);
}

static void words_of_refusal(void **state)
{
    struct place *place = *state;

    assert_string_equal(wrong(place, OPTION_DEFAULT_arq_binding_timeout, "0"), "Should be greater than or equal to 1");
    assert_string_equal(wrong(place, OPTION_DEFAULT_arq_binding_timeout, "0x1"),
                        "invalid literal for int() with base 10: '0x1'");
    assert_string_equal(wrong(place, OPTION_DEFAULT_osapi_compute_listen_port, "70000"),
                        "Should be less than or equal to 65535");
    assert_string_equal(wrong(place, OPTION_DEFAULT_debug, "maybe"), "Unexpected boolean value 'maybe'");
    assert_string_equal(wrong(place, OPTION_DEFAULT_debug, " on"), "Unexpected boolean value ' on'");
    assert_string_equal(wrong(place, OPTION_api_auth_strategy, "x'y"),
                        "Valid values are [keystone, noauth2], but found \"x'y\"");
    assert_string_equal(wrong(place, OPTION_DEFAULT_cpu_allocation_ratio, "x"),
                        "could not convert string to float: 'x'");
    assert_string_equal(wrong(place, OPTION_libvirt_rx_queue_size, "5"),
                        "Valid values are OrderedDict([(256, None), (512, None), (1024, None)]), but found 5");
    assert_string_equal(wrong(place, OPTION_DEFAULT_host, "a..b"), "a..b is not a valid host address");
    assert_string_equal(wrong(place, OPTION_vnc_server_listen, "a_b"), "a_b is not a valid host address");
    assert_string_equal(wrong(place, OPTION_DEFAULT_enabled_apis, "osapi_compute,x,metadata"),
                        "Valid values are [osapi_compute, metadata], but found 'x,metadata'");
    assert_string_equal(wrong(place, OPTION_mks_mksproxy_base_url, "ftp://h/"),
                        "scheme was required to be one of ['http', 'https'] but was 'ftp'");
    assert_string_equal(wrong(place, OPTION_spice_html5proxy_base_url, "h"), "host, scheme were required but missing");
    assert_string_equal(wrong(place, OPTION_DEFAULT_pointer_model, "None"),
                        "Valid values are [ps2mouse, usbtablet, None], but found 'None'");
    assert_string_equal(wrong(place, OPTION_DEFAULT_instance_usage_audit_period, "hourly"),
                        "Value 'hourly' doesn't match regex '^(hour|month|day|year)(@([0-9]+))?$'");
    assert_string_equal(wrong(place, OPTION_DEFAULT_reserved_huge_pages, "a"),
                        "Value should be NAME:VALUE pairs separated by \",\"");
}

static void values_that_fit(void **state)
{
    static const struct {
        enum option option;
        const char *text;
        const char *shown;
    } rows[] = {
        { OPTION_DEFAULT_arq_binding_timeout, " 1_000 ", "1000" },
        { OPTION_DEFAULT_arq_binding_timeout, "", "None" },
        { OPTION_DEFAULT_arq_binding_timeout, "+5", "5" },
        { OPTION_DEFAULT_cpu_allocation_ratio, "1e400", "inf" },
        { OPTION_DEFAULT_cpu_allocation_ratio, ".1", "0.1" },
        { OPTION_DEFAULT_cpu_allocation_ratio, "5.", "5.0" },
        { OPTION_DEFAULT_cpu_allocation_ratio, "1e22", "1e+22" },
        { OPTION_DEFAULT_cpu_allocation_ratio, "0.00001", "1e-05" },
        { OPTION_DEFAULT_debug, "YES", "True" },
        { OPTION_DEFAULT_debug, "oFF", "False" },
        { OPTION_DEFAULT_enabled_apis, " osapi_compute , metadata,,", "['osapi_compute', 'metadata']" },
        { OPTION_DEFAULT_enabled_apis, "", "[]" },
        { OPTION_console_allowed_origins, ",a,,b", "['', 'a', '', 'b']" },
        { OPTION_DEFAULT_log_rotation_type, "SIZE", "SIZE" },
        { OPTION_DEFAULT_host, "a_b", "a_b" },
        { OPTION_DEFAULT_host, "::1", "::1" },
        { OPTION_vnc_server_listen, "name.", "name" },
        { OPTION_spice_html5proxy_base_url, "http://u@[::1]:80/a b?c", "http://u@[::1]:80/a b?c" },
    };
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct value value;
        assert_null(value_convert(place->mem, rows[i].option, &rows[i].text, 1, &value));
        assert_string_equal(value_text(place->mem, rows[i].option, &value), rows[i].shown);
    }
}

static void sample_can_be_read_back(void **state)
{
    struct place *place = *state;
    FILE *file = fopen(mem_printf(place->mem, "%s/sample", place->directory), "w");
    char *text;

    conf_print_sample(file);
    fclose(file);
    text = mem_zeroed(place->mem, 1 << 20, "sample");
    file = fopen(mem_printf(place->mem, "%s/sample", place->directory), "r");
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 20000);
    fclose(file);
    assert_non_null(strstr(text, "\n[api]\n"));
    assert_non_null(strstr(text, "\n#arq_binding_timeout = 300\n"));
    assert_non_null(strstr(text, "\n# Deprecated group/name - [DEFAULT]/osapi_max_limit\n"));
    assert_non_null(strstr(text, "\n#instance_format = \"[instance: %(uuid)s] \"\n"));
    place_conf(place, text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(rows_are_sound),          TEST(defaults_fit),
        TEST(words_of_refusal),        TEST(values_that_fit),
        TEST(sample_can_be_read_back), cmocka_unit_test(releases_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
