/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings from anybody: read or refused; what was read, written and read again is the same. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/http/query.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* UTF-8, and TEXT_NUL for what was %00. */
static bool is_text(const char *text, size_t length)
{
    for (size_t i = 0, size; i < length; i += size) {
        size = 2;
        if (!text_begins_nul(text + i) && text_utf8_next(text + i, length - i, &size) < 0)
            return false;
    }
    return true;
}

static bool same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && memcmp(a, b, a_length + 1) == 0 && is_text(a, a_length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *mem = mem_context(NULL, "fuzz_query");
    char *text = malloc(size + 1); /* a block of its own size: a sanitizer sees a read past it */
    struct query query, again;
    struct fault *fault;

    memcpy(text, data, size);
    text[size] = '\0';
    fault = query_parse(mem, text, &query);
    if (!fault) {
        if (query_parse(mem, query_encode(mem, &query), &again) || again.count != query.count)
            abort();
        for (size_t i = 0; i < query.count; i++) {
            const struct query_pair *a = &query.pairs[i], *b = &again.pairs[i];
            if (!same(a->key, a->key_length, b->key, b->key_length) ||
                !same(a->value, a->value_length, b->value, b->value_length))
                abort();
            if (strlen(a->key) != a->key_length || strlen(a->value) != a->value_length || !query_get(&query, a->key))
                abort();
        }
    } else if (fault->code != 400) {
        abort();
    }
    free(text);
    talloc_free(mem);
    return 0;
}
