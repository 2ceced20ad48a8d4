/* SPDX-License-Identifier: Apache-2.0 */
/* Which files are read, and what the command line does: order, abbreviations, refusals, exit codes. */
#include "config.h"

#include "fcgi_app/conf/conf.h"

#include "tests/unit/conf/support.h"

#include <fcntl.h>

static void order_of_the_command_line(void **state)
{
    static const struct {
        const char *words[5];
        bool debug;
    } rows[] = {
        { { "--debug", "--config-file", "@off.conf" }, false },
        { { "--config-file", "@off.conf", "--debug" }, true },
        { { "--config-file=@", "-d" }, true },
        { { "--nodebug", "--config-file", "@on.conf" }, true },
        { { "--config-file", "@on.conf", "--nodebug" }, false },
        { { "--deb", "--config-fi", "@off.conf" }, false },
        { { "--config-file", "@on.conf", "-dd" }, true },
    };
    struct place *place = *state;

    place_file(place, "on.conf", "[DEFAULT]\ndebug=true\n");
    place_file(place, "off.conf", "[DEFAULT]\ndebug=false\n");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *words[6] = { 0 };
        struct conf *conf;
        struct fault *fault;
        for (size_t k = 0; k < 5; k++)
            words[k] = rows[i].words[k] && strcmp(rows[i].words[k], "--config-file=@") == 0
                           ? mem_printf(place->mem, "--config-file=%s/off.conf", place->directory)
                           : rows[i].words[k];
        fault = place_load(place, &conf, words);
        if (fault || place->stop)
            fail_msg("row %zu: %s", i, fault ? fault->message : "stopped");
        assert_int_equal(conf_bool(conf, OPTION_DEFAULT_debug), rows[i].debug);
    }
}

static void files_and_directories(void **state)
{
    struct place *place = *state;
    struct conf *conf;
    struct fault *fault;

    mkdir(mem_printf(place->mem, "%s/d", place->directory), 0755);
    place_file(place, "d/b.conf", "[DEFAULT]\nhost=b\n");
    place_file(place, "d/a.conf", "[DEFAULT]\nhost=a\n");
    place_file(place, "d/.c.conf", "[DEFAULT]\nhost=hidden\n");
    place_file(place, "d/z.ini", "[DEFAULT]\nhost=ini\n");
    place_file(place, "f.conf", "[DEFAULT]\nhost=f\n");
    assert_null(place_load(place, &conf, WORDS("--config-dir", "@d", "--config-file", "@f.conf")));
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "f");
    assert_null(place_load(place, &conf, WORDS("--config-file", "@f.conf", "--config-dir", "@d")));
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "b");
    assert_string_equal(conf_find_file(conf, place->mem, "z.ini"),
                        mem_printf(place->mem, "%s/d/z.ini", place->directory));
    assert_null(conf_find_file(conf, place->mem, "nowhere.ini"));

    fault = place_load(place, &conf, WORDS("--config-file", "@none/a", "--config-file", "@none/b"));
    assert_int_equal(fault->name, FAULT_ConfigFilesNotFoundError);
    assert_string_equal(fault->message, mem_printf(place->mem, "Failed to find some config files: %s/none/a,%s/none/b",
                                                   place->directory, place->directory));
    fault = place_load(place, &conf, WORDS("--config-file", "@f.conf", "--config-dir", "@none"));
    assert_int_equal(fault->name, FAULT_ConfigDirNotFoundError);
    assert_string_equal(fault->message,
                        mem_printf(place->mem, "Failed to read config file directory: %s/none", place->directory));
}

