/* SPDX-License-Identifier: Apache-2.0 */
/* The board: slots are given once, and what a worker writes is read with distrust. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/clock.h"
#include "fcgi_app/launcher/scoreboard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void gives_each_slot_once(void **state)
{
    struct scoreboard *board = scoreboard_open(3);
    struct scoreslot *slots[3];

    (void)state;
    assert_ptr_equal(score_board(), board);
    for (int i = 0; i < 3; i++) {
        slots[i] = scoreboard_take(board, "osapi_compute");
        assert_non_null(slots[i]);
        assert_string_equal(slots[i]->api, "osapi_compute");
        assert_int_equal(slots[i]->stage, SCORE_STARTING);
        /* A worker that calls itself free is not: the parent knows. */
        slots[i]->stage = SCORE_FREE;
    }
    assert_null(scoreboard_take(board, "metadata"));
    slots[1]->requests = 7;
    scoreboard_release(board, slots[1]);
    assert_ptr_equal(scoreboard_take(board, "metadata"), slots[1]);
    assert_int_equal(slots[1]->requests, 0);
    assert_int_equal(slots[1]->generation, 2);
    assert_string_equal(slots[1]->api, "metadata");
}

static void a_child_writes_what_the_parent_reads(void **state)
{
    struct scoreboard *board = scoreboard_open(1);
    struct scoreslot *slot = scoreboard_take(board, "osapi_compute");
    int status;
    pid_t pid = fork();

    (void)state;
    if (!pid) {
        scoreboard_enter(slot);
        score_stage(slot, SCORE_DATABASE);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(slot->pid, pid);
    assert_string_equal(score_stage_name(slot->stage), "database");
}

static void rubbish_is_bounded(void **state)
{
    struct scoreslot slot, copy;

    (void)state;
    memset(&slot, 0xff, sizeof(slot));
    score_read(&slot, &copy);
    assert_int_equal(copy.pid, 0);
    assert_string_equal(score_stage_name(copy.stage), "unknown");
    assert_int_equal(copy.request_usec, 0);
    assert_true(copy.since_usec <= clock_monotonic_usec());
    assert_int_equal(strlen(copy.route), sizeof(copy.route) - 1);
    for (const char *at = copy.route; *at; at++)
        assert_int_equal(*at, '?');
    strcpy(slot.route, "/servers\n\033[1m");
    score_read(&slot, &copy);
    assert_string_equal(copy.route, "/servers??[1m");
}

/* The parent looks at the clock, then at the slots: a request that began in between is no late one. */
static void what_begins_after_the_look_at_the_clock_is_new(void **state)
{
    uint64_t now = clock_monotonic_usec();

    (void)state;
    assert_true(score_seconds(now + 1, now) == 0);
    assert_true(score_seconds(now, now) == 0);
    assert_true(score_seconds(now - 2500000, now) == 2.5);
}

static void long_texts_are_cut(void **state)
{
    char small[8];

    (void)state;
    score_text(small, sizeof(small), "0123456789");
    assert_string_equal(small, "0123456");
    score_text(small, sizeof(small), NULL);
    assert_string_equal(small, "");
}

static void the_kernel_tells_of_a_process(void **state)
{
    volatile unsigned long long sum = 0;

    (void)state;
    for (unsigned i = 0; i < 20000000; i++)
        sum += i;
    assert_true(score_cpu_usec(getpid()) > 1000);
    assert_true(score_private_bytes(getpid()) > 4096);
    assert_int_equal(score_cpu_usec(0), 0);
    assert_int_equal(score_private_bytes(-1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_slot_once), cmocka_unit_test(a_child_writes_what_the_parent_reads),
        cmocka_unit_test(rubbish_is_bounded),   cmocka_unit_test(what_begins_after_the_look_at_the_clock_is_new),
        cmocka_unit_test(long_texts_are_cut),   cmocka_unit_test(the_kernel_tells_of_a_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
