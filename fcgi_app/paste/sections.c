/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of a paste file; see the header. */
#include "config.h"

#include "fcgi_app/paste/sections.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

LOG_MODULE("nova.api.paste");

/* How deep %(name)s may lead on, as Python's parser has it. */
#define INTERPOLATION_DEPTH 10

/* The prefixes that may define a type; two of one group are one kind, of which the first that is there counts. */
static const char *const app_groups[][3] = {
    { "app", "application" }, { "composite", "composit" }, { "pipeline" }, { "filter-app" }
};
static const char *const filter_groups[][3] = { { "filter" } };

/* ---- dictionaries ---- */

const char *pairs_get(const struct pairs *pairs, const char *key)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (strcmp(pairs->items[i].key, key) == 0)
            return pairs->items[i].value;
    return NULL;
}

void pairs_set(const void *mem, struct pairs *pairs, const char *key, const char *value)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (strcmp(pairs->items[i].key, key) == 0) {
            pairs->items[i].value = value;
            return;
        }
    pairs->items = mem_grow(mem, pairs->items, struct setting, pairs->count + 1);
    pairs->items[pairs->count++] = (struct setting){ key, value };
}

const char *pairs_take(struct pairs *pairs, const char *key)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (strcmp(pairs->items[i].key, key) == 0) {
            const char *value = pairs->items[i].value;
            pairs->count--;
            memmove(&pairs->items[i], &pairs->items[i + 1], (pairs->count - i) * sizeof(pairs->items[0]));
            return value;
        }
    return NULL;
}

struct pairs pairs_copy(const void *mem, const struct pairs *pairs)
{
    struct pairs copy = { NULL, pairs->count };

    if (pairs->count)
        copy.items = mem_memdup(mem, pairs->items, pairs->count * sizeof(pairs->items[0]));
    return copy;
}

/* ---- the file ---- */

static const char *absolute_path(const void *mem, const char *path)
{
    char directory[PATH_MAX];

    if (path[0] == '/' || !getcwd(directory, sizeof(directory)))
        return path;
    return mem_printf(mem, "%s/%s", directory, path);
}

bool paste_section_is(const struct ini_section *section, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(section->name, prefix, length) == 0 && section->name[length] == ':';
}

static bool is_known_section(const struct ini_section *section)
{
    static const char *const others[] = { "filter", "server" };

    if (strcmp(section->name, "DEFAULT") == 0)
        return true;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (paste_section_is(section, others[i]))
            return true;
    for (size_t i = 0; i < sizeof(app_groups) / sizeof(app_groups[0]); i++)
        for (const char *const *prefix = app_groups[i]; *prefix; prefix++)
            if (paste_section_is(section, *prefix))
                return true;
    return false;
}

struct fault *paste_file_read(const void *mem, const char *path, struct paste_file **out)
{
    struct paste_file *file = mem_new(mem, struct paste_file);
    const char *absolute = absolute_path(file, path);
    const char *slash = strrchr(absolute, '/');
    const struct ini_section *defaults;

    *out = file;
    file->mem = file;
    file->path = mem_strdup(file, path);
    file->directory = slash && slash > absolute ? mem_strndup(file, absolute, (size_t)(slash - absolute)) : "/";
    TRY(ini_read(file, path, INI_PASTE, &file->ini));
    pairs_set(file, &file->defaults, "here", file->directory);
    pairs_set(file, &file->defaults, "__file__", absolute);
    defaults = ini_section(file->ini, "DEFAULT");
    for (size_t i = 0; defaults && i < defaults->count; i++)
        pairs_set(file, &file->defaults, defaults->entries[i].key, defaults->entries[i].value);
    for (size_t i = 0; i < file->ini->count; i++)
        if (!is_known_section(&file->ini->sections[i]))
            log_warning("%s:%d: section [%s] is of no type that a paste file has", path, file->ini->sections[i].line,
                        file->ini->sections[i].name);
    return NULL;
}

/* ---- values ---- */

/* Where a value stands, for messages and for the names in it. */
struct place {
    const struct paste_file *file;
    const struct ini_section *section; /* NULL: [DEFAULT] */
    const char *key;
};

static struct fault *bad_value(const struct place *place, const char *why)
{
    return fault_text(place->file->mem, ConfigFileParseError, "Error in file %s: [%s] %s: %s", place->file->path,
                      place->section ? place->section->name : "DEFAULT", place->key, why);
}

