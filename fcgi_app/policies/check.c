/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluating a check.  A match may hold %(key)s of the target; it is compared
 * piece by piece, so that nothing is allocated while a request waits.
 */
#include "config.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/unicode.h"
#include "fcgi_app/policies/check_tree.h"
#include "fcgi_app/policies/policies.h"

#include <locale.h>
#include <string.h>
#include <strings.h>
#include <wctype.h>

/* Rules that name each other in a circle end here, refused. */
#define DEPTH_MAX 64

/* ---- what the context has ---- */

static const char *const no_roles[] = { NULL };

static const char *python_bool(bool value)
{
    return value ? "True" : "False";
}

#define CREDENTIAL(name)                                                                                               \
    static const char *credential_##name(const struct context *context)                                                \
    {                                                                                                                  \
        return context->name;                                                                                          \
    }
CREDENTIAL(user_id)
CREDENTIAL(user_domain_id)
CREDENTIAL(system_scope)
CREDENTIAL(domain_id)
CREDENTIAL(project_id)
CREDENTIAL(project_domain_id)
CREDENTIAL(service_user_id)
CREDENTIAL(service_user_domain_id)
CREDENTIAL(service_project_id)
CREDENTIAL(service_project_domain_id)

static const char *credential_is_admin(const struct context *context)
{
    return python_bool(context->is_admin);
}

static const char *credential_is_admin_project(const struct context *context)
{
    return python_bool(context->is_admin_project);
}

static const char *const *credential_roles(const struct context *context)
{
    return context->roles ? context->roles : no_roles;
}

static const char *const *credential_service_roles(const struct context *context)
{
    return context->service_roles ? context->service_roles : no_roles;
}

/* In the order in which upstream's context gives them. A list holds when any of it does. */
static const struct credential {
    const char *name;
    const char *(*value)(const struct context *context);
    const char *const *(*list)(const struct context *context);
    bool is_bool;
} credentials[] = {
    { "is_admin", credential_is_admin, NULL, true },
    { "user_id", credential_user_id, NULL, false },
    { "user_domain_id", credential_user_domain_id, NULL, false },
    { "system_scope", credential_system_scope, NULL, false },
    { "domain_id", credential_domain_id, NULL, false },
    { "project_id", credential_project_id, NULL, false },
    { "project_domain_id", credential_project_domain_id, NULL, false },
    { "roles", NULL, credential_roles, false },
    { "is_admin_project", credential_is_admin_project, NULL, true },
    { "service_user_id", credential_service_user_id, NULL, false },
    { "service_user_domain_id", credential_service_user_domain_id, NULL, false },
    { "service_project_id", credential_service_project_id, NULL, false },
    { "service_project_domain_id", credential_service_project_domain_id, NULL, false },
    { "service_roles", NULL, credential_service_roles, false },
    { "system", credential_system_scope, NULL, false }, /* there only when it says something */
};
#define CREDENTIAL_COUNT (sizeof(credentials) / sizeof(credentials[0]))

bool check_credential(const char *name, size_t *row)
{
    for (size_t i = 0; i < CREDENTIAL_COUNT; i++)
        if (!strcmp(credentials[i].name, name)) {
            *row = i;
            return true;
        }
    return false;
}

/* `system` is a key of a system's token only. */
static bool is_absent(const struct credential *credential, const struct context *context)
{
    return !strcmp(credential->name, "system") && !(context->system_scope && *context->system_scope);
}

void check_put_credentials(const struct check_state *state, struct strbuf *out)
{
    const char *joint = "{";

    for (size_t i = 0; i < CREDENTIAL_COUNT; i++) {
        const struct credential *row = &credentials[i];

        if (is_absent(row, state->context))
            continue;
        strbuf_printf(out, "%s\"%s\": ", joint, row->name);
        joint = ", ";
        if (row->list) {
            const char *inner = "[";

            for (const char *const *text = row->list(state->context); *text; text++, inner = ", ") {
                strbuf_puts(out, inner);
                json_put_string(out, *text);
            }
            strbuf_puts(out, *inner == '[' ? "[]" : "]");
        } else if (row->is_bool) {
            json_put_bool(out, *row->value(state->context) == 'T');
        } else {
            json_put_string(out, row->value(state->context));
        }
    }
    strbuf_putc(out, '}');
}

/* ---- what the target has ---- */

static const char *or_none(const char *value)
{
    return value ? value : "None";
}

static const char *extra_value(const struct check_state *state, const char *key)
{
    for (const struct policy_extra *extra = state->extras; extra && extra->key; extra++)
        if (!strcmp(extra->key, key))
            return or_none(extra->value);
    return NULL;
}

