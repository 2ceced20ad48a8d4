/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader.  A name is first resolved to a node (what Paste Deploy calls a
 * context: a factory with its settings, or filters around another node), then
 * the node is built.  Both walks stand on one stack of sections, so that a
 * section that leads back to itself is seen.
 * Neighbours: sections.c finds and reads sections, factories.c knows names.
 */
#include "config.h"

#include "fcgi_app/paste/loader.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/paste/factories.h"
#include "fcgi_app/paste/sections.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

LOG_MODULE("nova.api.wsgi");

/* A section that is being resolved or built. */
struct visit {
    struct visit *outer;
    const struct paste_file *file;
    const struct ini_section *section;
};

struct paste_loader {
    const void *mem;
    struct conf *conf;
    struct paste_file **files; /* that were read */
    size_t file_count;
    struct visit *visit; /* the innermost */
    const char **warned; /* deprecations that were said */
    size_t warned_count;
};

/* What a name means. */
struct node {
    enum paste_type type;
    struct paste_file *file; /* names are looked up here */
    const struct ini_section *section;
    struct pairs global, local;
    const char *factory;   /* "nova.api.auth:pipeline_factory_v21", "egg:Paste#urlmap"; NULL: filters around `next` */
    const char *protocol;  /* "paste.app_factory"; NULL while only the section's type can say */
    struct node *next;     /* what stands behind the filters */
    struct node **filters; /* outermost first */
    size_t filter_count;
};

static struct fault *resolve(struct paste_loader *loader, struct paste_file *file, enum paste_type type,
                             const char *name, const struct pairs *global, struct node **out);
static struct fault *build_app(struct paste_loader *loader, struct node *node, const struct app **out);
static struct fault *build_filters(struct paste_loader *loader, struct node *node, struct paste_filters *filters);

struct conf *paste_conf(const struct paste_loader *loader)
{
    return loader->conf;
}

void paste_warn_once(struct paste_loader *loader, const char *text)
{
    for (size_t i = 0; i < loader->warned_count; i++)
        if (strcmp(loader->warned[i], text) == 0)
            return;
    loader->warned = mem_grow(loader->mem, loader->warned, const char *, loader->warned_count + 1);
    loader->warned[loader->warned_count++] = text;
    log_warning("Deprecated: %s", text);
}

/* ---- files and loops ---- */

static struct fault *open_file(struct paste_loader *loader, const char *path, struct paste_file **file)
{
    for (size_t i = 0; i < loader->file_count; i++)
        if (strcmp(loader->files[i]->path, path) == 0) {
            *file = loader->files[i];
            return NULL;
        }
    TRY(paste_file_read(loader->mem, path, file));
    loader->files = mem_grow(loader->mem, loader->files, struct paste_file *, loader->file_count + 1);
    loader->files[loader->file_count++] = *file;
    return NULL;
}

/* Fault: ValueError with the way that led back to this section. */
static struct fault *check_loop(const struct paste_loader *loader, const struct visit *visit)
{
    const struct visit *at = visit->outer;
    struct strbuf way;

    while (at && (at->file != visit->file || at->section != visit->section))
        at = at->outer;
    if (!at)
        return NULL;
    strbuf_init(&way, loader->mem, 128);
    strbuf_printf(&way, "[%s]", visit->section->name);
    for (at = visit->outer; at->file != visit->file || at->section != visit->section; at = at->outer)
        strbuf_printf(&way, " in [%s]", at->section->name);
    return fault_text(loader->mem, ValueError, "%s: section [%s] leads back to itself: %s in [%s]", visit->file->path,
                      visit->section->name, way.data, visit->section->name);
}

/* ---- resolving ---- */

/* Does the name begin with a scheme, as config:other.ini#name does? */
static bool is_absolute(const char *name)
{
    size_t length = 0;

    while (isalpha((unsigned char)name[length]))
        length++;
    return length && name[length] == ':';
}

