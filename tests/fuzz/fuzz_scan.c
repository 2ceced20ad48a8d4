/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON of columns that anybody wrote.  The scanner must agree with json_read()
 * on what is JSON, skip a value by brackets to where walking through it ends,
 * and what it wrote once it writes the same again.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/json.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes a value with every call that the scanner has. */
static void walk(const void *mem, struct json_scan *scan, int depth)
{
    struct json_piece piece;
    struct strbuf out;
    int64_t number;
    bool truth;

    switch (depth > 100 ? JSON_KIND_NONE : json_scan_peek(scan)) {
    case JSON_KIND_OBJECT:
        for (json_scan_object(scan); json_scan_key(scan, &piece);)
            walk(mem, scan, depth + 1);
        break;
    case JSON_KIND_ARRAY:
        for (json_scan_array(scan); json_scan_element(scan);)
            walk(mem, scan, depth + 1);
        break;
    case JSON_KIND_STRING:
        if (!json_scan_string(scan, &piece))
            break;
        (void)json_piece_text(mem, piece);
        strbuf_init(&out, mem, 16);
        json_put_piece(&out, piece);
        break;
    case JSON_KIND_NUMBER:
        (void)json_scan_int(scan, &number);
        break;
    case JSON_KIND_BOOL:
        (void)json_scan_bool(scan, &truth);
        break;
    default:
        json_scan_skip(scan);
    }
    if (scan->p > scan->end)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *mem = mem_context(NULL, "fuzz_scan");
    char *text = malloc(size ? size : 1); /* without a NUL byte behind it */
    struct json_scan walked, skipped;
    struct strbuf out, again;
    bool written;
    json_t *tree;

    memcpy(text, data, size);
    walked = skipped = json_scan_text(text, size);
    walk(mem, &walked, 0);
    json_scan_skip(&skipped);
    strbuf_init(&out, mem, 64);
    strbuf_init(&again, mem, 64);
    json_put_raw(&out, text, size);
    json_put_raw(&again, out.data, out.length);
    if (again.length != out.length || memcmp(out.data, again.data, out.length) != 0)
        abort();
    written = strcmp(out.data, "null") != 0;
    if (written && (walked.bad || skipped.bad || walked.p != skipped.p))
        abort();
    if (text_utf8_valid(text, size) && size < 4096) {
        struct fault *fault = json_read(mem, text, size, &tree);
        if (written && fault)
            abort();
    }
    (void)json_scan_find(&(struct json_scan){ text, text + size, false, false }, "key");
    free(text);
    talloc_free(mem);
    return 0;
}