const char *check_piece(const struct piece *piece, const struct check_state *state, size_t *length)
{
    const char *value = NULL;

    switch (piece->kind) {
    case PIECE_TEXT:
        *length = piece->length;
        return piece->text;
    case PIECE_PROJECT:
        value = state->target ? state->target->project_id : or_none(state->context->project_id);
        break;
    case PIECE_USER:
        value = state->target ? state->target->user_id : or_none(state->context->user_id);
        break;
    case PIECE_OTHER:
        value = extra_value(state, piece->text);
        break;
    case PIECE_MISSING:
    case PIECE_BROKEN:
    default:
        break;
    }
    *length = value ? strlen(value) : 0;
    return value;
}

static void put_key(struct strbuf *out, const char **joint, const char *key, const char *value)
{
    strbuf_puts(out, *joint);
    *joint = ", ";
    json_put_string(out, key);
    strbuf_puts(out, ": ");
    json_put_string(out, value);
}

void check_put_target(const struct check_state *state, struct strbuf *out)
{
    const struct policy_target own = { state->context->project_id, state->context->user_id };
    const struct policy_target *target = state->target ? state->target : &own;
    const char *joint = "{";

    /* upstream's dictionary begins with the user, but for the one that stands for the context itself */
    if (state->target && target->user_id)
        put_key(out, &joint, "user_id", target->user_id);
    if (target->project_id || !state->target)
        put_key(out, &joint, "project_id", target->project_id);
    if (!state->target)
        put_key(out, &joint, "user_id", target->user_id);
    for (const struct policy_extra *extra = state->extras; extra && extra->key; extra++)
        put_key(out, &joint, extra->key, extra->value);
    strbuf_puts(out, *joint == '{' ? "{}" : "}");
}

/* ---- evaluation ---- */

typedef int compare_text(const char *one, const char *other, size_t length);

/* Is `text` what the match says? */
static bool match_is(const struct check *check, const struct check_state *state, const char *text,
                     compare_text *compare)
{
    size_t left = strlen(text);

    for (size_t i = 0; i < check->piece_count; i++) {
        size_t length;
        const char *value = check_piece(&check->pieces[i], state, &length);

        if (!value || length > left || compare(text, value, length))
            return false;
        text += length;
        left -= length;
    }
    return !left;
}

static int compare_exactly(const char *one, const char *other, size_t length)
{
    return memcmp(one, other, length);
}

static int compare_case_apart(const char *one, const char *other, size_t length)
{
    return strncasecmp(one, other, length);
}

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] & 0x80)
            return false;
    return true;
}

/* Letters of any script, case apart. */
static bool same_letters(const char *one, const char *other)
{
    static locale_t unicode;
    size_t left = strlen(one), right = strlen(other), size;

    if (!unicode)
        unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
    while (left && right) {
        int a = unicode_next(one, left, &size), b;

        one += size;
        left -= size;
        b = unicode_next(other, right, &size);
        other += size;
        right -= size;
        if (a != b && (!unicode || towlower_l((wint_t)a, unicode) != towlower_l((wint_t)b, unicode)))
            return false;
    }
    return left == right;
}

/* A role's match or a role that is not of ASCII alone: put together and compared letter by letter. */
static bool role_is(const struct check *check, const struct check_state *state, const char *role)
{
    bool plain = is_ascii(role, strlen(role));
    struct strbuf match;

    for (size_t i = 0; i < check->piece_count; i++) {
        size_t length;
        const char *value = check_piece(&check->pieces[i], state, &length);

        if (!value)
            return false;
        plain = plain && is_ascii(value, length);
    }
    if (plain)
        return match_is(check, state, role, compare_case_apart);
    strbuf_init(&match, state->context->mem, 64);
    for (size_t i = 0; i < check->piece_count; i++) {
        size_t length;
        const char *value = check_piece(&check->pieces[i], state, &length);

        strbuf_put(&match, value, length);
    }
    return same_letters(role, match.data);
}

static bool any_role_is(const struct check *check, const struct check_state *state)
{
    for (const char *const *role = credential_roles(state->context); *role; role++)
        if (role_is(check, state, *role))
            return true;
    return false;
}

static bool any_is(const struct check *check, const struct check_state *state, const char *const *texts)
{
    for (; *texts; texts++)
        if (match_is(check, state, *texts, compare_exactly))
            return true;
    return false;
}

bool check_fail(const struct check_state *state, struct fault *fault)
{
    *state->failed = true;
    if (state->fault && !*state->fault)
        *state->fault = fault;
    return false;
}

static bool has_every_key(const struct check *check, const struct check_state *state)
{
    size_t length;

    for (size_t i = 0; i < check->piece_count; i++)
        if (!check_piece(&check->pieces[i], state, &length))
            return false;
    return true;
}

/* A match is made before anything is compared; the first conversion that has no value, or no sense, ends it. */
static bool match_can_be_made(const struct check *check, const struct check_state *state)
{
    size_t length;

    for (size_t i = 0; i < check->piece_count; i++) {
        if (check->pieces[i].kind == PIECE_BROKEN)
            return check_fail(state,
                              fault_new(state->context->mem, ValueError,
                                        mem_printf(state->context->mem, "unsupported format in %s", check->words)));
        if (!check_piece(&check->pieces[i], state, &length))
            return false;
    }
    return true;
}

