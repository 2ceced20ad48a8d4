/* SPDX-License-Identifier: Apache-2.0 */
/* The fork throttle: oslo.service's rule, second by second. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/mem.h"
#include "fcgi_app/launcher/throttle.h"

#define SECOND 1000000ull

static bool fork_at(struct throttle *throttle, uint64_t usec, int workers)
{
    bool sleep = throttle_check(throttle, usec, workers);

    throttle_record(throttle, usec);
    return sleep;
}

/* More than `workers` forks must stand before the oldest is looked at: workers + 1 go through. */
static void a_start_of_all_goes_through(void **state)
{
    struct throttle throttle;

    throttle_init(&throttle, *state);
    for (int i = 0; i < 5; i++)
        assert_false(fork_at(&throttle, 100 * SECOND, 4));
    assert_true(fork_at(&throttle, 100 * SECOND, 4));
}

static void workers_that_die_at_once_are_slowed(void **state)
{
    struct throttle throttle;
    uint64_t now = 1000 * SECOND;
    int slept = 0;

    throttle_init(&throttle, *state);
    /* One worker that dies at once, a parent that sleeps a second whenever it is told to: every second fork. */
    for (int i = 0; i < 10; i++) {
        if (throttle_check(&throttle, now, 1)) {
            now += SECOND;
            slept++;
        }
        throttle_record(&throttle, now);
    }
    assert_int_equal(slept, 4);
}

static void the_oldest_is_forgotten_either_way(void **state)
{
    struct throttle throttle;

    throttle_init(&throttle, *state);
    for (int i = 0; i < 3; i++)
        throttle_record(&throttle, SECOND);
    assert_true(throttle_check(&throttle, 2 * SECOND, 2));
    assert_int_equal(throttle.count, 2);
    throttle_record(&throttle, 2 * SECOND);
    /* The oldest is two seconds old now: as many as there are workers. */
    assert_false(throttle_check(&throttle, 3 * SECOND, 2));
    assert_int_equal(throttle.count, 2);
}

static void slow_deaths_are_not_slowed(void **state)
{
    struct throttle throttle;

    throttle_init(&throttle, *state);
    for (uint64_t i = 0; i < 100; i++)
        assert_false(fork_at(&throttle, i * SECOND, 2));
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
        cmocka_unit_test(a_start_of_all_goes_through),
        cmocka_unit_test(workers_that_die_at_once_are_slowed),
        cmocka_unit_test(the_oldest_is_forgotten_either_way),
        cmocka_unit_test(slow_deaths_are_not_slowed),
    };

    return cmocka_run_group_tests(tests, open_memory, close_memory);
}
