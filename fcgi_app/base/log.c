/* SPDX-License-Identifier: Apache-2.0 */
/* What is logged: levels of loggers, the running request, the rate limit. */
#include "config.h"

#include "fcgi_app/base/log.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log_private.h"
#include "fcgi_app/base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned log_epoch = 1;

static struct {
    void *mem; /* of this set-up; NULL before the first */
    struct log_format *format;
    const struct log_plan *plan;       /* NULL: every target takes every record */
    const struct log_format **formats; /* of the plan's handlers */
    size_t target_count;
    int root_level;
    struct logger_level {
        const char *name;
        int level;
    } * levels;
    size_t level_count;
    int burst; /* records an interval; 0: no limit */
    uint64_t interval_usec;
    int except_level;
    uint64_t interval_end;
    int interval_records;
    const struct context *context;
    struct strbuf message; /* reused from line to line */
} state = { .root_level = LOG_LEVEL_WARNING };

static const struct {
    const char *name;
    int level;
} level_names[] = {
    { "CRITICAL", 50 }, { "FATAL", 50 }, { "ERROR", 40 }, { "WARNING", 30 },
    { "WARN", 30 },     { "INFO", 20 },  { "DEBUG", 10 }, { "NOTSET", 0 },
};

const char *log_level_name(int level, char number[16])
{
    for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++)
        if (level_names[i].level == level)
            return level_names[i].name;
    snprintf(number, 16, "Level %d", level);
    return number;
}

int log_level_find(const char *name)
{
    char *end;
    long number = strtol(name, &end, 10);

    if (*name && !*end && number >= 0 && number < 1000)
        return (int)number;
    for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++)
        if (strcmp(level_names[i].name, name) == 0)
            return level_names[i].level;
    return -1;
}

/* default_log_levels: "logger=LEVEL". NULL, or why not. */
static const char *take_levels(void *mem, const char *const *pairs, struct logger_level **levels, size_t *count)
{
    static char why[256];

    *levels = NULL;
    *count = 0;
    for (size_t i = 0; pairs && pairs[i]; i++) {
        const char *sign = strchrnul(pairs[i], '=');
        int level = log_level_find(*sign ? sign + 1 : "");
        if (level < 0) {
            snprintf(why, sizeof(why), "default_log_levels: Unknown level: '%s'", *sign ? sign + 1 : "");
            return why;
        }
        *levels = mem_grow(mem, *levels, struct logger_level, *count + 1);
        (*levels)[(*count)++] = (struct logger_level){ mem_strndup(mem, pairs[i], (size_t)(sign - pairs[i])), level };
    }
    return NULL;
}

static const char *take_plan_levels(void *mem, const struct log_plan *plan, struct logger_level **levels, size_t *count)
{
    *levels = mem_array(mem, struct logger_level, plan->logger_count + 1);
    *count = 0;
    for (size_t i = 0; i < plan->logger_count; i++)
        if (*plan->loggers[i].name)
            (*levels)[(*count)++] = (struct logger_level){ plan->loggers[i].name, plan->loggers[i].level };
    return NULL;
}

static int plan_root_level(const struct log_plan *plan)
{
    for (size_t i = 0; i < plan->logger_count; i++)
        if (!*plan->loggers[i].name)
            return plan->loggers[i].level;
    return LOG_LEVEL_WARNING;
}

/* How each handler of the plan writes. */
static const struct log_format **formats_of(const void *mem, const struct log_settings *settings)
{
    const struct log_plan *plan = settings->plan;
    const struct log_format **formats = mem_array(mem, const struct log_format *, plan->handler_count + 1);

    for (size_t i = 0; i < plan->handler_count; i++) {
        const struct log_handler *handler = &plan->handlers[i];
        struct log_settings own = *settings;

        own.use_json = handler->formatter == LOG_FORMATTER_JSON;
        if (handler->date_format || handler->formatter == LOG_FORMATTER_PLAIN)
            own.log_date_format = handler->date_format;
        own.log_date_milliseconds = !own.log_date_format;
        if (handler->formatter == LOG_FORMATTER_PLAIN) {
            own.context_format = own.default_format = handler->format ? handler->format : "%(message)s";
            own.debug_format_suffix = own.exception_prefix = NULL;
        }
        formats[i] = log_format_new(mem, &own);
    }
    return formats;
}

