/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token bodies, the table that a pool shares, values that keystonemiddleware
 * made (its _memcache_crypt, with an IV of 00…0f), and access rules as its
 * _path_matches judged them.
 */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "middleware/access_rules.h"
#include "middleware/token_cache.h"
#include "middleware/token_info.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BODY                                                                                                           \
    "{\"token\": {\"methods\": [\"password\"], \"user\": {\"domain\": {\"id\": \"default\", \"name\": \"Default\"}, "  \
    "\"id\": \"u1\", \"name\": \"J\\u00f6rg\", \"password_expires_at\": null}, \"audit_ids\": [\"x\"], "               \
    "\"expires_at\": \"2099-11-22T22:00:00.000000Z\", \"project\": {\"domain\": {\"id\": \"d2\", \"name\": \"D2\"}, "  \
    "\"id\": \"p1\", \"name\": \"demo\"}, \"is_domain\": false, \"roles\": [{\"id\": \"1\", \"name\": \"member\"}, "   \
    "{\"id\": \"2\", \"name\": \"reader\"}], \"catalog\": [{\"type\": \"image\", \"endpoints\": []}], "                \
    "\"is_admin_project\": false}}"

#define SYSTEM                                                                                                         \
    "{\"token\": {\"user\": {\"id\": \"u\"}, \"expires_at\": \"2001-01-01T00:00:00.000000Z\", \"system\": {\"all\": "  \
    "true}, "                                                                                                          \
    "\"bind\": {\"kerberos\": \"u\"}, \"application_credential\": {\"id\": \"a\", \"access_rules\": [{\"path\": "      \
    "\"/\"}]}}}"

static void bodies_are_read(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"token\": []}",
        "{\"token\": {}}",
        "{\"access\": {}}",
        "{\"token\": {\"user\": {\"id\": \"u\"}}}",
        "{\"token\": {\"expires_at\": \"2099-01-01T00:00:00.000000Z\"}}",
        "{\"token\": {\"user\": {\"id\": \"u\"}, \"expires_at\": \"tomorrow\"}}",
        "{\"token\": {\"user\": {\"id\": 7}, \"expires_at\": \"2099-01-01T00:00:00.000000Z\"}}",
        "{\"token\": {\"user\": {\"id\": \"u\"}, \"expires_at\": \"2099-01-01T00:00:00.000000Z\"",
    };
    void *mem = mem_context(NULL, "test");
    struct token_info info;

    (void)state;
    assert_true(token_info_read(mem, BODY, strlen(BODY), &info));
    assert_string_equal(info.user.id, "u1");
    assert_string_equal(info.user.name, "J\xc3\xb6rg");
    assert_string_equal(info.user.domain_id, "default");
    assert_string_equal(info.project.domain_name, "D2");
    assert_null(info.domain.id);
    assert_string_equal(info.roles[0], "member");
    assert_string_equal(info.roles[1], "reader");
    assert_null(info.roles[2]);
    assert_false(info.is_admin_project);
    assert_false(info.system_all);
    assert_false(token_info_expired(&info));
    assert_true(json_piece_is(info.catalogue, "[{\"type\": \"image\", \"endpoints\": []}]", 36));
    assert_null(info.access_rules.text);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (token_info_read(mem, bad[i], strlen(bad[i]), &info))
            fail_msg("was read: %s", bad[i]);
    assert_true(token_info_read(mem, SYSTEM, strlen(SYSTEM), &info));
    assert_true(info.system_all);
    assert_true(info.is_admin_project);
    assert_true(token_info_expired(&info));
    assert_true(json_piece_is(info.access_rules, "[{\"path\": \"/\"}]", 15));
    assert_true(json_piece_is(info.bind, "{\"kerberos\": \"u\"}", 17));
    talloc_free(mem);
}

static const unsigned char key_one[32] = { 1, 2, 3 }, key_two[32] = { 1, 2, 3, [31] = 9 };

static void the_table_keeps(void **state)
{
    struct token_table *table = token_table_open(8);
    void *mem = mem_context(NULL, "test");
    char *body, *large = mem_array(mem, char, TOKEN_TABLE_ROOM + 1);
    size_t size;

    (void)state;
    assert_false(token_table_get(table, mem, key_one, &body, &size));
    token_table_put(table, key_one, BODY, strlen(BODY), 300);
    assert_true(token_table_get(table, mem, key_one, &body, &size));
    assert_int_equal(size, strlen(BODY));
    assert_string_equal(body, BODY);
    assert_false(token_table_get(table, mem, key_two, &body, &size)); /* the same set, another token */
    token_table_put(table, key_one, "other", 5, 300);
    assert_true(token_table_get(table, mem, key_one, &body, &size));
    assert_string_equal(body, "other");
    token_table_put(table, key_two, "never", 5, -1);
    assert_false(token_table_get(table, mem, key_two, &body, &size));
    token_table_put(table, key_two, large, TOKEN_TABLE_ROOM + 1, 300);
    assert_false(token_table_get(table, mem, key_two, &body, &size));
    token_table_put(table, key_two, large, TOKEN_TABLE_ROOM, 0);
    assert_true(token_table_get(table, mem, key_two, &body, &size));
    token_table_put(table, key_one, "short", 5, 1);
    usleep(1100000);
    assert_false(token_table_get(table, mem, key_one, &body, &size));
    talloc_free(mem);
    token_table_close(table);
}

