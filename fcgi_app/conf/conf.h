/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options: nova.conf as oslo.config reads it.
 *
 * options.def holds a row per option; OPTION_<group>_<name> is its number and
 * conf_<type>() its value.  Dashes and dots in names become underscores in
 * the number.  Values are read, checked and interpolated once, when the files
 * are loaded; reading one later is an array access.
 * Source: nova-facts/startup.md section 2, config_options.tsv.
 */
#ifndef NOVA_CONF_CONF_H
#define NOVA_CONF_CONF_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option {
#define OPTION(group, name, ...) OPTION_##group##_##name,
#include "fcgi_app/conf/options.def"
#undef OPTION
    OPTION_COUNT
};

struct conf;

/* How a program starts. Strings are copied; argv must stay. */
struct conf_start {
    const char *project; /* "nova": names the files and directories that are searched */
    const char *program; /* base name for files of its own, usage and log lines */
    const char *version; /* what --version prints; NULL: the newest release that we equal */
    int argc;
    char **argv;
    int *rest;            /* set to the index of the first positional argument (argc: none); NULL: none may stand */
    const char *own_flag; /* a flag that the program takes out of argv itself, and --help shows; or NULL */
    const char *own_help;
    void (*more_help)(FILE *out); /* what --help says after the options; or NULL */
    bool uwsgi_way; /* OS_NOVA_CONFIG_DIR and OS_NOVA_CONFIG_FILES name the default files, as nova-api-wsgi has it */
};

/*
 * Reads the command line, the environment, files and directories.  `argv` is
 * the program's; no positional argument may stand (conf_start can allow it).
 * Faults: ConfigFilesNotFoundError, ConfigFilesPermissionDeniedError, ConfigDirNotFoundError, ConfigFileParseError,
 * ConfigFileValueError (file, line, option and why).  A wrong value in a group that no API reads is a warning only.
 * *stop is set when --help or --version answered, or the arguments were wrong: leave with *status.
 */
struct fault *conf_load(const void *mem, const char *project, const char *program, int argc, char **argv,
                        struct conf **conf, bool *stop, int *status) FAULT_CHECK;
struct fault *conf_load_with(const void *mem, const struct conf_start *start, struct conf **conf, bool *stop,
                             int *status) FAULT_CHECK;

/*
 * The configuration that another program finds: the default files of
 * `project` and `program`, or `file` alone.  Read once and kept as long as
 * conf: all who ask for the same get the same.  Faults: conf_load's.
 */
struct fault *conf_sibling(struct conf *conf, const char *project, const char *program, const char *file,
                           struct conf **sibling) FAULT_CHECK;

/* Are OS_NOVA_CONFIG_DIR or OS_NOVA_CONFIG_FILES set? Then a responder starts the uwsgi way. */
bool conf_wants_uwsgi_way(void);

/*
 * The first of the default files when started the uwsgi way: the paste file,
 * in place of [wsgi] api_paste_config.  NULL otherwise.
 */
const char *conf_uwsgi_paste_file(const struct conf *conf);

/* Logs the warnings that loading had (old names, doomed options); for after log_setup(). */
void conf_log_notes(struct conf *conf);

/* SIGHUP: reads again; changes mutable options, warns of others. A broken file: logged, old values stay. */
void conf_mutate(struct conf *conf);

bool conf_bool(const struct conf *conf, enum option option);
int64_t conf_int(const struct conf *conf, enum option option);
double conf_float(const struct conf *conf, enum option option);
/* NULL when unset and without default. */
const char *conf_string(const struct conf *conf, enum option option);
/* NULL-terminated; never NULL. List and MultiStr options. */
const char *const *conf_list(const struct conf *conf, enum option option);
/* Was it set anywhere but by its default? */
bool conf_is_set(const struct conf *conf, enum option option);
/* Has an int or float option a value (None otherwise)? */
bool conf_has(const struct conf *conf, enum option option);

/* "/etc/nova/nova.conf:12" and the like: where the option was set; NULL when it has its default. */
const char *conf_where(const struct conf *conf, const void *mem, enum option option);

/* Sections whose name begins with `prefix` ("cors."), NULL-terminated, and raw values in them: for what has no row. */
const char *const *conf_sections(const struct conf *conf, const void *mem, const char *prefix);
/* The last value, $names replaced; valid as long as conf. NULL: not set. */
const char *conf_raw(const struct conf *conf, const char *section, const char *key);

/* The config-file search of 2.2 for another file (api-paste.ini, policy.yaml): its path, or NULL. */
const char *conf_find_file(const struct conf *conf, const void *mem, const char *name);

/* Every option as `group.option = value`, secrets as ****, by line; log_opt_values and the guru report use it. */
void conf_each(const struct conf *conf, void (*row)(void *arg, const char *group, const char *name, const char *value),
               void *arg);

/* oslo.log's options of this configuration. Valid as long as conf. */
struct log_settings conf_log_settings(const struct conf *conf);

/* Row by number, for texts: its group and its name as in a file. */
const char *conf_option_group(enum option option);
const char *conf_option_name(enum option option);

/* The sample file: every option with help, type and default. */
void conf_print_sample(FILE *out);

#endif
