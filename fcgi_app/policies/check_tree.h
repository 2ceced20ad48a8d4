/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a check, shared by the files that read, evaluate and ask: nobody else includes this. */
#ifndef NOVA_POLICIES_CHECK_TREE_H
#define NOVA_POLICIES_CHECK_TREE_H

#include "fcgi_app/policies/check.h"

struct strbuf;

enum check_kind {
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
    CHECK_REMOTE,     /* http: or https: */
    CHECK_BROKEN,     /* whoever asks it fails */
};

enum piece_kind {
    PIECE_TEXT,
    PIECE_PROJECT,
    PIECE_USER,
    PIECE_OTHER,   /* a key that only some targets have */
    PIECE_MISSING, /* the whole target as a text, which nothing equals */
    PIECE_BROKEN,  /* a conversion that cannot be made */
};

/* Part of a match. */
struct piece {
    enum piece_kind kind;
    const char *text; /* PIECE_TEXT: the words; PIECE_OTHER: the key */
    size_t length;
};

struct check {
    enum check_kind kind;
    const struct check **parts; /* NOT, AND, OR */
    size_t part_count;
    size_t slot;         /* CHECK_RULE */
    bool expected;       /* CHECK_IS_ADMIN */
    const char *literal; /* CHECK_LITERAL: its own words */
    size_t credential;   /* CHECK_CREDENTIAL: a row of the table in check.c */
    bool deeper;         /* CHECK_CREDENTIAL: a part of it is asked for, and none has parts */
    bool no_check;       /* CHECK_BROKEN: a word alone that is no check */
    bool broken_match;   /* one of the pieces is PIECE_BROKEN */
    const struct piece *pieces;
    size_t piece_count;
    const char *words; /* kind:match as it was written; NULL for and, or, not */
};

/* The row of what a context has under that name; false: there is none. */
bool check_credential(const char *name, size_t *row);

/* Sets *failed, and the fault where somebody hears of it; false. */
bool check_fail(const struct check_state *state, struct fault *fault);

/* The value that a piece stands for, NULL: the target has no such key. */
const char *check_piece(const struct piece *piece, const struct check_state *state, size_t *length);

/* Everything the context has, and the target, as one JSON object each. */
void check_put_credentials(const struct check_state *state, struct strbuf *out);
void check_put_target(const struct check_state *state, struct strbuf *out);

/* Asks the server of a CHECK_REMOTE; whatever goes wrong is a refusal, with a line in the log. */
bool check_remote_holds(const struct check *check, const struct check_state *state);

#endif
