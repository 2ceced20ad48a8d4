/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as oslo.log writes them: templates, levels, targets, rotation, the rate limit. */
#include "config.h"

#include "fcgi_app/base/log.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/mem.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

LOG_MODULE("nova.api.openstack.wsgi");

static struct log_module quiet = { "amqp.connection", 0, 0 };
static struct log_module similar = { "amqpx", 0, 0 };

struct place {
    void *mem;
    char directory[64];
    struct log_settings settings;
};

static int setup(void **state)
{
    static const char *const levels[] = { "amqp=WARN", "amqp.connection.deep=DEBUG", "low=5", NULL };
    struct place *place = calloc(1, sizeof(*place));

    strcpy(place->directory, "/tmp/nova-log-test-XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    place->mem = mem_context(NULL, "test");
    place->settings = (struct log_settings){
        .program = "nova-api",
        .log_file = "x.log",
        .log_dir = place->directory,
        .log_date_format = "%Y-%m-%d %H:%M:%S",
        .context_format = "%(levelname)s %(name)s [%(global_request_id)s %(request_id)s %(user_identity)s] "
                          "%(instance)s%(message)s",
        .default_format = "%(levelname)s %(name)s [-] %(instance)s%(message)s",
        .debug_format_suffix = "%(funcName)s %(filename)s",
        .exception_prefix = "ERROR %(name)s %(instance)s",
        .user_identity_format = "%(user)s %(project)s %(domain)s %(system_scope)s %(user_domain)s %(project_domain)s",
        .instance_format = "[instance: %(uuid)s] ",
        .instance_uuid_format = "[instance: %(uuid)s] ",
        .default_log_levels = levels,
    };
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    char command[128];

    log_set_context(NULL);
    log_shutdown();
    talloc_free(place->mem);
    snprintf(command, sizeof(command), "rm -rf '%s'", place->directory);
    assert_int_equal(system(command), 0);
    free(place);
    return 0;
}

static char *path_of(struct place *place, const char *name)
{
    return mem_printf(place->mem, "%s/%s", place->directory, name);
}

static char *text_of(struct place *place, const char *name)
{
    char *text = mem_zeroed(place->mem, 1 << 20, "text");
    FILE *file = fopen(path_of(place, name), "r");

    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) < (1 << 20) - 1);
    fclose(file);
    return text;
}

static void lines_with_and_without_a_request(void **state)
{
    struct place *place = *state;
    struct context context = { .mem = place->mem,
                               .request_id = "req-1",
                               .user_id = "u",
                               .project_id = "p",
                               .user_domain_id = "",
                               .project_domain_id = "d" };

    assert_null(log_setup(&place->settings));
    log_info("plain %d", 1);
    log_set_context(&context);
    log_warning("asked");
    context.global_request_id = "req-0";
    log_instance(LOG_LEVEL_INFO, "uuid", "about it");
    assert_string_equal(text_of(place, "x.log"),
                        "INFO nova.api.openstack.wsgi [-] plain 1\n"
                        "WARNING nova.api.openstack.wsgi [None req-1 u p - - - d] asked\n"
                        "INFO nova.api.openstack.wsgi [req-0 req-1 u p - - - d] [instance: uuid] about it\n");
}

static void the_default_template(void **state)
{
    struct place *place = *state;
    int year;
    int milliseconds;
    int process;
    char name[64];
    char text[64];

    place->settings.default_format =
        "%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s [-] %(instance)s%(message)s";
    assert_null(log_setup(&place->settings));
    log_info("hello");
    assert_int_equal(sscanf(text_of(place, "x.log"), "%4d-%*2d-%*2d %*2d:%*2d:%*2d.%3d %d INFO %63s [-] %63s", &year,
                            &milliseconds, &process, name, text),
                     5);
    assert_int_equal(process, getpid());
    assert_string_equal(name, "nova.api.openstack.wsgi");
    assert_string_equal(text, "hello");
}

