/* SPDX-License-Identifier: Apache-2.0 */
/* Reading values once they are there. */
#include "config.h"

#include "fcgi_app/conf/conf.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/conf/private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Asking for an option by the wrong type is a mistake in the program: it stops here, with the option's name. */
static const struct value *value_of(const struct conf *conf, enum option option, bool fits)
{
    if (!fits) {
        fprintf(stderr, "option [%s] %s is read as another type than its row's\n", option_rows[option].group,
                option_rows[option].name);
        abort();
    }
    return &conf->values[option];
}

bool conf_bool(const struct conf *conf, enum option option)
{
    return value_of(conf, option, option_rows[option].type.kind == OPTION_KIND_BOOL)->boolean;
}

int64_t conf_int(const struct conf *conf, enum option option)
{
    enum option_kind kind = option_rows[option].type.kind;

    return value_of(conf, option, kind == OPTION_KIND_INT || kind == OPTION_KIND_PORT)->integer;
}

double conf_float(const struct conf *conf, enum option option)
{
    enum option_kind kind = option_rows[option].type.kind;

    return value_of(conf, option, kind == OPTION_KIND_FLOAT || kind == OPTION_KIND_INT)->real;
}

const char *conf_string(const struct conf *conf, enum option option)
{
    switch (option_rows[option].type.kind) {
    case OPTION_KIND_STR:
    case OPTION_KIND_HOST_ADDRESS:
    case OPTION_KIND_HOST_DOMAIN:
    case OPTION_KIND_URI:
        return value_of(conf, option, true)->text;
    default:
        return value_of(conf, option, false)->text;
    }
}

const char *const *conf_list(const struct conf *conf, enum option option)
{
    return value_of(conf, option, option_is_list(option))->list;
}

bool conf_is_set(const struct conf *conf, enum option option)
{
    return conf->set[option];
}

bool conf_has(const struct conf *conf, enum option option)
{
    return conf->values[option].has;
}

const char *conf_where(const struct conf *conf, const void *mem, enum option option)
{
    const struct space *space = conf->mutated && option_rows[option].mutable ? conf->mutated : conf->space;
    struct raw raw;

    return space_find_all(mem, (struct conf *)conf, space, option, &raw) ? raw.where : NULL;
}

const char *const *conf_sections(const struct conf *conf, const void *mem, const char *prefix)
{
    const char **list = mem_array(mem, const char *, 1);
    size_t count = 0;

    for (size_t i = 0; i < conf->space->file_count; i++) {
        const struct ini_file *ini = conf->space->files[i].ini;
        for (size_t s = 0; s < ini->count; s++) {
            size_t at = 0;
            if (strncmp(ini->sections[s].name, prefix, strlen(prefix)) != 0)
                continue;
            while (at < count && strcmp(list[at], ini->sections[s].name) < 0)
                at++;
            if (at < count && strcmp(list[at], ini->sections[s].name) == 0)
                continue;
            list = space_append(mem, list, &count, NULL);
            memmove(list + at + 1, list + at, (count - 1 - at) * sizeof(*list));
            list[at] = mem_strdup(mem, ini->sections[s].name);
        }
    }
    return list;
}

const char *conf_raw(const struct conf *conf, const char *section, const char *key)
{
    struct conf *self = (struct conf *)conf;
    const char *wrong = NULL;

    for (size_t i = conf->space->file_count; i > 0; i--) {
        const struct space_file *file = &conf->space->files[i - 1];
        const char *value = NULL;
        int line = 0;
        for (size_t s = 0; s < file->ini->count; s++) {
            const struct ini_section *found = &file->ini->sections[s];
            if (strcmp(section, "DEFAULT") == 0 ? strcmp(file->names[s], section) : strcasecmp(file->names[s], section))
                continue;
            for (size_t k = 0; k < found->count; k++)
                if (found->entries[k].line > line && strcmp(found->entries[k].key, key) == 0) {
                    line = found->entries[k].line;
                    value = found->entries[k].value;
                }
        }
        if (value) {
            const char *replaced = substitute(conf, self, section, value, &wrong);
            return wrong ? value : replaced;
        }
    }
    return NULL;
}

void conf_each(const struct conf *conf, void (*row)(void *arg, const char *group, const char *name, const char *value),
               void *arg)
{
    void *scratch = mem_context(conf, "conf_each");

    for (int i = 0; i < OPTION_COUNT; i++)
        row(arg, option_rows[i].group, option_rows[i].name,
            option_rows[i].secret ? "****" : value_text(scratch, (enum option)i, &conf->values[i]));
    talloc_free(scratch);
}

const char *conf_option_group(enum option option)
{
    return option_rows[option].group;
}

const char *conf_option_name(enum option option)
{
    return option_rows[option].name;
}

struct log_settings conf_log_settings(const struct conf *conf)
{
    return (struct log_settings){
        .program = conf->start.program,
        .log_file = conf_string(conf, OPTION_DEFAULT_log_file),
        .log_dir = conf_string(conf, OPTION_DEFAULT_log_dir),
        .debug = conf_bool(conf, OPTION_DEFAULT_debug),
        .use_stderr = conf_bool(conf, OPTION_DEFAULT_use_stderr),
        .use_syslog = conf_bool(conf, OPTION_DEFAULT_use_syslog),
        .use_journal = conf_bool(conf, OPTION_DEFAULT_use_journal),
        .use_json = conf_bool(conf, OPTION_DEFAULT_use_json),
        .watch_log_file = conf_bool(conf, OPTION_DEFAULT_watch_log_file),
        .syslog_log_facility = conf_string(conf, OPTION_DEFAULT_syslog_log_facility),
        .log_date_format = conf_string(conf, OPTION_DEFAULT_log_date_format),
        .context_format = conf_string(conf, OPTION_DEFAULT_logging_context_format_string),
        .default_format = conf_string(conf, OPTION_DEFAULT_logging_default_format_string),
        .debug_format_suffix = conf_string(conf, OPTION_DEFAULT_logging_debug_format_suffix),
        .exception_prefix = conf_string(conf, OPTION_DEFAULT_logging_exception_prefix),
        .user_identity_format = conf_string(conf, OPTION_DEFAULT_logging_user_identity_format),
        .instance_format = conf_string(conf, OPTION_DEFAULT_instance_format),
        .instance_uuid_format = conf_string(conf, OPTION_DEFAULT_instance_uuid_format),
        .default_log_levels = conf_list(conf, OPTION_DEFAULT_default_log_levels),
        .log_rotation_type = conf_string(conf, OPTION_DEFAULT_log_rotation_type),
        .log_rotate_interval_type = conf_string(conf, OPTION_DEFAULT_log_rotate_interval_type),
        .log_rotate_interval = (int)conf_int(conf, OPTION_DEFAULT_log_rotate_interval),
        .max_logfile_size_mb = (int)conf_int(conf, OPTION_DEFAULT_max_logfile_size_mb),
        .max_logfile_count = (int)conf_int(conf, OPTION_DEFAULT_max_logfile_count),
        .rate_limit_burst = (int)conf_int(conf, OPTION_DEFAULT_rate_limit_burst),
        .rate_limit_interval = (int)conf_int(conf, OPTION_DEFAULT_rate_limit_interval),
        .rate_limit_except_level = conf_string(conf, OPTION_DEFAULT_rate_limit_except_level),
    };
}
