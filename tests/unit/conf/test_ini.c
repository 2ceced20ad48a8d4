/* SPDX-License-Identifier: Apache-2.0 */
/* Both dialects, and every manner of iniparser that must not show. Expectations are what Python's parsers answer. */
#include "config.h"

#include "fcgi_app/conf/ini.h"

#include "tests/unit/conf/support.h"

static const struct ini_file *parsed(struct place *place, enum ini_dialect dialect, const char *text)
{
    struct ini_file *file;
    struct fault *fault = ini_parse(place->mem, "x.ini", text, strlen(text), dialect, &file);

    if (fault)
        fail_msg("%s", fault->message);
    return file;
}

/* The last value of `key` in [a] of the text. */
static const char *value_in(struct place *place, enum ini_dialect dialect, const char *text)
{
    return ini_value(ini_section(parsed(place, dialect, text), "a"), "key");
}

static void refused(struct place *place, enum ini_dialect dialect, const char *text, const char *message)
{
    struct ini_file *file;
    struct fault *fault = ini_parse(place->mem, "x.ini", text, strlen(text), dialect, &file);

    assert_non_null(fault);
    assert_null(file);
    assert_int_equal(fault->name, FAULT_ConfigFileParseError);
    assert_string_equal(fault->message, message);
}

static void oslo_values(void **state)
{
    static const struct {
        const char *text;
        const char *value;
    } rows[] = {
        { "[a]\nkey = a#b ; c\n", "a#b ; c" },
        { "[a]\nkey=%(x)s $y \\ \"q\n", "%(x)s $y \\ \"q" },
        { "[a]\nkey: v=w\n", "v=w" },
        { "[a]\nkey = v:w\n", "v:w" },
        { "[a]\nkey = \" sp \"\n", " sp " },
        { "[a]\nkey = 'x\"\n", "'x\"" },
        { "[a]\nkey = \"\n", "" },
        { "[a]\nkey =\n", "" },
        { "[a]\nkey = one\n  two\n\tthree\n\n", "one\ntwo\nthree" },
        { "[a]\nkey = one\n  # not a comment\n", "one\n# not a comment" },
        { "[a]\nkey = 1\nkey = 2\n", "2" },
        { "[a]\nKEY = upper\nkey = lower\n", "lower" },
        { "[a]\nkey = v\r\nother = w\r\n", "v" },
        { "[a]\nkey = v\rother = w", "v" },
        { "[a]\nkey = \xe3\x80\x80wide\xc2\xa0\n", "wide" },
        { "[a]\nkey = 1\n[b]\nkey = 2\n[a]\nkey = 3\n", "3" },
        { "; note\n# note\n[a]\nkey = v", "v" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(value_in(*state, INI_OSLO, rows[i].text), rows[i].value);
}

static void oslo_long_values(void **state)
{
    struct place *place = *state;
    char *text = mem_zeroed(place->mem, 20008, "long");

    memcpy(text, "[a]\nkey=", 8);
    memset(text + 8, '"', 19999);
    text[8] = 'x';
    assert_string_equal(value_in(place, INI_OSLO, text), text + 8);
}

static void oslo_refusals(void **state)
{
    refused(*state, INI_OSLO, "key = 1\n",
            "Failed to parse x.ini: at x.ini:1, Section must be started before assignment: None");
    refused(*state, INI_OSLO, "[a\n", "Failed to parse x.ini: at x.ini:1, Invalid section (must end with ]): '[a'");
    refused(*state, INI_OSLO, "[]\n", "Failed to parse x.ini: at x.ini:1, Empty section name: '[]'");
    refused(*state, INI_OSLO, "[a]\nx\n", "Failed to parse x.ini: at x.ini:2, No ':' or '=' found in assignment: 'x'");
    refused(*state, INI_OSLO, "[a]\n= x\n", "Failed to parse x.ini: at x.ini:2, Key cannot be empty: '= x'");
    refused(*state, INI_OSLO, "[a]\n\n x\n", "Failed to parse x.ini: at x.ini:3, Unexpected continuation line: ' x'");
    refused(*state, INI_OSLO, "[a]\nk=1\n#\n x\n",
            "Failed to parse x.ini: at x.ini:4, Unexpected continuation line: ' x'");
    refused(*state, INI_OSLO, "[a]\nk=\xff\n", "Failed to parse x.ini: the file is not UTF-8 text");
}

static void order_and_lines_are_kept(void **state)
{
    const struct ini_file *file = parsed(*state, INI_OSLO, "[Z]\nb=1\n\n[a]\nx=1\n[Z]\na=2\nb=3\n");

    assert_int_equal(file->count, 2);
    assert_string_equal(file->sections[0].name, "Z");
    assert_int_equal(file->sections[1].line, 4);
    assert_int_equal(file->sections[0].count, 3);
    assert_string_equal(file->sections[0].entries[1].key, "a");
    assert_int_equal(file->sections[0].entries[1].line, 7);
    assert_string_equal(file->sections[0].entries[2].value, "3");
    assert_null(ini_section(file, "z"));
}

static void paste_values(void **state)
{
    static const struct {
        const char *text;
        const char *value;
    } rows[] = {
        { "[a]\nkey = a#b ; c\n", "a#b ; c" },
        { "[a]\nkey = \" q \"\n", "\" q \"" },
        { "[a]\nkey = one\n  two\n  # note\n\n  three\n", "one\ntwo\n\nthree" },
        { "[a]\n  key = one\n  other = two\n", "one" },
        { "[a]\n  key = one\n    more = two\n", "one\nmore = two" },
        { "[a] trailing\nkey = v\n", "v" },
        { "[a]\nkey = one\n\n\n[b]\n", "one" },
        { "  ; note\n[a]\nkey : v\n", "v" },
        { "[a]\n key = one\n\xe3\x80\x80other = two\n", "one" }, /* a wide space is no deeper than a narrow one */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(value_in(*state, INI_PASTE, rows[i].text), rows[i].value);
}

static void paste_refusals(void **state)
{
    refused(*state, INI_PASTE, "key = 1\n", "File contains no section headers.\nfile: 'x.ini', line: 1\n'key = 1\\n'");
    refused(*state, INI_PASTE, "[a]\n[b]\n[a]\n", "While reading from 'x.ini' [line  3]: section 'a' already exists");
    refused(*state, INI_PASTE, "[a]\nk=1\nk=2\n",
            "While reading from 'x.ini' [line  3]: option 'k' in section 'a' already exists");
    refused(*state, INI_PASTE, "[a]\n\nnonsense\n=x",
            "Source contains parsing errors: 'x.ini'\n\t[line  3]: 'nonsense\\n'\n\t[line  4]: '=x'");
}

static void files_that_cannot_be_read(void **state)
{
    struct place *place = *state;
    struct ini_file *file;
    struct fault *fault = ini_read(place->mem, mem_printf(place->mem, "%s/none", place->directory), INI_PASTE, &file);

    assert_int_equal(fault->name, FAULT_ConfigFilesNotFoundError);
    fault = ini_read(place->mem, place->directory, INI_PASTE, &file);
    assert_int_equal(fault->name, FAULT_ConfigFileParseError);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(oslo_values),
        TEST(oslo_long_values),
        TEST(oslo_refusals),
        TEST(order_and_lines_are_kept),
        TEST(paste_values),
        TEST(paste_refusals),
        TEST(files_that_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
