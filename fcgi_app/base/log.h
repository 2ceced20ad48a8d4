/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logging in oslo.log's shape: logger names, levels, formats, the context of
 * the running request, several targets, masked secrets.
 *
 *     LOG_MODULE("nova.api.openstack.wsgi");
 *     log_info("HTTP exception thrown: %s", text);
 *
 * One LOG_MODULE line a file.  A level says who must act: ERROR the operator
 * now, WARNING the operator some day, INFO nobody, DEBUG a developer.
 * Source: nova-facts/startup.md section 3.
 */
#ifndef NOVA_BASE_LOG_H
#define NOVA_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

struct context;

/* Python's numbers. */
enum log_level {
    LOG_LEVEL_DEBUG = 10,
    LOG_LEVEL_INFO = 20,
    LOG_LEVEL_WARNING = 30,
    LOG_LEVEL_ERROR = 40,
    LOG_LEVEL_CRITICAL = 50,
};

struct log_module {
    const char *name;
    int level;      /* effective level, resolved at first use after log_setup() */
    unsigned epoch; /* of the set-up that `level` belongs to */
};

#define LOG_MODULE(logger) static struct log_module log_module_ = { (logger), 0, 0 }

/* ---- a plan: what a Python logging file says (conf/log_file.c reads it) ---- */

enum log_handler_kind {
    LOG_HANDLER_NONE, /* NullHandler */
    LOG_HANDLER_FILE,
    LOG_HANDLER_STDERR,
    LOG_HANDLER_STDOUT,
    LOG_HANDLER_SYSLOG,
    LOG_HANDLER_JOURNAL,
};

enum log_formatter {
    LOG_FORMATTER_PLAIN, /* logging.Formatter: its own format, dates with milliseconds unless it says how */
    LOG_FORMATTER_CONTEXT,
    LOG_FORMATTER_JSON,
};

struct log_handler {
    enum log_handler_kind kind;
    int level;                 /* records beneath are not taken */
    const char *path;          /* of a file */
    const char *rotation;      /* "none", "size", "interval" */
    long max_bytes;            /* size */
    int backups;               /* how many rotated files are kept */
    const char *interval_unit; /* as log_rotate_interval_type */
    int interval;
    const char *facility;         /* syslog, journal: "LOG_USER" */
    enum log_formatter formatter; /* in a plan */
    const char *format;           /* NULL: the message alone */
    const char *date_format;      /* NULL: the formatter's own */
};

struct log_logger {
    const char *name; /* "" is the root */
    int level;        /* 0: that of the logger above */
    bool stops;       /* propagate=0 */
    const unsigned char *handlers;
    size_t handler_count;
};

struct log_plan {
    const struct log_handler *handlers;
    size_t handler_count;
    const struct log_logger *loggers; /* the longest name first, the root last */
    size_t logger_count;
};

/* What log_setup() takes; the words are those of oslo.log's options. Strings stay the caller's and are copied. */
struct log_settings {
    const struct log_plan *plan; /* in place of the targets and levels below; NULL: by the options. Must live on. */
    const char *program;         /* basename for <log_dir>/<program>.log and syslog */
    const char *log_file;        /* NULL: none */
    const char *log_dir;
    bool debug;
    bool use_stderr;
    bool use_syslog;
    bool use_journal;
    bool use_json;
    bool watch_log_file;
    const char *syslog_log_facility;
    const char *log_date_format;
    bool log_date_milliseconds; /* ",123" after the date */
    const char *context_format; /* logging_context_format_string … */
    const char *default_format;
    const char *debug_format_suffix;
    const char *exception_prefix;
    const char *user_identity_format;
    const char *instance_format;
    const char *instance_uuid_format;
    const char *const *default_log_levels; /* "logger=LEVEL", NULL-terminated */
    const char *log_rotation_type;         /* none, interval, size */
    const char *log_rotate_interval_type;
    int log_rotate_interval;
    int max_logfile_size_mb;
    int max_logfile_count;
    int rate_limit_burst;
    int rate_limit_interval;
    const char *rate_limit_except_level;
};

/*
 * Opens the targets.  May be called again (SIGHUP).  Before the first call
 * lines of WARNING and above go to stderr.  Returns NULL, or why not, as text
 * that stays valid until the next call.
 */
const char *log_setup(const struct log_settings *settings);
void log_shutdown(void);

/* The request whose words stand in the lines from now on; NULL: none. */
void log_set_context(const struct context *context);
const struct context *log_context(void);

bool log_enabled_slow(struct log_module *module, int level);
extern unsigned log_epoch;
static inline bool log_enabled_in(struct log_module *module, int level)
{
    return module->epoch == log_epoch ? level >= module->level : log_enabled_slow(module, level);
}

void log_write(struct log_module *module, enum log_level level, const char *file, int line, const char *function,
               const char *format, ...) __attribute__((format(printf, 6, 7)));

/* As log_write, about one server: `%(instance)s` in the formats shows its UUID. */
void log_write_for(struct log_module *module, enum log_level level, const char *file, int line, const char *function,
                   const char *instance_uuid, const char *format, ...) __attribute__((format(printf, 7, 8)));

/* As log_write, and each line of `trace` follows as a traceback's lines do. */
void log_write_trace(struct log_module *module, enum log_level level, const char *file, int line, const char *function,
                     const char *trace, const char *format, ...) __attribute__((format(printf, 7, 8)));

#define log_at(level, ...)                                                                                             \
    do {                                                                                                               \
        if (log_enabled_in(&log_module_, (level)))                                                                     \
            log_write(&log_module_, (level), __FILE__, __LINE__, __func__, __VA_ARGS__);                               \
    } while (0)
#define log_debug(...) log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...) log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_error(...) log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_critical(...) log_at(LOG_LEVEL_CRITICAL, __VA_ARGS__)
/* Lines about one server, where Python says instance=. */
#define log_instance(level, uuid, ...)                                                                                 \
    do {                                                                                                               \
        if (log_enabled_in(&log_module_, (level)))                                                                     \
            log_write_for(&log_module_, (level), __FILE__, __LINE__, __func__, (uuid), __VA_ARGS__);                   \
    } while (0)
/*
 * An error with lines of its own beneath it, where Python has a traceback.
 * The last line that begins without a blank ("ValueError: why") is repeated
 * at the end of the first.
 */
#define log_exception(trace, ...)                                                                                      \
    do {                                                                                                               \
        if (log_enabled_in(&log_module_, LOG_LEVEL_ERROR))                                                             \
            log_write_trace(&log_module_, LOG_LEVEL_ERROR, __FILE__, __LINE__, __func__, (trace), __VA_ARGS__);        \
    } while (0)

/*
 * Secrets out of `text` as oslo.utils' strutils.mask_password does (passwords,
 * tokens, keys in JSON, key=value, command lines), and in JSON what is no
 * string too: a copy on mem, or text itself when there was none.
 */
const char *log_mask(const void *mem, const char *text);

/*
 * What no line and no report may show, whoever wrote it: passwords in URLs, and the value of a secret field in what
 * validation says of it.  Every line passes through here; a copy on mem, or text itself.
 */
const char *log_mask_line(const void *mem, const char *text);

#endif
