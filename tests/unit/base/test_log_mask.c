/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets leave a text as oslo.utils' mask_password takes them out; the right column is its answer to the left. */
#include "config.h"

#include "fcgi_app/base/log.h"

#include "fcgi_app/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void masked(void **state)
{
    static const struct {
        const char *text;
        const char *masked;
    } rows[] = {
        { "nothing to hide", "nothing to hide" },
        { "{'adminPass': 'x y'}", "{'adminPass': '***'}" },
        { "{\"password\": \"it is\", \"a\": 1}", "{\"password\": \"***\", \": 1}" },
        { "u'original_password' : u'aaaa'", "u'original_password' : u'***'" },
        { "password=foo bar", "password=*** bar" },
        { "password = 'a b' c", "password = '***' c" },
        { "password=\"a'b\" c", "password=\"***\" c" },
        { "--password hunter2 --x", "--password *** --x" },
        { "<adminPass>s</adminPass>", "<adminPass>***</adminPass>" },
        { "<auth_token0>s</auth_token0>", "<auth_token0>***</auth_token0>" },
        { "'token', '--value', 'zz'", "'token', '--value', '***'" },
        { "auth_token --os-x s3cr3t end", "auth_token --os*** s3cr3t end" },
        { "admin_password1='x'", "admin_password1='***'" },
        { "PASSWORD=UP", "PASSWORD=***" },
        { "'k': 'v', 'new_pass': \"n\"", "'k': 'v', 'new_pass': \"***\"" },
        { "secret_uuid 'abc' x", "secret_uuid '***' x" },
        { "mysql_password: foo", "mysql_password: foo" },
        { "x token=\303\251\303\250 y", "x token=*** y" },
        { "{'fernetkey': 'a', 'sslkey': 'b'}", "{'fernetkey': '***', 'sslkey': '}" },
        { "password='' end", "password='***' end" },
        { "connection=postgresql://u:p@h/d", "connection=postgresql://u:p@h/d" },
        { "token==abc", "token=***" },
        { "'password': ''", "'password': '***'" },
        { "\"adminPass\": \"q\\\"x\" , \"b\": \"c\"", "\"adminPass\": \"***\"x\" , \"b\": \"" },
        { "chappassword\011'z'", "chappassword\011'***'" },
        { "passphrase=\"un closed", "passphrase=\"un closed" },
    };
    void *mem = mem_context(NULL, "test");

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(log_mask(mem, rows[i].text), rows[i].masked);
    talloc_free(mem);
}

static void what_has_no_secret_is_not_copied(void **state)
{
    const char *text = "GET /v2.1/servers/detail 200";

    assert_ptr_equal(log_mask(NULL, text), text);
}

static void what_cannot_be_searched_is_not_shown(void **state)
{
    assert_string_equal(log_mask(NULL, "\xff password=x"), "***");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masked),
        cmocka_unit_test(what_has_no_secret_is_not_copied),
        cmocka_unit_test(what_cannot_be_searched_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