static struct fault *interpolate(const struct place *place, const char *raw, struct strbuf *out, int depth)
{
    const void *mem = place->file->mem;

    if (depth > INTERPOLATION_DEPTH)
        return bad_value(place, "values are nested too deeply");
    for (const char *p = raw; *p;) {
        const char *percent = strchrnul(p, '%'), *end, *name, *value;

        strbuf_put(out, p, (size_t)(percent - p));
        if (!*percent)
            break;
        if (percent[1] == '%') {
            strbuf_putc(out, '%');
            p = percent + 2;
            continue;
        }
        end = percent[1] == '(' ? strstr(percent, ")s") : NULL;
        if (!end || memchr(percent, ')', (size_t)(end - percent)))
            return bad_value(place, "'%' must be followed by '%' or '(name)s'");
        name = mem_strndup(mem, percent + 2, (size_t)(end - percent - 2));
        value = place->section ? ini_value(place->section, name) : NULL;
        if (!value)
            value = pairs_get(&place->file->defaults, name);
        if (!value)
            return bad_value(place, mem_printf(mem, "there is no '%s' to put in place of %%(%s)s", name, name));
        if (strchr(value, '%'))
            TRY(interpolate(place, value, out, depth + 1));
        else
            strbuf_puts(out, value);
        p = end + 2;
    }
    return NULL;
}

struct fault *paste_value(const struct paste_file *file, const struct ini_section *section, const char *key,
                          const char *raw, const char **value)
{
    struct place place = { file, section, key };
    struct strbuf out;

    *value = raw;
    if (!strchr(raw, '%'))
        return NULL;
    strbuf_init(&out, file->mem, strlen(raw) + 64);
    TRY(interpolate(&place, raw, &out, 1));
    *value = out.data;
    return NULL;
}

struct fault *paste_defaults(const struct paste_file *file, struct pairs *defaults)
{
    *defaults = pairs_copy(file->mem, &file->defaults);
    for (size_t i = 0; i < defaults->count; i++)
        TRY(paste_value(file, NULL, defaults->items[i].key, defaults->items[i].value, &defaults->items[i].value));
    return NULL;
}

/* ---- search ---- */

static bool has_name(const struct paste_file *file, const struct ini_section *section, const char *prefix,
                     const char *name)
{
    return paste_section_is(section, prefix) &&
           strcmp(text_strip(file->mem, section->name + strlen(prefix) + 1), name) == 0;
}

/* "'app' or 'application'…" */
static const char *describe_groups(const void *mem, const char *const (*groups)[3], size_t count)
{
    struct strbuf out;

    strbuf_init(&out, mem, 96);
    for (size_t i = 0; i < count; i++)
        for (const char *const *prefix = groups[i]; *prefix; prefix++)
            strbuf_printf(&out, "%s'%s'", out.length ? " or " : "", *prefix);
    return out.data;
}

struct fault *paste_section(const struct paste_file *file, enum paste_type type, const char *name,
                            const struct ini_section **section)
{
    const char *const(*groups)[3] = type == PASTE_APP ? app_groups : filter_groups;
    size_t count = type == PASTE_APP ? sizeof(app_groups) / sizeof(app_groups[0]) : 1;
    const void *mem = file->mem;
    struct strbuf names;
    size_t found = 0;

    strbuf_init(&names, mem, 64);
    for (size_t i = 0; i < count; i++)
        for (const char *const *prefix = groups[i]; *prefix; prefix++) {
            size_t before = found;
            for (size_t j = 0; j < file->ini->count; j++)
                if (has_name(file, &file->ini->sections[j], *prefix, name)) {
                    *section = &file->ini->sections[j];
                    strbuf_printf(&names, "%s'%s'", found++ ? ", " : "", (*section)->name);
                }
            if (found > before)
                break;
        }
    if (found == 1)
        return NULL;
    if (found)
        return fault_new(mem, LookupError,
                         mem_printf(mem,
                                    "Ambiguous section names [%s] for section '%s' (prefixed by %s) found in config %s",
                                    names.data, name, describe_groups(mem, groups, count), file->path));
    return fault_new(mem, LookupError,
                     mem_printf(mem, "No section '%s' (prefixed by %s) found in config %s", name,
                                describe_groups(mem, groups, count), file->path));
}
