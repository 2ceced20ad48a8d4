/* SPDX-License-Identifier: Apache-2.0 */
/* Which code points print: two range tables and a binary search. */
#include "config.h"

#include "fcgi_app/json/unicode.h"

#include "fcgi_app/base/text.h"

#include <string.h>

struct range {
    int first, last;
};

static const struct range unprintable[] = {
#define RANGE(first, last) { first, last },
#include "fcgi_app/json/unprintable.def"
#undef RANGE
};

static const struct range spaces[] = {
    { 0x20, 0x20 },     { 0xa0, 0xa0 },     { 0x1680, 0x1680 }, { 0x2000, 0x200a },
    { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
};

static bool within(const struct range *ranges, size_t count, int code_point)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (code_point < ranges[middle].first)
            high = middle;
        else if (code_point > ranges[middle].last)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

int unicode_next(const char *text, size_t length, size_t *size)
{
    int code_point = text_utf8_next(text, length, size);
    const unsigned char *p = (const unsigned char *)text;

    if (code_point < 0 && length >= 2 && !memcmp(text, TEXT_NUL, 2)) {
        *size = 2;
        return 0;
    }
    if (code_point >= 0 || length < 3 || p[0] != 0xed || p[1] < 0xa0 || p[1] > 0xbf || (p[2] & 0xc0) != 0x80)
        return code_point;
    *size = 3;
    return 0xd000 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f);
}

size_t unicode_length(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            count++;
    return count;
}

bool unicode_is_control(int code_point)
{
    if (code_point < 0x7f)
        return code_point < 0x20;
    return within(unprintable, sizeof(unprintable) / sizeof(unprintable[0]), code_point);
}

bool unicode_is_space(int code_point)
{
    if (code_point < 0x7f)
        return code_point == ' ';
    return within(spaces, sizeof(spaces) / sizeof(spaces[0]), code_point);
}
