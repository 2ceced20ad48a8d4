/* SPDX-License-Identifier: Apache-2.0 */
/* Names and values of extra specs against the table of those that are known; see flavor_writes.h. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/flavor_writes.h"
#include "fcgi_app/json/patterns.h"
#include "fcgi_app/json/take.h"

#include <ctype.h>
#include <string.h>

#define SPEC_NO_BOUND INT64_MIN

enum spec_kind { SPEC_TEXT, SPEC_BOOL, SPEC_INT, SPEC_PATTERN, SPEC_ENUM };

static const struct spec {
    const char *name;
    enum spec_kind kind;
    int64_t min, max;
    const char *text;     /* pattern; or the values, joined as the message has them */
    const char *anchored; /* the pattern for the whole value */
} specs[] = {
#define EXTRA_SPEC_TEXT(name) { name, SPEC_TEXT, 0, 0, NULL, NULL },
#define EXTRA_SPEC_BOOL(name) { name, SPEC_BOOL, 0, 0, NULL, NULL },
#define EXTRA_SPEC_INT(name, min, max) { name, SPEC_INT, min, max, NULL, NULL },
#define EXTRA_SPEC_PATTERN(name, pattern) { name, SPEC_PATTERN, 0, 0, pattern, "\\A(?:" pattern ")\\Z" },
#define EXTRA_SPEC_ENUM(name, values) { name, SPEC_ENUM, 0, 0, values, NULL },
#include "fcgi_app/compute/extra_specs.def"
};
#define SPEC_COUNT (sizeof(specs) / sizeof(specs[0]))

/* ---- names ---- */

static size_t span(const char *text, const char *end, bool (*is)(char c))
{
    const char *p = text;

    while (p < end && is(*p))
        p++;
    return (size_t)(p - text);
}

static bool is_group(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

/* \w: letters beyond ASCII are among them */
static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* (:\w+)* */
static size_t filter_span(const char *text, const char *end)
{
    const char *p = text;

    while (p < end && *p == ':' && span(p + 1, end, is_word))
        p += 1 + span(p + 1, end, is_word);
    return (size_t)(p - text);
}

/* How much of the text a parameter takes; false: it cannot stand there. */
static bool take(const char *parameter, const char *text, const char *end, size_t *taken)
{
    if (!strncmp(parameter, "{group}", 7)) {
        *taken = span(text, end, is_group);
        return *taken <= 64;
    }
    if (!strncmp(parameter, "{filter}", 8)) {
        *taken = filter_span(text, end);
        return true;
    }
    if (!strncmp(parameter, "{num}", 5))
        *taken = span(text, end, is_digit);
    else if (!strncmp(parameter, "{key}", 5))
        *taken = memchr(text, '\n', (size_t)(end - text)) ? 0 : (size_t)(end - text);
    else
        *taken = span(text, end, is_upper);
    return *taken > 0;
}

/* Is the text, whole, what the template says? */
static bool fits(const char *template, const char *template_end, const char *text, const char *end)
{
    size_t taken;

    while (template <template_end) {
        if (*template != '{') {
            if (text == end || *text++ != *template ++)
                return false;
            continue;
        }
        if (!take(template, text, end, &taken))
            return false;
        text += taken;
        template = strchr(template, '}') + 1;
    }
    return text == end;
}

static const struct spec *find_spec(const char *name)
{
    const char *end = name + strlen(name);

    for (size_t i = 0; i < SPEC_COUNT; i++)
        if (!strcmp(specs[i].name, name))
            return &specs[i];
    for (size_t i = 0; i < SPEC_COUNT; i++)
        if (fits(specs[i].name, specs[i].name + strlen(specs[i].name), name, end))
            return &specs[i];
    return NULL;
}

/* Is what stands before the colon a namespace of ours? */
static bool is_known_namespace(const char *name)
{
    const char *end = strchr(name, ':');

    for (size_t i = 0; end && i < SPEC_COUNT; i++) {
        const char *head_end = strchr(specs[i].name, ':');

        if (head_end && fits(specs[i].name, head_end, name, end))
            return true;
    }
    return false;
}

/* ---- values ---- */

static struct fault *check_int(const void *mem, const struct spec *spec, const char *value)
{
    int64_t number;

    if (!take_int_text(value, &number))
        return fault_text(mem, ValidationError, "Validation failed; '%s' is not a valid integer value.", value);
    if (spec->max != SPEC_NO_BOUND && number > spec->max)
        return fault_text(mem, ValidationError, "Validation failed; '%lld' is greater than the max value of '%lld'.",
                          (long long)number, (long long)spec->max);
    if (spec->min != SPEC_NO_BOUND && number < spec->min)
        return fault_text(mem, ValidationError, "Validation failed; '%lld' is less than the min value of '%lld'.",
                          (long long)number, (long long)spec->min);
    return NULL;
}

/* Is the value one of "a, b, c"? */
static bool is_among(const char *values, const char *value)
{
    size_t length = strlen(value);

    for (const char *at = values; at; at = strstr(at, ", ") ? strstr(at, ", ") + 2 : NULL)
        if (!strncmp(at, value, length) && (!at[length] || at[length] == ',') && !strpbrk(value, ","))
            return true;
    return false;
}

static struct fault *check_value(const void *mem, const struct spec *spec, const char *value)
{
    switch (spec->kind) {
    case SPEC_INT:
        return check_int(mem, spec, value);
    case SPEC_BOOL:
        if (text_bool(value) < 0)
            return fault_text(mem, ValidationError, "Validation failed; '%s' is not a valid boolean-like value.",
                              value);
        return NULL;
    case SPEC_PATTERN:
        if (!pattern_found(spec->anchored, value, strlen(value)))
            return fault_text(mem, ValidationError, "Validation failed; '%s' is not of the format '%s'.", value,
                              spec->text);
        return NULL;
    case SPEC_ENUM:
        if (!is_among(spec->text, value))
            return fault_text(mem, ValidationError, "Validation failed; '%s' is not one of: %s.", value, spec->text);
        return NULL;
    case SPEC_TEXT:
    default:
        return NULL;
    }
}

struct fault *flavors_check_spec(const void *mem, const char *name, const char *value)
{
    const struct spec *spec = find_spec(name);

    if (spec)
        return check_value(mem, spec, value);
    if (!is_known_namespace(name))
        return NULL;
    return fault_text(mem, ValidationError,
                      "Validation failed; extra spec '%s' does not appear to be a valid extra spec.", name);
}
