/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versioned objects as JSON trees: what goes into a column or over the bus,
 * with names and versions of the registry.  A field that is set counts as
 * changed until the object is saved.  Set fields in the order in which the
 * object declares them: that order goes out.
 * Source: nova-facts/rpc.md section 4.
 */
#ifndef NOVA_OBJECTS_TREE_H
#define NOVA_OBJECTS_TREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An object with nothing set; the caller owns the reference, as with every tree of these functions. */
json_t *tree_object(const char *name);

/* Sets a field and counts it as changed; tree_put() sets it without. Both take over `value`. */
void tree_set(json_t *object, const char *field, json_t *value);
void tree_put(json_t *object, const char *field, json_t *value);

/* A list object of `objects`, which it takes over. */
json_t *tree_list(const char *name, json_t *objects, bool changed);

/* The value of a field, borrowed; NULL: not set, or no object. */
json_t *tree_get(const json_t *object, const char *field);
/* Has the object, or what it holds, changed? */
bool tree_changed(const json_t *object);

/* Forgets all changes, those of nested objects too. */
void tree_forget(json_t *object);
/* Forgets the object's own changes: a field that holds a changed object stays one. */
void tree_saved(json_t *object);

/* Values; NULL is null. Texts may hold what json_read() put there. */
json_t *tree_text(const char *text);
json_t *tree_texts(const char *const *texts, size_t count);
/* "2026-11-22T08:59:03Z"; DB_NO_TIME (the least integer) is null. */
json_t *tree_time(int64_t usec);

#endif
