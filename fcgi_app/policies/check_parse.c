/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the language: @ ! and or not ( ) kind:match, and the lists of older
 * files.  One level a function: or < and < not < ( ).
 */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/unicode.h"
#include "fcgi_app/policies/check_tree.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

LOG_MODULE("oslo_policy._parser");

/* Parentheses and `not` within each other; whoever writes more is not understood. */
#define NESTING_MAX 200

struct parser {
    const void *mem;
    const char *p; /* the rest of the text */
    const char *token;
    size_t length;
    bool wrong;
    check_slot *slot;
    void *rules;
    size_t closing; /* parentheses that end the word in hand */
    int nesting;
};

/* ---- the match: text with %(key)s in it ---- */

static void piece_add(const void *mem, struct check *check, struct piece piece)
{
    struct piece *pieces =
        mem_grow(mem, (struct piece *)(uintptr_t)check->pieces, struct piece, check->piece_count + 1);

    pieces[check->piece_count++] = piece;
    check->pieces = pieces;
}

static struct piece piece_of_key(const void *mem, const char *key, size_t length)
{
    if (length == 10 && !memcmp(key, "project_id", 10))
        return (struct piece){ .kind = PIECE_PROJECT };
    if (length == 7 && !memcmp(key, "user_id", 7))
        return (struct piece){ .kind = PIECE_USER };
    return (struct piece){ .kind = PIECE_OTHER, .text = mem_strndup(mem, key, length), .length = length };
}

static void match_parse(const void *mem, struct check *check, const char *text)
{
    while (*text) {
        const char *end = strchr(text, ')');

        if (text[0] == '%' && text[1] == '(' && end && end[1] == 's') {
            piece_add(mem, check, piece_of_key(mem, text + 2, (size_t)(end - text - 2)));
            text = end + 2;
        } else if (text[0] == '%' && text[1] == '(' && end) {
            /* another conversion of a key, which the target must have before its sense is asked for */
            piece_add(mem, check, piece_of_key(mem, text + 2, (size_t)(end - text - 2)));
            piece_add(mem, check, (struct piece){ .kind = PIECE_BROKEN, .text = "%", .length = 1 });
            check->broken_match = true;
            text = end + (end[1] ? 2 : 1);
        } else if (text[0] == '%') {
            /* %% is a sign of percent, %s the whole target; any other conversion makes no sense here */
            enum piece_kind kind = text[1] == '%' ? PIECE_TEXT : text[1] == 's' ? PIECE_MISSING : PIECE_BROKEN;

            piece_add(mem, check, (struct piece){ .kind = kind, .text = "%", .length = 1 });
            check->broken_match |= kind == PIECE_BROKEN;
            text += text[1] ? 2 : 1;
        } else {
            size_t length = strcspn(text, "%");

            piece_add(mem, check,
                      (struct piece){ .kind = PIECE_TEXT, .text = mem_strndup(mem, text, length), .length = length });
            text += length;
        }
    }
}

/* ---- one check ---- */

static struct check *check_new(const void *mem, enum check_kind kind, const char *words)
{
    struct check *check = mem_new(mem, struct check);

    check->kind = kind;
    check->words = words;
    return check;
}

static struct check *check_refused(const void *mem)
{
    return check_new(mem, CHECK_FALSE, "!");
}

static void part_add(const void *mem, struct check *check, const struct check *part)
{
    check->parts = mem_grow(mem, check->parts, const struct check *, check->part_count + 1);
    check->parts[check->part_count++] = part;
}

/* A plain number: 12, -3, 1.5. */
static bool is_number(const char *text)
{
    const char *p = text + (*text == '-');
    size_t digits = strspn(p, "0123456789");

    if (!digits || (*p == '0' && digits > 1))
        return false;
    p += digits;
    if (*p != '.')
        return !*p && strcmp(text, "-0") != 0;
    digits = strspn(++p, "0123456789");
    return digits && digits < 6 && !p[digits];
}

/* As str() gives it back: 1.50 is 1.5. */
static const char *number_text(const void *mem, const char *text)
{
    char *copy = mem_strdup(mem, text);
    size_t length = strlen(copy);

    while (strchr(copy, '.') && copy[length - 1] == '0' && copy[length - 2] != '.')
        copy[--length] = '\0';
    return copy;
}

