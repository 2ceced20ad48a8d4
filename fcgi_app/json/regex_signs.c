/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signs of a regular expression that stand for one character or a place:
 * escapes, sets, and the numbers of a repetition.  Beside regex.c, which
 * walks over them.
 * Source: the grammar of Python 3.11's re and its errors.
 * Names in \N{...} are not looked up: any well-formed one passes.
 */
#include "config.h"

#include "fcgi_app/json/regex.h"

#include "fcgi_app/base/text.h"

#include <string.h>

static bool is_octal(int c)
{
    return c >= '0' && c <= '7';
}

/* \xHH, \uHHHH, \UHHHHHHHH after their letter. */
static bool read_hex(struct regex *regex, int digits, int *code_point)
{
    long value = 0;

    for (int i = 0; i < digits; i++) {
        int digit = text_hex_digit(regex_next(regex));

        if (digit < 0)
            return regex_wrong(regex);
        value = value << 4 | digit;
        regex->at++;
    }
    *code_point = (int)value;
    return value <= 0x10ffff || regex_wrong(regex);
}

static bool read_character_name(struct regex *regex)
{
    size_t start;
    int c;

    if (!regex_take_if(regex, '{'))
        return regex_wrong(regex);
    start = regex->at;
    while ((c = regex_take(regex)) != '}')
        if (c == REGEX_NONE || !(regex_is_letter(c) || regex_is_digit(c) || c == ' ' || c == '-'))
            return regex_wrong(regex);
    return regex->at - 1 > start || regex_wrong(regex);
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
        return REGEX_NONE;
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
        *code_point = REGEX_NONE;
        return read_character_name(regex);
    default:
        *code_point = plain_escape(c);
        *known = *code_point != REGEX_NONE;
        return true;
    }
}

bool regex_group_usable(struct regex *regex, size_t number)
{
    if (number >= regex->group_count || !regex->groups[number].closed)
        return regex_wrong(regex);
    if (regex->lookbehind_groups && number >= regex->lookbehind_groups)
        return regex_wrong(regex);
    return true;
}

/* \1 … \99, or an octal character. */
static bool read_numeric_escape(struct regex *regex, int c, struct regex_width *width)
{
    size_t number = (size_t)(c - '0');
    int second = regex_next(regex);

    *width = (struct regex_width){ 1, 1 };
    if (c == '0') {
        for (int i = 0; i < 2 && is_octal(regex_next(regex)); i++)
            regex->at++;
        return true;
    }
    if (regex_is_digit(second)) {
        regex->at++;
        number = number * 10 + (size_t)(second - '0');
        if (is_octal(c) && is_octal(second) && is_octal(regex_next(regex)))
            return ((c - '0') * 64 + (second - '0') * 8 + (regex_take(regex) - '0')) <= 0377 || regex_wrong(regex);
    }
    if (!regex_group_usable(regex, number))
        return false;
    *width = regex->groups[number].width;
    return true;
}

bool regex_read_escape(struct regex *regex, struct regex_width *width, enum regex_last *last)
{
    int c = regex_take(regex), code_point;
    bool known;

    *width = (struct regex_width){ 1, 1 };
    *last = REGEX_LAST_OTHER;
    if (c == REGEX_NONE)
        return regex_wrong(regex);
    if (regex_is_letter(c) && strchr("AbBZ", c)) {
        *width = (struct regex_width){ 0, 0 };
        *last = REGEX_LAST_POSITION;
        return true;
    }
    if (regex_is_letter(c) && strchr("dDsSwW", c))
        return true;
    if (regex_is_digit(c))
        return read_numeric_escape(regex, c, width);
    if (!read_common_escape(regex, c, &code_point, &known))
        return false;
    return known || !regex_is_letter(c) || regex_wrong(regex);
}

/* After the backslash in a set; *code_point REGEX_NONE: a class of characters, not to be a range's end. */
static bool read_set_escape(struct regex *regex, int *code_point)
{
    int c = regex_take(regex);
    bool known;

    if (c == REGEX_NONE)
        return regex_wrong(regex);
    if (c == 'b') {
        *code_point = '\b';
        return true;
    }
    if (regex_is_letter(c) && strchr("dDsSwW", c)) {
        *code_point = REGEX_NONE;
        return true;
    }
    if (is_octal(c)) {
        int value = c - '0';

        for (int i = 0; i < 2 && is_octal(regex_next(regex)); i++)
            value = value * 8 + (regex_take(regex) - '0');
        *code_point = value;
        return value <= 0377 || regex_wrong(regex);
    }
    if (regex_is_digit(c))
        return regex_wrong(regex);
    if (!read_common_escape(regex, c, code_point, &known))
        return false;
    if (!known) {
        *code_point = c;
        return !regex_is_letter(c) || regex_wrong(regex);
    }
    return true;
}

static bool read_set_member(struct regex *regex, int c, int *code_point)
{
    *code_point = c;
    return c == '\\' ? read_set_escape(regex, code_point) : c != REGEX_NONE || regex_wrong(regex);
}

bool regex_read_set(struct regex *regex)
{
    regex_take_if(regex, '^');
    for (bool first = true;; first = false) {
        int c = regex_take(regex), low, high;

        if (c == ']' && !first)
            return true;
        if (!read_set_member(regex, c, &low))
            return false;
        if (!regex_take_if(regex, '-'))
            continue;
        c = regex_take(regex);
        if (c == ']')
            return true;
        if (!read_set_member(regex, c, &high))
            return false;
        if (low == REGEX_NONE || high == REGEX_NONE || low > high)
            return regex_wrong(regex);
    }
}

bool regex_read_braces(struct regex *regex, unsigned long *least, unsigned long *most)
{
    size_t start = regex->at;
    unsigned long bound[2] = { 0, REGEX_REPEAT_MAX };
    bool given[2] = { false, false };
    int which = 0;

    if (regex_next(regex) == '}')
        return false;
    for (;; which++) {
        if (regex_is_digit(regex_next(regex))) {
            given[which] = true;
            bound[which] = 0;
        }
        while (regex_is_digit(regex_next(regex))) {
            bound[which] = regex_capped((unsigned __int128)bound[which] * 10 + (unsigned)(regex_next(regex) - '0'),
                                        REGEX_REPEAT_MAX);
            regex->at++;
        }
        if (which || !regex_take_if(regex, ','))
            break;
    }
    if (!which) {
        given[1] = given[0];
        if (given[0])
            bound[1] = bound[0];
    }
    if (!regex_take_if(regex, '}')) {
        regex->at = start;
        return false;
    }
    if ((given[0] && bound[0] >= REGEX_REPEAT_MAX) || (given[1] && bound[1] >= REGEX_REPEAT_MAX) || bound[1] < bound[0])
        return regex_wrong(regex);
    *least = bound[0];
    *most = bound[1];
    return true;
}
