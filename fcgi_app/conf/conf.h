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

/*
 * Reads the command line, the environment, files and directories.  `argv` is
 * the program's; what is not an option of 2.7 is left for the caller through
 * *rest (index of the first positional), NULL when none may stand.
 * Faults: ConfigFilesNotFoundError, ConfigFileParseError, ConfigFileValueError (file, line, option and why), …
 * *stop is set when --help or --version answered, or the arguments were wrong: leave with *status.
 */
struct fault *conf_load(const void *mem, const char *project, const char *program, int argc, char **argv,
                        struct conf **conf, bool *stop, int *status) FAULT_CHECK;

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

/* Sections whose name begins with `prefix` ("cors."), NULL-terminated, and raw values in them: for what has no row. */
const char *const *conf_sections(const struct conf *conf, const void *mem, const char *prefix);
const char *conf_raw(const struct conf *conf, const char *section, const char *key);

/* The config-file search of 2.2 for another file (api-paste.ini, policy.yaml): its path, or NULL. */
const char *conf_find_file(const struct conf *conf, const void *mem, const char *name);

/* Every option as `group.option = value`, secrets as ****, by line; log_opt_values and the guru report use it. */
void conf_each(const struct conf *conf, void (*row)(void *arg, const char *group, const char *name, const char *value),
               void *arg);

/* oslo.log's options of this configuration. Valid as long as conf. */
struct log_settings conf_log_settings(const struct conf *conf);

/* The sample file: every option with help, type and default. */
void conf_print_sample(FILE *out);

#endif
