/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May they?  Rules by upstream's names with upstream's defaults.
 * Source: nova-facts/policies.tsv.
 */
#ifndef NOVA_POLICIES_POLICIES_H
#define NOVA_POLICIES_POLICIES_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <stdbool.h>

struct conf;
struct policies;

/* What a rule compares with; NULL project and user: those of the context itself. */
struct policy_target {
    const char *project_id;
    const char *user_id;
};

struct fault *policies_open(const void *mem, struct conf *conf, struct policies **policies) FAULT_CHECK;

/* PolicyNotAuthorized unless the rule lets the context do it. */
struct fault *policy_check(const struct context *context, const char *rule,
                           const struct policy_target *target) FAULT_CHECK;
/* The soft form. */
bool policy_allows(const struct context *context, const char *rule, const struct policy_target *target);

/* A row a rule, for the contract text and `nova-api-fcgi-manage`. */
struct policy_rule {
    const char *name, *check, *deprecated_name, *deprecated_check, *scope;
};
extern const struct policy_rule policy_rules[];

#endif