static void conversions_of_a_template(void **state)
{
    struct place *place = *state;

    place->settings.default_format =
        "%(levelname)-8s|%(levelname)8s|%(levelname).3s|%(levelno)05d|%(levelno)s|%%(x)s|100%|%(nobody)s|%(message)s";
    assert_null(log_setup(&place->settings));
    log_info("m");
    assert_string_equal(text_of(place, "x.log"), "INFO    |    INFO|INF|00020|20|%(x)s|100%||m\n");
}

static void levels(void **state)
{
    struct place *place = *state;

    assert_null(log_setup(&place->settings));
    log_debug("no");
    assert_false(log_enabled_in(&quiet, LOG_LEVEL_INFO));
    assert_true(log_enabled_in(&quiet, LOG_LEVEL_WARNING));
    assert_true(log_enabled_in(&similar, LOG_LEVEL_INFO));
    place->settings.debug = true;
    assert_null(log_setup(&place->settings));
    log_debug("yes");
    assert_false(log_enabled_in(&quiet, LOG_LEVEL_INFO));
    assert_true(log_enabled_in(&similar, LOG_LEVEL_DEBUG));
    assert_string_equal(text_of(place, "x.log"), "DEBUG nova.api.openstack.wsgi [-] yes levels test_log.c\n");
    place->settings.default_log_levels = (const char *const[]){ "amqp=LOUD", NULL };
    assert_string_equal(log_setup(&place->settings), "default_log_levels: Unknown level: 'LOUD'");
}

static void traces(void **state)
{
    struct place *place = *state;

    assert_null(log_setup(&place->settings));
    log_exception("Traceback:\n  here\nValueError: why\n", "It failed");
    assert_string_equal(text_of(place, "x.log"), "ERROR nova.api.openstack.wsgi [-] It failed: ValueError: why\n"
                                                 "ERROR nova.api.openstack.wsgi Traceback:\n"
                                                 "ERROR nova.api.openstack.wsgi   here\n"
                                                 "ERROR nova.api.openstack.wsgi ValueError: why\n"
                                                 "ERROR nova.api.openstack.wsgi \n");
}

static void json(void **state)
{
    static const char *const roles[] = { "admin", NULL };
    struct place *place = *state;
    struct context context = { .mem = place->mem, .request_id = "req-1", .roles = roles, .auth_token = "t0ps3cret" };
    const char *text;

    place->settings.use_json = true;
    assert_null(log_setup(&place->settings));
    log_set_context(&context);
    log_info("a \"b\"\n\xc3\xa9");
    text = text_of(place, "x.log");
    assert_non_null(strstr(text, "{\"message\": \"a \\\"b\\\"\\n\\u00e9\", \"asctime\": \""));
    assert_non_null(strstr(text, "\"levelname\": \"INFO\", \"levelno\": 20, "));
    assert_non_null(strstr(text, "\"auth_token\": \"***\", \"request_id\": \"req-1\", \"global_request_id\": null"));
    assert_non_null(strstr(text, "\"roles\": [\"admin\"]"));
    assert_non_null(strstr(text, "\"traceback\": null"));
    assert_null(strstr(text, "t0ps3cret"));
}

/* logrotate moves the file away: the first line of the next second makes a new one. */
static void a_moved_file_is_opened_anew(void **state)
{
    struct place *place = *state;

    assert_null(log_setup(&place->settings));
    log_info("one");
    assert_int_equal(rename(path_of(place, "x.log"), path_of(place, "x.log.1")), 0);
    usleep(1001000);
    log_info("two");
    assert_string_equal(text_of(place, "x.log.1"), "INFO nova.api.openstack.wsgi [-] one\n");
    assert_string_equal(text_of(place, "x.log"), "INFO nova.api.openstack.wsgi [-] two\n");
}

static void rotation_by_size(void **state)
{
    struct place *place = *state;
    struct stat status;
    char *line = mem_zeroed(place->mem, 300001, "line");

    memset(line, 'x', 300000);
    place->settings.log_rotation_type = "size";
    place->settings.max_logfile_size_mb = 1;
    place->settings.max_logfile_count = 2;
    assert_null(log_setup(&place->settings));
    for (int i = 0; i < 12; i++)
        log_info("%d%s", i, line);
    assert_int_equal(stat(path_of(place, "x.log"), &status), 0);
    assert_int_equal(stat(path_of(place, "x.log.1"), &status), 0);
    assert_true(status.st_size < 1024 * 1024);
    assert_int_equal(stat(path_of(place, "x.log.2"), &status), 0);
    assert_int_equal(stat(path_of(place, "x.log.3"), &status), -1);
    assert_non_null(strstr(text_of(place, "x.log"), "[-] 11xxx"));
}