static struct node *node_new(struct paste_loader *loader, enum paste_type type, struct paste_file *file,
                             const struct ini_section *section, const struct pairs *global)
{
    struct node *node = mem_new(loader->mem, struct node);

    node->type = type;
    node->file = file;
    node->section = section;
    if (global)
        node->global = pairs_copy(loader->mem, global);
    return node;
}

/* %XX of a URI's path. */
static char *unquote(const void *mem, const char *text)
{
    char *out = mem_strdup(mem, text), *end = out;

    for (const char *p = text; *p; p++) {
        unsigned byte;
        if (*p == '%' && isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2]) &&
            sscanf(p + 1, "%2x", &byte) == 1) {
            *end++ = (char)byte;
            p += 2;
        } else {
            *end++ = *p;
        }
    }
    *end = '\0';
    return out;
}

/* config:other.ini#name */
static struct fault *resolve_config(struct paste_loader *loader, struct paste_file *from, enum paste_type type,
                                    const char *spec, const char *name, const struct pairs *global, struct node **out)
{
    const void *mem = loader->mem;
    const char *path = spec[0] == '/' ? spec : mem_printf(mem, "%s/%s", from->directory, spec);
    struct paste_file *file;

    TRY(open_file(loader, unquote(mem, path), &file));
    for (size_t i = 0; global && i < global->count; i++)
        if (!pairs_get(&file->defaults, global->items[i].key))
            pairs_set(mem, &file->defaults, global->items[i].key, global->items[i].value);
    return resolve(loader, file, type, name, global, out);
}

/* A name with a scheme: another file's section, an entry point of a distribution, or an object of a module. */
static struct fault *resolve_uri(struct paste_loader *loader, struct paste_file *file, enum paste_type type,
                                 const char *uri, const struct pairs *global, struct node **out)
{
    const void *mem = loader->mem;
    const char *hash = strchrnul(uri, '#');
    const char *name = *hash ? hash + 1 : "main";
    const char *bare = mem_strndup(mem, uri, (size_t)(hash - uri));

    if (strncasecmp(bare, "config:", 7) == 0)
        return resolve_config(loader, file, type, bare + 7, name, global, out);
    *out = node_new(loader, type, file, loader->visit->section, global);
    if (strncasecmp(bare, "egg:", 4) == 0) {
        bool named;
        (*out)->factory = mem_printf(mem, "egg:%s#%s", bare + 4, name);
        (*out)->protocol = type == PASTE_FILTER ? "paste.filter_factory"
                           : factory_find((*out)->factory, FACTORY_COMPOSITE, &named) != NULL
                               ? "paste.composite_factory"
                               : "paste.app_factory";
        return NULL;
    }
    if (strncasecmp(bare, "call:", 5) == 0) {
        if (!strchr(bare + 5, ':'))
            return fault_text(mem, LookupError, "%s: [%s] use = %s: module:object is wanted after call:", file->path,
                              loader->visit->section->name, uri);
        (*out)->factory = bare + 5;
        return NULL;
    }
    return fault_text(mem, LookupError, "%s: [%s] URI scheme not known: '%.*s' (from config, egg, call)", file->path,
                      loader->visit->section->name, (int)strcspn(uri, ":"), uri);
}

/* What a section says, sorted. */
struct contents {
    struct pairs global;    /* defaults, what was handed down, and `set` */
    struct pairs additions; /* `set` alone */
    struct pairs local;
};

static const char *word_after(const char *key, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(key, word, length) != 0)
        return NULL;
    for (key += length; isspace((unsigned char)*key); key++)
        ;
    return key;
}

static struct fault *read_section(struct paste_loader *loader, struct paste_file *file,
                                  const struct ini_section *section, const struct pairs *global,
                                  struct contents *contents)
{
    const void *mem = loader->mem;
    struct pairs defaults, gets = { NULL, 0 };

