/* SPDX-License-Identifier: Apache-2.0 */
/* Reading everything at start, and again when SIGHUP asks for it. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/conf/private.h"
#include "fcgi_app/conf/repr.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

LOG_MODULE("oslo_config.cfg");

void conf_note(struct conf *conf, const char *text)
{
    for (size_t i = 0; i < conf->note_count; i++)
        if (strcmp(conf->notes[i], text) == 0)
            return;
    conf->notes = space_append(conf, conf->notes, &conf->note_count, text);
}

void conf_log_notes(struct conf *conf)
{
    while (conf->notes_logged < conf->note_count)
        log_warning("%s", conf->notes[conf->notes_logged++]);
}

bool conf_wants_uwsgi_way(void)
{
    return getenv("OS_NOVA_CONFIG_DIR") || getenv("OS_NOVA_CONFIG_FILES");
}

/* The files of OS_NOVA_CONFIG_FILES in OS_NOVA_CONFIG_DIR. */
static const char *const *uwsgi_files(const void *mem)
{
    const char *directory = getenv("OS_NOVA_CONFIG_DIR");
    const char *names = getenv("OS_NOVA_CONFIG_FILES");
    char **files;

    directory = directory ? text_strip(mem, directory) : "";
    names = names ? text_strip(mem, names) : "";
    files = text_split(mem, *names ? names : "api-paste.ini;nova.conf", ';');
    for (size_t i = 0; files[i]; i++)
        if (files[i][0] != '/')
            files[i] = mem_printf(mem, "%s/%s", *directory ? directory : "/etc/nova", files[i]);
    return (const char *const *)files;
}

const char *conf_uwsgi_paste_file(const struct conf *conf)
{
    return conf->start.uwsgi_way ? uwsgi_files(conf)[0] : NULL;
}

/* Is the argument there, as "--name x" or "--name=x"? Abbreviations do not count, as in oslo.config. */
static bool has_argument(const struct conf_start *start, const char *name)
{
    size_t size = strlen(name);

    for (int i = 1; i < start->argc; i++)
        if (strncmp(start->argv[i], name, size) == 0 && (!start->argv[i][size] || start->argv[i][size] == '='))
            return true;
    return false;
}

static struct fault *default_files(const void *mem, struct conf *conf, struct space *space)
{
    const struct conf_start *start = &conf->start;
    const char *const *directories = path_directories(mem, start->project);
    const char *names[] = { start->project, start->program };

    if (start->uwsgi_way) {
        const char *const *files = uwsgi_files(mem);
        for (size_t i = 0; files[i]; i++) {
            space->config_files = space_append(mem, space->config_files, &space->config_file_count, files[i]);
            TRY(space_add_file(mem, conf, space, files[i]));
        }
        return NULL;
    }
    for (size_t i = 0; i < 2; i++) {
        const char *path = path_search(mem, directories, mem_printf(mem, "%s.conf", names[i]));
        if (!path)
            continue;
        space->config_files = space_append(mem, space->config_files, &space->config_file_count, path);
        TRY(space_add_file(mem, conf, space, path));
    }
    return NULL;
}

static struct fault *default_directories(const void *mem, struct conf *conf, struct space *space)
{
    const struct conf_start *start = &conf->start;
    const char *const *directories = path_directories(mem, start->project);
    const char *names[] = { start->project, start->program };

    for (size_t i = 0; i < 2; i++) {
        const char *path = path_search(mem, directories, mem_printf(mem, "%s.conf.d", names[i]));
        struct fault *fault = NULL;
        glob_t found;
        if (!path || glob(mem_printf(mem, "%s/*.conf", path), 0, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc && !fault; k++)
            fault = space_add_file(mem, conf, space, found.gl_pathv[k]);
        globfree(&found);
        TRY(fault);
    }
    return NULL;
}

static const char *joined(const void *mem, const char **list, size_t count)
{
    struct strbuf out;

    strbuf_init(&out, mem, 128);
    for (size_t i = 0; i < count; i++) {
        strbuf_puts(&out, i ? "," : "");
        strbuf_puts(&out, list[i]);
    }
    return out.data;
}

struct fault *load_space(const void *mem, struct conf *conf, struct space **made, bool *stop, int *status)
{
    struct space *space = mem_new(conf, struct space);

    *made = space;
    if (!has_argument(&conf->start, "--config-file"))
        TRY(default_files(space, conf, space));
    if (!has_argument(&conf->start, "--config-dir"))
        TRY(default_directories(space, conf, space));
    TRY(cli_parse(space, conf, space, stop, status));
    if (*stop)
        return NULL;
    if (space->not_found_count > 0)
        return fault_new(mem, ConfigFilesNotFoundError, joined(mem, space->not_found, space->not_found_count));
    if (space->denied_count > 0)
        return fault_new(mem, ConfigFilesPermissionDeniedError, joined(mem, space->denied, space->denied_count));
    return NULL;
}

struct fault *conf_load_with(const void *mem, const struct conf_start *start, struct conf **made, bool *stop,
                             int *status)
{
    struct conf *conf = mem_new(mem, struct conf);

    *made = conf;
    *stop = false;
    *status = 0;
    conf->start = *start;
    conf->start.project = mem_strdup(conf, start->project);
    conf->start.program = mem_strdup(conf, start->program);
    conf->start.version = mem_strdup(conf, start->version ? start->version : release_default()->version);
    TRY(load_space(mem, conf, &conf->space, stop, status));
    if (*stop)
        return NULL;
    TRY(resolve(mem, conf, OPTION_DEFAULT_config_source));
    sources_load(conf);
    for (int i = 0; i < OPTION_COUNT; i++)
        TRY(resolve(mem, conf, (enum option)i));
    return NULL;
}

struct fault *conf_load(const void *mem, const char *project, const char *program, int argc, char **argv,
                        struct conf **conf, bool *stop, int *status)
{
    struct conf_start start = { .project = project, .program = program, .argc = argc, .argv = argv };

