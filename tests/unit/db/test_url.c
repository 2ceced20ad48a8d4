/* SPDX-License-Identifier: Apache-2.0 */
/* Database URLs, templates of cell mappings, and passwords that stay hidden. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/db/url.h"
#include "tests/unit/tsv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void *mem;

static int setup(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const char *value(const struct db_url *url, const char *keyword)
{
    for (size_t i = 0; i < url->count; i++)
        if (strcmp(url->keywords[i], keyword) == 0)
            return url->values[i];
    return "-";
}

static const struct {
    const char *text, *user, *password, *host, *port, *dbname;
} good[] = {
    { "postgresql://nova:secret@db.example:5433/nova_api", "nova", "secret", "db.example", "5433", "nova_api" },
    { "postgresql+psycopg2://nova@db/nova", "nova", "-", "db", "-", "nova" },
    { "postgresql://u%40x:p%2Fw%3A%25@h/d", "u@x", "p/w:%", "h", "-", "d" },
    { "postgresql://u:a+b@h/d", "u", "a+b", "h", "-", "d" },
    { "postgresql://u:p@[fd00::1]:5432/d", "u", "p", "fd00::1", "5432", "d" },
    { "postgresql://nova@/nova?host=/run/postgresql", "nova", "-", "/run/postgresql", "-", "nova" },
    { "postgresql:///d?host=%2Frun%2Fpg&port=21200", "-", "-", "/run/pg", "21200", "d" },
    { "postgresql://u:p@/d?host=a:1&host=b:2", "u", "p", "a,b", "1,2", "d" },
    { "postgresql+pg8000://u@h/d", "u", "-", "h", "-", "d" },
    { "postgresql://h/d", "-", "-", "h", "-", "d" },
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct db_url *url;
        assert_null(db_url_parse(mem, "URL", good[i].text, &url));
        assert_string_equal(value(url, "user"), good[i].user);
        assert_string_equal(value(url, "password"), good[i].password);
        assert_string_equal(value(url, "host"), good[i].host);
        assert_string_equal(value(url, "port"), good[i].port);
        assert_string_equal(value(url, "dbname"), good[i].dbname);
        assert_null(strstr(url->shown, "secret"));
        assert_null(url->keywords[url->count]);
        assert_null(url->values[url->count]);
    }
}

static void test_options(void **state)
{
    struct db_url *url;

    (void)state;
    assert_null(db_url_parse(
        mem, "URL",
        "postgresql://u@h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem&client_encoding=latin1&application_name=n%20a+p"
        "i&connect_timeout=3",
        &url));
    assert_string_equal(value(url, "sslmode"), "verify-full");
    assert_string_equal(value(url, "sslrootcert"), "/etc/ca.pem");
    assert_string_equal(value(url, "application_name"), "n a pi");
    assert_string_equal(value(url, "fallback_application_name"), "-");
    assert_string_equal(value(url, "connect_timeout"), "3");
    assert_string_equal(value(url, "client_encoding"), "UTF8");
}

/* Our reading of each URL of the table, as its cells have it. */
static const char *reading(const char *text)
{
    static const char *const left_out[] = { "client_encoding", "fallback_application_name" };
    struct db_url *url;
    char *words = mem_strdup(mem, "");

    if (db_url_parse(mem, "URL", text, &url))
        return "\trefused";
    for (bool sorted = false; !sorted;) {
        sorted = true;
        for (size_t i = 1; i < url->count; i++)
            if (strcmp(url->keywords[i - 1], url->keywords[i]) > 0) {
                const char *keyword = url->keywords[i], *its = url->values[i];
                url->keywords[i] = url->keywords[i - 1], url->values[i] = url->values[i - 1];
                url->keywords[i - 1] = keyword, url->values[i - 1] = its;
                sorted = false;
            }
    }
    for (size_t i = 0; i < url->count; i++)
        if (strcmp(url->keywords[i], left_out[0]) != 0 && strcmp(url->keywords[i], left_out[1]) != 0)
            words = mem_printf(mem, "%s\t%s=%s", words, url->keywords[i], url->values[i]);
    return words;
}

/* urls.tsv: what SQLAlchemy and psycopg2 hand to libpq, and what they refuse. */
static void test_as_the_reference_reads_them(void **state)
{
    struct tsv tsv;
    int read = 0, differ = 0;

    (void)state;
    for (tsv_open(&tsv, "tests/unit/db/urls.tsv"); tsv_next(&tsv); read++) {
        const char *wanted = "", *ours = reading(tsv.cells[0]);

        for (size_t i = 1; i < tsv.count; i++)
            wanted = mem_printf(mem, "%s\t%s", wanted, tsv.cells[i]);
        if (strcmp(ours, wanted) != 0) {
            printf("%s\n    theirs:%s\n    ours:  %s\n", tsv.cells[0], wanted, ours);
            differ++;
        }
    }
    tsv_close(&tsv);
    assert_int_equal(differ, 0);
    assert_true(read > 100);
}

static void test_with(void **state)
{
    (void)state;
    assert_string_equal(db_url_with(mem, "postgresql://u@h/d", "a=b"), "postgresql://u@h/d?a=b");
    assert_string_equal(db_url_with(mem, "postgresql://u@h/d?c=d", "a=b"), "postgresql://u@h/d?c=d&a=b");
    assert_string_equal(db_url_with(mem, "postgresql://u:p?w@h/d", "a=b"), "postgresql://u:p?w@h/d?a=b");
}

