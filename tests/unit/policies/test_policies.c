/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule and the language of checks, against what oslo.policy answered (answers.tsv, language.tsv). */
#include "config.h"

#include "fcgi_app/policies/policies.h"

#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/policies/file.h"
#include "tests/unit/tsv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct policy_target other = { "p2", "u2" }, project = { "p1", NULL }, user = { NULL, "u1" },
                                  nothing = { NULL, NULL }, mixed = { "p1", "u2" };

static const struct {
    const char *name;
    const struct policy_target *target;
} targets[] = {
    { "own", NULL },   { "other", &other },     { "project", &project },
    { "user", &user }, { "nothing", &nothing }, { "mixed", &mixed },
};

static const struct policy_target *target_named(const char *name)
{
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
        if (!strcmp(targets[i].name, name))
            return targets[i].target;
    fail_msg("no target %s", name);
    return NULL;
}

static const char *or_null(const char *cell)
{
    return strcmp(cell, "-") ? cell : NULL;
}

static const char *const *roles_from(const void *mem, const char *cell)
{
    static const char *const none[] = { NULL };

    return strcmp(cell, "-") ? (const char *const *)text_split(mem, cell, ',') : none;
}

enum { SCOPE, NEW_DEFAULTS, IS_ADMIN, ROLES, SYSTEM, DOMAIN, PROJECT, USER, TARGET, ANSWERS, COLUMNS };

static void every_rule_answers_as_upstream(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct tsv tsv;
    size_t lines = 0;

    (void)state;
    for (tsv_open(&tsv, "tests/unit/policies/answers.tsv"); tsv_next(&tsv); lines++) {
        struct policy_settings settings = { .enforce_scope = *tsv.cells[SCOPE] == '1',
                                            .enforce_new_defaults = *tsv.cells[NEW_DEFAULTS] == '1',
                                            .default_rule = "default" };
        struct policies *policies = policies_build(mem, &settings);
        struct context context = {
            .mem = mem,
            .is_admin = *tsv.cells[IS_ADMIN] == '1',
            .roles = roles_from(mem, tsv.cells[ROLES]),
            .system_scope = or_null(tsv.cells[SYSTEM]),
            .domain_id = or_null(tsv.cells[DOMAIN]),
            .project_id = or_null(tsv.cells[PROJECT]),
            .user_id = or_null(tsv.cells[USER]),
            .is_admin_project = true,
        };
        const struct policy_rule *row = policy_rules;

        assert_int_equal(tsv.count, COLUMNS);
        for (const char *answer = tsv.cells[ANSWERS]; *answer; answer++, row++) {
            bool allowed = policies_allow(policies, &context, row->name, target_named(tsv.cells[TARGET]));

            assert_non_null(row->name);
            if (allowed != (*answer == '1'))
                fail_msg("line %d: %s answers %d", tsv.number, row->name, allowed);
        }
        assert_null(row->name);
        talloc_free(policies);
    }
    tsv_close(&tsv);
    assert_true(lines > 300);
    talloc_free(mem);
}

/* '1', '0', or 'E' where the question itself fails. */
static char answer_of(const struct context *context, const char *rule, const struct policy_target *target)
{
    bool allowed = false;

    if (policy_allows(context, rule, target, &allowed)) {
        assert_false(allowed);
        return 'E';
    }
    return allowed ? '1' : '0';
}

