/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May they?  Rules by upstream's names with upstream's defaults, and an
 * operator's own checks in their place.
 * Source: nova-facts/policies.tsv; behaviour of nova.policy and oslo.policy 4.0.
 */
#ifndef NOVA_POLICIES_POLICIES_H
#define NOVA_POLICIES_POLICIES_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct conf;
struct policies;

/*
 * What a rule compares with.  No target at all (a NULL pointer) is the
 * context's own project and user.  A NULL member is a key that upstream's
 * target does not have: whatever compares with it fails.
 */
struct policy_target {
    const char *project_id;
    const char *user_id;
};

/* Builds the rules as [oslo_policy] says; they live on mem. */
struct fault *policies_open(const void *mem, struct conf *conf, struct policies **policies) FAULT_CHECK;

/* PolicyNotAuthorized unless the rule of the context's worker lets the context do it. */
struct fault *policy_check(const struct context *context, const char *rule,
                           const struct policy_target *target) FAULT_CHECK;
/* The soft form. */
bool policy_allows(const struct context *context, const char *rule, const struct policy_target *target);

/* ---- the parts, for tests and tools ---- */

/* A row a rule, for the contract text and `nova-api-fcgi-manage`. */
struct policy_rule {
    const char *name, *check, *deprecated_name, *deprecated_check, *scope;
};
/* policies.def, ended by a row with name NULL. */
extern const struct policy_rule policy_rules[];

/* A check of an operator's file in place of a default, or a rule of their own. */
struct policy_override {
    const char *name;
    const char *check;
};

struct policy_settings {
    bool enforce_scope;
    bool enforce_new_defaults;
    const char *default_rule; /* stands in for rules that do not exist; may be NULL */
    const struct policy_override *overrides;
    size_t override_count;
};

/* The rules of these settings, on mem, which keeps no pointer into them. */
struct policies *policies_build(const void *mem, const struct policy_settings *settings);

/* policy_allows() by rules that hang on no worker. */
bool policies_allow(const struct policies *policies, const struct context *context, const char *rule,
                    const struct policy_target *target);

#endif
