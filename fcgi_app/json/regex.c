/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would Python take this text as a regular expression?  Only the question;
 * whoever runs the expression is the database.  A reader of the grammar that
 * keeps what errors depend on: groups, the width of look-behinds, what a
 * repetition repeats.  Beside json/patterns.c, which runs our own patterns.
 * Source: the grammar of Python 3.11's re and its errors.
 * Names in \N{...} are not looked up: any well-formed one passes.
 */
#include "config.h"

#include "fcgi_app/json/patterns.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/unicode.h"

#include <string.h>

#define REPEAT_MAX 4294967295ul
#define NESTING_MAX 300
#define NONE (-1)

/* Fewest and most code points that something matches; REPEAT_MAX is any number. */
struct width {
    unsigned long low, high;
};

enum last {
    LAST_NOTHING,
    LAST_POSITION, /* ^ $ \b: not to be repeated */
    LAST_REPEAT,
    LAST_OTHER,
};

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

struct group {
    struct width width;
    bool closed;
    size_t name, name_length; /* where in the text; length 0: no name */
};

struct regex {
    int *text; /* code points */
    size_t length, at;
    bool wrong;
    bool restart; /* (?x) was met: all is read again, verbosely */
    struct group *groups;
    size_t group_count; /* group 0 is the whole */
    size_t condition_max;
    size_t lookbehind_groups; /* groups before the outermost look-behind; 0: in none */
    int nesting;
};

static struct width read_choices(struct regex *regex, bool verbose, bool outermost);

static int next(const struct regex *regex)
{
    return regex->at < regex->length ? regex->text[regex->at] : NONE;
}

static int take(struct regex *regex)
{
    return regex->at < regex->length ? regex->text[regex->at++] : NONE;
}

static bool take_if(struct regex *regex, int c)
{
    if (next(regex) != c)
        return false;
    regex->at++;
    return true;
}

