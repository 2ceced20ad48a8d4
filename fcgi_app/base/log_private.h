/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of logging among themselves: log.c decides what is logged,
 * log_format.c and log_json.c how a line reads, log_fields.c what it can name,
 * log_target.c where it goes, log_mask.c what must not be read in it.
 */
#ifndef NOVA_BASE_LOG_PRIVATE_H
#define NOVA_BASE_LOG_PRIVATE_H

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/strbuf.h"

#include <time.h>

/* One event, for the time of one call. */
struct log_record {
    const char *name; /* of the logger */
    int level;
    const char *file;
    int line;
    const char *function;
    const char *message;
    const char *trace;         /* NULL: none */
    const char *instance_uuid; /* NULL: none */
    struct timespec when;
    const struct context *context; /* NULL: none */
    const char *summary;           /* of the trace; "" for none */
};

struct log_format; /* compiled templates */

const char *log_level_name(int level, char number[16]);

/* The level of a name or number as logging.setLevel() takes it; -1: there is none. */
int log_level_find(const char *name);

/* Compiles the settings' templates on mem. */
struct log_format *log_format_new(const void *mem, const struct log_settings *settings);

/*
 * Writes the record into `out` by the context or the default template, its
 * trace beneath it, no newline at the end.  `coloured`: the target is a
 * stream, on which %(color)s is a colour and the end puts it back.
 */
void log_format_line(const struct log_format *format, const struct log_record *record, bool coloured,
                     struct strbuf *out);

/* The trace alone, each line with the prefix. */
void log_format_trace(const struct log_format *format, const struct log_record *record, struct strbuf *out);

/* What oslo.log's options ask for, as handlers; how many. Strings are those of the settings, or on mem. */
size_t log_targets_of_options(const void *mem, const struct log_settings *settings, struct log_handler handlers[4]);

/*
 * Opens a target for each handler; those open before are closed, except where
 * one could not be opened.  NULL, or why not (on a static buffer).
 */
const char *log_targets_open(const struct log_handler *handlers, size_t count, const char *program);
void log_targets_close(void);

/* Sends a record to the target of one handler, by its place in the list. */
void log_targets_emit(size_t index, const struct log_format *format, const struct log_record *record);

#endif
