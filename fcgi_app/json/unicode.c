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

/* The zeros of the scripts whose digits are decimal numbers; the nine others come behind each. */
static const int zeros[] = {
    0x30,    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,
    0xce6,   0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,  0x1946,
    0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,  0xa900,  0xa9d0,
    0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
    0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60,
    0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
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

int unicode_decimal(int code_point)
{
    size_t low = 0, high = sizeof(zeros) / sizeof(zeros[0]);

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (code_point < zeros[middle])
            high = middle;
        else
            low = middle;
    }
    return code_point >= zeros[low] && code_point - zeros[low] < 10 ? code_point - zeros[low] : -1;
}
