/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy file from anybody, and the first of its lines as a check: it is
 * read or refused, and what was read answers, prints, and prints the same
 * once more when the print is read again.
 */
#include "config.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/policies/file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const void *mem, const struct policy_override *rows, size_t count)
{
    static const char *const roles[] = { "admin", "reader", NULL };
    const struct context context = { .mem = mem, .roles = roles, .project_id = "p1", .user_id = "u1" };
    const struct policy_target target = { "p2", NULL };
    struct policy_settings settings = { .default_rule = "default", .overrides = rows, .override_count = count };
    struct policies *policies = policies_build(mem, &settings);

    policies_allow(policies, &context, "os_compute_api:servers:index", NULL);
    policies_allow(policies, &context, "context_is_admin", &target);
    for (const char *const *name = policies_names(policies, mem); *name; name++)
        if (!policies_text(policies, mem, *name))
            abort();
}

static void print_twice(const void *mem, const char *text)
{
    struct policy_override row = { .name = "context_is_admin", .check = text };
    struct policy_settings settings = { .overrides = &row, .override_count = 1 };
    const char *printed = policies_text(policies_build(mem, &settings), mem, row.name), *again;

    if (strlen(printed) > 100) /* parentheses are added, which may become too many */
        return;
    row.check = printed;
    again = policies_text(policies_build(mem, &settings), mem, row.name);
    if (!strstr(printed, "not ") && strcmp(printed, again) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *mem = mem_context(NULL, "fuzz_policy");
    const char *text = mem_strndup(mem, (const char *)data, size);
    struct policy_overrides overrides = { 0 };
    struct policy_override whole = { .name = "os_compute_api:servers:index",
                                     .check = mem_strndup(mem, text, strcspn(text, "\n")) };

    ask(mem, &whole, 1);
    print_twice(mem, whole.check);
    if (!policy_text_read(mem, "fuzz", (const char *)data, size, &overrides))
        ask(mem, overrides.rows, overrides.count);
    talloc_free(mem);
    return 0;
}
