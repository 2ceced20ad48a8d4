/* SPDX-License-Identifier: Apache-2.0 */
/*
 * [DEFAULT] log_config_append: the INI form of Python's logging
 * configuration, read into the plan that base/log.h carries out.  Handlers
 * are those that a service's file names: streams, files that are watched or
 * rotate, syslog's socket, the journal, and none.
 * Source: nova-facts/startup.md section 3; the form is that of Python's logging.config.fileConfig.
 */
#include "config.h"

#include "fcgi_app/conf/logging.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/conf/ini.h"
#include "fcgi_app/conf/private.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 8
#define HANDLERS_MAX 32
#define FORMATTERS_MAX 32

struct formatter {
    const char *name;
    enum log_formatter kind;
    const char *format;
    const char *date_format;
};

struct reading {
    const void *mem;
    const struct ini_file *file;
    struct formatter *formatters;
    size_t formatter_count;
    struct log_handler *handlers;
    char **handler_names; /* NULL-terminated */
    const char *wrong;    /* the first thing that is */
};

static void *refuse(struct reading *reading, const char *why)
{
    if (!reading->wrong)
        reading->wrong = why;
    return NULL;
}

/* The trimmed pieces of a comma list; empty ones are left out. */
static char **names_of(const void *mem, const char *text)
{
    char **pieces = text_split(mem, text ? text : "", ',');
    size_t kept = 0;

    for (size_t i = 0; pieces[i]; i++) {
        char *name = text_strip(mem, pieces[i]);

        if (*name)
            pieces[kept++] = name;
    }
    pieces[kept] = NULL;
    return pieces;
}

static const struct ini_section *section(struct reading *reading, const char *kind, const char *name)
{
    const char *full = name ? mem_printf(reading->mem, "%s_%s", kind, name) : kind;
    const struct ini_section *found = ini_section(reading->file, full);

    return found ? found : refuse(reading, mem_printf(reading->mem, "there is no section [%s]", full));
}

static char **keys_of(struct reading *reading, const char *kind)
{
    return names_of(reading->mem, ini_value(section(reading, kind, NULL), "keys"));
}

/* The class without its package: "logging.handlers.WatchedFileHandler" ends as "WatchedFileHandler". */
static const char *class_of(const char *text)
{
    const char *dot = text ? strrchr(text, '.') : NULL;

    return dot ? dot + 1 : text ? text : "";
}

static int level_of(struct reading *reading, const struct ini_section *of, int otherwise)
{
    static const struct {
        const char *name;
        int level;
    } levels[] = {
        { "NOTSET", 0 },   { "DEBUG", 10 }, { "INFO", 20 },  { "WARN", 30 },
        { "WARNING", 30 }, { "ERROR", 40 }, { "FATAL", 50 }, { "CRITICAL", 50 },
    };
    const char *text = ini_value(of, "level");

    if (!text)
        return otherwise;
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (!strcmp(levels[i].name, text))
            return levels[i].level;
    refuse(reading, mem_printf(reading->mem, "[%s] level: Unknown level: '%s'", of->name, text));
    return otherwise;
}

/* ---- the words of args: a Python tuple of texts, numbers and names ---- */

/* Takes the words out of "('/a/b', 'a', 1048576, handlers.SysLogHandler.LOG_USER)"; false: it is no such tuple. */
static bool tuple_words(const void *mem, const char *text, const char *words[WORDS_MAX], size_t *count)
{
    *count = 0;
    text = text_strip(mem, text);
    if (*text++ != '(')
        return false;
    for (;;) {
        size_t size;

        text += strspn(text, " \t\n,");
        if (*text == ')')
            return !*(text + 1 + strspn(text + 1, " \t\n"));
        if (*count == WORDS_MAX)
            return false;
        if (*text == '\'' || *text == '"') {
            const char *end = strchr(text + 1, *text);

            if (!end || memchr(text, '\\', (size_t)(end - text)))
                return false;
            words[(*count)++] = mem_strndup(mem, text + 1, (size_t)(end - text - 1));
            text = end + 1;
            continue;
        }
        size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-");
        if (!size)
            return false;
        words[(*count)++] = mem_strndup(mem, text, size);
        text += size;
    }
}

/* ---- handlers ---- */

