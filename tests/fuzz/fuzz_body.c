/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies: any bytes through json_read(), Python's printing, the writer, and a
 * schema that uses every keyword; and the same bytes as an expression.  What
 * was read and written must read again as the same.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/patterns.h"
#include "fcgi_app/json/schema.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct schema_node uuid = { .types = { SCHEMA_STRING }, .format = "uuid" };
static const struct schema_node name = {
    .types = { SCHEMA_STRING }, .min_length = 1, .max_length = 255, .format = "name"
};
static const struct schema_node spaced = { .types = { SCHEMA_STRING },
                                           .format = "az_name_with_leading_trailing_spaces" };
static const struct schema_node when = { .types = { SCHEMA_STRING, SCHEMA_NULL }, .format = "date-time" };
static const struct schema_node file = { .types = { SCHEMA_STRING }, .format = "base64" };
static const struct schema_node keypair = { .format = "keypair_name_292" };
static const struct schema_node address4 = { .format = "ipv4" };
static const struct schema_node address6 = { .format = "ipv6" };
static const struct schema_node expression = { .format = "regex" };
static const struct schema_node description = { .types = { SCHEMA_STRING },
                                                .pattern = SCHEMA_PRINTABLE,
                                                .max_length = 16 };
static const struct schema_node count = {
    .types = { SCHEMA_INTEGER, SCHEMA_STRING }, .pattern = "^-?[0-9]+$", .minimum = "-1", .maximum = "2147483647"
};
static const struct schema_node factor = {
    .types = { SCHEMA_NUMBER, SCHEMA_STRING }, .minimum = "0", .exclusive_minimum = true, .maximum = "3.40282e+38"
};
static const struct schema_node choice = { .enum_json = "[true, \"on\", 1, [1], {\"a\": null}]" };
static const struct schema_node *const addresses[] = { &address4, &address6, NULL };
static const struct schema_node address = { .types = { SCHEMA_STRING }, .one_of = addresses };
static const struct schema_node *const names[] = { &name, &keypair, NULL };
static const struct schema_node both = { .all_of = names };
static const struct schema_node *const kinds[] = { &uuid, &when, &file, NULL };
static const struct schema_node any = { .any_of = kinds };
static const struct schema_node list = {
    .types = { SCHEMA_ARRAY }, .min_items = 1, .max_items = 4, .unique_items = true, .items = &choice
};
static const struct schema_pattern metadata_rows[] = { { "^[a-zA-Z0-9-_:. ]{1,255}$", &description, V_ALL },
                                                       SCHEMA_LAST };
static const struct schema_node metadata = {
    .types = { SCHEMA_OBJECT }, .patterns = metadata_rows, .strict = V_ALL, .min_properties = 1, .max_properties = 3
};
static const struct schema_property rows[] = {
    SCHEMA_MAY("name", &name, V_ALL),        SCHEMA_MAY("spaced", &spaced, V_ALL),
    SCHEMA_MAY("both", &both, V_ALL),        SCHEMA_MAY("any", &any, V_ALL),
    SCHEMA_MAY("address", &address, V_ALL),  SCHEMA_MAY("expression", &expression, V_ALL),
    SCHEMA_MAY("count", &count, V_ALL),      SCHEMA_MAY("factor", &factor, V_ALL),
    SCHEMA_MAY("list", &list, V_ALL),        SCHEMA_MAY("metadata", &metadata, V_ALL),
    SCHEMA_MUST("last", &choice, V_FROM(2)), SCHEMA_LAST,
};
static const struct schema_node body = { .types = { SCHEMA_OBJECT }, .properties = rows, .strict = V_ALL };

static void check(const void *mem, bool legacy, int version, json_t *tree)
{
    if (schema_check_body(mem, &body, version, legacy, tree))
        return;
    /* what is well once stays well */
    if (schema_check_body(mem, &body, version, legacy, tree))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *mem = mem_context(NULL, "fuzz");
    struct strbuf out;
    json_t *tree, *again;

    strbuf_init(&out, mem, 64);
    pattern_is_python((const char *)data, size);
    if (!json_read(mem, (const char *)data, size, &tree)) {
        json_put_python_str(&out, tree);
        strbuf_cut(&out, 0);
        json_put_tree(&out, tree);
        if (json_read(mem, out.data, out.length, &again))
            abort();
        strbuf_cut(&out, 0);
        json_put_python_repr(&out, tree);
        /* NaN is not even itself, so the words are compared */
        {
            struct strbuf words;

            strbuf_init(&words, mem, out.length);
            json_put_python_repr(&words, again);
            if (strcmp(words.data, out.data))
                abort();
        }
        check(mem, false, 1, tree);
        check(mem, false, 2, tree);
        check(mem, true, 1, tree);
    }
    talloc_free(mem);
    return 0;
}
