/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in files, on the command line and in the environment, before it
 * is converted: oslo.config's namespace, its look-up by names old and new,
 * and the interpolation of $names.  Inside conf/.
 */
#ifndef NOVA_CONF_SPACE_H
#define NOVA_CONF_SPACE_H

#include "fcgi_app/conf/ini.h"
#include "fcgi_app/conf/value.h"

/* A parsed file with the names by which sections are compared. */
struct space_file {
    struct ini_file *ini;
    const char **names; /* of its sections, lower case but for DEFAULT */
};

/* One reading of command line and files. */
struct space {
    struct space_file *files; /* in the order of parsing */
    size_t file_count;
    const char *cli[OPTION_COUNT]; /* as set last on the command line, or by a file, for options that have a flag */
    bool typed[OPTION_COUNT];      /* the command line itself said it */
    const char **config_files;     /* --config-file, or the default files: as given */
    size_t config_file_count;
    const char **config_dirs; /* --config-dir only */
    size_t config_dir_count;
    const char **not_found; /* files that could not be opened */
    size_t not_found_count;
    const char **denied;
    size_t denied_count;
};

/* What was found for an option: the texts and where they stood. */
struct raw {
    const char *const *texts;
    size_t count;
    const char *where; /* "/etc/nova/nova.conf:12", an environment variable's name, or "the command line" */
    bool in_file;      /* a file has it, though the command line may have said the text */
};

/* A list of strings that grows: appends `text` to list[0..*count). */
const char **space_append(const void *mem, const char **list, size_t *count, const char *text);

/* Reads a file into the space as --config-file does. Faults: ConfigFileParseError. Missing files are noted. */
struct fault *space_add_file(const void *mem, struct conf *conf, struct space *space, const char *path) FAULT_CHECK;

/* As space_add_file, from memory and for sources: no flag is taken from it. Faults: ConfigFileParseError. */
struct fault *space_add_text(const void *mem, struct space *space, const char *name, const char *text,
                             size_t size) FAULT_CHECK;

/* The first file of the space that has the option under its own name; false: none. */
bool space_find_first(const void *mem, const struct space *space, enum option option, struct raw *raw);

/* Files and command line; false: nothing found. Old names are noted for a warning on conf. */
bool space_find(const void *mem, struct conf *conf, const struct space *space, enum option option, struct raw *raw);

/* As space_find, then the environment in its place of precedence. */
bool space_find_all(const void *mem, struct conf *conf, const struct space *space, enum option option, struct raw *raw);

#endif
