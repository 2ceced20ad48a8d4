/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text as Python's str sees it: code points, lone surrogates among them
 * (three bytes, as UTF-8 would write them), and which of them can be printed.
 * Beside json/python.c and json/formats.c, which ask.
 * Source: Python 3.11's unicodedata (Unicode 14.0).
 */
#ifndef NOVA_JSON_UNICODE_H
#define NOVA_JSON_UNICODE_H

#include <stdbool.h>
#include <stddef.h>

/* The next code point, surrogates too, and its size in bytes; -1 and size 1 where it is not valid. */
int unicode_next(const char *text, size_t length, size_t *size);
/* Code points in the text: Python's len(). */
size_t unicode_length(const char *text, size_t length);

/* Categories C*, Zl and Zp: neither text nor space. */
bool unicode_is_control(int code_point);
/* Category Zs. */
bool unicode_is_space(int code_point);

/* The value of a decimal digit of any script, Python's unicodedata.decimal(); -1: it is none. */
int unicode_decimal(int code_point);

#endif
