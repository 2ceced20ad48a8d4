/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of registry.def, one array of fields and one of objects that point into it. */
#include "config.h"

#include "fcgi_app/objects/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE NULL

/* Classes that fields name and nobody registers: only their kinds (PCIDeviceBus, LibvirtVPMEMDevice, …) travel. */
static bool is_abstract(const char *name)
{
    return !strcmp(name, "DeviceBus") || !strcmp(name, "ResourceMetadata");
}

/* Where each object's fields begin and end: numbers that grow by one with each field. */
enum {
#define OBJECT(name, version) FIRST_##name, BEFORE_##name = FIRST_##name - 1,
#define FIELD(object, name, type, nullable, read_only, text) AT_##object##_##name,
#define OBJECT_END(name) END_##name, LAST_##name = END_##name - 1,
#include "fcgi_app/objects/registry.def"
#undef OBJECT
#undef FIELD
#undef OBJECT_END
};

static const struct object_field fields[] = {
#define OBJECT(name, version)
#define FIELD(object, name, type, nullable, read_only, text) { #name, (type), (nullable), (read_only), (text) },
#define OBJECT_END(name)
#include "fcgi_app/objects/registry.def"
#undef OBJECT
#undef FIELD
#undef OBJECT_END
};

static const struct object_kind kinds[] = {
#define OBJECT(name, version) { #name, (version), fields + FIRST_##name, END_##name - FIRST_##name },
#define FIELD(object, name, type, nullable, read_only, text)
#define OBJECT_END(name)
#include "fcgi_app/objects/registry.def"
#undef OBJECT
#undef FIELD
#undef OBJECT_END
};

const struct object_kind *object_kinds(size_t *count)
{
    *count = sizeof(kinds) / sizeof(kinds[0]);
    return kinds;
}

/* Both structs begin with their name. */
static int by_name(const void *key, const void *row)
{
    return strcmp(key, *(const char *const *)row);
}

const struct object_kind *object_kind(const char *name)
{
    return bsearch(name, kinds, sizeof(kinds) / sizeof(kinds[0]), sizeof(kinds[0]), by_name);
}

const struct object_field *object_field(const struct object_kind *kind, const char *name)
{
    return bsearch(name, kind->fields, kind->field_count, sizeof(*kind->fields), by_name);
}

const char *object_field_holds(const struct object_field *field, size_t *length)
{
    static const char *const holders[] = { "Object(", "ListOfObjects(Field(" };

    for (size_t i = 0; i < sizeof(holders) / sizeof(holders[0]); i++)
        if (!strncmp(field->type, holders[i], strlen(holders[i]))) {
            const char *name = field->type + strlen(holders[i]);

            *length = strcspn(name, ")");
            return name;
        }
    return NULL;
}

const char *object_registry_check(void)
{
    static char wrong[160];
    size_t count;
    const struct object_kind *kind = object_kinds(&count);

    for (size_t i = 0; i < count; i++, kind++) {
        if (i && strcmp(kind[-1].name, kind->name) >= 0) {
            snprintf(wrong, sizeof(wrong), "object %s stands out of order", kind->name);
            return wrong;
        }
        for (size_t at = 0; at < kind->field_count; at++) {
            const struct object_field *field = &kind->fields[at];
            size_t length;
            const char *holds = object_field_holds(field, &length);
            char name[64];

            if (at && strcmp(field[-1].name, field->name) >= 0) {
                snprintf(wrong, sizeof(wrong), "field %s.%s stands out of order", kind->name, field->name);
                return wrong;
            }
            snprintf(name, sizeof(name), "%.*s", holds ? (int)length : 0, holds ? holds : "");
            if (holds && !object_kind(name) && !is_abstract(name)) {
                snprintf(wrong, sizeof(wrong), "field %s.%s holds an unknown object %s", kind->name, field->name, name);
                return wrong;
            }
        }
    }
    return NULL;
}
