/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of release.def. */
#include "config.h"

#include "fcgi_app/base/release.h"

#include <stddef.h>
#include <string.h>

static const struct release releases[] = {
#define RELEASE(...) { __VA_ARGS__ },
#include "fcgi_app/base/release.def"
#undef RELEASE
};

const struct release *release_default(void)
{
    return &releases[0];
}

const struct release *release_find(const char *name)
{
    if (strcmp(name, "auto") == 0)
        return release_default();
    for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
        if (strcmp(releases[i].name, name) == 0)
            return &releases[i];
    return NULL;
}

const struct release *release_by_heads(const char *api_head, const char *cell_head)
{
    for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
        if ((!api_head || strcmp(releases[i].api_head, api_head) == 0) &&
            (!cell_head || strcmp(releases[i].cell_head, cell_head) == 0))
            return &releases[i];
    return NULL;
}

static struct release_words words = {
    .vendor = "OpenStack Foundation",
    .product = "OpenStack Nova",
    .support = "Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.",
};

const struct release_words *release_words(void)
{
    return &words;
}

void release_words_take(const struct release_words *given)
{
    if (given->vendor)
        words.vendor = given->vendor;
    if (given->product)
        words.product = given->product;
    if (given->package)
        words.package = given->package;
    if (given->support)
        words.support = given->support;
}