/* ~/.nova first, then ~: the first that exists, for each base name; directories after files. */
static void default_files(void **state)
{
    struct place *place = *state;
    struct conf *conf;

    mkdir(mem_printf(place->mem, "%s/.nova", place->directory), 0755);
    mkdir(mem_printf(place->mem, "%s/.nova/nova-api.conf.d", place->directory), 0755);
    place_file(place, ".nova/nova.conf", "[DEFAULT]\nhost=dot-nova\nstate_path=s\nrootwrap_config=n\n");
    place_file(place, "nova.conf", "[DEFAULT]\nhost=home\n");
    place_file(place, "nova-api.conf", "[DEFAULT]\nrootwrap_config=api\nssl_only=true\n");
    place_file(place, ".nova/nova-api.conf.d/x.conf", "[DEFAULT]\nssl_only=false\n");
    assert_null(place_load(place, &conf, WORDS("--nodebug")));
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "dot-nova");
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_rootwrap_config), "api");
    assert_false(conf_bool(conf, OPTION_DEFAULT_ssl_only));
    assert_true(conf_is_set(conf, OPTION_DEFAULT_ssl_only));
}

static void the_uwsgi_way(void **state)
{
    struct place *place = *state;
    char *argv[] = { (char[]){ "nova-api-wsgi" }, NULL };
    struct conf_start start = {
        .project = "nova", .program = "nova-api-wsgi", .argc = 1, .argv = argv, .uwsgi_way = true
    };
    struct conf *conf;
    struct fault *fault;

    assert_false(conf_wants_uwsgi_way());
    setenv("OS_NOVA_CONFIG_DIR", place->directory, 1);
    assert_true(conf_wants_uwsgi_way());
    place_file(place, "api-paste.ini", "[DEFAULT]\nhost=paste\nrootwrap_config=p\n");
    fault = conf_load_with(place->mem, &start, &conf, &place->stop, &place->status);
    assert_int_equal(fault->name, FAULT_ConfigFilesNotFoundError);
    place_file(place, "nova.conf", "[DEFAULT]\nhost=nova\n");
    assert_null(conf_load_with(place->mem, &start, &conf, &place->stop, &place->status));
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "nova");
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_rootwrap_config), "p");
    assert_string_equal(conf_uwsgi_paste_file(conf), mem_printf(place->mem, "%s/api-paste.ini", place->directory));
    setenv("OS_NOVA_CONFIG_FILES", "other.conf", 1);
    place_file(place, "other.conf", "[DEFAULT]\nhost=other\n");
    assert_null(conf_load_with(place->mem, &start, &conf, &place->stop, &place->status));
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "other");
    unsetenv("OS_NOVA_CONFIG_DIR");
    unsetenv("OS_NOVA_CONFIG_FILES");
}

static void environment_and_command_line(void **state)
{
    struct place *place = *state;
    struct conf *conf;

    place_file(place, "off.conf", "[DEFAULT]\ndebug=false\n");
    place_file(place, "empty.conf", "");
    setenv("OS_DEFAULT__DEBUG", "true", 1);
    assert_null(place_load(place, &conf, WORDS("--config-file", "@empty.conf", "--nodebug")));
    assert_false(conf_bool(conf, OPTION_DEFAULT_debug));
    assert_null(place_load(place, &conf, WORDS("--config-file", "@off.conf")));
    assert_true(conf_bool(conf, OPTION_DEFAULT_debug));
    /* a quirk of oslo.config: a file that has the option too gives way to the environment */
    assert_null(place_load(place, &conf, WORDS("--config-file", "@off.conf", "--nodebug")));
    assert_true(conf_bool(conf, OPTION_DEFAULT_debug));
    unsetenv("OS_DEFAULT__DEBUG");
}

/* Runs with stdout and stderr in files of the test's directory. */
static void answered(struct place *place, const char *const *words, int status, const char *out, const char *err)
{
    struct conf *conf;
    int saved[2] = { dup(1), dup(2) };
    struct fault *fault;

    fflush(stdout);
    dup2(open(place_file(place, "out", ""), O_WRONLY | O_CLOEXEC), 1);
    dup2(open(place_file(place, "err", ""), O_WRONLY | O_CLOEXEC), 2);
    fault = place_load(place, &conf, words);
    fflush(stdout);
    dup2(saved[0], 1);
    dup2(saved[1], 2);
    assert_null(fault);
    assert_true(place->stop);
    assert_int_equal(place->status, status);
    if (out)
        assert_non_null(strstr(place_read(place, "out"), out));
    else
        assert_string_equal(place_read(place, "out"), "");
    if (err)
        assert_non_null(strstr(place_read(place, "err"), err));
    else
        assert_string_equal(place_read(place, "err"), "");
}

