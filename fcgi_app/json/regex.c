/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would Python take this text as a regular expression?  Only the question;
 * whoever runs the expression is the database.  A reader of the grammar that
 * keeps what errors depend on: groups, the width of look-behinds, what a
 * repetition repeats.  Beside json/patterns.c, which runs our own patterns.
 * The signs themselves are read in regex_signs.c.
 * Source: the grammar of Python 3.11's re and its errors.
 */
#include "config.h"

#include "fcgi_app/json/patterns.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/regex.h"
#include "fcgi_app/json/unicode.h"

#include <string.h>

#define NESTING_MAX 300

enum flag {
    FLAG_IGNORECASE = 1,
    FLAG_LOCALE = 2,
    FLAG_MULTILINE = 4,
    FLAG_DOTALL = 8,
    FLAG_VERBOSE = 16,
    FLAG_ASCII = 32,
    FLAG_TEMPLATE = 64,
    FLAG_UNICODE = 128,
};
#define FLAGS_TYPE (FLAG_ASCII | FLAG_LOCALE | FLAG_UNICODE)

static struct regex_width read_choices(struct regex *regex, bool verbose, bool outermost);

static struct regex_width width_sum(struct regex_width one, struct regex_width other)
{
    return (struct regex_width){ regex_capped((unsigned __int128)one.low + other.low, REGEX_REPEAT_MAX - 1),
                                 regex_capped((unsigned __int128)one.high + other.high, REGEX_REPEAT_MAX) };
}

static struct regex_width width_times(struct regex_width one, unsigned long least, unsigned long most)
{
    return (struct regex_width){ regex_capped((unsigned __int128)one.low * least, REGEX_REPEAT_MAX - 1),
                                 regex_capped((unsigned __int128)one.high * most, REGEX_REPEAT_MAX) };
}

static struct regex_width width_either(struct regex_width one, struct regex_width other)
{
    return (struct regex_width){ one.low < other.low ? one.low : other.low,
                                 one.high > other.high ? one.high : other.high };
}

/* ---- groups ---- */

static bool is_identifier(const struct regex *regex, size_t start, size_t length)
{
    for (size_t i = start; i < start + length; i++) {
        int c = regex->text[i];

        if (!(regex_is_letter(c) || c == '_' || (regex_is_digit(c) && i > start) ||
              (c >= 0x80 && !unicode_is_control(c) && !unicode_is_space(c))))
            return false;
    }
    return length > 0;
}

/* A name up to its end sign; a wrong one is the expression's end. */
static bool read_name(struct regex *regex, int end, size_t *start, size_t *length)
{
    int c;

    *start = regex->at;
    while ((c = regex_take(regex)) != end)
        if (c == REGEX_NONE)
            return regex_wrong(regex);
    *length = regex->at - 1 - *start;
    return *length > 0 || regex_wrong(regex);
}

/* 0: no group has the name. */
static size_t group_named(const struct regex *regex, size_t start, size_t length)
{
    for (size_t i = 1; i < regex->group_count; i++)
        if (regex->groups[i].name_length == length &&
            !memcmp(regex->text + regex->groups[i].name, regex->text + start, length * sizeof(int)))
            return i;
    return 0;
}

static size_t open_group(struct regex *regex, size_t name, size_t name_length)
{
    regex->groups = mem_grow(regex->text, regex->groups, struct regex_group, regex->group_count + 1);
    regex->groups[regex->group_count] = (struct regex_group){ .name = name, .name_length = name_length };
    return regex->group_count++;
}

/* (?P=name) after the equals sign. */
static bool read_named_reference(struct regex *regex, struct regex_width *width)
{
    size_t start, length, number;

    if (!read_name(regex, ')', &start, &length))
        return false;
    if (!is_identifier(regex, start, length))
        return regex_wrong(regex);
    number = group_named(regex, start, length);
    if (!number || !regex_group_usable(regex, number))
        return regex_wrong(regex);
    *width = regex->groups[number].width;
    return true;
}

static struct regex_width read_sequence(struct regex *regex, bool verbose, bool first);

/* (?(1)yes|no) after its second parenthesis. */
static bool read_condition(struct regex *regex, bool verbose, struct regex_width *width)
{
    size_t start, length, number = 0;

    if (!read_name(regex, ')', &start, &length))
        return false;
    if (is_identifier(regex, start, length)) {
        number = group_named(regex, start, length);
    } else {
        for (size_t i = start; i < start + length; i++) {
            if (!regex_is_digit(regex->text[i]) || number > 1000000)
                return regex_wrong(regex);
            number = number * 10 + (size_t)(regex->text[i] - '0');
        }
        if (number > regex->condition_max)
            regex->condition_max = number;
    }
    if (!number)
        return regex_wrong(regex);
    if (regex->lookbehind_groups && !regex_group_usable(regex, number))
        return false;
    *width = read_sequence(regex, verbose, false);
    if (regex_take_if(regex, '|')) {
        *width = width_either(*width, read_sequence(regex, verbose, false));
        if (regex_next(regex) == '|')
            return regex_wrong(regex);
    } else {
        width->low = 0;
    }
    return regex_take_if(regex, ')') || regex_wrong(regex);
}