static const char *take_rate_limit(const struct log_settings *settings)
{
    static char why[256];
    const char *name = settings->rate_limit_except_level ? settings->rate_limit_except_level : "";
    int level = *name ? log_level_find(name) : 1000;

    state.burst = 0;
    if (settings->rate_limit_burst < 1 || settings->rate_limit_interval < 1)
        return NULL;
    if (level < 0) {
        snprintf(why, sizeof(why), "invalid log level name: '%s'", name);
        return why;
    }
    state.burst = settings->rate_limit_burst;
    state.interval_usec = (uint64_t)settings->rate_limit_interval * 1000000;
    state.except_level = level;
    state.interval_end = clock_monotonic_usec() + state.interval_usec;
    state.interval_records = 0;
    return NULL;
}

const char *log_setup(const struct log_settings *settings)
{
    void *mem = mem_context(NULL, "log");
    struct log_handler by_options[4];
    const struct log_handler *handlers = by_options;
    struct logger_level *levels;
    size_t count, handler_count;
    const char *wrong;

    if (settings->plan) {
        handlers = settings->plan->handlers;
        handler_count = settings->plan->handler_count;
    } else {
        handler_count = log_targets_of_options(mem, settings, by_options);
    }
    wrong = settings->plan ? take_plan_levels(mem, settings->plan, &levels, &count)
                           : take_levels(mem, settings->default_log_levels, &levels, &count);
    if (!wrong)
        wrong = take_rate_limit(settings);
    if (!wrong)
        wrong = log_targets_open(handlers, handler_count, settings->program);
    if (wrong) {
        talloc_free(mem);
        return wrong;
    }
    state.format = log_format_new(mem, settings);
    state.plan = settings->plan;
    state.formats = settings->plan ? formats_of(mem, settings) : NULL;
    state.target_count = handler_count;
    state.root_level = settings->plan    ? plan_root_level(settings->plan)
                       : settings->debug ? LOG_LEVEL_DEBUG
                                         : LOG_LEVEL_INFO;
    state.levels = levels;
    state.level_count = count;
    strbuf_init(&state.message, mem, 4096);
    talloc_free(state.mem);
    state.mem = mem;
    log_epoch++;
    return NULL;
}

void log_shutdown(void)
{
    log_targets_close();
    talloc_free(state.mem);
    state.mem = NULL;
    state.format = NULL;
    state.plan = NULL;
    state.target_count = 0;
    state.levels = NULL;
    state.level_count = 0;
    state.burst = 0;
    state.root_level = LOG_LEVEL_WARNING;
    log_epoch++;
}

void log_set_context(const struct context *context)
{
    state.context = context;
}

const struct context *log_context(void)
{
    return state.context;
}

/* Python's effective level: that of the logger, or of the nearest one above it that has a level of its own. */
static int effective_level(const char *name)
{
    size_t longest = 0;
    int level = state.root_level;

    for (size_t i = 0; i < state.level_count; i++) {
        size_t size = strlen(state.levels[i].name);
        if (strncmp(name, state.levels[i].name, size) != 0 || (name[size] && name[size] != '.'))
            continue;
        if (size >= longest && state.levels[i].level != 0) {
            longest = size;
            level = state.levels[i].level;
        }
    }
    return level;
}

bool log_enabled_slow(struct log_module *module, int level)
{
    module->level = effective_level(module->name);
    module->epoch = log_epoch;
    return level >= module->level;
}

/* What stands behind the last indented line, or the last line: "ValueError: why", whose words may be lines. */
static void summarise(struct log_record *record)
{
    static char summary[4096];
    const char *found = NULL;
    bool indented = false, behind = false;
    size_t size;

    record->summary = "";
    if (!record->trace || record->level < LOG_LEVEL_WARNING)
        return;
    for (const char *p = record->trace; *p;) {
        size = strcspn(p, "\n");
        if (*p == ' ' || *p == '\t')
            indented = true, behind = false;
        else if (size > 0 && (!indented || !behind))
            found = p, behind = true;
        p += size + (p[size] == '\n');
    }
    if (!found)
        return;
    size = strlen(found);
    while (size > 0 && found[size - 1] == '\n')
        size--;
    if (size > sizeof(summary) - 1)
        size = sizeof(summary) - 1;
    memcpy(summary, found, size);
    summary[size] = '\0';
    record->summary = summary;
}

static bool is_beneath(const char *name, const char *logger)
{
    size_t size = strlen(logger);

    return !size || (strncmp(name, logger, size) == 0 && (!name[size] || name[size] == '.'));
}

