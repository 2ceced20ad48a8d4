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

static bool same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && memcmp(a, b, a_length + 1) == 0 && text_utf8_valid(a, a_length);
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
            if (strlen(a->key) == a->key_length && !query_get(&query, a->key)) /* a name with a NUL is nobody's */
                abort();
        }
    } else if (fault->code != 400) {
        abort();
    }
    free(text);
    talloc_free(mem);
    return 0;
}