    TRY(paste_defaults(file, &defaults));
    *contents = (struct contents){ .global = pairs_copy(mem, &defaults) };
    for (size_t i = 0; global && i < global->count; i++)
        pairs_set(mem, &contents->global, global->items[i].key, global->items[i].value);
    for (size_t i = 0; i < section->count; i++) {
        const char *key = section->entries[i].key, *value, *name;
        TRY(paste_value(file, section, key, section->entries[i].value, &value));
        if ((name = word_after(key, "set "))) {
            pairs_set(mem, &contents->additions, name, value);
            pairs_set(mem, &contents->global, name, value);
        } else if ((name = word_after(key, "get "))) {
            pairs_set(mem, &gets, name, value);
        } else if (!pairs_get(&defaults, key)) {
            pairs_set(mem, &contents->local, key, value);
        }
    }
    for (size_t i = 0; i < gets.count; i++) {
        const char *value = pairs_get(&contents->global, gets.items[i].value);
        if (!value)
            return fault_text(mem, LookupError, "%s: [%s] get %s: there is no global '%s'", file->path, section->name,
                              gets.items[i].key, gets.items[i].value);
        pairs_set(mem, &contents->local, gets.items[i].key, value);
    }
    return NULL;
}

/* use = NAME: the object named, with this section's keys over its own. */
static struct fault *resolve_use(struct paste_loader *loader, struct paste_file *file, enum paste_type type,
                                 const struct ini_section *section, struct contents *contents, struct node **out)
{
    const void *mem = loader->mem;
    const char *use = pairs_take(&contents->local, "use");
    const char *here = pairs_get(&contents->global, "__file__");
    struct node *node;

    TRY(resolve(loader, file, type, use, &contents->global, &node));
    for (size_t i = 0; i < contents->additions.count; i++)
        pairs_set(mem, &node->global, contents->additions.items[i].key, contents->additions.items[i].value);
    for (size_t i = 0; i < contents->local.count; i++)
        pairs_set(mem, &node->local, contents->local.items[i].key, contents->local.items[i].value);
    if (here)
        pairs_set(mem, &node->global, "__file__", here);
    node->file = file;
    if (node->factory && !node->protocol) {
        size_t length = strcspn(section->name, ":");
        if (paste_section_is(section, "application") || paste_section_is(section, "app"))
            node->protocol = "paste.app_factory";
        else if (paste_section_is(section, "composit") || paste_section_is(section, "composite"))
            node->protocol = "paste.composite_factory";
        else
            node->protocol = mem_printf(mem, "paste.%.*s_factory", (int)length, section->name);
        node->section = section;
    }
    *out = node;
    return NULL;
}

/* paste.app_factory = module:object, and its kin. */
static struct fault *resolve_explicit(struct paste_loader *loader, struct paste_file *file, enum paste_type type,
                                      const struct ini_section *section, struct contents *contents, struct node **out)
{
    static const char *const app_keys[] = { "paste.app_factory", "paste.composite_factory", "paste.composit_factory",
                                            NULL };
    static const char *const filter_keys[] = { "paste.filter_factory", "paste.filter_app_factory", NULL };
    const void *mem = loader->mem;
    const char *found = NULL;

    for (const char *const *key = type == PASTE_APP ? app_keys : filter_keys; *key; key++) {
        if (!pairs_get(&contents->local, *key))
            continue;
        if (found && type == PASTE_APP)
            return fault_text(mem, LookupError, "%s: Multiple protocols given in section '%s': %s and %s", file->path,
                              section->name, found, *key);
        if (!found)
            found = *key;
    }
    if (!found)
        return fault_text(mem, LookupError, "%s: No loader given in section '%s'", file->path, section->name);
    *out = node_new(loader, type, file, section, &contents->global);
    (*out)->factory = pairs_take(&contents->local, found);
    (*out)->protocol = strcmp(found, "paste.composit_factory") == 0 ? "paste.composite_factory" : found;
    (*out)->local = contents->local;
    return NULL;
}

