/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of releases are found by name and by the heads of the databases, and by nothing else. */
#include "config.h"

#include "fcgi_app/base/release.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void found_by_name(void **state)
{
    assert_ptr_equal(release_find("auto"), release_default());
    assert_string_equal(release_find("26.2")->version, "26.2.2");
    assert_int_equal(release_find("26.2")->max_microversion, 93);
    assert_int_equal(release_find("26.2")->service_version, 64);
    assert_null(release_find("1.0"));
}

static void found_by_heads(void **state)
{
    const struct release *zed = release_find("26.2");

    assert_ptr_equal(release_by_heads("b30f573d3377", "ccb0fa1a2252"), zed);
    assert_ptr_equal(release_by_heads(NULL, "ccb0fa1a2252"), zed);
    assert_ptr_equal(release_by_heads("b30f573d3377", NULL), zed);
    assert_null(release_by_heads("b30f573d3377", "b30f573d3377"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(found_by_name), cmocka_unit_test(found_by_heads) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
