/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks: the small language of rules, parsed once into a tree and evaluated
 * without memory (but for http: and https: checks, which ask a server).
 * check_parse.c reads, check.c evaluates, check_remote.c asks; policies.c
 * owns the rules by name.
 * Source: behaviour of oslo.policy 4.0 (_parser, _checks, _external) and nova's is_admin.
 */
#ifndef NOVA_POLICIES_CHECK_H
#define NOVA_POLICIES_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct context;
struct fault;
struct policy_extra;
struct policy_target;
struct strbuf;
struct check;

/* Who asks for what, and the rules that `rule:` means. */
struct check_state {
    const struct context *context;
    const struct policy_target *target; /* NULL: the context's own */
    const struct policy_extra *extras;  /* further keys of the target, ended by a NULL key; NULL: none */
    const struct check *(*rule)(const void *rules, size_t slot);
    const void *rules;
    const char *asked;    /* name of the rule that was asked for */
    int depth;            /* of rules naming rules */
    struct fault **fault; /* set to the first thing that went wrong; NULL: nobody hears of it */
    bool *failed; /* set when a check cannot be answered: then the whole is a refusal, a `not` around it or no */
};

/* Gives the slot in which a rule of that name stands or will stand. */
typedef size_t check_slot(void *rules, const char *name);

/*
 * Parses a check; the tree is on mem and keeps no pointer into `text`.  An
 * empty text allows, one that cannot be understood refuses, with a line in the log.
 */
const struct check *check_parse(const void *mem, const char *text, check_slot *slot, void *rules);
/* The older form: a list, ended by NULL, of which one must hold, of lists of plain checks that must all hold. */
const struct check *check_parse_list(const void *mem, const char *const *const *list, check_slot *slot, void *rules);
/* (one) or (other) */
const struct check *check_either(const void *mem, const struct check *one, const struct check *other);

/*
 * What upstream raises on (a circle of rules, a kind that Python cannot read,
 * a conversion that cannot be made, a server that cannot be asked) sets
 * *failed and the fault.
 */
bool check_holds(const struct check *check, const struct check_state *state);

/* Appends the check as upstream prints it: "(role:a and not rule:b)". */
void check_print(const struct check *check, struct strbuf *out);
/* The slot that a lone `rule:` names; false for any other check. */
bool check_names_rule(const struct check *check, size_t *slot);
/* Is one of the rules that it names, outside of a `not`, undefined; is it, or leads it to, a circle? */
bool check_is_undefined(const struct check *check, const struct check_state *state);
bool check_is_cyclic(const struct check *check, const struct check_state *state);

#endif
