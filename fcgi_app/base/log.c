/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines on stderr; the targets of oslo.log follow. */
#include "config.h"

#include "fcgi_app/base/log.h"

#include "fcgi_app/base/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

unsigned log_epoch = 1;
static int root_level = LOG_LEVEL_WARNING;
static const struct context *current;

const char *log_setup(const struct log_settings *settings)
{
    root_level = settings->debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
    log_epoch++;
    return NULL;
}

void log_shutdown(void)
{
}

void log_set_context(const struct context *context)
{
    current = context;
}

const struct context *log_context(void)
{
    return current;
}

bool log_enabled_slow(struct log_module *module, int level)
{
    module->level = root_level;
    module->epoch = log_epoch;
    return level >= module->level;
}

static void put(struct log_module *module, enum log_level level, const char *format, va_list args)
{
    char line[4096];
    char stamp[32];
    struct timespec now;
    struct tm tm;
    const char *name = level >= LOG_LEVEL_ERROR ? "ERROR" : level >= LOG_LEVEL_WARNING ? "WARNING" : "INFO";
    int size;

    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &tm);
    strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &tm);
    size = snprintf(line, sizeof(line) - 1, "%s.%03ld %d %s %s [%s] ", stamp, now.tv_nsec / 1000000, (int)getpid(),
                    name, module->name, current && current->request_id ? current->request_id : "-");
    size += vsnprintf(line + size, sizeof(line) - 1 - (size_t)size, format, args);
    if (size > (int)sizeof(line) - 2)
        size = (int)sizeof(line) - 2;
    line[size++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)size) < 0)
        return;
}

void log_write(struct log_module *module, enum log_level level, const char *file, int line, const char *function,
               const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put(module, level, format, args);
    va_end(args);
}

void log_write_trace(struct log_module *module, enum log_level level, const char *file, int line, const char *function,
                     const char *trace, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put(module, level, format, args);
    va_end(args);
}

const char *log_mask(const void *mem, const char *text)
{
    return text;
}