static void check_language(const char *path, size_t least)
{
    static const char *const admin[] = { "admin", NULL }, *const member[] = { "member", "reader", NULL },
                             *const none[] = { NULL }, *const odd[] = { "u1", "a:b", "y", "\xc3\xa9tage", NULL };
    const struct context contexts[] = {
        { .roles = admin, .project_id = "p1", .user_id = "u1", .is_admin_project = true },
        { .roles = member, .project_id = "p1", .user_id = "u1", .is_admin_project = true },
        { .roles = none, .project_id = "p1", .user_id = "u1", .is_admin = true, .is_admin_project = true },
        { .roles = odd, .system_scope = "all", .domain_id = "d1", .user_id = "u1", .is_admin_project = true },
    };
    const struct policy_target *asked[] = { NULL, &nothing, &other };
    const char *name = policy_rules[20].name;
    void *mem = mem_context(NULL, "test");
    struct tsv tsv;
    size_t lines = 0;

    for (tsv_open(&tsv, path); tsv_next(&tsv); lines++) {
        struct policy_override overrides[] = {
            { .name = name, .check = tsv.cells[0] },    { .name = "default", .check = "role:y" },
            { .name = "loop", .check = "role:reader" }, { .name = "round", .check = "not rule:round" },
            { .name = "word", .check = "'word'" },      { .name = "odd", .check = "project_id.name:x" }
        };
        struct policy_settings settings = { .default_rule = "default", .overrides = overrides, .override_count = 6 };
        struct policies *policies = policies_build(mem, &settings);
        struct worker worker = { .policies = policies };
        const char *answer = tsv.cells[1];

        for (size_t i = 0; i < 4; i++)
            for (size_t j = 0; j < 3; j++, answer++) {
                struct context context = contexts[i];

                context.mem = policies;
                context.worker = &worker;
                if (answer_of(&context, name, asked[j]) != *answer)
                    fail_msg("line %d: %s, context %zu, target %zu", tsv.number, tsv.cells[0], i, j);
                if (policies_allow(policies, &context, name, asked[j]) != (*answer == '1'))
                    fail_msg("line %d: %s, unheard, context %zu, target %zu", tsv.number, tsv.cells[0], i, j);
            }
        talloc_free(policies);
    }
    tsv_close(&tsv);
    assert_true(lines > least);
    talloc_free(mem);
}

static void the_language_is_upstreams(void **state)
{
    (void)state;
    check_language("tests/unit/policies/language.tsv", 80);
}

static void made_up_checks_answer_as_upstreams(void **state)
{
    (void)state;
    check_language("tests/unit/policies/generated.tsv", 600);
}

static bool allows(const struct policy_override *overrides, size_t count, const char *rule, const char *role)
{
    struct policy_settings settings = { .default_rule = "default", .overrides = overrides, .override_count = count };
    struct policies *policies = policies_build(NULL, &settings);
    const char *roles[] = { role, NULL };
    struct context context = { .mem = policies, .roles = roles, .project_id = "p1", .user_id = "u1" };
    bool allowed = policies_allow(policies, &context, rule, NULL);

    talloc_free(policies);
    return allowed;
}

static void an_override_of_the_old_name_counts(void **state)
{
    const char *show = "os_compute_api:os-attach-interfaces:show", *old = "os_compute_api:os-attach-interfaces";

    (void)state;
    assert_true(allows(NULL, 0, show, "reader"));
    assert_true(allows((struct policy_override[]){ { .name = old, .check = "role:x" } }, 1, show, "x"));
    assert_false(allows((struct policy_override[]){ { .name = old, .check = "role:x" } }, 1, show, "reader"));
    /* the new name wins */
    assert_true(
        allows((struct policy_override[]){ { .name = old, .check = "role:x" }, { .name = show, .check = "role:z" } }, 2,
               show, "z"));
    assert_false(
        allows((struct policy_override[]){ { .name = old, .check = "role:x" }, { .name = show, .check = "role:z" } }, 2,
               show, "x"));
}

static bool answers(const char *text, bool new_defaults, const char *rule, const struct context *context,
                    const struct policy_target *target)
{
    void *mem = mem_context(NULL, "test");
    struct context asking = *context;
    struct policy_overrides overrides = { 0 };
    struct policy_settings settings = { .default_rule = "default", .enforce_new_defaults = new_defaults };
    bool allowed;

    assert_null(policy_text_read(mem, "policy.yaml", text, strlen(text), &overrides));
    settings.overrides = overrides.rows;
    settings.override_count = overrides.count;
    asking.mem = mem;
    allowed = policies_allow(policies_build(mem, &settings), &asking, rule, target);
    talloc_free(mem);
    return allowed;
}

