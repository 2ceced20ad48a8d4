/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versioned objects as JSON for the bus and for columns: names, versions and
 * the order of members as nova's own services write them.
 *
 * Rows become objects through tables of members (name, kind, offset).  What a
 * column keeps as a serialised object goes out as it is, with the list of
 * changes that it was stored with; what holds such an object counts as changed.
 * Neighbours: registry.h has the versions; db/instance_rows.h the rows.
 * Source: nova-facts/rpc.md sections 3.5 and 4, captures/rpc.jsonl, objects.tsv.
 */
#ifndef NOVA_OBJECTS_WRITE_H
#define NOVA_OBJECTS_WRITE_H

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/db/instance_rows.h"
#include "fcgi_app/db/migration_rows.h"

#include <stdbool.h>
#include <stddef.h>

enum object_member_kind {
    OBJECT_TEXT,
    OBJECT_INT,  /* DB_NULL_INT is null */
    OBJECT_BOOL, /* a bool */
    OBJECT_FLAG, /* a number, shown as true or false */
    OBJECT_TIME, /* DB_NO_TIME is null */
    OBJECT_NULL, /* always null */
    OBJECT_FALSE,
};
struct object_member {
    const char *name;
    enum object_member_kind kind;
    size_t offset;
};

/* {"nova_object.name": …, "nova_object.data": {  — what follows are members, object_end() closes. */
void object_begin(struct strbuf *out, const char *name);
/* `changes` is NULL-terminated, or NULL: none, and then the list is left out. */
void object_end(struct strbuf *out, const char *const *changes);
/* The key of the next member. */
void object_key(struct strbuf *out, const char *name);
/* A time as objects have it, or null. */
void object_put_time(struct strbuf *out, int64_t usec);
/* A whole object from a row. */
void object_put_row(struct strbuf *out, const char *name, const struct object_member *members, size_t count,
                    const void *row, const char *const *changes);
/* A serialised object (or any JSON) from a column; null where it is empty. */
void object_put_stored(struct strbuf *out, struct db_bytes text);

/* ---- servers ---- */

/* A key and its value; NULL for SQL's NULL. */
struct instance_pair {
    const char *key, *value;
};

/* What an Instance object is made of. */
struct instance_source {
    const struct instance_row *row;
    unsigned wants; /* INSTANCE_WITH_…: which parts it carries */
    const struct instance_pair *metadata, *system_metadata;
    size_t metadata_count, system_metadata_count;
    const struct instance_service_row *services;
    size_t service_count;
    const struct instance_tag_row *tags;
    size_t tag_count;
    const char *const *changes; /* NULL-terminated, or NULL */
};
void instance_object_put(struct strbuf *out, const struct instance_source *source);

/* The "cur", "old" or "new" flavor of instance_extra.flavor as a Flavor object; null where there is none. */
void instance_flavor_put(struct strbuf *out, struct db_bytes flavors, const char *which);

/*
 * The text of instance_extra.flavor as a save of the server leaves it, without descriptions; false, and nothing is put,
 * when no flavor of it counts as changed, so that a save does not write it.  Read back, a flavor with extra specs does.
 * Source: Python's nova-api, the rows that its saves leave.
 */
bool instance_flavors_put_saved(struct strbuf *out, struct db_bytes flavors);

/* Migration. */
void migration_object_put(struct strbuf *out, const struct migration_row *migration);

/* BlockDeviceMapping, and the list of them. */
void bdm_object_put(struct strbuf *out, const struct bdm_row *bdm);
void bdm_list_put(struct strbuf *out, const struct bdm_row *bdms, size_t count);

#endif
