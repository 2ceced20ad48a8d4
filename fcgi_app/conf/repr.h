/* SPDX-License-Identifier: Apache-2.0 */
/* Text as Python shows it in error messages. Inside conf/. */
#ifndef NOVA_CONF_REPR_H
#define NOVA_CONF_REPR_H

#include <stdbool.h>
#include <stddef.h>

/* repr() of a string, on mem: 'quoted', with \n \t \r \\ \xNN; printable UTF-8 stays. */
const char *repr_text(const void *mem, const char *text);

/* Is the code point white space to str.strip()? */
bool repr_is_space(int code_point);

/* str.strip(), lstrip(), rstrip() over `size` bytes: moves the ends inward. */
void repr_strip_left(const char **text, size_t *size);
void repr_strip_right(const char *text, size_t *size);
void repr_strip(const char **text, size_t *size);

#endif