/* TimedRotatingFileHandler's `when`. */
static bool take_when(const char *when, struct log_handler *handler)
{
    static const struct {
        char letter;
        const char *unit;
    } whens[] = { { 'S', "seconds" },  { 'M', "minutes" }, { 'H', "hours" }, { 'D', "days" }, { 'W', "weekday" },
                  { 'm', "midnight" }, { 's', "seconds" }, { 'h', "hours" }, { 'd', "days" }, { 'w', "weekday" } };

    for (size_t i = 0; i < sizeof(whens) / sizeof(whens[0]); i++)
        if (*when == whens[i].letter) {
            handler->interval_unit = whens[i].unit;
            if (!strcmp(whens[i].unit, "weekday"))
                handler->interval = atoi(when + 1);
            return true;
        }
    return false;
}

static bool take_arguments(struct log_handler *handler, const char *class, const char **words, size_t count)
{
    if (!strcmp(class, "StreamHandler")) {
        handler->kind = count && !strcmp(class_of(words[0]), "stdout") ? LOG_HANDLER_STDOUT : LOG_HANDLER_STDERR;
        return count <= 1 && (!count || !strcmp(class_of(words[0]), "stdout") || !strcmp(class_of(words[0]), "stderr"));
    }
    if (!strcmp(class, "NullHandler")) {
        handler->kind = LOG_HANDLER_NONE;
        return true;
    }
    if (!strcmp(class, "OSJournalHandler")) {
        handler->kind = LOG_HANDLER_JOURNAL;
        handler->facility = count ? class_of(words[0]) : NULL;
        return true;
    }
    if (!strcmp(class, "OSSysLogHandler") || !strcmp(class, "SysLogHandler")) {
        bool socket = !strcmp(class, "SysLogHandler");

        handler->kind = LOG_HANDLER_SYSLOG;
        handler->facility = count > (socket ? 1 : 0) ? class_of(words[socket ? 1 : 0]) : NULL;
        return !socket || (count && !strcmp(words[0], "/dev/log"));
    }
    handler->kind = LOG_HANDLER_FILE;
    if (!count || !*words[0])
        return false;
    handler->path = words[0];
    if (!strcmp(class, "FileHandler") || !strcmp(class, "WatchedFileHandler") ||
        !strcmp(class, "FastWatchedFileHandler"))
        return true;
    if (!strcmp(class, "RotatingFileHandler")) {
        handler->rotation = "size";
        handler->max_bytes = count > 2 ? atol(words[2]) : 0;
        handler->backups = count > 3 ? atoi(words[3]) : 0;
        return true;
    }
    if (!strcmp(class, "TimedRotatingFileHandler")) {
        handler->rotation = "interval";
        handler->interval = count > 2 ? atoi(words[2]) : 1;
        handler->backups = count > 3 ? atoi(words[3]) : 0;
        return take_when(count > 1 ? words[1] : "h", handler);
    }
    return false;
}

static const struct formatter *formatter_named(struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->formatter_count; i++)
        if (!strcmp(reading->formatters[i].name, name))
            return &reading->formatters[i];
    return refuse(reading, mem_printf(reading->mem, "no formatter is named %s", name));
}

static void read_handler(struct reading *reading, const char *name, struct log_handler *handler)
{
    const struct ini_section *of = section(reading, "handler", name);
    const char *class = class_of(ini_value(of, "class")), *args = ini_value(of, "args");
    const char *named = ini_value(of, "formatter"), *words[WORDS_MAX];
    const struct formatter *formatter;
    size_t count;

    *handler = (struct log_handler){ .rotation = "none", .level = level_of(reading, of, 0) };
    if (reading->wrong)
        return;
    if (!tuple_words(reading->mem, text_is_empty(args) ? "()" : args, words, &count) ||
        !take_arguments(handler, class, words, count)) {
        refuse(reading, mem_printf(reading->mem, "[%s] %s%s is no handler that this program has", of->name,
                                   *class ? class : "without a class", args ? args : "()"));
        return;
    }
    formatter = text_is_empty(named) ? NULL : formatter_named(reading, named);
    if (formatter) {
        handler->formatter = formatter->kind;
        handler->format = formatter->format;
        handler->date_format = formatter->date_format;
    }
}

static void read_formatters(struct reading *reading)
{
    char **names = keys_of(reading, "formatters");

    reading->formatters = mem_array(reading->mem, struct formatter, FORMATTERS_MAX);
    for (; *names && !reading->wrong && reading->formatter_count < FORMATTERS_MAX; names++) {
        const struct ini_section *of = section(reading, "formatter", *names);
        const char *class = class_of(ini_value(of, "class")), *style = ini_value(of, "style");

        if (style && strcmp(style, "%"))
            refuse(reading, mem_printf(reading->mem, "[%s] style %s: only %% is known", of->name, style));
        reading->formatters[reading->formatter_count++] = (struct formatter){
            .name = *names,
            .kind = !strcmp(class, "ContextFormatter") ? LOG_FORMATTER_CONTEXT
                    : !strcmp(class, "JSONFormatter")  ? LOG_FORMATTER_JSON
                                                       : LOG_FORMATTER_PLAIN,
            .format = ini_value(of, "format"),
            .date_format = ini_value(of, "datefmt"),
        };
    }
}