/* A part of what is a text, of which Python has none. */
static bool part_holds(const struct check *check, const struct check_state *state, const struct credential *credential)
{
    bool is_empty = credential->list && !*credential->list(state->context);

    if (is_empty || !has_every_key(check, state))
        return false;
    return check_fail(state, fault_new(state->context->mem, TypeError, "string indices must be integers, not 'str'"));
}

static bool broken_holds(const struct check *check, const struct check_state *state)
{
    if (!has_every_key(check, state))
        return false;
    return check_fail(state, check->no_check ? fault_new(state->context->mem, AttributeError,
                                                         "'str' object has no attribute '__call__'")
                                             : fault_new(state->context->mem, SyntaxError, "invalid syntax"));
}

static bool credential_holds(const struct check *check, const struct check_state *state)
{
    const struct credential *credential = &credentials[check->credential];

    if (is_absent(credential, state->context))
        return false;
    if (check->deeper)
        return part_holds(check, state, credential);
    if (credential->value)
        return match_is(check, state, or_none(credential->value(state->context)), compare_exactly);
    return any_is(check, state, credential->list(state->context));
}

static bool rule_holds(const struct check *check, const struct check_state *state)
{
    struct check_state inner = *state;
    const struct check *rule = state->rule(state->rules, check->slot);

    if (++inner.depth >= DEPTH_MAX)
        return check_fail(
            state, fault_new(state->context->mem, RecursionError, "maximum recursion depth exceeded in comparison"));
    return rule && check_holds(rule, &inner);
}

static bool every_part_holds(const struct check *check, const struct check_state *state)
{
    for (size_t i = 0; i < check->part_count; i++)
        if (!check_holds(check->parts[i], state))
            return false;
    return true;
}

static bool any_part_holds(const struct check *check, const struct check_state *state)
{
    for (size_t i = 0; i < check->part_count; i++)
        if (check_holds(check->parts[i], state))
            return true;
    return false;
}

bool check_holds(const struct check *check, const struct check_state *state)
{
    if (*state->failed || (check->broken_match && !match_can_be_made(check, state)))
        return false;
    switch (check->kind) {
    case CHECK_TRUE:
        return true;
    case CHECK_NOT:
        return !check_holds(check->parts[0], state);
    case CHECK_AND:
        return every_part_holds(check, state);
    case CHECK_OR:
        return any_part_holds(check, state);
    case CHECK_RULE:
        return rule_holds(check, state);
    case CHECK_ROLE:
        return any_role_is(check, state);
    case CHECK_IS_ADMIN:
        return state->context->is_admin == check->expected;
    case CHECK_CREDENTIAL:
        return credential_holds(check, state);
    case CHECK_LITERAL:
        return match_is(check, state, check->literal, compare_exactly);
    case CHECK_REMOTE:
        return check_remote_holds(check, state);
    case CHECK_BROKEN:
        return broken_holds(check, state);
    case CHECK_FALSE:
    default:
        return false;
    }
}

/* ---- looking at a check ---- */

bool check_names_rule(const struct check *check, size_t *slot)
{
    *slot = check->slot;
    return check->kind == CHECK_RULE;
}

void check_print(const struct check *check, struct strbuf *out)
{
    if (check->kind == CHECK_NOT) {
        strbuf_puts(out, "not ");
        check_print(check->parts[0], out);
        return;
    }
    if (check->kind != CHECK_AND && check->kind != CHECK_OR) {
        strbuf_puts(out, check->words);
        return;
    }
    for (size_t i = 0; i < check->part_count; i++) {
        strbuf_puts(out, !i ? "(" : check->kind == CHECK_AND ? " and " : " or ");
        check_print(check->parts[i], out);
    }
    strbuf_putc(out, ')');
}

bool check_is_undefined(const struct check *check, const struct check_state *state)
{
    if (check->kind == CHECK_RULE)
        return !state->rule(state->rules, check->slot);
    if (check->kind == CHECK_AND || check->kind == CHECK_OR)
        for (size_t i = 0; i < check->part_count; i++)
            if (check_is_undefined(check->parts[i], state))
                return true;
    return false;
}

/* The rules on the way to a check. */
struct way {
    const struct way *before;
    size_t slot;
};

static bool leads_back(const struct check *check, const struct check_state *state, const struct way *way)
{
    struct way here = { way, check->slot };
    const struct check *rule;

    if (check->kind == CHECK_RULE) {
        for (; way; way = way->before)
            if (way->slot == check->slot)
                return true;
        rule = state->rule(state->rules, check->slot);
        return rule && leads_back(rule, state, &here);
    }
    if (check->kind == CHECK_AND || check->kind == CHECK_OR)
        for (size_t i = 0; i < check->part_count; i++)
            if (leads_back(check->parts[i], state, way))
                return true;
    return false;
}

bool check_is_cyclic(const struct check *check, const struct check_state *state)
{
    return leads_back(check, state, NULL);
}
