/* SPDX-License-Identifier: Apache-2.0 */
/* The column scanner.  Texts stand at the end of a block of their own size, so a sanitizer sees a read past them. */
#include "config.h"

#include "fcgi_app/json/json.h"

#include "tests/unit/table.h"

/* json.loads() and json.dumps() of whole documents, malformed ones among them (tables.py). */
static void rewrites_as_python(void **state)
{
    json_t *rows = table_read("json/data/raws.json");
    const json_t *row;
    size_t index, size = 0;

    json_array_foreach(rows, index, row)
    {
        void *mem = mem_context(NULL, "row");
        const char *hex = table_text(row, 0), *wanted = table_text(row, 1);
        char *text = table_unhex(mem, hex, &size);
        char *exact = malloc(size ? size : 1);
        struct strbuf out;

        memcpy(exact, text, size);
        strbuf_init(&out, mem, 1);
        strbuf_putc(&out, '>');
        json_put_raw(&out, exact, size);
        free(exact);
        if (strcmp(out.data + 1, wanted ? wanted : "null") != 0)
            fail_msg("%s became %s", text, out.data);
        talloc_free(mem);
    }
    json_decref(rows);
}

static void deep_nesting_is_refused(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct strbuf text, out;

    strbuf_init(&text, mem, 1);
    strbuf_init(&out, mem, 1);
    for (int i = 0; i < 100000; i++)
        strbuf_putc(&text, '[');
    for (int i = 0; i < 100000; i++)
        strbuf_putc(&text, ']');
    json_put_raw(&out, text.data, text.length);
    assert_string_equal(out.data, "null");
    strbuf_cut(&out, 0);
    json_put_raw(&out, text.data + 100000 - 100, 200);
    assert_int_equal(out.length, 200);
    struct json_scan scan = json_scan_text(text.data, text.length);
    json_scan_skip(&scan); /* by its brackets, in no depth of calls */
    assert_false(scan.bad);
    assert_ptr_equal(scan.p, scan.end);
    talloc_free(mem);
}

static const char document[] =
    "{\"nova_object.name\": \"Flavor\", \"skipped\": {\"a\": [1, {\"b\": \"}\\\"]\"}], \"c\": \"]\"}, "
    "\"count\": -42 , \"on\":true,\"off\" : false, \"none\": null, \"list\": [\"x\", 2, [], {}],"
    "\"text\": \"a\\u00e9\\ud83d\\ude00\\n\\/\", \"real\": 1.5, \"big\": 9223372036854775808}";

static void walks_an_object(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct json_scan scan = json_scan_text(document, sizeof(document) - 1);
    struct json_piece key, piece;
    int64_t number = 0;
    bool on = false, off = true;
    int members = 0, elements = 0;

    assert_int_equal(json_scan_peek(&scan), JSON_KIND_OBJECT);
    for (assert_true(json_scan_object(&scan)); json_scan_key(&scan, &key); members++) {
        if (json_key_is(key, "nova_object.name")) {
            assert_true(json_scan_string(&scan, &piece));
            assert_true(json_key_is(piece, "Flavor"));
            assert_false(piece.escaped);
        } else if (json_key_is(key, "count")) {
            assert_true(json_scan_int(&scan, &number));
        } else if (json_key_is(key, "on")) {
            assert_true(json_scan_bool(&scan, &on));
        } else if (json_key_is(key, "off")) {
            assert_true(json_scan_bool(&scan, &off));
        } else if (json_key_is(key, "none")) {
            assert_int_equal(json_scan_peek(&scan), JSON_KIND_NULL);
            assert_false(json_scan_string(&scan, &piece)); /* skipped */
        } else if (json_key_is(key, "list")) {
            for (assert_true(json_scan_array(&scan)); json_scan_element(&scan); elements++)
                json_scan_skip(&scan);
        } else if (json_key_is(key, "text")) {
            assert_true(json_scan_string(&scan, &piece));
            assert_true(piece.escaped);
            assert_string_equal(json_piece_text(mem, piece), "a\xc3\xa9\xf0\x9f\x98\x80\n/");
        } else if (json_key_is(key, "real")) {
            assert_false(json_scan_int(&scan, &number));
        } else if (json_key_is(key, "big")) {
            int64_t kept = 7;
            assert_false(json_scan_int(&scan, &kept));
            assert_int_equal(kept, 7);
        } else {
            assert_true(json_key_is(key, "skipped"));
            json_scan_raw(&scan, &piece);
            assert_true(json_key_is(piece, "{\"a\": [1, {\"b\": \"}\\\"]\"}], \"c\": \"]\"}"));
        }
    }
    assert_false(scan.bad);
    assert_ptr_equal(scan.p, scan.end);
    assert_int_equal(members, 10);
    assert_int_equal(elements, 4);
    assert_int_equal(number, -42);
    assert_true(on);
    assert_false(off);
    talloc_free(mem);
}