/* ---- loggers ---- */

static void take_handlers(struct reading *reading, const struct ini_section *of, struct log_logger *logger)
{
    char **names = names_of(reading->mem, ini_value(of, "handlers"));
    unsigned char *list = mem_array(reading->mem, unsigned char, HANDLERS_MAX);

    for (; *names && logger->handler_count < HANDLERS_MAX; names++) {
        size_t i = 0;

        while (reading->handler_names[i] && strcmp(reading->handler_names[i], *names))
            i++;
        if (!reading->handler_names[i])
            refuse(reading, mem_printf(reading->mem, "[%s] no handler is named %s", of->name, *names));
        list[logger->handler_count++] = (unsigned char)i;
    }
    logger->handlers = list;
}

static int by_length(const void *a, const void *b)
{
    size_t one = strlen(((const struct log_logger *)a)->name), other = strlen(((const struct log_logger *)b)->name);

    return one < other ? 1 : one > other ? -1 : 0;
}

static void read_loggers(struct reading *reading, struct log_plan *plan)
{
    char **names = keys_of(reading, "loggers");
    struct log_logger *loggers = NULL;
    bool root = false;

    for (; *names && !reading->wrong; names++) {
        const struct ini_section *of = section(reading, "logger", *names);
        bool is_root = !strcmp(*names, "root");
        const char *name = is_root ? "" : ini_value(of, "qualname"), *propagate = ini_value(of, "propagate");
        struct log_logger logger = { .name = name, .level = level_of(reading, of, is_root ? LOG_LEVEL_WARNING : 0) };

        if (!name) {
            refuse(reading, mem_printf(reading->mem, "[logger_%s] has no qualname", *names));
            return;
        }
        root = root || is_root;
        logger.stops = propagate && !atoi(propagate);
        take_handlers(reading, of, &logger);
        loggers = mem_grow(reading->mem, loggers, struct log_logger, plan->logger_count + 1);
        loggers[plan->logger_count++] = logger;
    }
    if (!root)
        refuse(reading, "there is no logger root");
    if (loggers)
        qsort(loggers, plan->logger_count, sizeof(*loggers), by_length);
    plan->loggers = loggers;
}

const char *conf_log_plan(const void *mem, const char *path, const struct log_plan **made)
{
    struct reading reading = { .mem = mem };
    struct log_plan *plan = mem_new(mem, struct log_plan);
    struct ini_file *file;
    struct fault *fault = ini_read(mem, path, INI_PASTE, &file);

    *made = NULL;
    if (fault)
        return mem_printf(mem, "Error loading logging config %s: %s", path, fault->message);
    reading.file = file;
    read_formatters(&reading);
    reading.handler_names = keys_of(&reading, "handlers");
    reading.handlers = mem_array(mem, struct log_handler, HANDLERS_MAX);
    for (size_t i = 0; reading.handler_names[i] && !reading.wrong; i++) {
        if (i == HANDLERS_MAX)
            return mem_printf(mem, "Error loading logging config %s: too many handlers", path);
        read_handler(&reading, reading.handler_names[i], &reading.handlers[i]);
        plan->handler_count = i + 1;
    }
    plan->handlers = reading.handlers;
    if (!reading.wrong)
        read_loggers(&reading, plan);
    if (reading.wrong)
        return mem_printf(mem, "Error loading logging config %s: %s", path, reading.wrong);
    *made = plan;
    return NULL;
}

const char *conf_log_setup(struct conf *conf)
{
    const char *path = conf_string(conf, OPTION_DEFAULT_log_config_append), *why = NULL;
    struct log_settings settings = conf_log_settings(conf);
    void *mem = mem_context(conf, "logging file");

    if (!text_is_empty(path)) {
        why = conf_log_plan(mem, path, &settings.plan);
        settings.rate_limit_burst = 0; /* the file stands in place of every other option */
    }
    if (!why)
        why = log_setup(&settings);
    if (why) {
        talloc_free(conf->log_refused);
        conf->log_refused = mem;
    } else {
        talloc_free(conf->log_in_force);
        conf->log_in_force = mem;
    }
    return why;
}