    return conf_load_with(mem, &start, conf, stop, status);
}

struct fault *conf_sibling(struct conf *conf, const char *project, const char *program, const char *file,
                           struct conf **found)
{
    char *name = mem_strdup(conf, program);
    char **argv = mem_array(conf, char *, 4);
    struct conf_sibling *sibling;
    int status;
    bool stop;

    for (sibling = conf->siblings; sibling; sibling = sibling->next)
        if (strcmp(sibling->conf->start.project, project) == 0 && strcmp(sibling->conf->start.program, program) == 0 &&
            strcmp(sibling->file, file ? file : "") == 0) {
            *found = sibling->conf;
            return NULL;
        }
    sibling = mem_new(conf, struct conf_sibling);
    sibling->file = mem_strdup(conf, file ? file : "");
    argv[0] = name;
    if (file) {
        argv[1] = mem_strdup(conf, "--config-file");
        argv[2] = mem_strdup(conf, file);
    }
    TRY(conf_load(conf, project, program, file ? 3 : 1, argv, &sibling->conf, &stop, &status));
    if (stop)
        return fault_new(conf, Internal, "the arguments are wrong");
    sibling->next = conf->siblings;
    conf->siblings = sibling;
    *found = sibling->conf;
    return NULL;
}

const char *conf_find_file(const struct conf *conf, const void *mem, const char *name)
{
    const struct space *space = conf->space;
    const char *const *standard = path_directories(mem, conf->start.project);
    const char **list = NULL;
    size_t count = 0;

    for (size_t i = 0; i < space->config_dir_count; i++)
        list = space_append(mem, list, &count, path_fix(mem, space->config_dirs[i]));
    for (size_t i = space->config_file_count; i > 0; i--) {
        char *path = mem_strdup(mem, path_fix(mem, space->config_files[i - 1]));
        char *slash = strrchr(path, '/');
        slash[slash == path] = '\0';
        list = space_append(mem, list, &count, path);
    }
    for (size_t i = 0; standard[i]; i++)
        list = space_append(mem, list, &count, standard[i]);
    return path_search(mem, list, name);
}

/* ---- SIGHUP --------------------------------------------------------------- */

/* What an option says before conversion, as Python prints it: None, text, or a list. */
static const char *raw_text(const void *mem, struct conf *conf, const struct space *space, enum option option)
{
    struct raw raw;
    struct strbuf out;

    if (!space_find(mem, conf, space, option, &raw))
        return "None";
    if (!option_is_multi(option))
        return raw.texts[0];
    strbuf_init(&out, mem, 64);
    strbuf_putc(&out, '[');
    for (size_t i = 0; i < raw.count; i++) {
        strbuf_puts(&out, i ? ", " : "");
        strbuf_puts(&out, repr_text(mem, raw.texts[i]));
    }
    strbuf_putc(&out, ']');
    return out.data;
}

/* Do all mutable options of the new reading convert? Else the old values must stay. */
static struct fault *try_mutated(const void *mem, struct conf *conf, struct space *space)
{
    struct space *before = conf->mutated;
    struct fault *fault = NULL;

    conf->mutated = space;
    for (int i = 0; i < OPTION_COUNT; i++)
        if (option_rows[i].mutable)
            conf->resolved[i] = RESOLVED_NOT;
    for (int i = 0; i < OPTION_COUNT && !fault; i++)
        fault = resolve(mem, conf, (enum option)i);
    if (!fault)
        return NULL;
    conf->mutated = before;
    for (int i = 0; i < OPTION_COUNT; i++)
        if (option_rows[i].mutable) {
            struct fault *again;
            conf->resolved[i] = RESOLVED_NOT;
            again = resolve(mem, conf, (enum option)i);
            if (again)
                log_error("%s", again->message);
        }
    return fault;
}

static void log_changes(const void *mem, struct conf *conf, const struct space *old, const struct space *new)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        if (row->mutable)
            continue;
        /* against the start, not against the last reading: it is still what runs */
        if (strcmp(raw_text(mem, conf, conf->space, (enum option)i), raw_text(mem, conf, new, (enum option)i)) != 0)
            log_warning("Ignoring change to immutable option %s.%s", row->group, option_spelling((enum option)i));
    }
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        const char *from;
        const char *to;
        if (!row->mutable)
            continue;
        from = raw_text(mem, conf, old, (enum option)i);
        to = raw_text(mem, conf, new, (enum option)i);
        if (strcmp(from, to) != 0)
            log_info("Option %s.%s changed from [%s] to [%s]", row->group, option_spelling((enum option)i),
                     row->secret ? "****" : from, row->secret ? "****" : to);
    }
}

void conf_mutate(struct conf *conf)
{
    void *scratch = mem_context(conf, "conf_mutate");
    struct space *old = conf->mutated ? conf->mutated : conf->space;
    struct space *space = NULL;
    bool stop = false;
    int status = 0;
    struct fault *fault = load_space(scratch, conf, &space, &stop, &status);

    if (!fault && !stop)
        fault = try_mutated(scratch, conf, space);
    if (fault || stop) {
        if (fault)
            log_error("Caught Error while reloading configure files: %s", fault->message);
        talloc_free(space);
        talloc_free(scratch);
        return;
    }
    log_changes(scratch, conf, old, space);
    conf_log_notes(conf);
    if (old != conf->space)
        talloc_free(old);
    talloc_free(scratch);
}