static struct fault *resolve_factory(struct paste_loader *loader, struct paste_file *file, enum paste_type type,
                                     const struct ini_section *section, struct contents *contents, struct node **out)
{
    if (pairs_get(&contents->local, "use"))
        return resolve_use(loader, file, type, section, contents, out);
    return resolve_explicit(loader, file, type, section, contents, out);
}

static void node_add_filter(struct paste_loader *loader, struct node *node, struct node *filter)
{
    node->filters = mem_grow(loader->mem, node->filters, struct node *, node->filter_count + 1);
    node->filters[node->filter_count++] = filter;
}

/* pipeline = f1 f2 app, and nothing else. */
static struct fault *resolve_pipeline(struct paste_loader *loader, struct paste_file *file,
                                      const struct ini_section *section, struct contents *contents, struct node **out)
{
    const void *mem = loader->mem;
    const char *pipeline = pairs_take(&contents->local, "pipeline");
    struct node *node = node_new(loader, PASTE_APP, file, section, &contents->global), *filter;
    char *save = NULL, *word;

    *out = node;
    if (!pipeline)
        return fault_text(mem, LookupError, "The [%s] section in %s is missing a 'pipeline' setting", section->name,
                          file->path);
    if (contents->local.count)
        return fault_text(mem, LookupError, "The [%s] pipeline section in %s has extra (disallowed) settings: %s",
                          section->name, file->path, contents->local.items[0].key);
    word = strtok_r(mem_strdup(mem, pipeline), " \t\r\n", &save);
    if (!word)
        return fault_text(mem, ValueError, "The [%s] section in %s has an empty pipeline", section->name, file->path);
    for (char *next; (next = strtok_r(NULL, " \t\r\n", &save)); word = next) {
        TRY(resolve(loader, file, PASTE_FILTER, word, &contents->global, &filter));
        node_add_filter(loader, node, filter);
    }
    return resolve(loader, file, PASTE_APP, word, &contents->global, &node->next);
}

/* filter-app: a filter in front of `next`. */
static struct fault *resolve_filter_app(struct paste_loader *loader, struct paste_file *file,
                                        const struct ini_section *section, struct contents *contents, struct node **out)
{
    const char *next = pairs_take(&contents->local, "next");
    struct node *node = node_new(loader, PASTE_APP, file, section, &contents->global), *filter;

    *out = node;
    if (!next)
        return fault_text(loader->mem, LookupError, "The [%s] section in %s is missing a 'next' setting", section->name,
                          file->path);
    TRY(resolve(loader, file, PASTE_APP, next, &contents->global, &node->next));
    TRY(resolve_factory(loader, file, PASTE_FILTER, section, contents, &filter));
    node_add_filter(loader, node, filter);
    return NULL;
}

/* filter-with = NAME: one more filter in front. */
static struct fault *resolve_filter_with(struct paste_loader *loader, const char *name, struct contents *contents,
                                         struct node **node)
{
    struct node *inner = *node, *outer, *filter;

    TRY(resolve(loader, inner->file, PASTE_FILTER, name, &contents->global, &filter));
    outer = node_new(loader, inner->type, inner->file, inner->section, &contents->global);
    outer->next = inner;
    node_add_filter(loader, outer, filter);
    *node = outer;
    return NULL;
}

/*
 * require = DIST …: distributions that must be there.  What they would bring
 * is part of this program or is not, which the factories' names show.
 */
static void ignore_require(const struct paste_file *file, const struct ini_section *section, struct contents *contents)
{
    const char *require = pairs_take(&contents->local, "require");

    if (require)
        log_debug("%s: [%s] require = %s: nothing is looked for", file->path, section->name, require);
}

