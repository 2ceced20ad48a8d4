/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions as Python's re reads them, run by PCRE2 and compiled
 * once a process.  Beside json/schema.c and json/formats.c.
 */
#ifndef NOVA_JSON_PATTERNS_H
#define NOVA_JSON_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>

/* re.search(pattern, text); the pattern is a literal of the program and must compile. */
bool pattern_found(const char *pattern, const char *text, size_t length);
/* re.match(): found at the start. */
bool pattern_matches(const char *pattern, const char *text, size_t length);
/* Where a group of the pattern matched, in bytes; both 0 when it did not. */
struct pattern_group {
    size_t start, end;
};
/* re.search() with its groups, at most `count` of them, the whole match first; false: not found. */
bool pattern_groups(const char *pattern, const char *text, size_t length, struct pattern_group *groups, size_t count);

/* NULL, or why the pattern does not compile (valid until the next call). */
const char *pattern_wrong(const char *pattern);

/* Would re.compile() take a text that came from outside? */
bool pattern_is_python(const char *text, size_t length);

#endif