/* A kind that Python reads as a literal: its text, or NULL. */
static const char *literal_of(const void *mem, const char *kind)
{
    size_t length = strlen(kind);

    if (length >= 2 && (kind[0] == '\'' || kind[0] == '"') && kind[length - 1] == kind[0] && !strchr(kind, '\\') &&
        strchr(kind + 1, kind[0]) == kind + length - 1)
        return mem_strndup(mem, kind + 1, length - 2);
    if (!strcmp(kind, "True") || !strcmp(kind, "False") || !strcmp(kind, "None"))
        return kind;
    return is_number(kind) ? number_text(mem, kind) : NULL;
}

/* A name, or a keyword of Python's, with which no name is made. */
static size_t name_length(const char *text)
{
    static const char *const keywords[] = { "and",      "as",       "assert", "async", "await",  "break",  "class",
                                            "continue", "def",      "del",    "elif",  "else",   "except", "finally",
                                            "for",      "from",     "global", "if",    "import", "in",     "is",
                                            "lambda",   "nonlocal", "not",    "or",    "pass",   "raise",  "return",
                                            "try",      "while",    "with",   "yield" };
    size_t length = 0;

    if (*text >= '0' && *text <= '9')
        return 0;
    while (text[length] == '_' || isalnum((unsigned char)text[length]) || text[length] & 0x80)
        length++;
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
        if (strlen(keywords[i]) == length && !memcmp(keywords[i], text, length))
            return 0;
    return length;
}

/* Names with dots, signs of minus and the like between them: Python reads that, and it is no literal. */
static bool is_expression(const char *text)
{
    size_t length;

    for (;; text++) {
        length = name_length(text);
        if (!length)
            return false;
        text += length;
        if (!*text)
            return true;
        if (!strchr(".-+/", *text))
            return false;
    }
}

/* What is no literal is a path through what the context has. */
static const struct check *check_generic(struct check *check, const void *mem, const char *kind, const char *match)
{
    size_t first = strcspn(kind, ".");

    match_parse(mem, check, match);
    check->literal = literal_of(mem, kind);
    if (check->literal)
        check->kind = CHECK_LITERAL;
    else if (!is_expression(kind))
        check->kind = CHECK_BROKEN;
    else if (check_credential(mem_strndup(mem, kind, first), &check->credential))
        check->kind = CHECK_CREDENTIAL;
    check->deeper = kind[first] == '.';
    return check;
}

/* kind:match */
static const struct check *parse_word(struct parser *parser, const char *text, size_t length)
{
    const void *mem = parser->mem;
    const char *words = mem_strndup(mem, text, length);
    char *kind = mem_strndup(mem, text, length), *match = strchr(kind, ':');
    struct check *check;

    if (!strcmp(kind, "!"))
        return check_new(mem, CHECK_FALSE, words);
    if (!strcmp(kind, "@"))
        return check_new(mem, CHECK_TRUE, words);
    if (!match) {
        log_error("Failed to understand rule %s", kind);
        return check_refused(mem);
    }
    *match++ = '\0';
    check = check_new(mem, CHECK_FALSE, words);
    if (!strcmp(kind, "rule")) {
        check->kind = CHECK_RULE;
        check->slot = parser->slot(parser->rules, match);
        return check;
    }
    if (!strcmp(kind, "is_admin")) {
        check->kind = CHECK_IS_ADMIN;
        check->expected = !strcasecmp(match, "true");
        check->words = check->expected ? "is_admin:True" : "is_admin:False";
        return check;
    }
    if (!strcmp(kind, "role")) {
        check->kind = CHECK_ROLE;
        match_parse(mem, check, match);
        return check;
    }
    if (!strcmp(kind, "http") || !strcmp(kind, "https")) {
        check->kind = CHECK_REMOTE;
        match_parse(mem, check, words);
        return check;
    }
    return check_generic(check, mem, kind, match);
}

/* ---- words ---- */

