/* SPDX-License-Identifier: Apache-2.0 */
/* Overrides of options by a paste section; see the header.  Used by cors, sizelimit, healthcheck, http_proxy_to_wsgi.
 */
#include "config.h"

#include "middleware/overrides.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *override_text(const struct settings *settings, const char *key)
{
    const char *value = settings_get(settings, key);

    return value ? value : settings_get_global(settings, key);
}

static struct fault *wrong_value(const struct settings *settings, const char *key, const char *wanted,
                                 const char *value)
{
    return fault_new(settings->mem, ConfigFileValueError,
                     mem_printf(settings->mem, "%s: [%s] %s: %s wanted, got '%s'", settings->file, settings->section,
                                key, wanted, value));
}

struct fault *override_bool(const struct settings *settings, const struct conf *conf, const char *key,
                            enum option option, bool *value)
{
    const char *text = override_text(settings, key);
    int truth;

    if (!text) {
        *value = conf_bool(conf, option);
        return NULL;
    }
    truth = text_bool(text);
    if (truth < 0)
        return wrong_value(settings, key, "a boolean", text);
    *value = truth;
    return NULL;
}

struct fault *override_int(const struct settings *settings, const struct conf *conf, const char *key,
                           enum option option, int64_t *value)
{
    const char *text = override_text(settings, key);
    char *end;

    if (!text) {
        *value = conf_int(conf, option);
        return NULL;
    }
    errno = 0;
    *value = strtoll(text, &end, 10);
    if (end == text || errno || *text_strip(settings->mem, end))
        return wrong_value(settings, key, "an integer", text);
    return NULL;
}

const char *const *override_split(const void *mem, const char *text)
{
    char *list = text_strip(mem, text);
    size_t length = strlen(list), count = 0;
    const char **items;

    while (length && list[length - 1] == ',')
        list[--length] = '\0';
    items = mem_array(mem, const char *, length + 2);
    if (length)
        for (char **piece = text_split(mem, list, ','); *piece; piece++)
            items[count++] = text_strip(mem, *piece);
    return items;
}

const char *const *override_list(const struct settings *settings, const struct conf *conf, const char *key,
                                 enum option option)
{
    const char *text = override_text(settings, key);

    return text ? override_split(settings->mem, text) : conf_list(conf, option);
}
