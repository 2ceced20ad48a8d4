/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keystone or memcached hands us for a token: bodies, catalogues, access
 * rules, protected values.  Whatever is read must be read the same from a
 * copy that went through the cache's protection, and nothing that was not
 * signed may come out of it.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/catalogue.h"
#include "fcgi_app/clients/identity.h"
#include "middleware/access_rules.h"
#include "middleware/token_cache.h"
#include "middleware/token_info.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_catalogue(const void *mem, const char *text)
{
    static const char *const interfaces[] = { "internal", "publicURL", NULL };
    static const char *const types[] = { "identity", "block-storage", "image" };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct catalogue_wish wish = { types[i], NULL, i ? "RegionOne" : NULL, interfaces };
        const char *url = NULL;

        if (!catalogue_find(mem, text, &wish, &url)) {
            if (!url || identity_version_start(url) > strlen(url))
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const strategies[] = { "MAC", "ENCRYPT" };
    void *mem = mem_context(NULL, "fuzz_token");
    char *text = malloc(size ? size : 1); /* without a NUL byte behind it */
    char *ended = mem_strndup(mem, (const char *)data, size);
    struct token_info info, again;

    memcpy(text, data, size);
    for (size_t i = 0; i < 2; i++) {
        struct token_keys keys;
        size_t length = 0, got = 0;
        char *value, *body;

        token_keys_derive("token", "secret", strategies[i], &keys);
        if (token_unprotect(mem, &keys, text, size, &got))
            abort(); /* nobody can sign without the secret */
        value = token_protect(mem, &keys, text, size, &length);
        body = value ? token_unprotect(mem, &keys, value, length, &got) : NULL;
        if (size && (!body || got != size || memcmp(body, text, size)))
            abort();
    }
    if (token_info_read(mem, text, size, &info)) {
        if (!info.user.id || !info.roles || !token_info_read(mem, ended, size, &again) ||
            strcmp(info.user.id, again.user.id) || info.expires_usec != again.expires_usec)
            abort();
        (void)token_info_expired(&info);
        if (info.catalogue.text) {
            read_catalogue(mem, mem_strndup(mem, info.catalogue.text, info.catalogue.length));
            (void)access_rules_service_known(info.catalogue, "compute");
        }
        if (info.access_rules.text)
            (void)access_rules_allow(mem, info.access_rules, "compute", "GET", "/v2.1/servers/1");
    }
    read_catalogue(mem, ended);
    if (size < 512)
        (void)access_rule_matches("/v2.1/servers/11111111-1111-4111-8111-111111111111/os-interface", ended);
    free(text);
    talloc_free(mem);
    return 0;
}
