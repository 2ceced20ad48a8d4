/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of the guru meditation report, column by column. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/launcher/report.h"
#include "fcgi_app/launcher/scoreboard.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct report report = {
    .service = "nova-api-fcgi",
    .vendor = "OpenStack Foundation",
    .product = "OpenStack Nova",
    .version = "26.2.2",
};

static void has_upstreams_layout(void **state)
{
    static const char head[] = "========================================================================\n"
                               "====                        Guru Meditation                         ====\n"
                               "========================================================================\n"
                               "||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||\n"
                               "\n"
                               "\n"
                               "========================================================================\n"
                               "====                            Package                             ====\n"
                               "========================================================================\n"
                               "product = OpenStack Nova\n"
                               "vendor = OpenStack Foundation\n"
                               "version = 26.2.2\n"
                               "========================================================================\n"
                               "====                            Threads                             ====\n"
                               "========================================================================\n"
                               "------ ";
    static const char *const titles[] = {
        "\n====                            Threads                             ====\n",
        "\n\n========================================================================\n"
        "====                         Green Threads                          ====\n"
        "========================================================================\n\n",
        "\n====                           Processes                            ====\n",
        "\n====                         Configuration                          ====\n",
        "\n====                            Workers                             ====\n",
        "\n====                             Memory                             ====\n",
        "\n====                          Connections                           ====\n",
    };
    struct strbuf out;
    const char *at;
    char process[80];

    strbuf_init(&out, *state, 64);
    report_text(&report, NULL, &out);
    assert_true(!strncmp(out.data, head, strlen(head)));
    at = out.data;
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
        at = strstr(at, titles[i]);
        assert_non_null(at);
    }
    snprintf(process, sizeof(process), "\nProcess %d (under %d) [ run by: ", (int)getpid(), (int)getppid());
    at = strstr(out.data, process);
    assert_non_null(at);
    assert_non_null(strstr(at, ", state: running ]\n"));
}

static void says_what_workers_do(void **state)
{
    struct scoreboard *board = scoreboard_open(2);
    struct scoreslot *slot = scoreboard_take(board, "osapi_compute");
    struct strbuf out;
    char worker[80];

    scoreboard_enter(slot);
    score_stage(slot, SCORE_DATABASE);
    slot->request_usec = slot->since_usec;
    score_text(slot->request_id, sizeof(slot->request_id), "req-00000000-0000-4000-8000-000000000000");
    score_text(slot->method, sizeof(slot->method), "GET");
    score_text(slot->route, sizeof(slot->route), "/servers/{id}");
    strbuf_init(&out, *state, 64);
    report_text(&report, NULL, &out);
    snprintf(worker, sizeof(worker), "\nWorker %d of osapi_compute: database for 0.", (int)getpid());
    assert_non_null(strstr(out.data, worker));
    assert_non_null(
        strstr(out.data, "\n    Request req-00000000-0000-4000-8000-000000000000 GET /servers/{id}, begun 0."));
}

static void a_touched_file_pulls_the_trigger(void **state)
{
    struct report_trigger trigger;
    struct timespec later[2] = { { .tv_sec = 2000000000 }, { .tv_sec = 2000000000 } };
    char path[] = "/tmp/trigger-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    report_trigger_open(&trigger, path, 1);
    assert_false(report_trigger_pulled(&trigger));
    assert_return_code(utimensat(AT_FDCWD, path, later, 0), 0);
    /* Not looked at before its time. */
    assert_false(report_trigger_pulled(&trigger));
    trigger.next_usec = 0;
    assert_true(report_trigger_pulled(&trigger));
    trigger.next_usec = 0;
    assert_false(report_trigger_pulled(&trigger));
    close(fd);
    unlink(path);
    trigger.next_usec = 0;
    assert_false(report_trigger_pulled(&trigger));
}

static int open_memory(void **state)
{
    *state = mem_context(NULL, "test");
    return 0;
}

static int close_memory(void **state)
{
    return talloc_free(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_upstreams_layout),
        cmocka_unit_test(says_what_workers_do),
        cmocka_unit_test(a_touched_file_pulls_the_trigger),
    };

    return cmocka_run_group_tests(tests, open_memory, close_memory);
}
