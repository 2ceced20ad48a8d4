/* SPDX-License-Identifier: Apache-2.0 */
/* Logging by a file of Python's (log_config_append): who gets a record, how it reads, and what is refused. */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/conf/logging.h"

#include "tests/unit/conf/support.h"

#include <jansson.h>

static struct log_module wsgi = { "nova.api.openstack.wsgi", 0, 0 };
static struct log_module quiet = { "nova.quiet.part", 0, 0 };
static struct log_module amqp = { "amqp", 0, 0 };

#define SAY(module, level, ...)                                                                                        \
    do {                                                                                                               \
        if (log_enabled_in(&(module), (level)))                                                                        \
            log_write(&(module), (level), "x.c", 7, "f", __VA_ARGS__);                                                 \
    } while (0)

static char *text_of(struct place *place, const char *name)
{
    char *text = mem_array(place->mem, char, 8192);
    FILE *file = fopen(mem_printf(place->mem, "%s/%s", place->directory, name), "r");

    if (file) {
        text[fread(text, 1, 8191, file)] = '\0';
        fclose(file);
    }
    return text;
}

/* Sets up by this file; NULL, or why not. */
static const char *set_up(struct place *place, const char *text)
{
    const char *path = place_file(place, "logging.conf", text);

    return conf_log_setup(place_conf(place, mem_printf(place->mem, "[DEFAULT]\nlog_config_append = %s\n", path)));
}

static void records_go_up_to_the_root(void **state)
{
    struct place *place = *state;
    const char *directory = place->directory;

    assert_null(set_up(place, mem_printf(place->mem,
                                         "[loggers]\nkeys = root, nova, quiet\n"
                                         "[handlers]\nkeys = all, bad, own, none\n"
                                         "[formatters]\nkeys = simple, dated, context\n"
                                         "[logger_root]\nlevel = WARNING\nhandlers = all, bad\n"
                                         "[logger_nova]\nlevel = DEBUG\nhandlers = own\nqualname = nova\n"
                                         "[logger_quiet]\nlevel = ERROR\nhandlers = none\nqualname = nova.quiet\n"
                                         "propagate = 0\n"
                                         "[handler_all]\nclass = FileHandler\nargs = ('%s/all.log', 'a')\n"
                                         "formatter = simple\n"
                                         "[handler_bad]\nclass = handlers.WatchedFileHandler\nlevel = ERROR\n"
                                         "args = (\"%s/bad.log\",)\nformatter = dated\n"
                                         "[handler_own]\nclass = handlers.RotatingFileHandler\n"
                                         "args = ('%s/own.log', 'a', 1048576, 3)\nformatter = context\n"
                                         "[handler_none]\nclass = logging.NullHandler\nargs = ()\n"
                                         "[formatter_simple]\nformat = %%(levelname)s:%%(name)s:%%(message)s\n"
                                         "[formatter_dated]\nformat = %%(asctime)s %%(message)s\n"
                                         "[formatter_context]\nclass = oslo_log.formatters.ContextFormatter\n",
                                         directory, directory, directory)));
    SAY(wsgi, LOG_LEVEL_DEBUG, "a detail");
    SAY(wsgi, LOG_LEVEL_ERROR, "it broke");
    SAY(amqp, LOG_LEVEL_INFO, "beneath the root's level");
    SAY(amqp, LOG_LEVEL_WARNING, "of nobody's own");
    SAY(quiet, LOG_LEVEL_ERROR, "to nobody");
    assert_string_equal(text_of(place, "all.log"), "DEBUG:nova.api.openstack.wsgi:a detail\n"
                                                   "ERROR:nova.api.openstack.wsgi:it broke\n"
                                                   "WARNING:amqp:of nobody's own\n");
    {
        int end = 0;

        /* 2026-11-22 15:20:00,123 it broke */
        sscanf(text_of(place, "bad.log"), "%*4d-%*2d-%*2d %*2d:%*2d:%*2d,%*3d it broke%n", &end);
        assert_int_equal(end, 32);
        assert_int_equal(strlen(text_of(place, "bad.log")), 33);
    }
    assert_non_null(strstr(text_of(place, "own.log"), " DEBUG nova.api.openstack.wsgi [-] a detail"));
    assert_null(strstr(text_of(place, "own.log"), "nobody"));
}

static void json_lines(void **state)
{
    struct place *place = *state;
    json_t *line;

    assert_null(set_up(place, mem_printf(place->mem,
                                         "[loggers]\nkeys=root\n[handlers]\nkeys=file\n[formatters]\nkeys=json\n"
                                         "[logger_root]\nlevel=INFO\nhandlers=file\n"
                                         "[handler_file]\nclass=FileHandler\nargs=('%s/j.log',)\nformatter=json\n"
                                         "[formatter_json]\nclass=oslo_log.formatters.JSONFormatter\n",
                                         place->directory)));
    SAY(amqp, LOG_LEVEL_INFO, "said");
    line = json_loads(text_of(place, "j.log"), 0, NULL);
    assert_non_null(line);
    assert_string_equal(json_string_value(json_object_get(line, "message")), "said");
    assert_string_equal(json_string_value(json_object_get(line, "levelname")), "INFO");
    json_decref(line);
}

static void what_is_wrong_is_told_with_the_file(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "", "there is no section [formatters]" },
        { "[formatters]\nkeys=\n[handlers]\nkeys=a\n", "there is no section [handler_a]" },
        { "[formatters]\nkeys=\n[handlers]\nkeys=a\n[handler_a]\nclass=SMTPHandler\nargs=('localhost', 'a', 'b', "
          "'c')\n",
          "SMTPHandler('localhost', 'a', 'b', 'c') is no handler that this program has" },
        { "[formatters]\nkeys=\n[handlers]\nkeys=a\n[handler_a]\nclass=StreamHandler\nargs=(sys.stderr,)\nlevel=LOUD\n",
          "Unknown level: 'LOUD'" },
        { "[formatters]\nkeys=\n[handlers]\nkeys=\n[loggers]\nkeys=nova\n[logger_nova]\nqualname=nova\nhandlers=\n",
          "there is no logger root" },
        { "[formatters]\nkeys=\n[handlers]\nkeys=\n[loggers]\nkeys=root\n[logger_root]\nhandlers=b\n",
          "no handler is named b" },
        { "[formatters]\nkeys=\n[handlers]\nkeys=a\n[handler_a]\nclass=FileHandler\nargs=(__import__('os').getcwd(),)"
          "\n",
          "is no handler that this program has" },
    };
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *why = set_up(place, rows[i].text);

        if (!why || !strstr(why, rows[i].why))
            fail_msg("row %zu: %s", i, why);
        assert_memory_equal(why, "Error loading logging config /", 30);
        assert_non_null(strstr(why, "/logging.conf: "));
    }
    assert_non_null(strstr(conf_log_setup(place_conf(place, "[DEFAULT]\nlog_config_append = /none.conf\n")),
                           "Error loading logging config /none.conf: "));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(records_go_up_to_the_root),
        TEST(json_lines),
        TEST(what_is_wrong_is_told_with_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
