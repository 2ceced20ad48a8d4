/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Views: rows that say which member of a struct stands under which key at
 * which versions; one function writes them straight into the answer.
 *
 *     static const struct view_field flavor_fields[] = {
 *         VIEW_STRING("id", struct flavor, flavorid, V_ALL),
 *         VIEW_INT("ram", struct flavor, memory_mb, V_ALL),
 *         VIEW_CALL("links", put_links, V_ALL),
 *         VIEW_STRING("description", struct flavor, description, V_FROM(55)),
 *         VIEW_END
 *     };
 *
 * Member type and row type are tied: a wrong pairing does not compile.
 */
#ifndef NOVA_JSON_VIEW_H
#define NOVA_JSON_VIEW_H

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/versions.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum view_kind {
    VIEW_KIND_END = 0,
    VIEW_KIND_STRING,      /* const char *, NULL is null */
    VIEW_KIND_INT,         /* int64_t */
    VIEW_KIND_BOOL,        /* bool */
    VIEW_KIND_DOUBLE,      /* double */
    VIEW_KIND_TIME,        /* int64_t microseconds UTC, shown as …Z; VIEW_NO_TIME is null */
    VIEW_KIND_TIME_PYTHON, /* the same, as oslo's jsonutils writes a datetime: T between, always six decimals, no Z */
    VIEW_KIND_CALL,        /* a function writes the value */
};

#define VIEW_NO_TIME INT64_MIN

/* Handed to computed fields and conditions: what they need beside the object. */
struct view_state {
    struct strbuf *out;
    int version;
    const void *data; /* the resource's own, e.g. link prefixes and policy verdicts */
};

struct view_field {
    const char *key; /* `"key": `, ready to copy */
    unsigned short key_size;
    unsigned char kind;
    unsigned short offset; /* of the member */
    struct versions versions;
    void (*put)(const struct view_state *state, const void *object);  /* VIEW_KIND_CALL: writes the value */
    bool (*when)(const struct view_state *state, const void *object); /* NULL: always */
};

#define VIEW_KEY_(text) .key = "\"" text "\": ", .key_size = sizeof("\"" text "\": ") - 1
#define VIEW_MEMBER_(type, member, wanted)                                                                             \
    .offset = (unsigned short)(offsetof(type, member) + 0 * sizeof(char[_Generic(((type *)0)->member, wanted : 1)]))

#define VIEW_STRING(text, type, member, ...)                                                                           \
    {                                                                                                                  \
        VIEW_KEY_(text),                                                                                               \
            .kind = VIEW_KIND_STRING,                                                                                  \
            .offset = (unsigned short)(offsetof(type, member) +                                                        \
                                       0 * sizeof(char[_Generic(((type *)0)->member, const char * : 1, char * : 1)])), \
            .versions = __VA_ARGS__                                                                                    \
    }
#define VIEW_INT(text, type, member, ...)                                                                              \
    {                                                                                                                  \
        VIEW_KEY_(text), .kind = VIEW_KIND_INT, VIEW_MEMBER_(type, member, int64_t), .versions = __VA_ARGS__           \
    }
#define VIEW_BOOL(text, type, member, ...)                                                                             \
    {                                                                                                                  \
        VIEW_KEY_(text), .kind = VIEW_KIND_BOOL, VIEW_MEMBER_(type, member, bool), .versions = __VA_ARGS__             \
    }
#define VIEW_DOUBLE(text, type, member, ...)                                                                           \
    {                                                                                                                  \
        VIEW_KEY_(text), .kind = VIEW_KIND_DOUBLE, VIEW_MEMBER_(type, member, double), .versions = __VA_ARGS__         \
    }
#define VIEW_TIME(text, type, member, ...)                                                                             \
    {                                                                                                                  \
        VIEW_KEY_(text), .kind = VIEW_KIND_TIME, VIEW_MEMBER_(type, member, int64_t), .versions = __VA_ARGS__          \
    }
#define VIEW_TIME_PYTHON(text, type, member, ...)                                                                      \
    {                                                                                                                  \
        VIEW_KEY_(text), .kind = VIEW_KIND_TIME_PYTHON, VIEW_MEMBER_(type, member, int64_t), .versions = __VA_ARGS__   \
    }
#define VIEW_CALL(text, function, ...)                                                                                 \
    {                                                                                                                  \
        VIEW_KEY_(text), .kind = VIEW_KIND_CALL, .put = (function), .versions = __VA_ARGS__                            \
    }
/* As VIEW_CALL, shown only when the condition holds. */
#define VIEW_WHEN(text, function, condition, ...)                                                                      \
    {                                                                                                                  \
        VIEW_KEY_(text), .kind = VIEW_KIND_CALL, .put = (function), .when = (condition), .versions = __VA_ARGS__       \
    }
#define VIEW_END                                                                                                       \
    {                                                                                                                  \
        .kind = VIEW_KIND_END                                                                                          \
    }

/* A plan: the fields that one version shows, picked once a request so that rows cost no comparisons. */
struct view_plan {
    const struct view_field *fields[64];
    size_t count;
};
void view_plan(struct view_plan *plan, const struct view_field *fields, int version);

/* Writes {"key": value, …} of one object. */
void view_put(const struct view_plan *plan, const struct view_state *state, const void *object);

#endif