/* More tokens than there is room for: the newest are found, none is mixed up. */
static void the_table_is_bounded(void **state)
{
    struct token_table *table = token_table_open(8);
    void *mem = mem_context(NULL, "test");
    size_t found = 0;

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        unsigned char key[32] = { [0] = (unsigned char)i, [8] = 1 };

        token_table_put(table, key, (char *)&i, sizeof(i), 300 + i);
    }
    for (unsigned i = 0; i < 200; i++) {
        unsigned char key[32] = { [0] = (unsigned char)i, [8] = 1 };
        char *body;
        size_t size;

        if (!token_table_get(table, mem, key, &body, &size))
            continue;
        assert_memory_equal(body, &i, sizeof(i));
        found++;
    }
    assert_in_range(found, 5, 8);
    talloc_free(mem);
    token_table_close(table);
}

/* Every spoilt byte of an entry is noticed, or is none of the entry's. */
static void what_is_spoilt_does_not_count(void **state)
{
    struct token_table *table = token_table_open(4);
    unsigned char *memory = token_table_memory(table);
    void *mem = mem_context(NULL, "test");
    char *body;
    size_t size;

    (void)state;
    token_table_put(table, key_one, BODY, strlen(BODY), 300);
    for (size_t i = 0; i < token_table_bytes(table) && i < 1024; i++) {
        memory[i] ^= 0x5a;
        if (token_table_get(table, mem, key_one, &body, &size))
            assert_string_equal(body, BODY);
        memory[i] ^= 0x5a;
    }
    assert_true(token_table_get(table, mem, key_one, &body, &size));
    talloc_free(mem);
    token_table_close(table);
}

/* Writers of two bodies and readers at once, and writers that are killed in the middle of it. */
static void processes_share_it(void **state)
{
    enum { WRITERS = 2, LONG = 30000 };
    struct token_table *table = token_table_open(4);
    void *mem = mem_context(NULL, "test");
    char *bodies[WRITERS];
    pid_t pids[WRITERS];
    unsigned hits = 0;

    (void)state;
    for (int w = 0; w < WRITERS; w++) {
        bodies[w] = mem_array(mem, char, LONG + w * 77);
        memset(bodies[w], 'a' + w, (size_t)(LONG + w * 77));
    }
    for (int round = 0; round < 5; round++) {
        uint64_t until = clock_monotonic_usec() + 40000;

        for (int w = 0; w < WRITERS; w++) {
            pids[w] = fork();
            if (!pids[w])
                for (unsigned n = 0;; n++) {
                    token_table_put(table, key_one, bodies[w], (size_t)(LONG + w * 77), 300);
                    if (n % 4 == 0)
                        usleep(200); /* or no reader would ever find it at rest */
                }
        }
        while (clock_monotonic_usec() < until) {
            void *scratch = mem_context(mem, "scratch");
            char *body;
            size_t size;

            if (token_table_get(table, scratch, key_one, &body, &size)) {
                int w = body[0] - 'a';

                assert_in_range(w, 0, WRITERS - 1);
                assert_int_equal(size, LONG + w * 77);
                assert_memory_equal(body, bodies[w], size);
                hits++;
            }
            talloc_free(scratch);
        }
        for (int w = 0; w < WRITERS; w++)
            kill(pids[w], SIGKILL);
        for (int w = 0; w < WRITERS; w++)
            waitpid(pids[w], NULL, 0);
    }
    /* whoever died while writing keeps nobody from writing */
    token_table_put(table, key_one, "after", 5, 300);
    {
        char *body;
        size_t size;

        assert_true(token_table_get(table, mem, key_one, &body, &size));
        assert_string_equal(body, "after");
    }
    assert_true(hits > 0);
    talloc_free(mem);
    token_table_close(table);
}