static bool wrong(struct regex *regex)
{
    regex->wrong = true;
    return false;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_octal(int c)
{
    return c >= '0' && c <= '7';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static unsigned long capped(unsigned __int128 value, unsigned long most)
{
    return value > most ? most : (unsigned long)value;
}

static struct width width_sum(struct width one, struct width other)
{
    return (struct width){ capped((unsigned __int128)one.low + other.low, REPEAT_MAX - 1),
                           capped((unsigned __int128)one.high + other.high, REPEAT_MAX) };
}

static struct width width_times(struct width one, unsigned long least, unsigned long most)
{
    return (struct width){ capped((unsigned __int128)one.low * least, REPEAT_MAX - 1),
                           capped((unsigned __int128)one.high * most, REPEAT_MAX) };
}

static struct width width_either(struct width one, struct width other)
{
    return (struct width){ one.low < other.low ? one.low : other.low, one.high > other.high ? one.high : other.high };
}

/* \xHH, \uHHHH, \UHHHHHHHH after their letter. */
static bool read_hex(struct regex *regex, int digits, int *code_point)
{
    long value = 0;

    for (int i = 0; i < digits; i++) {
        int digit = text_hex_digit(next(regex));

        if (digit < 0)
            return wrong(regex);
        value = value << 4 | digit;
        regex->at++;
    }
    *code_point = (int)value;
    return value <= 0x10ffff || wrong(regex);
}

static bool read_character_name(struct regex *regex)
{
    size_t start;
    int c;

    if (!take_if(regex, '{'))
        return wrong(regex);
    start = regex->at;
    while ((c = take(regex)) != '}')
        if (c == NONE || !(is_letter(c) || is_digit(c) || c == ' ' || c == '-'))
            return wrong(regex);
    return regex->at - 1 > start || wrong(regex);
}

/* The letters that name a character everywhere. */
static int plain_escape(int c)
{
    switch (c) {
    case 'a':
        return '\a';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    case '\\':
        return '\\';
    default:
        return NONE;
    }
}

/* Escapes that are alike inside and outside of a set; *known false: another one. */
static bool read_common_escape(struct regex *regex, int c, int *code_point, bool *known)
{
    *known = true;
    switch (c) {
    case 'x':
        return read_hex(regex, 2, code_point);
    case 'u':
        return read_hex(regex, 4, code_point);
    case 'U':
        return read_hex(regex, 8, code_point);
    case 'N':
        *code_point = NONE;
        return read_character_name(regex);
    default:
        *code_point = plain_escape(c);
        *known = *code_point != NONE;
        return true;
    }
}

static bool group_usable(struct regex *regex, size_t number)
{
    if (number >= regex->group_count || !regex->groups[number].closed)
        return wrong(regex);
    if (regex->lookbehind_groups && number >= regex->lookbehind_groups)
        return wrong(regex);
    return true;
}

/* \1 … \99, or an octal character. */
static bool read_numeric_escape(struct regex *regex, int c, struct width *width)
{
    size_t number = (size_t)(c - '0');
    int second = next(regex);

    *width = (struct width){ 1, 1 };
    if (c == '0') {
        for (int i = 0; i < 2 && is_octal(next(regex)); i++)
            regex->at++;
        return true;
    }
    if (is_digit(second)) {
        regex->at++;
        number = number * 10 + (size_t)(second - '0');
        if (is_octal(c) && is_octal(second) && is_octal(next(regex)))
            return ((c - '0') * 64 + (second - '0') * 8 + (take(regex) - '0')) <= 0377 || wrong(regex);
    }
    if (!group_usable(regex, number))
        return false;
    *width = regex->groups[number].width;
    return true;
}

static bool read_escape(struct regex *regex, struct width *width, enum last *last)
{
    int c = take(regex), code_point;
    bool known;

    *width = (struct width){ 1, 1 };
    *last = LAST_OTHER;
    if (c == NONE)
        return wrong(regex);
    if (is_letter(c) && strchr("AbBZ", c)) {
        *width = (struct width){ 0, 0 };
        *last = LAST_POSITION;
        return true;
    }
    if (is_letter(c) && strchr("dDsSwW", c))
        return true;
    if (is_digit(c))
        return read_numeric_escape(regex, c, width);
    if (!read_common_escape(regex, c, &code_point, &known))
        return false;
    return known || !is_letter(c) || wrong(regex);
}

/* After the backslash in a set; *code_point NONE: a class of characters, not to be a range's end. */
static bool read_set_escape(struct regex *regex, int *code_point)
{
    int c = take(regex);
    bool known;

    if (c == NONE)
        return wrong(regex);
    if (c == 'b') {
        *code_point = '\b';
        return true;
    }
    if (is_letter(c) && strchr("dDsSwW", c)) {
        *code_point = NONE;
        return true;
    }
    if (is_octal(c)) {
        int value = c - '0';

        for (int i = 0; i < 2 && is_octal(next(regex)); i++)
            value = value * 8 + (take(regex) - '0');
        *code_point = value;
        return value <= 0377 || wrong(regex);
    }
    if (is_digit(c))
        return wrong(regex);
    if (!read_common_escape(regex, c, code_point, &known))
        return false;
    if (!known) {
        *code_point = c;
        return !is_letter(c) || wrong(regex);
    }
    return true;
}

static bool read_set_member(struct regex *regex, int c, int *code_point)
{
    *code_point = c;
    return c == '\\' ? read_set_escape(regex, code_point) : c != NONE || wrong(regex);
}

/* After the opening bracket. */
static bool read_set(struct regex *regex)
{
    take_if(regex, '^');
    for (bool first = true;; first = false) {
        int c = take(regex), low, high;

        if (c == ']' && !first)
            return true;
        if (!read_set_member(regex, c, &low))
            return false;
        if (!take_if(regex, '-'))
            continue;
        c = take(regex);
        if (c == ']')
            return true;
        if (!read_set_member(regex, c, &high))
            return false;
        if (low == NONE || high == NONE || low > high)
            return wrong(regex);
    }
}

/* {m}, {m,}, {,n}, {m,n}; false: the brace is itself, or the numbers are wrong. */
static bool read_braces(struct regex *regex, unsigned long *least, unsigned long *most)
{
    size_t start = regex->at;
    unsigned long bound[2] = { 0, REPEAT_MAX };
    bool given[2] = { false, false };
    int which = 0;

    if (next(regex) == '}')
        return false;
    for (;; which++) {
        if (is_digit(next(regex))) {
            given[which] = true;
            bound[which] = 0;
        }
        while (is_digit(next(regex))) {
            bound[which] = capped((unsigned __int128)bound[which] * 10 + (unsigned)(next(regex) - '0'), REPEAT_MAX);
            regex->at++;
        }
        if (which || !take_if(regex, ','))
            break;
    }
    if (!which) {
        given[1] = given[0];
        if (given[0])
            bound[1] = bound[0];
    }
    if (!take_if(regex, '}')) {
        regex->at = start;
        return false;
    }
    if ((given[0] && bound[0] >= REPEAT_MAX) || (given[1] && bound[1] >= REPEAT_MAX) || bound[1] < bound[0])
        return wrong(regex);
    *least = bound[0];
    *most = bound[1];
    return true;
}

/* ---- groups ---- */

static bool is_identifier(const struct regex *regex, size_t start, size_t length)
{
    for (size_t i = start; i < start + length; i++) {
        int c = regex->text[i];

        if (!(is_letter(c) || c == '_' || (is_digit(c) && i > start) ||
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
    while ((c = take(regex)) != end)
        if (c == NONE)
            return wrong(regex);
    *length = regex->at - 1 - *start;
    return *length > 0 || wrong(regex);
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
    regex->groups = mem_grow(regex->text, regex->groups, struct group, regex->group_count + 1);
    regex->groups[regex->group_count] = (struct group){ .name = name, .name_length = name_length };
    return regex->group_count++;
}

/* (?P=name) after the equals sign. */
static bool read_named_reference(struct regex *regex, struct width *width)
{
    size_t start, length, number;

    if (!read_name(regex, ')', &start, &length))
        return false;
    if (!is_identifier(regex, start, length))
        return wrong(regex);
    number = group_named(regex, start, length);
    if (!number || !group_usable(regex, number))
        return wrong(regex);
    *width = regex->groups[number].width;
    return true;
}

static struct width read_sequence(struct regex *regex, bool verbose, bool first);

/* (?(1)yes|no) after its second parenthesis. */
static bool read_condition(struct regex *regex, bool verbose, struct width *width)
{
    size_t start, length, number = 0;

    if (!read_name(regex, ')', &start, &length))
        return false;
    if (is_identifier(regex, start, length)) {
        number = group_named(regex, start, length);
    } else {
        for (size_t i = start; i < start + length; i++) {
            if (!is_digit(regex->text[i]) || number > 1000000)
                return wrong(regex);
            number = number * 10 + (size_t)(regex->text[i] - '0');
        }
        if (number > regex->condition_max)
            regex->condition_max = number;
    }
    if (!number)
        return wrong(regex);
    if (regex->lookbehind_groups && !group_usable(regex, number))
        return false;
    *width = read_sequence(regex, verbose, false);
    if (take_if(regex, '|')) {
        *width = width_either(*width, read_sequence(regex, verbose, false));
        if (next(regex) == '|')
            return wrong(regex);
    } else {
        width->low = 0;
    }
    return take_if(regex, ')') || wrong(regex);
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
                return wrong(regex);
            *added |= flag;
            if ((flag & FLAGS_TYPE) && (*added & FLAGS_TYPE) != flag)
                return wrong(regex);
            c = take(regex);
        } while (c != ')' && c != '-' && c != ':');
    }
    if (c == ')') {
        *global = true;
        return true;
    }
    if (*added & FLAG_TEMPLATE)
        return wrong(regex);
    if (c == '-') {
        c = take(regex);
        do {
            int flag = flag_of(c);

            if (!flag || (flag & (FLAGS_TYPE | FLAG_TEMPLATE)))
                return wrong(regex);
            *removed |= flag;
            c = take(regex);
        } while (c != ':');
    }
    return !(*added & *removed) || wrong(regex);
}

/* (?=  (?!  (?<=  (?<!  after the direction. */
static bool read_assertion(struct regex *regex, bool behind, bool verbose)
{
    size_t outer = regex->lookbehind_groups;
    struct width width;

    if (behind && !outer)
        regex->lookbehind_groups = regex->group_count;
    width = read_choices(regex, verbose, false);
    if (behind)
        regex->lookbehind_groups = outer;
    if (regex->wrong || !take_if(regex, ')'))
        return wrong(regex);
    return !behind || width.low == width.high || wrong(regex);
}

/* In comments too a backslash and what follows are one sign. */
static int take_sign(struct regex *regex)
{
    int c = take(regex);

    if (c == '\\' && take(regex) == NONE)
        wrong(regex);
    return c;
}

static bool read_comment(struct regex *regex)
{
    int c;

    while ((c = take_sign(regex)) != ')')
        if (c == NONE)
            return wrong(regex);
    return true;
}

static bool read_group_body(struct regex *regex, bool captures, size_t name, size_t name_length, bool verbose,
                            struct width *width)
{
    size_t number = captures ? open_group(regex, name, name_length) : 0;

    *width = read_choices(regex, verbose, false);
    if (regex->wrong || !take_if(regex, ')'))
        return wrong(regex);
    if (captures) {
        regex->groups[number].width = *width;
        regex->groups[number].closed = true;
    }
    return true;
}

/* (?P<name>…) and (?P=name) after the P. */
static bool read_python_group(struct regex *regex, bool verbose, struct width *width)
{
    size_t name, length;

    if (take_if(regex, '='))
        return read_named_reference(regex, width);
    if (!take_if(regex, '<') || !read_name(regex, '>', &name, &length))
        return wrong(regex);
    if (!is_identifier(regex, name, length) || group_named(regex, name, length))
        return wrong(regex);
    return read_group_body(regex, true, name, length, verbose, width);
}

/* (?i) and (?i:…). */
static bool read_flag_group(struct regex *regex, int c, bool *verbose, bool at_start, struct width *width, bool *item)
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
        return wrong(regex);
    if ((added & FLAG_VERBOSE) && !*verbose) {
        regex->restart = true;
        return wrong(regex);
    }
    return true;
}

/* After the parenthesis.  *item false: nothing that could be repeated was added. */
static bool read_group(struct regex *regex, bool *verbose, bool at_start, struct width *width, bool *item)
{
    int c;

    *item = true;
    *width = (struct width){ 0, 0 };
    if (!take_if(regex, '?'))
        return read_group_body(regex, true, 0, 0, *verbose, width);
    c = take(regex);
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
        return take_if(regex, '=') || take_if(regex, '!') ? read_assertion(regex, true, *verbose) : wrong(regex);
    case '(':
        return read_condition(regex, *verbose, width);
    default:
        return flag_of(c) || c == '-' ? read_flag_group(regex, c, verbose, at_start, width, item) : wrong(regex);
    }
}

/* ---- the walk ---- */

/* One of * + ? {; *item false: a brace that is itself. */
static bool read_repeat(struct regex *regex, int c, unsigned long *least, unsigned long *most, bool *repeats)
{
    *repeats = true;
    *least = c == '+';
    *most = c == '?' ? 1 : REPEAT_MAX;
    if (c != '{')
        return true;
    *repeats = read_braces(regex, least, most);
    return !regex->wrong;
}

static void skip_line(struct regex *regex)
{
    int c;

    do
        c = take_sign(regex);
    while (c != NONE && c != '\n');
}

/* Everything up to | or ) or the end. */
static struct width read_sequence(struct regex *regex, bool verbose, bool first)
{
    struct width sum = { 0, 0 }, item = { 0, 0 };
    enum last last = LAST_NOTHING;

    while (!regex->wrong && next(regex) != NONE && next(regex) != '|' && next(regex) != ')') {
        int c = take(regex);

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
                if (last != LAST_OTHER) {
                    regex->wrong = true;
                    break;
                }
                item = width_times(item, least, most);
                last = LAST_REPEAT;
                if (!take_if(regex, '?'))
                    take_if(regex, '+');
                continue;
            }
        }
        /* what stood before is now past repeating */
        if (c == '(') {
            struct width group;
            bool counts;

            if (!read_group(regex, &verbose, first && last == LAST_NOTHING, &group, &counts))
                break;
            if (!counts)
                continue;
            sum = width_sum(sum, item);
            item = group;
            last = LAST_OTHER;
            continue;
        }
        sum = width_sum(sum, item);
        item = (struct width){ 1, 1 };
        last = LAST_OTHER;
        if (c == '^' || c == '$') {
            item = (struct width){ 0, 0 };
            last = LAST_POSITION;
        } else if (c == '\\') {
            read_escape(regex, &item, &last);
        } else if (c == '[') {
            read_set(regex);
        }
    }
    return width_sum(sum, item);
}

static struct width read_choices(struct regex *regex, bool verbose, bool outermost)
{
    struct width width;

    if (++regex->nesting > NESTING_MAX)
        regex->wrong = true;
    width = read_sequence(regex, verbose, outermost);
    while (!regex->wrong && take_if(regex, '|'))
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
    if (next(regex) != NONE || regex->condition_max >= regex->group_count)
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