static void test_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        { "mysql+pymysql://nova:secret@h/d", "type \"mysql\"" },
        { "sqlite:///nova.sqlite", "type \"sqlite\"" },
        { "nova:secret@h/d", "not a database URL" },
        { "", "not a database URL" },
        { "postgresql://u:secret@h:x5/d", "port is not a number" },
        { "postgresql://u:secret@[::1/d", "port is not a number" },
        { "postgresql://u:secret@[::1]x/d", "not a database URL" },
        { "postgresql://u:secret@h1:1,h2:2/d", "?host=h1:p1&host=h2:p2" },
        { "postgresql://u:secret@fd00::1/d", "stands in brackets" },
        { "postgresql://u:secret@h:1/d?host=a&host=b", "two ways" },
        { "postgresql://u:secret@/d?host=a&host=::1", "is no host" },
        { "postgresql://u:secret@h/d?sslmode=require&sslmode=disable", "\"sslmode\" stands there twice" },
        { "postgresql://u:secret@h/d?dbname=e", "the database twice" },
        { "postgresql+asyncpg://u:secret@h/d", "driver \"asyncpg\"" },
        { "postgres://u:secret@h/d", "type \"postgres\"" },
        { "postgresql://u:secret@h/d?charset=utf8", "no option \"charset\"" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct db_url *url;
        struct fault *fault = db_url_parse(mem, "[database] connection", bad[i].text, &url);
        assert_non_null(fault);
        assert_int_equal(fault->name, FAULT_Internal);
        assert_non_null(strstr(fault->message, bad[i].says));
        assert_non_null(strstr(fault->message, "[database] connection"));
        assert_null(strstr(fault->message, "secret"));
    }
}

static void test_expand(void **state)
{
    static const char from[] = "postgresql+psycopg2://nova:pw@DB.example:5432/nova?sslmode=require#f";
    static const char several[] = "rabbit://a:b@h1:5672,c:d@h2:5673,h3/vhost";
    static const struct {
        const char *text, *from, *wanted;
    } rows[] = {
        { "postgresql://x@h/d", from, "postgresql://x@h/d" },
        { "{scheme}://{username}:{password}@{hostname}:{port}/nova_cell1?{query}#{fragment}", from,
          "postgresql+psycopg2://nova:pw@db.example:5432/nova_cell1?sslmode=require#f" },
        { "{scheme}://h/{path}_cell2", from, "postgresql+psycopg2://h/nova_cell2" },
        { "postgresql://{username}:{port}@{{h}}/", "postgresql://nova@h/d", "postgresql://nova:None@{h}/" },
        { "{nothing}://h", from, "{nothing}://h" },
        { "{username1}://h", from, "{username1}://h" },
        { "{scheme", from, "{scheme" },
        { "{scheme}://h", NULL, "{scheme}://h" },
        { "rabbit://{username1}:{password1}@{hostname1}:{port1},{username2}:{password2}@{hostname2}:{port2}/{path}",
          several, "rabbit://a:b@h1:5672,c:d@h2:5673/vhost" },
        { "rabbit://{username3}{hostname3}:{port3}/", several, "rabbit://h3:None/" },
        { "rabbit://{hostname4}/", several, "rabbit://{hostname4}/" },
        { "rabbit://{username}@h", several, "rabbit://a@h" },
        { "rabbit://h/{path}", "rabbit://u:p@h//v", "rabbit://h/v" },
        { "rabbit://h//{path}?{query}", "rabbit://u:p@h///a//b/?c=d", "rabbit://h//a//b/?c=d" },
        { "rabbit://[{hostname2}]{port2}/", "rabbit://a:b@h:1,c:d@[::2]/v", "rabbit://[::2]/" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(db_url_expand(mem, rows[i].text, rows[i].from), rows[i].wanted);
}

static void test_masked(void **state)
{
    (void)state;
    assert_string_equal(db_url_masked(mem, "postgresql://nova:pw@h:1/d?a=b:c@d"),
                        "postgresql://nova:****@h:1/d?a=b:c@d");
    assert_string_equal(db_url_masked(mem, "rabbit://a:b@h:1,c:d@i:2/v"), "rabbit://a:****@h:1,c:****@i:2/v");
    assert_string_equal(db_url_masked(mem, "postgresql://nova@h/d"), "postgresql://nova@h/d");
    assert_string_equal(db_url_masked(mem, "none:///"), "none:///");
    assert_string_equal(db_url_masked(mem, "postgresql://nova:p/w?#x@h:1/d"), "postgresql://nova:****@h:1/d");
    assert_string_equal(db_url_masked(mem, "postgresql://h:1/d"), "postgresql://h:1/d");
    assert_string_equal(db_url_masked(mem, "postgresql://a:p@w@h/d"), "postgresql://a:****@h/d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_parse, setup, teardown),
        cmocka_unit_test_setup_teardown(test_options, setup, teardown),
        cmocka_unit_test_setup_teardown(test_as_the_reference_reads_them, setup, teardown),
        cmocka_unit_test_setup_teardown(test_with, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_expand, setup, teardown),
        cmocka_unit_test_setup_teardown(test_masked, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
