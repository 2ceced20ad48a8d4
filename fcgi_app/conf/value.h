/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of an option to its typed value, and back to text. Inside conf/. */
#ifndef NOVA_CONF_VALUE_H
#define NOVA_CONF_VALUE_H

#include "fcgi_app/conf/options.h"

/* Which member counts follows from the kind in the option's row. */
struct value {
    bool has; /* false: None */
    bool boolean;
    int64_t integer;
    double real;
    const char *text;
    const char *const *list; /* NULL-terminated */
};

/*
 * Converts texts[0..count) (one, but for options that collect all values) by
 * the option's type.  NULL when well, else oslo.config's words for what is
 * wrong, on mem.
 */
const char *value_convert(const void *mem, enum option option, const char *const *texts, size_t count,
                          struct value *value);

/* The value as Python's str() shows it: True, 12, None, ['a', 'b']. */
const char *value_text(const void *mem, enum option option, const struct value *value);

/* The type's name in messages: Boolean, Integer(min=0), … */
const char *value_type_name(const void *mem, enum option option);

#endif
