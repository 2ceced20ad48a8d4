/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON values compared as Python compares what they become.
 * Beside json/schema.c, which asks for enum, uniqueItems, minimum, maximum.
 */
#ifndef NOVA_JSON_COMPARE_H
#define NOVA_JSON_COMPARE_H

#include <jansson.h>
#include <stdbool.h>

struct strbuf;

/* Python's ==, but true and false are no numbers: 1 == 1.0, True != 1. */
bool compare_same(const json_t *one, const json_t *other);

/* What nova makes of a value before it compares it with a bound: int(), or else float(). */
struct number {
    const char *text;   /* decimal digits of an integer that fits no long long, or NULL */
    size_t text_length; /* of text, the sign included */
    bool is_real;
    bool is_nan;
    bool is_cut; /* a real that int() made whole: printed with all its digits */
    long long integer;
    double real; /* the value, approximately where text is set */
};

/* False: neither int() nor float() takes it. */
bool number_from(const json_t *value, struct number *number);
/* Below, at or above a bound, which is a literal as Python prints it. */
int number_compare(const struct number *number, const char *bound);
/* As Python's repr(). */
void number_put(struct strbuf *out, const struct number *number);

#endif
