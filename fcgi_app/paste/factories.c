/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind the names of a paste file; see the header.  Neighbour: loader.c, which calls these. */
#include "config.h"

#include "fcgi_app/paste/factories.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/conf/conf.h"
#include "middleware/filters.h"
#include "routes/router.h"
#include "routes/status.h"
#include "routes/urlmap.h"
#include "routes/versions.h"

#include <ctype.h>
#include <string.h>

/* Both URL maps: each key of the section is a path, each value an application. */
static struct fault *make_urlmap(struct paste_loader *loader, const struct settings *settings, enum urlmap_kind kind,
                                 struct app *app)
{
    static const char not_found_key[] = "not_found_app";
    struct urlmap *map = urlmap_new(settings->mem, kind);
    const char *not_found = settings_get(settings, not_found_key);
    const struct app *part;

    if (!not_found)
        not_found = settings_get_global(settings, not_found_key);
    if (!text_is_empty(not_found)) {
        TRY(paste_get_app(loader, settings, not_found, &part));
        urlmap_set_not_found(map, part);
    }
    for (size_t i = 0; i < settings->local_count; i++) {
        const struct setting *mount = &settings->local[i];
        struct fault *fault;
        if (strcmp(mount->key, not_found_key) == 0)
            continue;
        TRY(paste_get_app(loader, settings, mount->value, &part));
        fault = urlmap_mount(map, mount->key, part);
        if (fault)
            return fault_text(settings->mem, ValueError, "%s: [%s] %s: %s", settings->file, settings->section,
                              mount->key, fault->message);
    }
    app->serve = urlmap_serve;
    app->state = map;
    return NULL;
}

static struct fault *make_urlmap_nova(struct paste_loader *loader, const struct settings *settings, struct app *app)
{
    return make_urlmap(loader, settings, URLMAP_NOVA, app);
}

static struct fault *make_urlmap_paste(struct paste_loader *loader, const struct settings *settings, struct app *app)
{
    return make_urlmap(loader, settings, URLMAP_PASTE, app);
}

/* The pipeline that stands under the key of [api] auth_strategy. */
static struct fault *make_pipeline_v21(struct paste_loader *loader, const struct settings *settings, struct app *app)
{
    const char *strategy = conf_string(paste_conf(loader), OPTION_api_auth_strategy);
    struct paste_filters filters = { NULL, 0 };
    const char *pipeline;
    char *words, *save = NULL, *word;
    const struct app *inner;

    if (strcmp(strategy, "noauth2") == 0)
        paste_warn_once(loader, "'[api]auth_strategy=noauth2' is deprecated as of the 21.0.0 Ussuri release and will "
                                "be removed in a future release. Please remove any 'noauth2' entries from "
                                "api-paste.ini; only the 'keystone' pipeline is supported.");
    pipeline = settings_get(settings, strategy);
    if (!pipeline)
        return fault_text(settings->mem, LookupError, "%s: [%s] has no pipeline '%s', which is the [api] auth_strategy",
                          settings->file, settings->section, strategy);
    words = mem_strdup(settings->mem, pipeline);
    word = strtok_r(words, " \t\r\n", &save);
    if (!word)
        return fault_text(settings->mem, ValueError, "%s: [%s] %s: the pipeline is empty", settings->file,
                          settings->section, strategy);
    for (char *next; (next = strtok_r(NULL, " \t\r\n", &save)); word = next)
        TRY(paste_get_filter(loader, settings, word, &filters));
    TRY(paste_get_app(loader, settings, word, &inner));
    *app = *paste_wrap(settings->mem, inner, &filters);
    return NULL;
}

static struct fault *make_router(struct paste_loader *loader, const struct settings *settings, struct app *app)
{
    const char *wrong = router_open(settings->mem);

    (void)loader;
    if (wrong)
        return fault_new(settings->mem, Internal, wrong);
    app->serve = router_serve;
    return NULL;
}

static struct fault *make_versions(struct paste_loader *loader, const struct settings *settings, struct app *app)
{
    (void)loader;
    app->serve = versions_serve;
    app->state = versions_open(settings->mem);
    return NULL;
}

static struct fault *make_versions_v2(struct paste_loader *loader, const struct settings *settings, struct app *app)
{
    (void)loader;
    app->serve = versions_v2_serve;
    app->state = versions_open(settings->mem);
    return NULL;
}

static struct fault *make_healthcheck(struct paste_loader *loader, const struct settings *settings, struct app *app)
{
    app->serve = healthcheck_serve;
    return healthcheck.open(settings, paste_conf(loader), &app->state);
}

static struct fault *make_status(struct paste_loader *loader, const struct settings *settings, struct app *app)
{
    (void)loader;
    (void)settings;
    app->serve = status_serve;
    return NULL;
}

const struct factory factories[] = {
#define FILTER(name, filter) { name, FACTORY_FILTER, &filter, NULL, NULL, false },
#define APP(name, make) { name, FACTORY_APP, NULL, make, NULL, false },
#define COMPOSITE(name, make) { name, FACTORY_COMPOSITE, NULL, make, NULL, false },
#define MISSING(kind, name, optional, why) { name, kind, NULL, NULL, why, optional },
#include "fcgi_app/paste/factories.def"
#undef FILTER
#undef APP
#undef COMPOSITE
#undef MISSING
    { 0 },
};

/* A distribution's name is compared without case, and -, _ and . are one. */
static bool same_name(const char *a, const char *b)
{
    const char *hash = strchr(a, '#');
    bool egg = strncmp(a, "egg:", 4) == 0 && strncmp(b, "egg:", 4) == 0 && hash;

    for (; *a && *b; a++, b++) {
        if (egg && a < hash && strchr("-_.", *a) && strchr("-_.", *b))
            continue;
        if (egg && a < hash ? tolower((unsigned char)*a) != tolower((unsigned char)*b) : *a != *b)
            return false;
    }
    return *a == *b;
}

const struct factory *factory_find(const char *name, enum factory_kind kind, bool *named)
{
    *named = false;
    for (const struct factory *factory = factories; factory->name; factory++)
        if (same_name(factory->name, name)) {
            *named = true;
            if (factory->kind == kind)
                return factory;
        }
    return NULL;
}