/* To every target, or up the plan's loggers until one keeps its records to itself. */
static void send(const struct log_record *record)
{
    for (size_t i = 0; !state.plan && i < state.target_count; i++)
        log_targets_emit(i, state.format, record);
    for (size_t i = 0; state.plan && i < state.plan->logger_count; i++) {
        const struct log_logger *logger = &state.plan->loggers[i];

        if (!is_beneath(record->name, logger->name))
            continue;
        for (size_t k = 0; k < logger->handler_count; k++)
            if (record->level >= state.plan->handlers[logger->handlers[k]].level)
                log_targets_emit(logger->handlers[k], state.formats[logger->handlers[k]], record);
        if (logger->stops)
            return;
    }
}

/* May the record pass? Says once an interval that others do not. */
static bool within_limit(const struct log_record *record)
{
    uint64_t now;

    if (!state.burst || record->level >= state.except_level)
        return true;
    now = clock_monotonic_usec();
    if (now >= state.interval_end) {
        state.interval_end = now + state.interval_usec;
        state.interval_records = 0;
    }
    state.interval_records++;
    if (state.interval_records == state.burst + 1) {
        char text[128];
        struct log_record notice = *record;
        snprintf(text, sizeof(text), "Logging rate limit: drop after %d records/%llu sec", state.burst,
                 (unsigned long long)(state.interval_usec / 1000000));
        notice.name = "root";
        notice.level = LOG_LEVEL_ERROR;
        notice.message = text;
        notice.trace = NULL;
        notice.summary = "";
        notice.instance_uuid = NULL;
        send(&notice);
    }
    return state.interval_records <= state.burst;
}

/* Before the first set-up: the bare message on stderr. */
static void write_bare(const char *format, va_list args)
{
    char line[8192];
    const char *masked;
    int size = vsnprintf(line, sizeof(line) - 1, format, args);

    if (size < 0)
        return;
    masked = log_mask_line(NULL, line);
    if (masked != line) {
        snprintf(line, sizeof(line) - 1, "%s", masked);
        talloc_free((void *)(uintptr_t)masked);
    }
    size = (int)strlen(line);
    line[size++] = '\n';
    for (int at = 0; at < size;) {
        ssize_t wrote = write(STDERR_FILENO, line + at, (size_t)(size - at));
        if (wrote < 0 && errno != EINTR)
            return;
        at += wrote > 0 ? (int)wrote : 0;
    }
}

static void emit(struct log_record *record, const char *format, va_list args)
{
    int saved = errno;
    const char *trace = record->trace;

    if (!state.format) {
        write_bare(format, args);
        errno = saved;
        return;
    }
    clock_gettime(CLOCK_REALTIME, &record->when);
    record->context = state.context;
    strbuf_cut(&state.message, 0);
    strbuf_vprintf(&state.message, format, args);
    record->message = log_mask_line(state.mem, state.message.data);
    if (trace)
        record->trace = log_mask_line(state.mem, trace);
    summarise(record);
    if (within_limit(record))
        send(record);
    if (record->message != state.message.data)
        talloc_free((void *)(uintptr_t)record->message);
    if (record->trace != trace)
        talloc_free((void *)(uintptr_t)record->trace);
    errno = saved;
}

void log_write(struct log_module *module, enum log_level level, const char *file, int line, const char *function,
               const char *format, ...)
{
    struct log_record record = {
        .name = module->name, .level = (int)level, .file = file, .line = line, .function = function
    };
    va_list args;

    va_start(args, format);
    emit(&record, format, args);
    va_end(args);
}

void log_write_for(struct log_module *module, enum log_level level, const char *file, int line, const char *function,
                   const char *instance_uuid, const char *format, ...)
{
    struct log_record record = { .name = module->name,
                                 .level = (int)level,
                                 .file = file,
                                 .line = line,
                                 .function = function,
                                 .instance_uuid = instance_uuid };
    va_list args;

    va_start(args, format);
    emit(&record, format, args);
    va_end(args);
}

void log_write_trace(struct log_module *module, enum log_level level, const char *file, int line, const char *function,
                     const char *trace, const char *format, ...)
{
    struct log_record record = {
        .name = module->name, .level = (int)level, .file = file, .line = line, .function = function, .trace = trace
    };
    va_list args;

    va_start(args, format);
    emit(&record, format, args);
    va_end(args);
}