static struct fault *resolve_section(struct paste_loader *loader, struct paste_file *file, enum paste_type type,
                                     const struct ini_section *section, const struct pairs *global, struct node **out)
{
    struct contents contents;
    const char *filter_with;

    TRY(read_section(loader, file, section, global, &contents));
    filter_with = pairs_take(&contents.local, "filter-with");
    ignore_require(file, section, &contents);
    if (paste_section_is(section, "filter-app"))
        TRY(resolve_filter_app(loader, file, section, &contents, out));
    else if (paste_section_is(section, "pipeline"))
        TRY(resolve_pipeline(loader, file, section, &contents, out));
    else
        TRY(resolve_factory(loader, file, type, section, &contents, out));
    return filter_with ? resolve_filter_with(loader, filter_with, &contents, out) : NULL;
}

/* The node of a name, as the file knows it. */
static struct fault *resolve(struct paste_loader *loader, struct paste_file *file, enum paste_type type,
                             const char *name, const struct pairs *global, struct node **out)
{
    struct visit visit = { loader->visit, file, NULL };
    struct fault *fault;

    if (is_absolute(name))
        return resolve_uri(loader, file, type, name, global, out);
    TRY(paste_section(file, type, name, &visit.section));
    TRY(check_loop(loader, &visit));
    loader->visit = &visit;
    fault = resolve_section(loader, file, type, visit.section, global, out);
    loader->visit = visit.outer;
    return fault;
}

/* ---- building ---- */

static const struct {
    const char *protocol;
    enum factory_kind kind;
} protocols[] = {
    { "paste.app_factory", FACTORY_APP },
    { "paste.composite_factory", FACTORY_COMPOSITE },
    { "paste.filter_factory", FACTORY_FILTER },
};

static struct fault *find_factory(const struct paste_loader *loader, const struct node *node,
                                  const struct factory **factory)
{
    const void *mem = loader->mem;
    const char *file = node->file->path, *section = node->section->name;
    bool named = false;
    size_t i;

    if (!node->protocol) /* named where no section's type can say, in a pipeline: Paste knows no more */
        return fault_text(mem, ValueError, "%s: [%s] call:%s: Protocol None unknown", file, section, node->factory);
    for (i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
        if (strcmp(protocols[i].protocol, node->protocol) == 0)
            break;
    if (i == sizeof(protocols) / sizeof(protocols[0]))
        return fault_text(mem, ValueError, "%s: [%s] %s = %s: there are no factories of this protocol", file, section,
                          node->protocol, node->factory);
    *factory = factory_find(node->factory, protocols[i].kind, &named);
    if (!*factory)
        return fault_text(mem, ValueError, "%s: [%s] %s: %s", file, section, node->factory,
                          named ? mem_printf(mem, "it is no %s", node->protocol) : "there is no such factory");
    if ((*factory)->missing && (*factory)->optional)
        return fault_text(mem, PasteAppNotFound, "%s: [%s]: %s", file, section, (*factory)->missing);
    if ((*factory)->missing)
        return fault_text(mem, Internal, "%s: [%s]: %s", file, section, (*factory)->missing);
    return NULL;
}

/* What a factory may see of its node. */
static struct settings *node_settings(const struct paste_loader *loader, const struct node *node)
{
    struct settings *settings = mem_new(loader->mem, struct settings);

    settings->mem = loader->mem;
    settings->section = node->section->name;
    settings->file = node->file->path;
    settings->local = node->local.items;
    settings->local_count = node->local.count;
    settings->global = node->global.items;
    settings->global_count = node->global.count;
    return settings;
}

static const char *section_label(const struct paste_loader *loader, const struct ini_section *section)
{
    const char *colon = strchr(section->name, ':');

    return mem_strdup(loader->mem, colon ? colon + 1 : section->name);
}

struct app *paste_wrap(const void *mem, const struct app *app, const struct paste_filters *filters)
{
    struct app *wrapped = mem_memdup(mem, app, sizeof(*app));
    const struct filter **all = mem_array(mem, const struct filter *, filters->count + app->filter_count + 1);

    for (size_t i = 0; i < filters->count; i++)
        all[i] = filters->items[i];
    for (size_t i = 0; i < app->filter_count; i++)
        all[filters->count + i] = app->filters[i];
    wrapped->filters = all;
    wrapped->filter_count = filters->count + app->filter_count;
    return wrapped;
}

static struct fault *build_factory_app(struct paste_loader *loader, struct node *node, const struct app **out)
{
    struct app *app = mem_new(loader->mem, struct app);
    const struct factory *factory;

    TRY(find_factory(loader, node, &factory));
    app->name = section_label(loader, node->section);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): found, or there was a fault */
    TRY(factory->make(loader, node_settings(loader, node), app));
    *out = app;
    return NULL;
}

