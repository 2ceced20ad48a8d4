/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of a tree that somebody else wrote, taken as Python code takes them.
 *
 * What a peer answers may be anything.  The reference indexes, iterates and
 * asks for attributes without looking first, and what then goes wrong decides
 * which class its answer of 500 names.  These functions go wrong in the same
 * way, so that a client reads an answer in the reference's order and is done.
 * A value of NULL is Python's None.  Texts of the faults say where; only their
 * class is the contract's.
 */
#ifndef NOVA_JSON_TAKE_H
#define NOVA_JSON_TAKE_H

#include "fcgi_app/base/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* value[key]. Faults: KeyError; TypeError for what is no object. */
struct fault *take_key(const void *mem, const json_t *value, const char *key, json_t **item) FAULT_CHECK;
/* value.get(key): *item NULL where there is no such key. Fault: AttributeError for what is no object. */
struct fault *take_get(const void *mem, const json_t *value, const char *key, json_t **item) FAULT_CHECK;
/* value.key where the members of an object became attributes. Fault: AttributeError. */
struct fault *take_attribute(const void *mem, const json_t *value, const char *key, json_t **item) FAULT_CHECK;
/* value[0]. Faults: IndexError; KeyError for an object; TypeError. */
struct fault *take_first(const void *mem, const json_t *value, json_t **item) FAULT_CHECK;
/*
 * list(value): an array is itself; an object gives its keys, a text its characters, in an array on mem.
 * Fault: TypeError for what cannot be iterated.
 */
struct fault *take_each(const void *mem, const json_t *value, json_t **array) FAULT_CHECK;
/* len(value). Fault: TypeError. */
struct fault *take_length(const void *mem, const json_t *value, size_t *length) FAULT_CHECK;
/* A value that becomes part of a set or a key of a dictionary. Fault: TypeError for an array or an object. */
struct fault *take_hashable(const void *mem, const json_t *value) FAULT_CHECK;

/* int(value). Faults: ValueError of a text that is no number; TypeError of what is neither text nor number. */
struct fault *take_int(const void *mem, const json_t *value, int64_t *number) FAULT_CHECK;

/*
 * int() of a text: white space around, a sign, digits of any script with single
 * underscores between; false when it is none.  Beyond 64 bits it saturates.
 */
bool take_int_text(const char *text, int64_t *value);

/* How Python calls its type: "list", "int", "NoneType", … */
const char *take_type(const json_t *value);
/* Python's bool(value). */
bool take_is_true(const json_t *value);
/* A text as it is, null and NULL as NULL, all else as Python's str() writes it, on mem. */
const char *take_text(const void *mem, const json_t *value);

#endif