static void files_have_upstreams_effect(void **state)
{
    static const char *const admin[] = { "admin", NULL }, *const member[] = { "member", "reader", NULL },
                             *const none[] = { NULL }, *const odd[] = { "u1", "a:b", "y", "\xc3\xa9tage", NULL };
    const struct context contexts[] = {
        { .roles = admin, .project_id = "p1", .user_id = "u1", .is_admin_project = true },
        { .roles = member, .project_id = "p1", .user_id = "u1", .is_admin_project = true },
        { .roles = none, .project_id = "p1", .user_id = "u1", .is_admin = true, .is_admin_project = true },
        { .roles = odd, .system_scope = "all", .domain_id = "d1", .user_id = "u1", .is_admin_project = true },
    };
    struct tsv tsv;
    size_t lines = 0;

    (void)state;
    for (tsv_open(&tsv, "tests/unit/policies/overrides.tsv"); tsv_next(&tsv); lines++)
        for (size_t i = 0; i < 8; i++)
            if (answers(tsv.cells[2], *tsv.cells[0] == '1', tsv.cells[1], &contexts[i / 2], i % 2 ? &other : NULL) !=
                (tsv.cells[3][i] == '1'))
                fail_msg("line %d: %s, answer %zu", tsv.number, tsv.cells[2], i);
    tsv_close(&tsv);
    assert_true(lines > 20);
}

static void further_keys_of_a_target_count(void **state)
{
    void *mem = mem_context(NULL, "test");
    const char *rule = "os_compute_api:servers:create";
    struct policy_override overrides[] = { { .name = rule, .check = "role:zone-%(availability_zone)s" } };
    struct policy_settings settings = { .overrides = overrides, .override_count = 1 };
    struct worker worker = { .policies = policies_build(mem, &settings) };
    static const char *const roles[] = { "zone-north", NULL };
    struct context context = { .mem = mem, .worker = &worker, .roles = roles, .project_id = "p1", .user_id = "u1" };

    (void)state;
    assert_null(policy_check_with(&context, rule, &project,
                                  (struct policy_extra[]){ { "availability_zone", "north" }, { NULL, NULL } }));
    assert_non_null(policy_check_with(&context, rule, &project,
                                      (struct policy_extra[]){ { "availability_zone", NULL }, { NULL, NULL } }));
    assert_non_null(policy_check(&context, rule, &project));
    talloc_free(mem);
}

static void checks_print_as_upstreams(void **state)
{
    static const struct {
        const char *check, *printed;
    } cases[] = {
        { "role:a or role:b and not role:c", "(role:a or (role:b and not role:c))" },
        { "(role:a or role:b) or role:c", "((role:a or role:b) or role:c)" },
        { "role:a or role:b or is_admin:yes", "(role:a or role:b or is_admin:False)" },
        { "", "@" },
        { "role:a and", "!" },
        { "rule:x", "rule:x" },
    };
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct policy_override override = { .name = "x", .check = cases[i].check };
        struct policy_settings settings = { .overrides = &override, .override_count = 1 };

        assert_string_equal(policies_text(policies_build(mem, &settings), mem, "x"), cases[i].printed);
    }
    talloc_free(mem);
}

static void rules_in_a_circle_refuse(void **state)
{
    (void)state;
    assert_false(allows((struct policy_override[]){ { .name = "admin_api", .check = "rule:other" },
                                                    { .name = "other", .check = "rule:admin_api" } },
                        2, "admin_api", "admin"));
}

static void a_refusal_names_the_rule(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct policy_settings settings = { 0 };
    struct worker worker = { .policies = policies_build(mem, &settings) };
    static const char *const none[] = { NULL };
    struct context context = { .mem = mem, .worker = &worker, .roles = none, .project_id = "p1", .user_id = "u1" };
    struct fault *fault = policy_check(&context, "os_compute_api:os-services:list", NULL);
    bool allowed = true;

    (void)state;
    assert_non_null(fault);
    assert_int_equal(fault->code, 403);
    assert_string_equal(fault->message, "Policy doesn't allow os_compute_api:os-services:list to be performed.");
    context.is_admin = true;
    assert_null(policy_check(&context, "os_compute_api:os-services:list", NULL));
    assert_null(policy_allows(&context, "no:such:rule", NULL, &allowed));
    assert_false(allowed);
    talloc_free(mem);
}