/* As resolve(), a node is on the stack while it is built: composites resolve further names. */
static struct fault *build_app(struct paste_loader *loader, struct node *node, const struct app **out)
{
    struct visit visit = { loader->visit, node->file, node->section };
    struct paste_filters filters = { NULL, 0 };
    struct fault *fault = NULL;

    if (!node->factory) {
        const struct app *inner;
        TRY(build_app(loader, node->next, &inner));
        for (size_t i = 0; i < node->filter_count; i++)
            TRY(build_filters(loader, node->filters[i], &filters));
        *out = paste_wrap(loader->mem, inner, &filters);
        return NULL;
    }
    loader->visit = &visit;
    fault = build_factory_app(loader, node, out);
    loader->visit = visit.outer;
    return fault;
}

static struct fault *build_filters(struct paste_loader *loader, struct node *node, struct paste_filters *filters)
{
    const struct factory *factory;
    struct filter *filter;

    for (size_t i = 0; i < node->filter_count; i++)
        TRY(build_filters(loader, node->filters[i], filters));
    if (!node->factory)
        return build_filters(loader, node->next, filters);
    TRY(find_factory(loader, node, &factory));
    filter = mem_new(loader->mem, struct filter);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): found, or there was a fault */
    filter->kind = factory->filter;
    filter->name = section_label(loader, node->section);
    if (filter->kind->open)
        TRY(filter->kind->open(node_settings(loader, node), loader->conf, &filter->state));
    filters->items = mem_grow(loader->mem, filters->items, const struct filter *, filters->count + 1);
    filters->items[filters->count++] = filter;
    return NULL;
}

struct fault *paste_get_app(struct paste_loader *loader, const struct settings *settings, const char *name,
                            const struct app **app)
{
    struct pairs global = { (struct setting *)settings->global, settings->global_count };
    struct node *node;

    TRY(resolve(loader, (struct paste_file *)loader->visit->file, PASTE_APP, name, &global, &node));
    return build_app(loader, node, app);
}

struct fault *paste_get_filter(struct paste_loader *loader, const struct settings *settings, const char *name,
                               struct paste_filters *filters)
{
    struct node *node;

    (void)settings;
    TRY(resolve(loader, (struct paste_file *)loader->visit->file, PASTE_FILTER, name, NULL, &node));
    return build_filters(loader, node, filters);
}

/* ---- entry ---- */

static struct fault *load(struct paste_loader *loader, const char *path, const char *name, const struct app **app)
{
    struct paste_file *file;
    struct node *node;

    TRY(open_file(loader, path, &file));
    if (is_absolute(name))
        return fault_text(loader->mem, ValueError, "'%s' is no name of an application", name);
    TRY(resolve(loader, file, PASTE_APP, name, NULL, &node));
    return build_app(loader, node, app);
}

struct fault *paste_load(const void *mem, struct conf *conf, const char *file, const char *name, const struct app **app)
{
    struct paste_loader *loader = mem_new(mem, struct paste_loader);
    struct fault *fault, *not_found;

    loader->mem = mem;
    loader->conf = conf;
    log_debug("Loading app %s from %s", name, file);
    fault = load(loader, file, name, app);
    if (!fault || fault->name != FAULT_LookupError)
        return fault;
    log_error("Couldn't lookup app: %s: %s", name, fault->message);
    not_found = fault_new(mem, PasteAppNotFound, name, file);
    not_found->cause = fault->message;
    return not_found;
}