static void answers_and_refusals(void **state)
{
    struct place *place = *state;

    answered(place, WORDS("--version"), 0, "26.2.2\n", NULL);
    answered(place, WORDS("--help"), 0, "usage: nova-api [-h] [--version]", NULL);
    answered(place, WORDS("-h", "--bogus"), 0, "--config-file PATH", NULL);
    answered(place, WORDS("--bogus"), 2, NULL, "nova-api: error: unrecognized arguments: --bogus\n");
    answered(place, WORDS("a", "-x", "b"), 2, NULL, "nova-api: error: unrecognized arguments: a -x b\n");
    answered(place, WORDS("--log-file"), 2, NULL, "error: argument --log-file/--logfile: expected one argument\n");
    answered(place, WORDS("--log-file", "--debug"), 2, NULL, "expected one argument\n");
    answered(place, WORDS("--debug=1"), 2, NULL, "error: argument --debug/-d: ignored explicit argument '1'\n");
    answered(place, WORDS("--log-file", "-x"), 2, NULL, "expected one argument\n");
    answered(place, WORDS("--log-file", "-1."), 2, NULL, "expected one argument\n");
    answered(place, WORDS("--"), 2, NULL, "nova-api: error: unrecognized arguments: --\n");
    answered(place, WORDS("--", "--help"), 2, NULL, "nova-api: error: unrecognized arguments: -- --help\n");
    answered(place, WORDS("-1"), 2, NULL, "nova-api: error: unrecognized arguments: -1\n");
    answered(place, WORDS("--log-d", "x"), 2, NULL,
             "error: ambiguous option: --log-d could match --log-date-format, --log-dir\n");
    answered(place, WORDS("--remote_debug-port", "x"), 1, NULL,
             "argument --port: Invalid Port(min=0, max=65535) value: x\n");
    answered(place, WORDS("--remote_debug-port", "-1"), 1, NULL,
             "argument --port: Invalid Port(min=0, max=65535) value: -1\n");
}

/* argparse: a word like -1 is a value, for there is no flag of digits. */
static void negative_numbers_are_values(void **state)
{
    static const char *const words[] = { "-1", "-.5", "-1.5" };
    struct place *place = *state;
    struct conf *conf;

    place_file(place, "empty.conf", "");
    for (size_t i = 0; i < 3; i++) {
        assert_null(place_load(place, &conf, WORDS("--config-file", "@empty.conf", "--log-file", words[i])));
        assert_false(place->stop);
        assert_string_equal(conf_string(conf, OPTION_DEFAULT_log_file), words[i]);
    }
}

static void positional_arguments_where_they_may_stand(void **state)
{
    struct place *place = *state;
    char *argv[] = { (char[]){ "manage" }, (char[]){ "--config-file" }, place_file(place, "e.conf", ""),
                     (char[]){ "db" },     (char[]){ "--sync" },        NULL };
    int rest = 0;
    struct conf_start start = { .project = "nova", .program = "manage", .argc = 5, .argv = argv, .rest = &rest };
    struct conf *conf;

    assert_null(conf_load_with(place->mem, &start, &conf, &place->stop, &place->status));
    assert_false(place->stop);
    assert_int_equal(rest, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(order_of_the_command_line),
        TEST(files_and_directories),
        TEST(default_files),
        TEST(the_uwsgi_way),
        TEST(environment_and_command_line),
        TEST(answers_and_refusals),
        TEST(negative_numbers_are_values),
        TEST(positional_arguments_where_they_may_stand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
