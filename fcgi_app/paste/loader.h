/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds applications from a paste file, as Paste Deploy does.
 *
 *     TRY(paste_load(mem, conf, "/etc/nova/api-paste.ini", "osapi_compute", &app));
 *
 * Source: nova-facts/startup.md section 8.
 */
#ifndef NOVA_PASTE_LOADER_H
#define NOVA_PASTE_LOADER_H

#include "fcgi_app/base/fault.h"
#include "middleware/chain.h"

struct conf;

/*
 * Loads the application `name` of the file at `file`; everything lives on
 * mem, and conf must live as long.
 * Faults: PasteAppNotFound when the file does not define it, or what it is
 * made of (what is missing is logged, and is the fault's cause), or when that API is not built;
 * ConfigFile… for a file that cannot be read; others say file, section and
 * what is wrong.
 */
struct fault *paste_load(const void *mem, struct conf *conf, const char *file, const char *name,
                         const struct app **app) FAULT_CHECK;

/* What a composite's factory is given to load the parts it names. */
struct paste_loader;
struct conf *paste_conf(const struct paste_loader *loader);
/* The application `name` as the section that is being built would find it; `settings` are that section's. */
struct fault *paste_get_app(struct paste_loader *loader, const struct settings *settings, const char *name,
                            const struct app **app) FAULT_CHECK;

/* A list of filters, outermost first. */
struct paste_filters {
    const struct filter **items;
    size_t count;
};
/* Appends the filter `name` (with those in front of it) to the list, without the section's globals. */
struct fault *paste_get_filter(struct paste_loader *loader, const struct settings *settings, const char *name,
                               struct paste_filters *filters) FAULT_CHECK;

/* The application behind more filters. */
struct app *paste_wrap(const void *mem, const struct app *app, const struct paste_filters *filters);

/* Says a deprecation once a load. */
void paste_warn_once(struct paste_loader *loader, const char *text);

#endif
