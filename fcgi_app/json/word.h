/* SPDX-License-Identifier: Apache-2.0 */
/* Eight bytes of text at a time, for the writer and the scanner: both look for the few bytes that are not plain. */
#ifndef NOVA_JSON_WORD_H
#define NOVA_JSON_WORD_H

#include <stdint.h>
#include <string.h>

#define WORD_ONES 0x0101010101010101ULL
#define WORD_HIGHS 0x8080808080808080ULL

static inline uint64_t word_load(const char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof(word));
    return word;
}

/* A high bit in every byte that is zero; bytes above the first such one may be wrong. */
static inline uint64_t word_zeros(uint64_t word)
{
    return (word - WORD_ONES) & ~word & WORD_HIGHS;
}

/* Non-zero when a byte is a control character, ", \, DEL or not ASCII. */
static inline uint64_t word_special(uint64_t word)
{
    uint64_t control = (word - WORD_ONES * 0x20) & ~word;
    uint64_t quote = word ^ WORD_ONES * '"';
    uint64_t backslash = word ^ WORD_ONES * '\\';
    uint64_t delete = word ^ WORD_ONES * 0x7f;

    return (control | word | ((quote - WORD_ONES) & ~quote) | ((backslash - WORD_ONES) & ~backslash) |
            ((delete - WORD_ONES) & ~delete)) &
           WORD_HIGHS;
}

/* Non-zero when a byte is " or \; the lowest set bit tells the first one (on a little-endian machine). */
static inline uint64_t word_quote(uint64_t word)
{
    return word_zeros(word ^ WORD_ONES * '"') | word_zeros(word ^ WORD_ONES * '\\');
}

#endif
