/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the text of an option: files in order, old names, command line, environment. */
#include "config.h"

#include "fcgi_app/conf/space.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/conf/private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A place where an option may stand: its own name first, then the old ones. */
struct place {
    const char *group;
    const char *name;
};
#define PLACES_MAX 8

const char **space_append(const void *mem, const char **list, size_t *count, const char *text)
{
    list = mem_grow(mem, list, const char *, *count + 2);
    list[(*count)++] = text;
    list[*count] = NULL;
    return list;
}

/* Sections are compared in lower case; DEFAULT only as DEFAULT. */
static const char *section_name(const void *mem, const char *name)
{
    char *lower;

    if (strcmp(name, "DEFAULT") == 0)
        return name;
    lower = mem_strdup(mem, name);
    for (char *p = lower; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return lower;
}

static size_t places_of(const void *mem, enum option option, struct place places[PLACES_MAX])
{
    const struct option_row *row = &option_rows[option];
    size_t count = 1;

    places[0] = (struct place){ row->group, row->name };
    for (const char *p = row->deprecated; p && *p && count < PLACES_MAX;) {
        const char *end = strchrnul(p, ';');
        const char *dot = memchr(p, '.', (size_t)(end - p));
        places[count++] = (struct place){ section_name(mem, mem_strndup(mem, p, (size_t)(dot - p))),
                                          mem_strndup(mem, dot + 1, (size_t)(end - dot - 1)) };
        p = *end ? end + 1 : end;
    }
    return count;
}

static void note_old_name(struct conf *conf, enum option option, const struct place *place)
{
    if (option_is_foreign(option))
        return;
    conf_note(conf, mem_printf(conf,
                               "Deprecated: Option \"%s\" from group \"%s\" is deprecated. Use option \"%s\" from "
                               "group \"%s\".",
                               place->name, place->group, option_spelling(option), option_rows[option].group));
}

/* The entry of the place that follows line `after` most closely, or NULL: sections may differ in case only. */
static const struct ini_entry *file_next(const struct space_file *file, const struct place *place, int after)
{
    const struct ini_entry *next = NULL;

    for (size_t s = 0; s < file->ini->count; s++) {
        const struct ini_section *section = &file->ini->sections[s];
        if (strcmp(file->names[s], place->group) != 0)
            continue;
        for (size_t i = 0; i < section->count; i++) {
            const struct ini_entry *entry = &section->entries[i];
            if (entry->line > after && (!next || entry->line < next->line) && strcmp(entry->key, place->name) == 0)
                next = entry;
        }
    }
    return next;
}

/* All values of the place in one file, in order, appended to raw; false: none. */
static bool file_values(const void *mem, const struct space_file *file, const struct place *place, struct raw *raw)
{
    const struct ini_entry *entry = NULL;

    while ((entry = file_next(file, place, entry ? entry->line : 0))) {
        raw->texts = space_append(mem, (const char **)raw->texts, &raw->count, entry->value);
        raw->where = mem_printf(mem, "%s:%d", file->ini->path, entry->line);
    }
    return raw->count > 0;
}

/*
 * One file.  Among several names in it the first of the places wins; an
 * option that collects takes all, those under old names before the others.
 */
static bool file_find(const void *mem, struct conf *conf, const struct space_file *file, enum option option,
                      const struct place *places, size_t count, struct raw *raw)
{
    bool found = false;

    for (size_t i = 0; i < count; i++) {
        struct raw one = { 0 };
        if (!file_values(mem, file, &places[i], &one))
            continue;
        if (i > 0)
            note_old_name(conf, option, &places[i]);
        for (size_t k = 0; k < raw->count; k++)
            one.texts = space_append(mem, (const char **)one.texts, &one.count, raw->texts[k]);
        *raw = one;
        found = true;
        if (!option_is_multi(option))
            break;
    }
    return found;
}

bool space_find(const void *mem, struct conf *conf, const struct space *space, enum option option, struct raw *raw)
{
    const struct option_row *row = &option_rows[option];
    struct place places[PLACES_MAX];
    size_t count = places_of(mem, option, places);

    *raw = (struct raw){ 0 };
    /* The newest file first; one that collects goes on to the oldest, whose values then stand first. */
    for (size_t i = space->file_count; i > 0; i--) {
        struct raw older = { 0 };
        if (!file_find(mem, conf, &space->files[i - 1], option, places, count, &older))
            continue;
        for (size_t k = 0; k < raw->count; k++)
            older.texts = space_append(mem, (const char **)older.texts, &older.count, raw->texts[k]);
        if (raw->where)
            older.where = raw->where;
        *raw = older;
        raw->in_file = true;
        if (!option_is_multi(option))
            break;
    }
    if (space->cli[option]) {
        raw->texts = NULL;
        raw->count = 0;
        raw->texts = space_append(mem, NULL, &raw->count, space->cli[option]);
        if (space->typed[option])
            raw->where = "the command line";
    }
    if (raw->count == 0)
        return false;
    if (!option_is_multi(option)) {
        raw->texts += raw->count - 1;
        raw->count = 1;
    }
    if (row->deprecated_for_removal && !option_is_foreign(option))
        conf_note(conf, mem_printf(conf,
                                   "Deprecated: Option \"%s\" from group \"%s\" is deprecated for removal%s%s%s.  Its "
                                   "value may be silently ignored in the future.",
                                   row->name, row->group, row->reason ? " (" : "", row->reason ? row->reason : "",
                                   row->reason ? ")" : ""));
    return true;
}

bool space_find_all(const void *mem, struct conf *conf, const struct space *space, enum option option, struct raw *raw)
{
    const struct option_row *row = &option_rows[option];
    char *variable = mem_printf(mem, "OS_%s__%s", row->group, row->name);
    const char *text;
    bool found = space_find(mem, conf, space, option, raw);

    for (char *p = variable; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    text = getenv(variable);
    /* The command line wins, unless a file has the option too: then the environment does, as in oslo.config 9. */
    if (!text || (found && !raw->in_file))
        return found;
    *raw = (struct raw){ .where = variable };
    raw->texts = space_append(mem, NULL, &raw->count, text);
    return true;
}

/* Options with a flag take a file's value as if it had been typed where the file stands. */
static void apply_flags(const void *mem, struct conf *conf, struct space *space, const struct space_file *file)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        struct place places[PLACES_MAX];
        struct raw raw = { 0 };
        if (!option_rows[i].cli)
            continue;
        if (!file_find(mem, conf, file, (enum option)i, places, places_of(mem, (enum option)i, places), &raw))
            continue;
        space->cli[i] = raw.texts[raw.count - 1];
        space->typed[i] = false;
    }
}

