/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of json/: a text that is read as Python's regular expression, and
 * its signs.  regex.c walks over groups and sequences, regex_signs.c reads
 * what stands for one character.  A reading function that answers false has
 * marked the expression as wrong, if it does not say otherwise.
 */
#ifndef NOVA_JSON_REGEX_H
#define NOVA_JSON_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#define REGEX_REPEAT_MAX 4294967295ul
#define REGEX_NONE (-1) /* no code point: the end, or a class of characters */

/* Fewest and most code points that something matches; REGEX_REPEAT_MAX is any number. */
struct regex_width {
    unsigned long low, high;
};

enum regex_last {
    REGEX_LAST_NOTHING,
    REGEX_LAST_POSITION, /* ^ $ \b: not to be repeated */
    REGEX_LAST_REPEAT,
    REGEX_LAST_OTHER,
};

struct regex_group {
    struct regex_width width;
    bool closed;
    size_t name, name_length; /* where in the text; length 0: no name */
};

struct regex {
    int *text; /* code points */
    size_t length, at;
    bool wrong;
    bool restart; /* (?x) was met: all is read again, verbosely */
    struct regex_group *groups;
    size_t group_count; /* group 0 is the whole */
    size_t condition_max;
    size_t lookbehind_groups; /* groups before the outermost look-behind; 0: in none */
    int nesting;
};

static inline int regex_next(const struct regex *regex)
{
    return regex->at < regex->length ? regex->text[regex->at] : REGEX_NONE;
}

static inline int regex_take(struct regex *regex)
{
    return regex->at < regex->length ? regex->text[regex->at++] : REGEX_NONE;
}

static inline bool regex_take_if(struct regex *regex, int c)
{
    if (regex_next(regex) != c)
        return false;
    regex->at++;
    return true;
}

static inline bool regex_wrong(struct regex *regex)
{
    regex->wrong = true;
    return false;
}

static inline bool regex_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static inline bool regex_is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline unsigned long regex_capped(unsigned __int128 value, unsigned long most)
{
    return value > most ? most : (unsigned long)value;
}

/* May the group of this number be referred to here? */
bool regex_group_usable(struct regex *regex, size_t number);

/* After a backslash outside of a set: how much it matches, and what it is to a repetition. */
bool regex_read_escape(struct regex *regex, struct regex_width *width, enum regex_last *last);

/* After the opening bracket of a set. */
bool regex_read_set(struct regex *regex);

/* {m}, {m,}, {,n}, {m,n} after the brace; false: the brace is itself, or the numbers are wrong. */
bool regex_read_braces(struct regex *regex, unsigned long *least, unsigned long *most);

#endif