static int flag_of(int c)
{
    static const char letters[] = "iLmsxatu";
    const char *found = c > 0 && c < 0x80 ? strchr(letters, c) : NULL;

    return found ? 1 << (found - letters) : 0;
}

/* (?i) and (?i-s: after the first letter; *global: it was the first form. */
static bool read_flags(struct regex *regex, int c, int *added, int *removed, bool *global)
{
    *added = *removed = 0;
    *global = false;
    if (c != '-') {
        do {
            int flag = flag_of(c);

            if (!flag || flag == FLAG_LOCALE)
                return regex_wrong(regex);
            *added |= flag;
            if ((flag & FLAGS_TYPE) && (*added & FLAGS_TYPE) != flag)
                return regex_wrong(regex);
            c = regex_take(regex);
        } while (c != ')' && c != '-' && c != ':');
    }
    if (c == ')') {
        *global = true;
        return true;
    }
    if (*added & FLAG_TEMPLATE)
        return regex_wrong(regex);
    if (c == '-') {
        c = regex_take(regex);
        do {
            int flag = flag_of(c);

            if (!flag || (flag & (FLAGS_TYPE | FLAG_TEMPLATE)))
                return regex_wrong(regex);
            *removed |= flag;
            c = regex_take(regex);
        } while (c != ':');
    }
    return !(*added & *removed) || regex_wrong(regex);
}

/* (?=  (?!  (?<=  (?<!  after the direction. */
static bool read_assertion(struct regex *regex, bool behind, bool verbose)
{
    size_t outer = regex->lookbehind_groups;
    struct regex_width width;

    if (behind && !outer)
        regex->lookbehind_groups = regex->group_count;
    width = read_choices(regex, verbose, false);
    if (behind)
        regex->lookbehind_groups = outer;
    if (regex->wrong || !regex_take_if(regex, ')'))
        return regex_wrong(regex);
    return !behind || width.low == width.high || regex_wrong(regex);
}

/* In comments too a backslash and what follows are one sign. */
static int take_sign(struct regex *regex)
{
    int c = regex_take(regex);

    if (c == '\\' && regex_take(regex) == REGEX_NONE)
        regex_wrong(regex);
    return c;
}

static bool read_comment(struct regex *regex)
{
    int c;

    while ((c = take_sign(regex)) != ')')
        if (c == REGEX_NONE)
            return regex_wrong(regex);
    return true;
}

static bool read_group_body(struct regex *regex, bool captures, size_t name, size_t name_length, bool verbose,
                            struct regex_width *width)
{
    size_t number = captures ? open_group(regex, name, name_length) : 0;

    *width = read_choices(regex, verbose, false);
    if (regex->wrong || !regex_take_if(regex, ')'))
        return regex_wrong(regex);
    if (captures) {
        regex->groups[number].width = *width;
        regex->groups[number].closed = true;
    }
    return true;
}

/* (?P<name>…) and (?P=name) after the P. */
static bool read_python_group(struct regex *regex, bool verbose, struct regex_width *width)
{
    size_t name, length;

    if (regex_take_if(regex, '='))
        return read_named_reference(regex, width);
    if (!regex_take_if(regex, '<') || !read_name(regex, '>', &name, &length))
        return regex_wrong(regex);
    if (!is_identifier(regex, name, length) || group_named(regex, name, length))
        return regex_wrong(regex);
    return read_group_body(regex, true, name, length, verbose, width);
}

/* (?i) and (?i:…). */
static bool read_flag_group(struct regex *regex, int c, bool *verbose, bool at_start, struct regex_width *width,
                            bool *item)
{
    int added, removed;
    bool global;

    if (!read_flags(regex, c, &added, &removed, &global))
        return false;
    if (!global)
        return read_group_body(regex, false, 0, 0, (*verbose || (added & FLAG_VERBOSE)) && !(removed & FLAG_VERBOSE),
                               width);
    *item = false;
    if (!at_start)
        return regex_wrong(regex);
    if ((added & FLAG_VERBOSE) && !*verbose) {
        regex->restart = true;
        return regex_wrong(regex);
    }
    return true;
}

