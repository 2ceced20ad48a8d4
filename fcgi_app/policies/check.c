/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language: @ ! and or not ( ) kind:match.  A match may hold %(key)s of
 * the target; it is compared piece by piece, so that nothing is allocated
 * while a request waits.
 */
#include "config.h"

#include "fcgi_app/policies/check.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/policies/policies.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

LOG_MODULE("oslo_policy._parser");

/* Rules that name each other in a circle end here, refused. */
#define DEPTH_MAX 64

enum kind {
    CHECK_FALSE,
    CHECK_TRUE,
    CHECK_NOT,
    CHECK_AND,
    CHECK_OR,
    CHECK_RULE,
    CHECK_ROLE,
    CHECK_IS_ADMIN,
    CHECK_CREDENTIAL, /* something the context has */
    CHECK_LITERAL,    /* 'text', True, 12 */
};

enum piece_kind {
    PIECE_TEXT,
    PIECE_PROJECT,
    PIECE_USER,
    PIECE_MISSING, /* a key that no target has */
};

/* Part of a match. */
struct piece {
    enum piece_kind kind;
    const char *text;
    size_t length;
};

struct check {
    enum kind kind;
    const struct check *left, *right;
    size_t slot;   /* CHECK_RULE */
    bool expected; /* CHECK_IS_ADMIN */
    /* what a credential or literal is: its own words */
    const char *literal;
    size_t credential;
    const struct piece *pieces;
    size_t piece_count;
};

/* ---- what the context has ---- */

static const char *const *roles_of(const struct context *context)
{
    static const char *const none[] = { NULL };

    return context->roles ? context->roles : none;
}

static const char *python_bool(bool value)
{
    return value ? "True" : "False";
}

#define CREDENTIAL(name)                                                                                               \
    static const char *credential_##name(const struct context *context)                                                \
    {                                                                                                                  \
        return context->name ? context->name : "None";                                                                 \
    }
CREDENTIAL(user_id)
CREDENTIAL(project_id)
CREDENTIAL(domain_id)
CREDENTIAL(system_scope)
CREDENTIAL(user_domain_id)
CREDENTIAL(project_domain_id)

static const char *credential_is_admin(const struct context *context)
{
    return python_bool(context->is_admin);
}

static const char *credential_is_admin_project(const struct context *context)
{
    return python_bool(context->is_admin_project);
}

/* roles and service_roles are lists: any of them may be the one */
static const struct credential {
    const char *name;
    const char *(*value)(const struct context *context);
} credentials[] = {
    { "user_id", credential_user_id },
    { "project_id", credential_project_id },
    { "domain_id", credential_domain_id },
    { "system_scope", credential_system_scope },
    { "user_domain_id", credential_user_domain_id },
    { "project_domain_id", credential_project_domain_id },
    { "is_admin", credential_is_admin },
    { "is_admin_project", credential_is_admin_project },
    { "roles", NULL },
    { "service_roles", NULL },
};
#define CREDENTIAL_COUNT (sizeof(credentials) / sizeof(credentials[0]))

/* ---- evaluation ---- */

static const char *piece_value(const struct piece *piece, const struct check_state *state, size_t *length)
{
    const char *value = NULL;

    if (piece->kind == PIECE_TEXT) {
        *length = piece->length;
        return piece->text;
    }
    if (piece->kind == PIECE_PROJECT)
        value = state->target ? state->target->project_id : credential_project_id(state->context);
    else if (piece->kind == PIECE_USER)
        value = state->target ? state->target->user_id : credential_user_id(state->context);
    *length = value ? strlen(value) : 0;
    return value;
}

typedef int compare_text(const char *one, const char *other, size_t length);

