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

/* The context's own project alone, as upstream gives it: who is in none has one that reads "None". */
static inline struct policy_target policy_own_project(const struct context *context)
{
    return (struct policy_target){ .project_id = context->project_id ? context->project_id : "None" };
}

/* A further key of a target, as rules may use it: %(availability_zone)s. A NULL value is upstream's None. */
struct policy_extra {
    const char *key, *value;
};

/*
 * Builds the rules as [oslo_policy] says; they live on mem, and keep conf.
 * A file or directory that is changed later is read again by the next check
 * that comes at least half a second after the last look; one that
 * cannot be read leaves the rules that there are, with a line in the log.
 */
struct fault *policies_open(const void *mem, struct conf *conf, struct policies **policies) FAULT_CHECK;

/*
 * PolicyNotAuthorized unless the rule of the context's worker lets the context do it.  Where a rule asks a server that
 * cannot be asked: KeyError, RuntimeError, requests_….
 */
struct fault *policy_check(const struct context *context, const char *rule,
                           const struct policy_target *target) FAULT_CHECK;
/* As policy_check, for a target that has further keys: `extras` ends with a NULL key. */
struct fault *policy_check_with(const struct context *context, const char *rule, const struct policy_target *target,
                                const struct policy_extra *extras) FAULT_CHECK;
/* The soft form, for what is only left out where it is not allowed: *allowed. The faults of a server alone. */
struct fault *policy_allows(const struct context *context, const char *rule, const struct policy_target *target,
                            bool *allowed) FAULT_CHECK;

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
    const char *check;              /* NULL: `list` is it */
    const char *const *const *list; /* the older form: one of these lists of checks must hold whole; both end by NULL */
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
/* Other rules in their place. */
void policies_replace(struct policies *policies, const struct policy_settings *settings);
/* Each check of a context calls look(arg, policies) first. */
void policies_watch(struct policies *policies, void (*look)(void *arg, struct policies *policies), void *arg);

/* policy_allows() by rules that hang on no worker. */
bool policies_allow(const struct policies *policies, const struct context *context, const char *rule,
                    const struct policy_target *target);

/* The check in force for a rule, printed as upstream does, on mem; NULL: there is no such rule. */
const char *policies_text(const struct policies *policies, const void *mem, const char *rule);
/* Every rule that has a check, by name, NULL-terminated, on mem. */
const char *const *policies_names(const struct policies *policies, const void *mem);

#endif
