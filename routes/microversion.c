/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the version headers.  Bytes of a header are Latin-1 to the
 * reference, so a message that quotes them shows them as such.
 * Neighbours: resource.c and versions.c, which answer with what is set here.
 */
#include "config.h"

#include "routes/microversion.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/versions.h"
#include "middleware/fault_body.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *text; /* "2.47" */
    const char *meaning;
} microversions[] = {
    { NULL, NULL },
#define MICROVERSION(minor, meaning) [minor] = { "2." #minor, meaning },
#include "routes/versions.def"
#undef MICROVERSION
};

#define COUNT (sizeof(microversions) / sizeof(microversions[0]))

/* A part of a header. */
struct span {
    const char *start;
    size_t length;
};

int microversion_max(void)
{
    int max = release_default()->max_microversion;

    return max < (int)COUNT ? max : (int)COUNT - 1;
}

const char *microversion_max_text(void)
{
    return microversions[microversion_max()].text;
}

const char *microversion_min_text(void)
{
    return microversions[VERSION_MIN].text;
}

const char *microversion_meaning(int minor)
{
    /* cppcheck-suppress arrayIndexOutOfBoundsCond; microversion_max() is below COUNT */
    return minor >= VERSION_MIN && minor <= microversion_max() ? microversions[minor].meaning : NULL;
}

/* White space of Python's str among the Latin-1 characters. */
static bool is_space(char c)
{
    unsigned char byte = (unsigned char)c;

    return (byte >= '\t' && byte <= '\r') || (byte >= 0x1c && byte <= ' ') || byte == 0x85 || byte == 0xa0;
}

static struct span span_strip(struct span span)
{
    while (span.length && is_space(*span.start)) {
        span.start++;
        span.length--;
    }
    while (span.length && is_space(span.start[span.length - 1]))
        span.length--;
    return span;
}

/* The last element of a comma separated list, which is then cut from `list`; false: nothing is left. */
static bool span_last(struct span *list, struct span *element)
{
    size_t start;

    if (!list->start)
        return false;
    for (start = list->length; start && list->start[start - 1] != ','; start--)
        ;
    *element = span_strip((struct span){ list->start + start, list->length - start });
    if (start)
        list->length = start - 1;
    else
        list->start = NULL;
    return true;
}

/* The version in "<service> <version>" when the service is compute. */
static bool span_of_compute(struct span element, struct span *version)
{
    static const char service[] = "compute";
    size_t length = 0;

    while (length < element.length && !is_space(element.start[length]))
        length++;
    if (length == element.length || length != sizeof(service) - 1 || strncasecmp(element.start, service, length) != 0)
        return false;
    *version = span_strip((struct span){ element.start + length, element.length - length });
    return true;
}

/* The version that the headers ask for; false: none. */
static bool find_asked(const struct request *request, struct span *version)
{
    const char *header = request_header(request, HEADER_API_VERSION);
    struct span list, element;

    if (header) {
        list = (struct span){ header, strlen(header) };
        while (span_last(&list, &element))
            if (span_of_compute(element, version))
                return true;
    }
    header = request_header(request, HEADER_API_VERSION_OLD);
    if (!header)
        return false;
    list = (struct span){ header, strlen(header) };
    return span_last(&list, version);
}

/* The length of a decimal number at `text` without leading zeros, "0" only where allowed; 0: none. */
static size_t number_length(const char *text, const char *end, bool zero)
{
    const char *p = text;

    if (p < end && *p == '0')
        return zero ? 1 : 0;
    while (p < end && isdigit((unsigned char)*p))
        p++;
    return (size_t)(p - text);
}

/* MajorNum.MinorNum? */
static bool is_well_formed(struct span version)
{
    const char *end = version.start + version.length;
    size_t major = number_length(version.start, end, false);
    size_t minor;

    if (!major || version.start + major == end || version.start[major] != '.')
        return false;
    minor = number_length(version.start + major + 1, end, true);
    return minor && major + 1 + minor == version.length;
}

/* The minor number of a well-formed version within the range; VERSION_NONE outside. */
static int minor_in_range(struct span version)
{
    int minor = 0;

    if (version.start[0] != '2' || version.start[1] != '.' || version.length > sizeof("2.999") - 1)
        return VERSION_NONE;
    for (size_t i = 2; i < version.length; i++)
        minor = minor * 10 + (version.start[i] - '0');
    /* cppcheck-suppress arrayIndexOutOfBoundsCond; microversion_max() is below COUNT */
    return minor >= VERSION_MIN && minor <= microversion_max() ? minor : VERSION_NONE;
}

struct fault *microversion_negotiate(struct request *request)
{
    struct span asked;
    int minor;

    if (!find_asked(request, &asked)) {
        minor = VERSION_MIN;
    } else if (asked.length == strlen("latest") && memcmp(asked.start, "latest", asked.length) == 0) {
        minor = microversion_max();
    } else {
        if (!is_well_formed(asked))
            return fault_http(request->mem, 400,
                              "API Version String %s is of invalid format. Must be of format MajorNum.MinorNum.",
                              text_from_latin1(request->mem, asked.start, asked.length));
        minor = minor_in_range(asked);
        if (minor == VERSION_NONE) {
            request->version_text = mem_strndup(request->mem, asked.start, asked.length);
            return fault_http(request->mem, 406,
                              "Version %s is not supported by the API. Minimum is %s and maximum is %s.",
                              request->version_text, microversion_min_text(), microversion_max_text());
        }
    }
    request->version = minor;
    request->version_text = microversions[minor].text;
    return NULL;
}
