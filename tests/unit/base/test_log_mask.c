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
        { "chappassword\011'z'", "chappassword\011'***'" },
        { "passphrase=\"un closed", "passphrase=\"un closed" },
        /* where upstream shows it */
        { "\"adminPass\": \"q\\\"x\" , \"b\": \"c\"", "\"adminPass\": \"***\" , \"b\": \"" },
        { "{\"adminPass\": \"never end", "{\"adminPass\": \"***" },
        { "{\"user_data\": \"YWJj\"}", "{\"user_data\": \"***\"}" },
        { "{\"adminPass\": 42, \"a\": 1}", "{\"adminPass\": ***, \"a\": 1}" },
        { "{\"adminPass\": [42, 43], \"a\": 1}", "{\"adminPass\": ***], \"a\": 1}" },
        { "{\"adminPass\": {\"a\": 43}}", "{\"adminPass\": ***}}" },
    };
    void *mem = mem_context(NULL, "test");

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(log_mask(mem, rows[i].text), rows[i].masked);
    talloc_free(mem);
}

static void lines_show_no_password(void **state)
{
    static const struct {
        const char *text;
        const char *masked;
    } rows[] = {
        { "no answer of postgresql://nova:s3cr3t@db:5432/nova_api",
          "no answer of postgresql://nova:***@db:5432/nova_api" },
        { "rabbit://a:one@h1:5672,b:two@h2/", "rabbit://a:***@h2/" },
        { "redis://:p@h", "redis://:*@h" },
        { "'mysql+pymysql://u:a/b@c@h/d' is wrong", "'mysql+pymysql://u:***@h/d' is wrong" },
        { "x://u:p@h and y://v:longer@i", "x://u:*@h and y://v:***@i" },
        { "postgresql://h/d?user=u&password=p", "postgresql://h/d?user=u&password=***" },
        { "x field/attribute adminPass. Value: 12345. 12345 is not of type 'string'",
          "x field/attribute adminPass. Value: ***" },
        { "x field/attribute server. Value: {'adminPass': 'abcd'}. it is",
          "x field/attribute server. Value: {'adminPass': '***'}. it is" },
        { "x field/attribute password. Value: 1", "x field/attribute password. Value: *" },
    };
    static const char *const same[] = {
        "http://127.0.0.1:8774/v2.1/a@b",
        "http://host:80 is not me@there",
        "http://user@host/ x:y@z",
        "at http://h:1",
        "x field/attribute name. Value: secretive. too long",
        "://",
        "x://u:",
    };
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(log_mask_line(mem, rows[i].text), rows[i].masked);
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        assert_string_equal(log_mask_line(mem, same[i]), same[i]);
    talloc_free(mem);
}

static void what_has_no_secret_is_not_copied(void **state)
{
    const char *text = "GET /v2.1/servers/detail 200";

    assert_ptr_equal(log_mask(NULL, text), text);
}

static void what_cannot_be_searched_is_not_shown(void **state)
{
    void *mem = mem_context(NULL, "test");

    (void)state;
    assert_string_equal(log_mask(mem, "\xff password=x"), "***");
    assert_string_equal(log_mask_line(mem, "field/attribute \xff. Value: x. password=x"), "***");
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masked),
        cmocka_unit_test(lines_show_no_password),
        cmocka_unit_test(what_has_no_secret_is_not_copied),
        cmocka_unit_test(what_cannot_be_searched_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
