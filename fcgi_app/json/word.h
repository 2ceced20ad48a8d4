/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many bytes of text at a time, for the writer and the scanner: both look for
 * the few bytes that are not plain.  Words of eight bytes anywhere, blocks of
 * sixteen and sixty-four where the machine has SSE2 (every x86-64).
 */
#ifndef NOVA_JSON_WORD_H
#define NOVA_JSON_WORD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define WORD_ONES 0x0101010101010101ULL
#define WORD_HIGHS 0x8080808080808080ULL

static inline uint64_t word_load(const char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof(word));
    return word;
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

/* The first byte from `p` on that a JSON string of Python's writing does not show as itself, or `end`. */
static inline const char *word_find_special(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quotes = _mm_set1_epi8('"'), backslashes = _mm_set1_epi8('\\');
    const __m128i deletes = _mm_set1_epi8(0x7f), spaces = _mm_set1_epi8(0x20);

    for (; end - p >= 16; p += 16) {
        __m128i text = _mm_loadu_si128((const __m128i *)p);
        __m128i found = _mm_or_si128(_mm_cmpeq_epi8(text, quotes), _mm_cmpeq_epi8(text, backslashes));
        found = _mm_or_si128(found, _mm_cmpeq_epi8(text, deletes));
        found = _mm_or_si128(found, _mm_cmplt_epi8(text, spaces)); /* signed: what is not ASCII too */
        int mask = _mm_movemask_epi8(found);
        if (mask)
            return p + __builtin_ctz((unsigned)mask);
    }
#endif
    while (end - p >= 8 && !word_special(word_load(p)))
        p += 8;
    for (; p < end; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            break;
    }
    return p;
}

/* The first " or \ from `p` on, or `end`. */
static inline const char *word_find_quote(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quotes = _mm_set1_epi8('"'), backslashes = _mm_set1_epi8('\\');

    for (; end - p >= 16; p += 16) {
        __m128i text = _mm_loadu_si128((const __m128i *)p);
        int found = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(text, quotes), _mm_cmpeq_epi8(text, backslashes)));
        if (found)
            return p + __builtin_ctz((unsigned)found);
    }
#endif
    while (p < end && *p != '"' && *p != '\\')
        p++;
    return p;
}

#ifdef __SSE2__
#define WORD_BLOCK 64

/* Where the bytes that shape a text stand in a block of 64: bit 0 is its first byte. */
struct word_marks {
    uint64_t quote, backslash, open, close;
};

static inline struct word_marks word_marks(const char *text)
{
    const __m128i quotes = _mm_set1_epi8('"'), backslashes = _mm_set1_epi8('\\');
    const __m128i opens = _mm_set1_epi8('{'), closes = _mm_set1_epi8('}'), bit = _mm_set1_epi8(0x20);
    struct word_marks marks = { 0, 0, 0, 0 };

    for (int i = 0; i < 4; i++) {
        __m128i part = _mm_loadu_si128((const __m128i *)(text + i * 16));
        __m128i brackets = _mm_or_si128(part, bit); /* [ and ] differ from { and } by that bit alone */
        marks.quote |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(part, quotes)) << i * 16;
        marks.backslash |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(part, backslashes)) << i * 16;
        marks.open |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(brackets, opens)) << i * 16;
        marks.close |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(brackets, closes)) << i * 16;
    }
    return marks;
}

/* Each bit becomes the parity of itself and those below: between quotes, the opening one included. */
static inline uint64_t word_between(uint64_t quote)
{
    for (int shift = 1; shift < 64; shift *= 2)
        quote ^= quote << shift;
    return quote;
}
#endif

#endif
