/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names that a paste file may use, and what of ours they mean: one table,
 * factories.def, by upstream's spelling.
 */
#ifndef NOVA_PASTE_FACTORIES_H
#define NOVA_PASTE_FACTORIES_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/paste/loader.h"
#include "middleware/chain.h"

enum factory_kind {
    FACTORY_APP,       /* paste.app_factory */
    FACTORY_COMPOSITE, /* paste.composite_factory: is given the loader */
    FACTORY_FILTER,    /* paste.filter_factory */
};

struct factory {
    const char *name; /* "nova.api.auth:pipeline_factory_v21", "egg:Paste#urlmap" */
    enum factory_kind kind;
    const struct middleware *filter; /* FACTORY_FILTER */
    /* FACTORY_APP and FACTORY_COMPOSITE: fills an application whose memory is settings->mem. */
    struct fault *(*make)(struct paste_loader *loader, const struct settings *settings, struct app *app);
    const char *missing; /* why there is nothing behind a name that we know, or NULL */
    bool optional;       /* without it this API is not started, others are */
};

/*
 * The factory of a name and kind.  *named says whether the name is known at
 * all, of whatever kind; NULL: no such factory.
 */
const struct factory *factory_find(const char *name, enum factory_kind kind, bool *named);

/* The table, ended by a row without a name. */
extern const struct factory factories[];

#endif
