/* SPDX-License-Identifier: Apache-2.0 */
/* Building serialised objects; see the header.  Neighbours: registry.def knows the versions. */
#include "config.h"

#include "fcgi_app/objects/tree.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/objects/registry.h"

#include <string.h>

#define KEY_DATA "nova_object.data"
#define KEY_CHANGES "nova_object.changes"

json_t *tree_object(const char *name)
{
    const struct object_kind *kind = object_kind(name);
    json_t *object = json_object();

    json_object_set_new_nocheck(object, "nova_object.name", tree_text(name));
    json_object_set_new_nocheck(object, "nova_object.namespace", tree_text("nova"));
    json_object_set_new_nocheck(object, "nova_object.version", tree_text(kind ? kind->version : "1.0"));
    json_object_set_new_nocheck(object, KEY_DATA, json_object());
    return object;
}

static bool is_listed(const json_t *changes, const char *field)
{
    size_t index;
    json_t *name;

    json_array_foreach((json_t *)(uintptr_t)changes, index, name)
    {
        if (!strcmp(json_string_value(name), field))
            return true;
    }
    return false;
}

static void mark(json_t *object, const char *field)
{
    json_t *changes = json_object_get(object, KEY_CHANGES);

    if (!changes) {
        changes = json_array();
        json_object_set_new_nocheck(object, KEY_CHANGES, changes);
    }
    if (!is_listed(changes, field))
        json_array_append_new(changes, tree_text(field));
}

bool tree_changed(const json_t *object)
{
    return json_is_object(object) && json_object_get(object, KEY_CHANGES);
}

void tree_put(json_t *object, const char *field, json_t *value)
{
    json_object_set_new_nocheck(json_object_get(object, KEY_DATA), field, value);
    if (tree_changed(value))
        mark(object, field);
}

void tree_set(json_t *object, const char *field, json_t *value)
{
    json_object_set_new_nocheck(json_object_get(object, KEY_DATA), field, value);
    mark(object, field);
}

json_t *tree_list(const char *name, json_t *objects, bool changed)
{
    json_t *list = tree_object(name);
    size_t index;
    json_t *item;

    json_array_foreach(objects, index, item)
    {
        changed = changed || tree_changed(item);
    }
    if (changed)
        tree_set(list, "objects", objects);
    else
        tree_put(list, "objects", objects);
    return list;
}

json_t *tree_get(const json_t *object, const char *field)
{
    return json_object_get(json_object_get(object, KEY_DATA), field);
}

void tree_forget(json_t *object)
{
    const char *key;
    size_t index;
    json_t *value;

    if (json_is_array(object)) {
        json_array_foreach(object, index, value)
        {
            tree_forget(value);
        }
        return;
    }
    /* A plain dict (metadata) is nobody's fields. */
    if (!json_is_object(json_object_get(object, KEY_DATA)))
        return;
    json_object_del(object, KEY_CHANGES);
    json_object_foreach(json_object_get(object, KEY_DATA), key, value)
    {
        tree_forget(value);
    }
}

void tree_saved(json_t *object)
{
    const char *key;
    json_t *value;

    json_object_del(object, KEY_CHANGES);
    json_object_foreach(json_object_get(object, KEY_DATA), key, value)
    {
        if (tree_changed(value))
            mark(object, key);
    }
}

json_t *tree_text(const char *text)
{
    return text ? json_string_nocheck(text) : json_null();
}

json_t *tree_texts(const char *const *texts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, tree_text(texts[i]));
    return list;
}

json_t *tree_time(int64_t usec)
{
    char text[21];

    if (usec == INT64_MIN)
        return json_null();
    clock_format_iso(usec, text);
    return tree_text(text);
}
