/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules by name: defaults of policies.def, each widened by its deprecated
 * check while [oslo_policy] enforce_new_defaults is off, and the operator's
 * overrides in their place.  check.c knows the language.
 */
#include "config.h"

#include "fcgi_app/policies/policies.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/policies/check.h"

#include <string.h>

const struct policy_rule policy_rules[] = {
#define POLICY(name, check, deprecated_name, deprecated_check, scope)                                                  \
    { name, check, deprecated_name, deprecated_check, scope },
#include "fcgi_app/policies/policies.def"
#undef POLICY
    { NULL, NULL, NULL, NULL, NULL },
};

/* What stands in a slot; a rule that others only name has no check. */
struct slot {
    const char *name;
    const struct check *check;
    const char *scope; /* NULL: any */
    bool registered;   /* a row of policies.def: nova may ask for it */
};

struct policies {
    struct slot *slots;
    size_t count;
    unsigned *index; /* open hash of slot numbers + 1 */
    size_t index_size;
    bool enforce_scope;
    const char *default_rule;
};

static size_t hash_text(const char *text)
{
    size_t hash = 14695981039346656037u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

/* Where the name stands in the index, or would. */
static unsigned *index_at(const struct policies *policies, const char *name)
{
    size_t at = hash_text(name) % policies->index_size;

    while (policies->index[at] && strcmp(policies->slots[policies->index[at] - 1].name, name))
        at = (at + 1) % policies->index_size;
    return &policies->index[at];
}

static const struct slot *slot_find(const struct policies *policies, const char *name)
{
    unsigned found = *index_at(policies, name);

    return found ? &policies->slots[found - 1] : NULL;
}

static void index_grow(struct policies *policies)
{
    talloc_free(policies->index);
    policies->index_size = policies->index_size ? policies->index_size * 2 : 1024;
    policies->index = mem_array(policies, unsigned, policies->index_size);
    for (size_t i = 0; i < policies->count; i++)
        *index_at(policies, policies->slots[i].name) = (unsigned)i + 1;
}

/* The slot of a name, made when there is none. */
static size_t slot_of(void *rules, const char *name)
{
    struct policies *policies = rules;
    unsigned *at = index_at(policies, name);

    if (*at)
        return *at - 1;
    policies->slots = mem_grow(policies, policies->slots, struct slot, policies->count + 1);
    policies->slots[policies->count] = (struct slot){ .name = mem_strdup(policies, name) };
    *at = (unsigned)++policies->count;
    if (policies->count * 2 > policies->index_size)
        index_grow(policies);
    return policies->count - 1;
}

static const struct check *rule_in(const void *rules, size_t slot)
{
    const struct policies *policies = rules;
    const struct slot *other;

    if (policies->slots[slot].check || !policies->default_rule)
        return policies->slots[slot].check;
    other = slot_find(policies, policies->default_rule);
    return other ? other->check : NULL;
}

static const char *override_of(const struct policy_settings *settings, const char *name)
{
    for (size_t i = settings->override_count; i > 0; i--)
        if (!strcmp(settings->overrides[i - 1].name, name))
            return settings->overrides[i - 1].check;
    return NULL;
}

/* Is it `rule:NAME`, or the deprecated default itself?  Then an override of the old name changes nothing. */
static bool says_the_same(const struct policy_rule *row, const char *check)
{
    return !strcmp(check, row->deprecated_check) || (!strncmp(check, "rule:", 5) && !strcmp(check + 5, row->name));
}

/* The check of a row that no file overrides. */
static const struct check *default_check(struct policies *policies, const struct policy_settings *settings,
                                         const struct policy_rule *row)
{
    const char *renamed = NULL;
    const struct check *check;

    if (row->deprecated_check && strcmp(row->deprecated_name, row->name))
        renamed = override_of(settings, row->deprecated_name);
    if (renamed && !says_the_same(row, renamed))
        return check_parse(policies, renamed, slot_of, policies);
    check = check_parse(policies, row->check, slot_of, policies);
    if (settings->enforce_new_defaults || !row->deprecated_check || !strcmp(row->deprecated_check, row->check))
        return check;
    return check_either(policies, check, check_parse(policies, row->deprecated_check, slot_of, policies));
}

struct policies *policies_build(const void *mem, const struct policy_settings *settings)
{
    struct policies *policies = mem_new(mem, struct policies);

    policies->enforce_scope = settings->enforce_scope;
    if (settings->default_rule)
        policies->default_rule = mem_strdup(policies, settings->default_rule);
    index_grow(policies);
    for (size_t i = 0; i < settings->override_count; i++) {
        size_t slot = slot_of(policies, settings->overrides[i].name);
        const struct check *check = check_parse(policies, settings->overrides[i].check, slot_of, policies);

        policies->slots[slot].check = check;
    }
    for (const struct policy_rule *row = policy_rules; row->name; row++) {
        size_t slot = slot_of(policies, row->name);

        if (!policies->slots[slot].check) {
            const struct check *check = default_check(policies, settings, row);

            policies->slots[slot].check = check;
        }
        policies->slots[slot].scope = row->scope;
        policies->slots[slot].registered = true;
    }
    return policies;
}

static const char *scope_of(const struct context *context)
{
    if (context->system_scope && *context->system_scope)
        return "system";
    return context->domain_id && *context->domain_id ? "domain" : "project";
}

bool policies_allow(const struct policies *policies, const struct context *context, const char *rule,
                    const struct policy_target *target)
{
    struct check_state state = { .context = context, .target = target, .rule = rule_in, .rules = policies };
    const struct slot *slot = slot_find(policies, rule);

    if (!slot || !slot->registered)
        return false;
    if (policies->enforce_scope && slot->scope && strcmp(slot->scope, scope_of(context)))
        return false;
    return check_holds(slot->check, &state);
}

bool policy_allows(const struct context *context, const char *rule, const struct policy_target *target)
{
    return policies_allow(context->worker->policies, context, rule, target);
}

struct fault *policy_check(const struct context *context, const char *rule, const struct policy_target *target)
{
    if (policy_allows(context, rule, target))
        return NULL;
    return fault_new(context->mem, PolicyNotAuthorized, rule);
}