/* Is `text` what the match says? */
static bool match_is(const struct check *check, const struct check_state *state, const char *text,
                     compare_text *compare)
{
    size_t left = strlen(text);

    for (size_t i = 0; i < check->piece_count; i++) {
        size_t length;
        const char *value = piece_value(&check->pieces[i], state, &length);

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

static bool any_is(const struct check *check, const struct check_state *state, const char *const *texts,
                   compare_text *compare)
{
    for (; texts && *texts; texts++)
        if (match_is(check, state, *texts, compare))
            return true;
    return false;
}

static bool credential_holds(const struct check *check, const struct check_state *state)
{
    const struct credential *credential = &credentials[check->credential];

    if (credential->value)
        return match_is(check, state, credential->value(state->context), compare_exactly);
    return any_is(check, state, credential->name[0] == 'r' ? roles_of(state->context) : state->context->service_roles,
                  compare_exactly);
}

static bool rule_holds(const struct check *check, const struct check_state *state)
{
    struct check_state inner = *state;
    const struct check *rule = state->rule(state->rules, check->slot);

    inner.depth++;
    return rule && inner.depth < DEPTH_MAX && check_holds(rule, &inner);
}

bool check_holds(const struct check *check, const struct check_state *state)
{
    switch (check->kind) {
    case CHECK_TRUE:
        return true;
    case CHECK_NOT:
        return !check_holds(check->left, state);
    case CHECK_AND:
        return check_holds(check->left, state) && check_holds(check->right, state);
    case CHECK_OR:
        return check_holds(check->left, state) || check_holds(check->right, state);
    case CHECK_RULE:
        return rule_holds(check, state);
    case CHECK_ROLE:
        return any_is(check, state, roles_of(state->context), compare_case_apart);
    case CHECK_IS_ADMIN:
        return state->context->is_admin == check->expected;
    case CHECK_CREDENTIAL:
        return credential_holds(check, state);
    case CHECK_LITERAL:
        return match_is(check, state, check->literal, compare_exactly);
    case CHECK_FALSE:
    default:
        return false;
    }
}

/* ---- the match: text with %(key)s in it ---- */

static void piece_add(const void *mem, struct check *check, struct piece piece)
{
    struct piece *pieces =
        mem_grow(mem, (struct piece *)(uintptr_t)check->pieces, struct piece, check->piece_count + 1);

    pieces[check->piece_count++] = piece;
    check->pieces = pieces;
}

static enum piece_kind piece_kind_of(const char *key, size_t length)
{
    if (length == 10 && !memcmp(key, "project_id", 10))
        return PIECE_PROJECT;
    if (length == 7 && !memcmp(key, "user_id", 7))
        return PIECE_USER;
    return PIECE_MISSING;
}

static void match_parse(const void *mem, struct check *check, const char *text)
{
    while (*text) {
        const char *end;

        if (text[0] == '%' && text[1] == '(' && (end = strchr(text, ')')) && end[1] == 's') {
            piece_add(mem, check, (struct piece){ .kind = piece_kind_of(text + 2, (size_t)(end - text - 2)) });
            text = end + 2;
        } else if (text[0] == '%') {
            /* %% is a sign of percent; any other conversion can never be filled */
            piece_add(mem, check,
                      (struct piece){ .kind = text[1] == '%' ? PIECE_TEXT : PIECE_MISSING, .text = "%", .length = 1 });
            text += text[1] ? 2 : 1;
        } else {
            size_t length = strcspn(text, "%");

            piece_add(mem, check,
                      (struct piece){ .kind = PIECE_TEXT, .text = mem_strndup(mem, text, length), .length = length });
            text += length;
        }
    }
}

/* ---- parsing: or < and < not < ( ) ---- */

struct parser {
    const void *mem;
    const char *p; /* the rest of the text */
    const char *token;
    size_t length;
    bool wrong;
    check_slot *slot;
    void *rules;
    size_t closing; /* parentheses that end the word in hand */
};

static const struct check *parse_or(struct parser *parser);

static struct check *check_new(struct parser *parser, enum kind kind)
{
    struct check *check = mem_new(parser->mem, struct check);

    check->kind = kind;
    return check;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes the next token; length 0: the end.  Parentheses stand alone only at the ends of a word. */
static void advance(struct parser *parser)
{
    static const char closing[] = ")";
    const char *end;

    if (parser->closing) {
        parser->closing--;
        parser->token = closing;
        parser->length = 1;
        return;
    }
    while (is_space(*parser->p))
        parser->p++;
    parser->token = parser->p;
    if (*parser->p == '(') {
        parser->length = 1;
        parser->p++;
        return;
    }
    for (end = parser->p; *end && !is_space(*end);)
        end++;
    parser->length = (size_t)(end - parser->p);
    parser->p = end;
    while (parser->length && parser->token[parser->length - 1] == ')') {
        parser->length--;
        parser->closing++;
    }
    if (!parser->length && parser->closing)
        advance(parser);
}

static bool token_is(const struct parser *parser, const char *word)
{
    return parser->length == strlen(word) && !strncasecmp(parser->token, word, parser->length);
}

/* A kind that Python reads as a literal: its text, or NULL. */
static const char *literal_of(const void *mem, const char *kind)
{
    size_t length = strlen(kind);

    if (length >= 2 && (kind[0] == '\'' || kind[0] == '"') && kind[length - 1] == kind[0])
        return mem_strndup(mem, kind + 1, length - 2);
    if (!strcmp(kind, "True") || !strcmp(kind, "False") || !strcmp(kind, "None") ||
        (length && strspn(kind, "0123456789") == length && (kind[0] != '0' || length == 1)))
        return kind;
    return NULL;
}

static const struct check *check_generic(struct parser *parser, const char *kind, const char *match)
{
    struct check *check = check_new(parser, CHECK_FALSE);

    match_parse(parser->mem, check, match);
    check->literal = literal_of(parser->mem, kind);
    if (check->literal) {
        check->kind = CHECK_LITERAL;
        return check;
    }
    for (size_t i = 0; i < CREDENTIAL_COUNT; i++)
        if (!strcmp(credentials[i].name, kind)) {
            check->kind = CHECK_CREDENTIAL;
            check->credential = i;
        }
    return check;
}

/* kind:match */
static const struct check *parse_word(struct parser *parser)
{
    char *kind = mem_strndup(parser->mem, parser->token, parser->length), *match = strchr(kind, ':');
    struct check *check;

    if (!strcmp(kind, "!"))
        return check_new(parser, CHECK_FALSE);
    if (!strcmp(kind, "@"))
        return check_new(parser, CHECK_TRUE);
    if (!match) {
        log_error("Failed to understand rule %s", kind);
        return check_new(parser, CHECK_FALSE);
    }
    *match++ = '\0';
    if (!strcmp(kind, "rule")) {
        check = check_new(parser, CHECK_RULE);
        check->slot = parser->slot(parser->rules, match);
        return check;
    }
    if (!strcmp(kind, "is_admin")) {
        check = check_new(parser, CHECK_IS_ADMIN);
        check->expected = !strcasecmp(match, "true");
        return check;
    }
    if (!strcmp(kind, "role")) {
        check = check_new(parser, CHECK_ROLE);
        match_parse(parser->mem, check, match);
        return check;
    }
    if (!strcmp(kind, "http") || !strcmp(kind, "https")) {
        log_error("Rule %s:%s asks a remote server, which is not supported; it refuses", kind, match);
        return check_new(parser, CHECK_FALSE);
    }
    return check_generic(parser, kind, match);
}

static const struct check *parse_term(struct parser *parser)
{
    const struct check *inner;
    struct check *check;

    if (token_is(parser, "not")) {
        advance(parser);
        check = check_new(parser, CHECK_NOT);
        check->left = parse_term(parser);
        return check;
    }
    if (token_is(parser, "(")) {
        advance(parser);
        inner = parse_or(parser);
        if (!token_is(parser, ")"))
            parser->wrong = true;
        advance(parser);
        return inner;
    }
    if (!parser->length || token_is(parser, ")") || token_is(parser, "and") || token_is(parser, "or")) {
        parser->wrong = true;
        return check_new(parser, CHECK_FALSE);
    }
    inner = parse_word(parser);
    advance(parser);
    return inner;
}

static const struct check *parse_and(struct parser *parser)
{
    const struct check *left = parse_term(parser);

    while (!parser->wrong && token_is(parser, "and")) {
        struct check *check = check_new(parser, CHECK_AND);

        advance(parser);
        check->left = left;
        check->right = parse_term(parser);
        left = check;
    }
    return left;
}

static const struct check *parse_or(struct parser *parser)
{
    const struct check *left = parse_and(parser);

    while (!parser->wrong && token_is(parser, "or")) {
        advance(parser);
        left = check_either(parser->mem, left, parse_and(parser));
    }
    return left;
}

const struct check *check_either(const void *mem, const struct check *one, const struct check *other)
{
    struct check *check = mem_new(mem, struct check);

    check->kind = CHECK_OR;
    check->left = one;
    check->right = other;
    return check;
}

const struct check *check_parse(const void *mem, const char *text, check_slot *slot, void *rules)
{
    struct parser parser = { .mem = mem, .p = text, .slot = slot, .rules = rules };
    const struct check *check;

    if (!*text)
        return check_new(&parser, CHECK_TRUE);
    advance(&parser);
    check = parse_or(&parser);
    if (!parser.wrong && !parser.length)
        return check;
    log_error("Failed to understand rule %s", text);
    return check_new(&parser, CHECK_FALSE);
}
