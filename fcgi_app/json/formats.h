/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formats that a schema may ask of a value.  Beside json/schema.c, their only
 * caller.  Source: startup.md 11.4; nova.api.validation.validators.
 */
#ifndef NOVA_JSON_FORMATS_H
#define NOVA_JSON_FORMATS_H

#include <jansson.h>
#include <stdbool.h>

struct strbuf;

struct format {
    const char *name;
    bool (*holds)(const char *text, size_t length);
    bool others;        /* what it answers for values that are no strings */
    const char *reason; /* when set, the error is that of InvalidName with this reason */
};

/* NULL: no such format. */
const struct format *format_find(const char *name);
bool format_holds(const struct format *format, const json_t *value);

/* Printable characters of the basic plane, perhaps a newline behind them: upstream's pattern for descriptions. */
bool format_is_printable(const char *text, size_t length);
/* That pattern's text, which its error prints. */
void format_put_printable_pattern(struct strbuf *out);

#endif