static void values_are_pythons(void **state)
{
    static const char body[] = "{\"token\": {\"user\": {\"id\": \"u1\"}}}";
    static const struct {
        const char *strategy, *value;
        unsigned char cache;
    } rows[] = {
        { "MAC",
          "sdRFPwZ2hGqkAquuGjN20PT7EKjHE71dPdd9qboBLrDy9iLw3o4XrQp7erezQJzgeyJ0b2tlbiI6IHsidXNlciI6IHsiaWQiOiAidTEifX1"
          "9",
          0xc1 },
        { "ENCRYPT",
          "L0/MPt7JT2I1ec8TWI6B7UOb7Jzu1SvrvtfDBTTkwwA6kKBsYSr+"
          "K1bEcCgtnKRKAAECAwQFBgcICQoLDA0OD79djsZ5xDFRIooLdO1B0hnkwm8ykp/"
          "zxXSTZDfiy+/h7c4INEkmyUo//TcWlu3rNQ==",
          0xa5 },
    };
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct token_keys keys;
        char *spoilt = mem_strdup(mem, rows[i].value), *out;
        size_t size = 0, length = 0;

        token_keys_derive("tok\xc3\xa9n", "the secret", rows[i].strategy, &keys);
        assert_int_equal(keys.cache[0], rows[i].cache);
        out = token_unprotect(mem, &keys, rows[i].value, strlen(rows[i].value), &size);
        assert_non_null(out);
        assert_int_equal(size, strlen(body));
        assert_string_equal(out, body);
        for (size_t at = 0; at < strlen(spoilt); at++) {
            spoilt[at] ^= 1;
            assert_null(token_unprotect(mem, &keys, spoilt, strlen(spoilt), &size));
            spoilt[at] ^= 1;
        }
        assert_null(token_unprotect(mem, &keys, rows[i].value, 63, &size));
        assert_null(token_unprotect(mem, &keys, "", 0, &size));
        /* ours are read again, of every length */
        for (size_t n = 0; n < 50; n++) {
            out = token_protect(mem, &keys, rows[i].value, n, &length);
            assert_non_null(out);
            out = token_unprotect(mem, &keys, out, length, &size);
            if (!n && !keys.encrypt)
                continue; /* nothing to sign */
            assert_non_null(out);
            assert_int_equal(size, n);
            assert_memory_equal(out, rows[i].value, n);
        }
    }
    assert_int_equal(token_server_hash("tokens/abc"), 30021);
    assert_int_equal(token_server_hash("tokens/x"), 17067);
    assert_int_equal(token_server_hash("123450"), 24593);
    talloc_free(mem);
}

static void rules_match_as_upstream(void **state)
{
    static const struct {
        const char *path, *pattern;
        bool matches;
    } rows[] = {
        { "/v2.1/servers", "/v2.1/servers", true },
        { "/v2.1/servers/1", "/v2.1/servers/*", true },
        { "/v2.1/servers/1/a", "/v2.1/servers/*", false },
        { "/v2.1/servers/1/a", "/v2.1/servers/**", true },
        { "/v2.1/servers/", "/v2.1/servers/*", false },
        { "/v2.1/servers/1/ips", "/v2.1/servers/{id}/ips", true },
        { "/v2x1/servers", "/v2.1/servers", true },
        { "/v2.1/servers/", "/v2.1/servers/**", true },
        { "/a", "/*", true },
        { "/a/b", "**", true },
        { "/ab", "/a*", true },
        { "/a", "/a*", false },
        { "/a/b/c/d", "/a/**/d", true },
        { "/aXd", "/a{x}d", true },
        { "/a}", "/a}", false },
        { "/a/b", "/a/***", true },
        { "/abc", "/a***", true },
        { "", "", true },
        { "/", "", false },
        { "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
          "**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**a**c", false },
    };
    static const char rules[] = "[{\"id\": \"1\", \"service\": \"compute\", \"method\": \"GET\", \"path\": "
                                "\"/v2.1/servers\"}, {\"service\": \"image\", \"method\": \"PUT\", \"path\": \"/**\"}]";
    struct json_piece raw = { rules, sizeof(rules) - 1, false };
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (access_rule_matches(rows[i].path, rows[i].pattern) != rows[i].matches)
            fail_msg("%s by %s", rows[i].path, rows[i].pattern);
    assert_true(access_rules_allow(mem, raw, "compute", "GET", "/v2.1/servers"));
    assert_false(access_rules_allow(mem, raw, "compute", "POST", "/v2.1/servers"));
    assert_false(access_rules_allow(mem, raw, "compute", "PUT", "/v2.1/servers"));
    assert_false(access_rules_allow(mem, (struct json_piece){ "[]", 2, false }, "compute", "GET", "/v2.1/servers"));
    assert_false(access_rules_allow(mem, (struct json_piece){ "7", 1, false }, "compute", "GET", "/v2.1/servers"));
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_read),         cmocka_unit_test(the_table_keeps),
        cmocka_unit_test(the_table_is_bounded),    cmocka_unit_test(what_is_spoilt_does_not_count),
        cmocka_unit_test(processes_share_it),      cmocka_unit_test(values_are_pythons),
        cmocka_unit_test(rules_match_as_upstream),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