static void finds_a_path(void **state)
{
    static const char text[] =
        "{\"x\": {\"key\": 1}, \"cur\": {\"nova_object.data\": {\"name\": \"m1\", \"id\": 5}}, \"old\": null}";
    struct json_scan scan = json_scan_text(text, sizeof(text) - 1);
    struct json_piece piece;

    assert_true(json_scan_find(&scan, "cur"));
    assert_true(json_scan_find(&scan, "nova_object.data"));
    assert_true(json_scan_find(&scan, "name"));
    assert_true(json_scan_string(&scan, &piece));
    assert_true(json_key_is(piece, "m1"));
    assert_true(json_scan_key(&scan, &piece)); /* the object goes on */
    assert_true(json_key_is(piece, "id"));

    scan = json_scan_text(text, sizeof(text) - 1);
    assert_false(json_scan_find(&scan, "key"));
    assert_false(scan.bad);
    assert_ptr_equal(scan.p, scan.end);
    scan = json_scan_text("[{\"a\": 1}, 2]", 13);
    assert_true(json_scan_array(&scan) && json_scan_element(&scan));
    assert_false(json_scan_find(&scan, "b"));
    assert_true(json_scan_element(&scan));
    assert_false(json_scan_find(&scan, "b")); /* not an object: skipped */
    assert_false(json_scan_element(&scan));
    assert_false(scan.bad);
}

static void integers_have_bounds(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } rows[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { " 17 ", true, 17 },
        { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775809", false, 0 },
        { "99999999999999999999999999", false, 0 },
        { "1e3", false, 0 },
        { "1.0", false, 0 },
        { "-", false, 0 },
        { "NaN", false, 0 },
        { "\"5\"", false, 0 },
        { "true", false, 0 },
        { "{}", false, 0 },
        { "", false, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct json_scan scan = json_scan_text(rows[i].text, strlen(rows[i].text));
        int64_t value = 0;
        assert_int_equal(json_scan_int(&scan, &value), rows[i].good);
        assert_int_equal(value, rows[i].value);
    }
}

/* Every prefix of a document: never past its end, never stuck, always told. */
static void prefixes_are_bad(void **state)
{
    for (size_t size = 0; size < sizeof(document) - 1; size++) {
        char *exact = malloc(size ? size : 1);
        struct json_scan scan;
        struct json_piece key, piece;
        int64_t number;

        memcpy(exact, document, size);
        scan = json_scan_text(exact, size);
        json_scan_skip(&scan);
        assert_true(scan.bad);
        scan = json_scan_text(exact, size);
        for (json_scan_object(&scan); json_scan_key(&scan, &key);) {
            if (json_key_is(key, "count"))
                (void)json_scan_int(&scan, &number);
            else
                (void)json_scan_string(&scan, &piece);
        }
        assert_true(scan.bad);
        assert_false(json_scan_element(&scan));
        assert_false(json_scan_key(&scan, &key));
        assert_false(json_scan_object(&scan));
        assert_int_equal(json_scan_peek(&scan), JSON_KIND_NONE);
        free(exact);
    }
    struct json_scan none = json_scan_text(NULL, 0);
    assert_true(none.bad);
    assert_false(json_scan_object(&none));
}

static void pieces_resolve_escapes(void **state)
{
    static const struct {
        const char *raw, *text, *json;
    } rows[] = {
        { "plain", "plain", "\"plain\"" },
        { "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
        { "\\u0041\\u00E9", "A\xc3\xa9", "\"A\\u00e9\"" },
        { "\\ud83d\\ude00", "\xf0\x9f\x98\x80", "\"\\ud83d\\ude00\"" },
        { "\\ud83dx", "\xed\xa0\xbdx", "\"\\ud83dx\"" },
        { "\\ud83d\\u0041",
          "\xed\xa0\xbd"
          "A",
          "\"\\ud83dA\"" },
        { "\\ude00\\ud83d", "\xed\xb8\x80\xed\xa0\xbd", "\"\\ude00\\ud83d\"" },
        { "\xc3\xa9\\n", "\xc3\xa9\n", "\"\\u00e9\\n\"" },
        { "\\x", "\xef\xbf\xbd", "\"\\ufffd\"" },
        { "\\u12",
          "\xef\xbf\xbd"
          "12",
          "\"\\ufffd12\"" },
        { "a\\", "a\xef\xbf\xbd", "\"a\\ufffd\"" },
    };
    void *mem = mem_context(NULL, "test");
    struct strbuf out;

    strbuf_init(&out, mem, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct json_piece piece = { rows[i].raw, strlen(rows[i].raw), strchr(rows[i].raw, '\\') != NULL };
        assert_string_equal(json_piece_text(mem, piece), rows[i].text);
        strbuf_cut(&out, 0);
        json_put_piece(&out, piece);
        assert_string_equal(out.data, rows[i].json);
    }
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rewrites_as_python),     cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(walks_an_object),        cmocka_unit_test(finds_a_path),
        cmocka_unit_test(integers_have_bounds),   cmocka_unit_test(prefixes_are_bad),
        cmocka_unit_test(pieces_resolve_escapes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
