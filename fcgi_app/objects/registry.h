/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry of versioned objects: what goes over the bus, by name, with
 * version and fields, as data.  registry.def holds the rows.
 * Source: nova-facts/objects.tsv.
 */
#ifndef NOVA_OBJECTS_REGISTRY_H
#define NOVA_OBJECTS_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

struct object_field {
    const char *name;
    const char *type; /* "String", "ListOfObjects(Field(Aggregate))", "VMMode{hvm|xen|uml|exe}" */
    bool nullable;    /* None may stand */
    bool read_only;
    const char *text; /* the default as Python prints it; NULL: none declared */
};

struct object_kind {
    const char *name;
    const char *version; /* "1.22" */
    const struct object_field *fields;
    size_t field_count;
};

/* All of them, by name. */
const struct object_kind *object_kinds(size_t *count);

/* By name, or NULL. */
const struct object_kind *object_kind(const char *name);
const struct object_field *object_field(const struct object_kind *kind, const char *name);

/*
 * The object that a field holds (Object, ListOfObjects), as a name of
 * `length` bytes in the type's text; NULL for other types.
 */
const char *object_field_holds(const struct object_field *field, size_t *length);

/* What is wrong in the table (order, an object that is not there), or NULL: asked at start and in make check. */
const char *object_registry_check(void);

#endif
