/* SPDX-License-Identifier: Apache-2.0 */
/* Who this process is: the same as the system says, in a child too. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fcgi_app/base/process.h"

static void a_child_knows_its_own(void **state)
{
    int status = -1;
    pid_t child;

    (void)state;
    assert_int_equal(process_id(), getpid());
    assert_int_equal(process_id(), getpid());
    child = fork();
    if (!child)
        _exit(process_id() == getpid() && process_id() != getppid() ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(process_id(), getpid());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_knows_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
