/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCRE2 brought to the manners of Python's re for str: Unicode classes, \Z as
 * the very end.  Source: Python 3.11's documentation of re, pcre2pattern(3).
 */
#include "config.h"

#include "fcgi_app/json/patterns.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/json/unicode.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Compiled patterns by address: they are literals, or else tables of a test may come to stand at an old address. */
struct compiled {
    const char *pattern;
    char *copy;
    pcre2_code *code;
};

#define SLOTS 1024 /* power of two; many more than the patterns of all schemas */
#define GROUPS_MAX 32
static struct compiled slots[SLOTS];
static pcre2_match_data *match_data;

/* What Python writes otherwise than PCRE2; the result is on mem. */
static char *translate(const void *mem, const char *pattern)
{
    struct strbuf out;

    strbuf_init(&out, mem, strlen(pattern) + 16);
    for (const char *p = pattern; *p; p++) {
        if (*p != '\\' || !p[1]) {
            strbuf_putc(&out, *p);
            continue;
        }
        p++;
        strbuf_putc(&out, '\\');
        strbuf_putc(&out, *p == 'Z' ? 'z' : *p);
    }
    return out.data;
}

static pcre2_code *compile(const char *pattern, int *code)
{
    char *translated = translate(NULL, pattern);
    PCRE2_SIZE offset;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)translated, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, code, &offset, NULL);

    talloc_free(translated);
    if (compiled)
        pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
    return compiled;
}

static const pcre2_code *compiled_pattern(const char *pattern)
{
    size_t at = ((uintptr_t)pattern >> 2) * 2654435761u % SLOTS;
    int code;

    for (; slots[at].pattern && slots[at].pattern != pattern; at = (at + 1) % SLOTS)
        ;
    if (slots[at].pattern) {
        if (!strcmp(slots[at].copy, pattern))
            return slots[at].code;
        pcre2_code_free(slots[at].code);
        talloc_free(slots[at].copy);
    }
    slots[at].code = compile(pattern, &code);
    if (!slots[at].code) {
        fprintf(stderr, "nova-api-fcgi: pattern %s does not compile (%d)\n", pattern, code);
        abort();
    }
    slots[at].pattern = pattern;
    slots[at].copy = mem_strdup(NULL, pattern);
    return slots[at].code;
}

/* A copy as PCRE2 takes it: a private character in place of each lone surrogate, and a NUL that is one byte. */
static char *as_utf8(const char *text, size_t length, size_t *size)
{
    struct strbuf out;
    size_t step;

    strbuf_init(&out, NULL, length);
    for (const char *end = text + length; text < end; text += step) {
        int code_point = unicode_next(text, (size_t)(end - text), &step);

        if (!code_point)
            strbuf_putc(&out, '\0');
        else
            text_put_utf8(&out, code_point < 0 || (code_point >= 0xd800 && code_point < 0xe000) ? 0xe000 : code_point);
    }
    *size = out.length;
    return out.data;
}

static bool run(const char *pattern, const char *text, size_t length, uint32_t options)
{
    const pcre2_code *code = compiled_pattern(pattern);
    char *copy = NULL;
    int found;

    if (!match_data)
        match_data = pcre2_match_data_create(GROUPS_MAX, NULL);
    if (!match_data)
        mem_exhausted(0);
    if (!text_utf8_valid(text, length))
        text = copy = as_utf8(text, length, &length);
    found = pcre2_match(code, (PCRE2_SPTR)text, length, 0, options | PCRE2_NO_UTF_CHECK, match_data, NULL);
    talloc_free(copy);
    return found >= 0;
}

bool pattern_found(const char *pattern, const char *text, size_t length)
{
    return run(pattern, text, length, 0);
}

bool pattern_matches(const char *pattern, const char *text, size_t length)
{
    return run(pattern, text, length, PCRE2_ANCHORED);
}

bool pattern_groups(const char *pattern, const char *text, size_t length, struct pattern_group *groups, size_t count)
{
    const PCRE2_SIZE *offsets;

    memset(groups, 0, count * sizeof(*groups));
    if (!text_utf8_valid(text, length) || !run(pattern, text, length, 0))
        return false;
    offsets = pcre2_get_ovector_pointer(match_data);
    for (size_t i = 0; i < count && i < GROUPS_MAX; i++)
        if (offsets[2 * i] != PCRE2_UNSET)
            groups[i] = (struct pattern_group){ offsets[2 * i], offsets[2 * i + 1] };
    return true;
}

const char *pattern_wrong(const char *pattern)
{
    static char words[256];
    int code;
    pcre2_code *compiled = compile(pattern, &code);

    if (compiled) {
        pcre2_code_free(compiled);
        return NULL;
    }
    pcre2_get_error_message(code, (PCRE2_UCHAR *)words, sizeof(words));
    return words;
}