static void rotation_by_time(void **state)
{
    struct place *place = *state;
    struct timespec past[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
    int fd = open(path_of(place, "x.log"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    assert_int_equal(write(fd, "old\n", 4), 4);
    assert_int_equal(futimens(fd, past), 0);
    close(fd);
    setenv("TZ", "UTC", 1);
    place->settings.log_rotation_type = "Interval";
    place->settings.log_rotate_interval_type = "Days";
    place->settings.log_rotate_interval = 1;
    place->settings.max_logfile_count = 5;
    assert_null(log_setup(&place->settings));
    log_info("new");
    log_info("newer");
    assert_string_equal(text_of(place, "x.log.2001-09-09"), "old\n");
    assert_string_equal(text_of(place, "x.log"),
                        "INFO nova.api.openstack.wsgi [-] new\nINFO nova.api.openstack.wsgi [-] newer\n");
}

static void rate_limit(void **state)
{
    struct place *place = *state;

    place->settings.rate_limit_burst = 2;
    place->settings.rate_limit_interval = 3600;
    place->settings.rate_limit_except_level = "CRITICAL";
    assert_null(log_setup(&place->settings));
    for (int i = 0; i < 5; i++)
        log_info("%d", i);
    log_critical("always");
    assert_string_equal(text_of(place, "x.log"), "INFO nova.api.openstack.wsgi [-] 0\n"
                                                 "INFO nova.api.openstack.wsgi [-] 1\n"
                                                 "ERROR root [-] Logging rate limit: drop after 2 records/3600 sec\n"
                                                 "CRITICAL nova.api.openstack.wsgi [-] always\n");
}

/* No file, no stderr, no journal: standard output, where a stream's lines end with the colour put back. */
static void standard_output(void **state)
{
    struct place *place = *state;
    int saved = dup(1);
    int fd = open(path_of(place, "out"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    place->settings.log_file = NULL;
    place->settings.log_dir = NULL;
    fflush(stdout);
    dup2(fd, 1);
    assert_null(log_setup(&place->settings));
    log_info("out");
    dup2(saved, 1);
    close(fd);
    assert_string_equal(text_of(place, "out"), "INFO nova.api.openstack.wsgi [-] out\033[00m\n");
}

static void names_of_files(void **state)
{
    struct place *place = *state;

    place->settings.log_file = NULL;
    assert_null(log_setup(&place->settings));
    log_info("by program");
    assert_non_null(strstr(text_of(place, "nova-api.log"), "by program"));
    place->settings.log_file = path_of(place, "absolute.log");
    place->settings.log_dir = path_of(place, "none");
    assert_null(log_setup(&place->settings));
    log_info("by path");
    assert_non_null(strstr(text_of(place, "absolute.log"), "by path"));
}

/* A set-up that fails leaves the one before in force. */
static void failures_of_set_up(void **state)
{
    struct place *place = *state;
    struct log_settings other = place->settings;

    assert_null(log_setup(&place->settings));
    other.log_file = path_of(place, "none/x.log");
    assert_string_equal(
        log_setup(&other),
        mem_printf(place->mem, "cannot open the log file %s: No such file or directory", other.log_file));
    other = place->settings;
    other.use_syslog = true;
    other.syslog_log_facility = "LOUD";
    assert_non_null(strstr(log_setup(&other), "LOUD"));
    log_info("still here");
    assert_non_null(strstr(text_of(place, "x.log"), "still here"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(lines_with_and_without_a_request),
        TEST(the_default_template),
        TEST(conversions_of_a_template),
        TEST(levels),
        TEST(traces),
        TEST(json),
        TEST(a_moved_file_is_opened_anew),
        TEST(rotation_by_size),
        TEST(rotation_by_time),
        TEST(rate_limit),
        TEST(standard_output),
        TEST(names_of_files),
        TEST(failures_of_set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
