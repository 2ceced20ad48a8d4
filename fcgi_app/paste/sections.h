/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections of a paste file: ConfigParser's defaults and interpolation over
 * what conf/ini.h read, and the search for the section that an object's name
 * means.  Neighbour: loader.c.
 */
#ifndef NOVA_PASTE_SECTIONS_H
#define NOVA_PASTE_SECTIONS_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/conf/ini.h"
#include "middleware/chain.h"

#include <stdbool.h>
#include <stddef.h>

enum paste_type { PASTE_APP, PASTE_FILTER };

/* An ordered dictionary of texts. */
struct pairs {
    struct setting *items;
    size_t count;
};
const char *pairs_get(const struct pairs *pairs, const char *key);
/* Sets a key, in place when it was there. */
void pairs_set(const void *mem, struct pairs *pairs, const char *key, const char *value);
/* Takes a key out; its value, or NULL. */
const char *pairs_take(struct pairs *pairs, const char *key);
struct pairs pairs_copy(const void *mem, const struct pairs *pairs);

struct paste_file {
    const void *mem;
    const char *path;      /* as given */
    const char *directory; /* absolute */
    struct ini_file *ini;
    struct pairs defaults; /* raw: here, __file__, [DEFAULT], and what a file that uses this one adds */
};

/* Reads a file. Faults: those of ini_read(). */
struct fault *paste_file_read(const void *mem, const char *path, struct paste_file **file) FAULT_CHECK;

/* The defaults with their values interpolated. Fault: ConfigFileParseError. */
struct fault *paste_defaults(const struct paste_file *file, struct pairs *defaults) FAULT_CHECK;

/* A value of the section with %(name)s filled in. Fault: ConfigFileParseError (file, section, key, why). */
struct fault *paste_value(const struct paste_file *file, const struct ini_section *section, const char *key,
                          const char *raw, const char **value) FAULT_CHECK;

/*
 * The section for an object: app:NAME, composite:NAME, pipeline:NAME,
 * filter-app:NAME, or filter:NAME.  Faults: LookupError for none, or several.
 */
struct fault *paste_section(const struct paste_file *file, enum paste_type type, const char *name,
                            const struct ini_section **section) FAULT_CHECK;

/* The part of a section's name before the colon is this? */
bool paste_section_is(const struct ini_section *section, const char *prefix);

#endif