/* Bytes of the white space of any script that stands there; 0: none does. */
static size_t space_size(const char *text)
{
    size_t size;
    int c;

    if (*text > 0)
        return *text == ' ' || (*text >= '\t' && *text <= '\r') || (*text >= '\x1c' && *text <= '\x1f');
    if (!*text)
        return 0;
    c = unicode_next(text, strnlen(text, 4), &size);
    return c == 0x85 || c == 0x2028 || c == 0x2029 || unicode_is_space(c) ? size : 0;
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
    while (space_size(parser->p))
        parser->p += space_size(parser->p);
    parser->token = parser->p;
    if (*parser->p == '(') {
        parser->length = 1;
        parser->p++;
        return;
    }
    for (end = parser->p; *end && !space_size(end);)
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

/* A word in quotes is a token of its own, with which no rule can be made. */
static bool token_is_quoted(const struct parser *parser)
{
    char first = *parser->token;

    return parser->length >= 2 && !parser->closing && (first == '"' || first == '\'') &&
           parser->token[parser->length - 1] == first;
}

/* ---- levels ---- */

static const struct check *parse_or(struct parser *parser);

static const struct check *parse_word_token(struct parser *parser)
{
    const struct check *check;

    if (!parser->length || token_is(parser, ")") || token_is(parser, "and") || token_is(parser, "or") ||
        token_is_quoted(parser)) {
        parser->wrong = true;
        return check_refused(parser->mem);
    }
    check = parse_word(parser, parser->token, parser->length);
    advance(parser);
    return check;
}

static const struct check *parse_term(struct parser *parser)
{
    const struct check *inner;
    struct check *check;

    if (++parser->nesting > NESTING_MAX) {
        parser->wrong = true;
        return check_refused(parser->mem);
    }
    if (token_is(parser, "not")) {
        advance(parser);
        check = check_new(parser->mem, CHECK_NOT, NULL);
        part_add(parser->mem, check, parse_term(parser));
        inner = check;
    } else if (token_is(parser, "(")) {
        advance(parser);
        inner = parse_or(parser);
        if (!token_is(parser, ")"))
            parser->wrong = true;
        advance(parser);
    } else {
        inner = parse_word_token(parser);
    }
    parser->nesting--;
    return inner;
}

/* Terms of one level, joined by `word`. */
static const struct check *parse_joined(struct parser *parser, const char *word, enum check_kind kind,
                                        const struct check *(*term)(struct parser *parser))
{
    const struct check *first = term(parser);
    struct check *joined = NULL;

    while (!parser->wrong && token_is(parser, word)) {
        if (!joined) {
            joined = check_new(parser->mem, kind, NULL);
            part_add(parser->mem, joined, first);
        }
        advance(parser);
        part_add(parser->mem, joined, term(parser));
    }
    return joined ? joined : first;
}

static const struct check *parse_and(struct parser *parser)
{
    return parse_joined(parser, "and", CHECK_AND, parse_term);
}

static const struct check *parse_or(struct parser *parser)
{
    return parse_joined(parser, "or", CHECK_OR, parse_and);
}

const struct check *check_either(const void *mem, const struct check *one, const struct check *other)
{
    struct check *check = check_new(mem, CHECK_OR, NULL);

    part_add(mem, check, one);
    part_add(mem, check, other);
    return check;
}

/* Upstream's parser gives back a text's only token as it is; asking it fails. */
static bool is_one_token(const char *text)
{
    struct parser parser = { .p = text };

    advance(&parser);
    if (!parser.length)
        return false;
    advance(&parser);
    return !parser.length;
}

static const struct check *check_no_check(const void *mem)
{
    struct check *check = check_new(mem, CHECK_BROKEN, "!");

    check->no_check = true;
    return check;
}

const struct check *check_parse(const void *mem, const char *text, check_slot *slot, void *rules)
{
    struct parser parser = { .mem = mem, .p = text, .slot = slot, .rules = rules };
    const struct check *check;

    if (!*text)
        return check_new(mem, CHECK_TRUE, "@");
    advance(&parser);
    check = parse_or(&parser);
    if (!parser.wrong && !parser.length)
        return check;
    log_error("Failed to understand rule %s", text);
    return is_one_token(text) ? check_no_check(mem) : check_refused(mem);
}

/* ---- lists ---- */

static const struct check *parse_all_of(struct parser *parser, const char *const *texts)
{
    struct check *all;

    if (!texts[1])
        return parse_word(parser, texts[0], strlen(texts[0]));
    all = check_new(parser->mem, CHECK_AND, NULL);
    for (; *texts; texts++)
        part_add(parser->mem, all, parse_word(parser, *texts, strlen(*texts)));
    return all;
}

const struct check *check_parse_list(const void *mem, const char *const *const *list, check_slot *slot, void *rules)
{
    struct parser parser = { .mem = mem, .slot = slot, .rules = rules };
    struct check *any;

    if (!*list)
        return check_new(mem, CHECK_TRUE, "@");
    any = check_new(mem, CHECK_OR, NULL);
    for (; *list; list++)
        if (**list)
            part_add(mem, any, parse_all_of(&parser, *list));
    if (!any->part_count)
        return check_refused(mem);
    return any->part_count == 1 ? any->parts[0] : any;
}