/* Writes a file beneath the directory in which the test runs, and gives its path. */
static const char *file_with(const void *mem, const char *name, const char *text)
{
    char *path = mem_printf(mem, "policies.%d.%s", getpid(), name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void files_are_yaml_or_json(void **state)
{
    static const struct {
        const char *text;
        const char *rows; /* name=check;… or, behind !, the fault */
    } cases[] = {
        { "", "" },
        { "# nothing\n", "" },
        { "---\n", "" },
        { "{}", "" },
        { "null\n", "" },
        { "a: role:x\n\"b:c\": 'role:y or rule:a'\n", "a=role:x;b:c=role:y or rule:a;" },
        { "{\"a\": \"role:x\",\n \"b\": \"\"}", "a=role:x;b=;" },
        { "a: >\n  role:x or\n  role:y\n", "a=role:x or role:y\n;" },
        { "a:\nb: {}\nc: ~\nd: '~'\n", "a=;b=;c=;d=~;" },
        { "- a\n", "!line 1: it holds no mapping of rules to checks" },
        { "a: role:x\nb:\n x: role:y\n", "!line 3: a check is no mapping" },
        { "a: role:x\nb: yes\n", "!line 2: a check is written as text" },
        { "a: 1.5\n", "!line 1: a check is written as text" },
        { "a: [[role:x], {b: c}]\n", "!line 1: a list of checks holds texts and lists of texts" },
        { "a: 'no'\nb: off\n", "a=no;b=;" },
        { "a: 'role:x\n", "!line 2: found unexpected end of stream" },
    };
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *path = file_with(mem, "yaml", cases[i].text);
        struct policy_overrides overrides = { 0 };
        struct fault *fault = policy_file_read(mem, path, &overrides);
        struct strbuf out;

        strbuf_init(&out, mem, 64);
        for (size_t row = 0; !fault && row < overrides.count; row++)
            strbuf_printf(&out, "%s=%s;", overrides.rows[row].name, overrides.rows[row].check);
        if (fault)
            strbuf_printf(&out, "!%s", strstr(fault->message, "line"));
        assert_string_equal(out.data, cases[i].rows);
        unlink(path);
    }
    assert_non_null(policy_file_read(mem, "no/such/file", &(struct policy_overrides){ 0 }));
    talloc_free(mem);
}

static void directories_are_read_in_order(void **state)
{
    void *mem = mem_context(NULL, "test");
    const char *directory = mem_printf(mem, "policies.%d.d", getpid());
    static const char *const names[] = { "20.yaml", "10.yaml", ".hidden" };
    struct policy_overrides overrides = { 0 };

    (void)state;
    assert_int_equal(mkdir(directory, 0700), 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(rename(file_with(mem, names[i], mem_printf(mem, "rule: role:%s", names[i])),
                                mem_printf(mem, "%s/%s", directory, names[i])),
                         0);
    assert_int_equal(mkdir(mem_printf(mem, "%s/sub", directory), 0700), 0);
    assert_null(policy_directory_read(mem, directory, &overrides));
    assert_int_equal(overrides.count, 2);
    assert_string_equal(overrides.rows[0].check, "role:10.yaml");
    assert_string_equal(overrides.rows[1].check, "role:20.yaml");
    rmdir(mem_printf(mem, "%s/sub", directory));
    for (size_t i = 0; i < 3; i++)
        unlink(mem_printf(mem, "%s/%s", directory, names[i]));
    rmdir(directory);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_answers_as_upstream),     cmocka_unit_test(the_language_is_upstreams),
        cmocka_unit_test(made_up_checks_answer_as_upstreams), cmocka_unit_test(an_override_of_the_old_name_counts),
        cmocka_unit_test(rules_in_a_circle_refuse),           cmocka_unit_test(files_have_upstreams_effect),
        cmocka_unit_test(further_keys_of_a_target_count),     cmocka_unit_test(checks_print_as_upstreams),
        cmocka_unit_test(a_refusal_names_the_rule),           cmocka_unit_test(files_are_yaml_or_json),
        cmocka_unit_test(directories_are_read_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
