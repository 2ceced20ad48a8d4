/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INI files as the two Python parsers that nova uses read them: oslo.config's
 * for nova.conf, ConfigParser for api-paste.ini.  The text is read by their
 * rules here, and then carried to us by iniparser in a form in which it loses
 * nothing (ini.c says how).  Sections and keys keep their order, their case
 * and their line.
 * Source: nova-facts/startup.md 2.3; Python's configparser documentation.
 */
#ifndef NOVA_CONF_INI_H
#define NOVA_CONF_INI_H

#include "fcgi_app/base/fault.h"

#include <stddef.h>

enum ini_dialect {
    INI_OSLO,  /* indented lines continue a value, repeated keys are all kept, one pair of quotes is taken off */
    INI_PASTE, /* ConfigParser: indented comments, deeper indentation continues, repeated keys and sections refused */
};

struct ini_entry {
    const char *key;
    const char *value; /* lines of a continued value are joined with \n; %(name)s and $name stand as written */
    int line;          /* where the key stands, from 1 */
};

struct ini_section {
    const char *name; /* as written; [DEFAULT] is a section like others */
    int line;         /* of its first header */
    struct ini_entry *entries;
    size_t count;
};

struct ini_file {
    const char *path;
    struct ini_section *sections; /* in order of first appearance; a repeated [section] adds to the first */
    size_t count;
};

/*
 * Reads the file at `path`; everything returned lives on mem.
 * Faults: ConfigFilesNotFoundError, ConfigFilesPermissionDeniedError,
 * ConfigFileParseError with Python's words, file and line.
 */
struct fault *ini_read(const void *mem, const char *path, enum ini_dialect dialect, struct ini_file **file) FAULT_CHECK;

/* As ini_read, from memory; `path` is for messages. Faults: ConfigFileParseError. */
struct fault *ini_parse(const void *mem, const char *path, const char *text, size_t size, enum ini_dialect dialect,
                        struct ini_file **file) FAULT_CHECK;

/* The section of exactly this name, or NULL. */
const struct ini_section *ini_section(const struct ini_file *file, const char *name);

/* The last value of `key` in the section (which may be NULL), or NULL. */
const char *ini_value(const struct ini_section *section, const char *key);

#endif
