/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration as conf/ sees it. */
#ifndef NOVA_CONF_PRIVATE_H
#define NOVA_CONF_PRIVATE_H

#include "fcgi_app/conf/space.h"

enum resolved {
    RESOLVED_NOT,
    RESOLVED_NOW, /* being worked on: meeting it again is a circle */
    RESOLVED_YES,
};

struct conf {
    struct conf_start start; /* strings are our copies; argv stays the program's */
    struct space *space;     /* as at start */
    struct space *sources;   /* what the sources of config_source said, or NULL; the first source first */
    struct space *mutated;   /* since the last SIGHUP, or NULL: mutable options are read here */
    struct value values[OPTION_COUNT];
    enum resolved resolved[OPTION_COUNT];
    bool set[OPTION_COUNT]; /* not by its default */
    const char **notes;     /* warnings for the log, each once */
    size_t note_count;
    size_t notes_logged;
    void *log_in_force; /* what conf_log_setup() read of a logging file, and what it refused last */
    void *log_refused;
    struct conf_sibling *siblings; /* of other projects or programs, the newest first */
};

struct conf_sibling {
    struct conf_sibling *next;
    struct conf *conf;
    const char *file;
};

/* Keeps a warning of oslo.config for conf_log_notes(), once. */
void conf_note(struct conf *conf, const char *text);

/* Reads command line, default files and directories anew into *space. *stop and *status as conf_load's. */
struct fault *load_space(const void *mem, struct conf *conf, struct space **space, bool *stop, int *status) FAULT_CHECK;

/*
 * Walks the arguments, argparse's way, and reads the files they name.
 * Faults: those of files. Wrong arguments: told on stderr, *stop and *status set.
 */
struct fault *cli_parse(const void *mem, struct conf *conf, struct space *space, bool *stop, int *status) FAULT_CHECK;

/* Fetches the files of [DEFAULT] config_source, which must be resolved; what fails is logged and left out. */
void sources_load(struct conf *conf);
/* What the first source that knows the option says; false: none does. */
bool sources_find(const void *mem, const struct conf *conf, enum option option, struct raw *raw);

/* Converts one option, and what it refers to. `fault_space`: where to look. */
struct fault *resolve(const void *mem, struct conf *conf, enum option option) FAULT_CHECK;

/* Replaces $name, ${name}, $group.name in `text` of an option of `group`. *wrong: oslo.config's words, or NULL. */
const char *substitute(const void *mem, struct conf *conf, const char *group, const char *text, const char **wrong);

/* ~ and a relative path made absolute, as os.path.abspath(os.path.expanduser()). */
const char *path_fix(const void *mem, const char *path);

/* Directories where configuration files of `project` are searched, NULL-terminated. */
const char *const *path_directories(const void *mem, const char *project);

/* The first `directory/name` that exists, or NULL. */
const char *path_search(const void *mem, const char *const *directories, const char *name);

#endif
