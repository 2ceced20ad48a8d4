/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks: the small language of rules, parsed once into a tree and evaluated
 * without memory.  Beside policies.c, which owns the rules by name.
 * Source: behaviour of oslo.policy 4.0 (_parser, _checks) and nova's is_admin.
 */
#ifndef NOVA_POLICIES_CHECK_H
#define NOVA_POLICIES_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct context;
struct policy_target;
struct check;

/* Who asks for what, and the rules that `rule:` means. */
struct check_state {
    const struct context *context;
    const struct policy_target *target; /* NULL: the context's own */
    const struct check *(*rule)(const void *rules, size_t slot);
    const void *rules;
    int depth; /* of rules naming rules */
};

/* Gives the slot in which a rule of that name stands or will stand. */
typedef size_t check_slot(void *rules, const char *name);

/*
 * Parses a check; the tree is on mem and keeps no pointer into `text`.  An
 * empty text allows, one that cannot be understood refuses, with a line in the log.
 */
const struct check *check_parse(const void *mem, const char *text, check_slot *slot, void *rules);
/* (one) or (other) */
const struct check *check_either(const void *mem, const struct check *one, const struct check *other);

bool check_holds(const struct check *check, const struct check_state *state);

#endif