static struct space_file *add_parsed(const void *mem, struct space *space, struct ini_file *ini)
{
    struct space_file *file;

    space->files = mem_grow(mem, space->files, struct space_file, space->file_count + 1);
    file = &space->files[space->file_count++];
    file->ini = ini;
    file->names = mem_array(mem, const char *, ini->count + 1);
    for (size_t i = 0; i < ini->count; i++)
        file->names[i] = section_name(mem, ini->sections[i].name);
    return file;
}

struct fault *space_add_file(const void *mem, struct conf *conf, struct space *space, const char *path)
{
    const char *fixed = path_fix(mem, path);
    struct space_file *file;
    struct ini_file *ini;
    struct fault *fault = ini_read(mem, fixed, INI_OSLO, &ini);

    if (fault && fault_is(fault, FAULT_ConfigFilesNotFoundError)) {
        space->not_found = space_append(mem, space->not_found, &space->not_found_count, fixed);
        return NULL;
    }
    if (fault && fault_is(fault, FAULT_ConfigFilesPermissionDeniedError)) {
        space->denied = space_append(mem, space->denied, &space->denied_count, fixed);
        return NULL;
    }
    TRY(fault);
    file = add_parsed(mem, space, ini);
    apply_flags(mem, conf, space, file);
    return NULL;
}

struct fault *space_add_text(const void *mem, struct space *space, const char *name, const char *text, size_t size)
{
    struct ini_file *ini;

    TRY(ini_parse(mem, name, text, size, INI_OSLO, &ini));
    add_parsed(mem, space, ini);
    return NULL;
}

bool space_find_first(const void *mem, const struct space *space, enum option option, struct raw *raw)
{
    const struct place place = { option_rows[option].group, option_rows[option].name };

    *raw = (struct raw){ 0 };
    for (size_t i = 0; i < space->file_count; i++)
        if (file_values(mem, &space->files[i], &place, raw)) {
            if (!option_is_multi(option)) {
                raw->texts += raw->count - 1;
                raw->count = 1;
            }
            raw->in_file = true;
            return true;
        }
    return false;
}