/* After the parenthesis.  *item false: nothing that could be repeated was added. */
static bool read_group(struct regex *regex, bool *verbose, bool at_start, struct regex_width *width, bool *item)
{
    int c;

    *item = true;
    *width = (struct regex_width){ 0, 0 };
    if (!regex_take_if(regex, '?'))
        return read_group_body(regex, true, 0, 0, *verbose, width);
    c = regex_take(regex);
    switch (c) {
    case 'P':
        return read_python_group(regex, *verbose, width);
    case ':':
    case '>':
        return read_group_body(regex, false, 0, 0, *verbose, width);
    case '#':
        *item = false;
        return read_comment(regex);
    case '=':
    case '!':
        return read_assertion(regex, false, *verbose);
    case '<':
        return regex_take_if(regex, '=') || regex_take_if(regex, '!') ? read_assertion(regex, true, *verbose)
                                                                      : regex_wrong(regex);
    case '(':
        return read_condition(regex, *verbose, width);
    default:
        return flag_of(c) || c == '-' ? read_flag_group(regex, c, verbose, at_start, width, item) : regex_wrong(regex);
    }
}

/* ---- the walk ---- */

/* One of * + ? {; *item false: a brace that is itself. */
static bool read_repeat(struct regex *regex, int c, unsigned long *least, unsigned long *most, bool *repeats)
{
    *repeats = true;
    *least = c == '+';
    *most = c == '?' ? 1 : REGEX_REPEAT_MAX;
    if (c != '{')
        return true;
    *repeats = regex_read_braces(regex, least, most);
    return !regex->wrong;
}

static void skip_line(struct regex *regex)
{
    int c;

    do
        c = take_sign(regex);
    while (c != REGEX_NONE && c != '\n');
}

/* Everything up to | or ) or the end. */
static struct regex_width read_sequence(struct regex *regex, bool verbose, bool first)
{
    struct regex_width sum = { 0, 0 }, item = { 0, 0 };
    enum regex_last last = REGEX_LAST_NOTHING;

    while (!regex->wrong && regex_next(regex) != REGEX_NONE && regex_next(regex) != '|' && regex_next(regex) != ')') {
        int c = regex_take(regex);

        if (verbose && c < 0x80 && strchr(" \t\n\r\v\f", c))
            continue;
        if (verbose && c == '#') {
            skip_line(regex);
            continue;
        }
        if (c == '*' || c == '+' || c == '?' || c == '{') {
            unsigned long least, most;
            bool repeats;

            if (!read_repeat(regex, c, &least, &most, &repeats))
                break;
            if (repeats) {
                if (last != REGEX_LAST_OTHER) {
                    regex->wrong = true;
                    break;
                }
                item = width_times(item, least, most);
                last = REGEX_LAST_REPEAT;
                if (!regex_take_if(regex, '?'))
                    regex_take_if(regex, '+');
                continue;
            }
        }
        /* what stood before is now past repeating */
        if (c == '(') {
            struct regex_width group;
            bool counts;

            if (!read_group(regex, &verbose, first && last == REGEX_LAST_NOTHING, &group, &counts))
                break;
            if (!counts)
                continue;
            sum = width_sum(sum, item);
            item = group;
            last = REGEX_LAST_OTHER;
            continue;
        }
        sum = width_sum(sum, item);
        item = (struct regex_width){ 1, 1 };
        last = REGEX_LAST_OTHER;
        if (c == '^' || c == '$') {
            item = (struct regex_width){ 0, 0 };
            last = REGEX_LAST_POSITION;
        } else if (c == '\\') {
            regex_read_escape(regex, &item, &last);
        } else if (c == '[') {
            regex_read_set(regex);
        }
    }
    return width_sum(sum, item);
}

static struct regex_width read_choices(struct regex *regex, bool verbose, bool outermost)
{
    struct regex_width width;

    if (++regex->nesting > NESTING_MAX)
        regex->wrong = true;
    width = read_sequence(regex, verbose, outermost);
    while (!regex->wrong && regex_take_if(regex, '|'))
        width = width_either(width, read_sequence(regex, verbose, false));
    regex->nesting--;
    return width;
}

static void read_all(struct regex *regex, bool verbose)
{
    regex->at = 0;
    regex->wrong = regex->restart = false;
    regex->group_count = 0;
    regex->condition_max = 0;
    regex->lookbehind_groups = 0;
    regex->nesting = 0;
    open_group(regex, 0, 0);
    read_choices(regex, verbose, true);
    if (regex_next(regex) != REGEX_NONE || regex->condition_max >= regex->group_count)
        regex->wrong = true;
}

bool pattern_is_python(const char *text, size_t length)
{
    struct regex regex = { .text = mem_array(NULL, int, length + 1) };
    size_t size;
    bool well;

    for (const char *end = text + length; text < end; text += size)
        regex.text[regex.length++] = unicode_next(text, (size_t)(end - text), &size);
    read_all(&regex, false);
    if (regex.restart)
        read_all(&regex, true);
    well = !regex.wrong;
    talloc_free(regex.text);
    return well;
}
