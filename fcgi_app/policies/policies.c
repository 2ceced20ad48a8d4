/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules by name: defaults of policies.def, each widened by its deprecated
 * check while [oslo_policy] enforce_new_defaults is off, and the operator's
 * overrides in their place.  check.c knows the language.
 */
#include "config.h"

#include "fcgi_app/policies/policies.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/policies/check.h"

#include <stdlib.h>
#include <string.h>

LOG_MODULE("oslo_policy.policy");

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

/* One reading of the files. */
struct rules {
    struct slot *slots;
    size_t count;
    unsigned *index; /* open hash of slot numbers + 1 */
    size_t index_size;
    bool enforce_scope;
    const char *default_rule;
};

struct policies {
    struct rules *rules;
    void (*look)(void *arg, struct policies *policies); /* NULL: the rules stay as they are */
    void *look_arg;
};

static size_t hash_text(const char *text)
{
    size_t hash = 14695981039346656037u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

/* Where the name stands in the index, or would. */
static unsigned *index_at(const struct rules *rules, const char *name)
{
    size_t at = hash_text(name) % rules->index_size;

    while (rules->index[at] && strcmp(rules->slots[rules->index[at] - 1].name, name))
        at = (at + 1) % rules->index_size;
    return &rules->index[at];
}

static const struct slot *slot_find(const struct rules *rules, const char *name)
{
    unsigned found = *index_at(rules, name);

    return found ? &rules->slots[found - 1] : NULL;
}

static void index_grow(struct rules *rules)
{
    talloc_free(rules->index);
    rules->index_size = rules->index_size ? rules->index_size * 2 : 1024;
    rules->index = mem_array(rules, unsigned, rules->index_size);
    for (size_t i = 0; i < rules->count; i++)
        *index_at(rules, rules->slots[i].name) = (unsigned)i + 1;
}

/* The slot of a name, made when there is none. */
static size_t slot_of(void *rules_, const char *name)
{
    struct rules *rules = rules_;
    unsigned *at = index_at(rules, name);

    if (*at)
        return *at - 1;
    rules->slots = mem_grow(rules, rules->slots, struct slot, rules->count + 1);
    rules->slots[rules->count] = (struct slot){ .name = mem_strdup(rules, name) };
    *at = (unsigned)++rules->count;
    if (rules->count * 2 > rules->index_size)
        index_grow(rules);
    return rules->count - 1;
}

/* The check that stands under the name itself. */
static const struct check *rule_defined(const void *rules_, size_t slot)
{
    const struct rules *rules = rules_;

    return rules->slots[slot].check;
}

/* The same, or the default rule's. */
static const struct check *rule_in(const void *rules_, size_t slot)
{
    const struct rules *rules = rules_;
    const struct slot *other;

    if (rules->slots[slot].check || !rules->default_rule)
        return rules->slots[slot].check;
    other = slot_find(rules, rules->default_rule);
    return other ? other->check : NULL;
}

static const struct policy_override *override_of(const struct policy_settings *settings, const char *name)
{
    for (size_t i = settings->override_count; i > 0; i--)
        if (!strcmp(settings->overrides[i - 1].name, name))
            return &settings->overrides[i - 1];
    return NULL;
}

static const struct check *parse_override(struct rules *rules, const struct policy_override *row)
{
    return row->check ? check_parse(rules, row->check, slot_of, rules)
                      : check_parse_list(rules, row->list, slot_of, rules);
}

/*
 * The check of a row that no file overrides.  A file's check of the old name
 * stands in for it, unless it only names the new one, as sample files do.
 */
static const struct check *default_check(struct rules *rules, const struct policy_settings *settings,
                                         const struct policy_rule *row)
{
    const struct policy_override *renamed = NULL;
    const struct check *check;
    size_t named;

    if (row->deprecated_check && strcmp(row->deprecated_name, row->name) != 0)
        renamed = override_of(settings, row->deprecated_name);
    if (renamed) {
        log_warning("Policy \"%s\" was deprecated in favor of \"%s\"; a policy file still sets it",
                    row->deprecated_name, row->name);
        check = parse_override(rules, renamed);
        if (!check_names_rule(check, &named) || strcmp(rules->slots[named].name, row->name) != 0)
            return check;
    }
    check = check_parse(rules, row->check, slot_of, rules);
    if (settings->enforce_new_defaults || !row->deprecated_check || !strcmp(row->deprecated_check, row->check))
        return check;
    return check_either(rules, check, check_parse(rules, row->deprecated_check, slot_of, rules));
}

static struct rules *rules_build(const void *mem, const struct policy_settings *settings)
{
    struct rules *rules = mem_new(mem, struct rules);

    rules->enforce_scope = settings->enforce_scope;
    if (settings->default_rule)
        rules->default_rule = mem_strdup(rules, settings->default_rule);
    index_grow(rules);
    for (size_t i = 0; i < settings->override_count; i++) {
        size_t slot = slot_of(rules, settings->overrides[i].name);
        const struct check *check = parse_override(rules, &settings->overrides[i]);

        rules->slots[slot].check = check;
    }
    for (const struct policy_rule *row = policy_rules; row->name; row++) {
        size_t slot = slot_of(rules, row->name);

        if (!rules->slots[slot].check) {
            const struct check *check = default_check(rules, settings, row);

            rules->slots[slot].check = check;
        }
        rules->slots[slot].scope = row->scope;
        rules->slots[slot].registered = true;
    }
    return rules;
}

/* ---- what an operator should know ---- */

typedef bool is_doubtful(const struct check *check, const struct check_state *state);

/* One line with the names of the rules of which it is true, as a Python list. */
static void warn_of(const struct rules *rules, is_doubtful *doubtful, const char *why)
{
    bool failed = false;
    struct check_state state = { .rule = rule_defined, .rules = rules, .failed = &failed };
    struct strbuf names;

    strbuf_init(&names, rules, 256);
    for (size_t i = 0; i < rules->count; i++)
        if (rules->slots[i].check && doubtful(rules->slots[i].check, &state))
            strbuf_printf(&names, "%s'%s'", names.length ? ", " : "", rules->slots[i].name);
    if (names.length)
        log_warning("Policies [%s] %s", names.data, why);
}

static void warn_of_user_ids(const struct policy_settings *settings)
{
    for (size_t i = 0; i < settings->override_count; i++) {
        const struct policy_override *row = &settings->overrides[i];

        if (row->check && strstr(row->check, "%(user_id)s") && !strstr(row->name, "os-keypairs"))
            log_warning("The user_id attribute isn't supported in the rule '%s'. All the user_id based policy "
                        "enforcement will be removed in the future.",
                        row->name);
    }
}

/* ---- the set ---- */

void policies_replace(struct policies *policies, const struct policy_settings *settings)
{
    struct rules *old = policies->rules;

    policies->rules = rules_build(policies, settings);
    talloc_free(old);
    if (!settings->override_count)
        return;
    warn_of(policies->rules, check_is_undefined, "reference a rule that is not defined.");
    warn_of(policies->rules, check_is_cyclic, "are part of a cyclical reference.");
    warn_of_user_ids(settings);
}

struct policies *policies_build(const void *mem, const struct policy_settings *settings)
{
    struct policies *policies = mem_new(mem, struct policies);

    policies_replace(policies, settings);
    return policies;
}

void policies_watch(struct policies *policies, void (*look)(void *arg, struct policies *policies), void *arg)
{
    policies->look = look;
    policies->look_arg = arg;
}

static const char *scope_of(const struct context *context)
{
    if (context->system_scope && *context->system_scope)
        return "system";
    return context->domain_id && *context->domain_id ? "domain" : "project";
}

static bool allow(const struct policies *policies, const struct context *context, const char *rule,
                  const struct policy_target *target, const struct policy_extra *extras, struct fault **fault)
{
    const struct rules *rules = policies->rules;
    bool failed = false;
    struct check_state state = { .context = context,
                                 .target = target,
                                 .extras = extras,
                                 .rule = rule_in,
                                 .rules = rules,
                                 .asked = rule,
                                 .fault = fault,
                                 .failed = &failed };
    const struct slot *slot = slot_find(rules, rule);

    if (!slot || !slot->registered)
        return false;
    if (rules->enforce_scope && slot->scope && strcmp(slot->scope, scope_of(context)) != 0)
        return false;
    return check_holds(slot->check, &state) && !failed;
}

bool policies_allow(const struct policies *policies, const struct context *context, const char *rule,
                    const struct policy_target *target)
{
    return allow(policies, context, rule, target, NULL, NULL);
}

static bool allow_by_worker(const struct context *context, const char *rule, const struct policy_target *target,
                            const struct policy_extra *extras, struct fault **fault)
{
    struct policies *policies = context->worker->policies;

    if (policies->look)
        policies->look(policies->look_arg, policies);
    return allow(policies, context, rule, target, extras, fault);
}

struct fault *policy_allows(const struct context *context, const char *rule, const struct policy_target *target,
                            bool *allowed)
{
    struct fault *fault = NULL;

    *allowed = allow_by_worker(context, rule, target, NULL, &fault) && !fault;
    return fault;
}

struct fault *policy_check(const struct context *context, const char *rule, const struct policy_target *target)
{
    return policy_check_with(context, rule, target, NULL);
}

struct fault *policy_check_with(const struct context *context, const char *rule, const struct policy_target *target,
                                const struct policy_extra *extras)
{
    struct fault *fault = NULL;
    bool allowed = allow_by_worker(context, rule, target, extras, &fault);

    /* Where a server that a rule asks is not to be had, the request fails, whatever else the rule says. */
    if (fault)
        return fault;
    if (allowed)
        return NULL;
    return fault_new(context->mem, PolicyNotAuthorized, rule);
}

/* ---- for commands ---- */

const char *policies_text(const struct policies *policies, const void *mem, const char *rule)
{
    const struct slot *slot = slot_find(policies->rules, rule);
    struct strbuf out;

    if (!slot || !slot->check)
        return NULL;
    strbuf_init(&out, mem, 64);
    check_print(slot->check, &out);
    return out.data;
}

static int by_name(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

const char *const *policies_names(const struct policies *policies, const void *mem)
{
    const struct rules *rules = policies->rules;
    const char **names = mem_array(mem, const char *, rules->count + 1);
    size_t count = 0;

    for (size_t i = 0; i < rules->count; i++)
        if (rules->slots[i].check)
            names[count++] = rules->slots[i].name;
    qsort(names, count, sizeof(names[0]), by_name);
    return names;
}
