/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where lines go: files, stderr or stdout, syslog, the journal.  One write(2)
 * a line, so that lines of several workers in one file never mix.  The list is
 * that of oslo.log's options, or of a plan's handlers.
 * Neighbours: log_file.c keeps and rotates a file; log.c decides who gets a record.
 */
#include "config.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log_file.h"
#include "fcgi_app/base/log_private.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#ifdef HAVE_SYSTEMD
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#endif
#include <unistd.h>

struct target {
    enum log_handler_kind kind;
    struct log_file *file; /* LOG_HANDLER_FILE */
    int facility;          /* syslog and journal */
};

static struct {
    void *mem; /* of the list; NULL: nothing is open */
    struct target *list;
    size_t count;
    char *program;
    struct strbuf line; /* reused from record to record */
} targets;

static char why[512];
#ifdef HAVE_SYSTEMD
static typeof(&sd_journal_sendv) journal_sendv;
#endif

/* ---- opening -------------------------------------------------------------- */

/* "LOG_LOCAL0", "local0", … ; -1: none. */
static int find_facility(const char *name)
{
    static const struct {
        const char *name;
        int facility;
    } facilities[] = {
        { "KERN", LOG_KERN },     { "USER", LOG_USER },     { "MAIL", LOG_MAIL },     { "DAEMON", LOG_DAEMON },
        { "AUTH", LOG_AUTH },     { "SYSLOG", LOG_SYSLOG }, { "LPR", LOG_LPR },       { "NEWS", LOG_NEWS },
        { "UUCP", LOG_UUCP },     { "CRON", LOG_CRON },     { "LOCAL0", LOG_LOCAL0 }, { "LOCAL1", LOG_LOCAL1 },
        { "LOCAL2", LOG_LOCAL2 }, { "LOCAL3", LOG_LOCAL3 }, { "LOCAL4", LOG_LOCAL4 }, { "LOCAL5", LOG_LOCAL5 },
        { "LOCAL6", LOG_LOCAL6 }, { "LOCAL7", LOG_LOCAL7 }, { "FTP", LOG_FTP },       { "AUTHPRIV", LOG_AUTHPRIV },
    };

    if (strncasecmp(name, "LOG_", 4) == 0)
        name += 4;
    for (size_t i = 0; i < sizeof(facilities) / sizeof(facilities[0]); i++)
        if (strcasecmp(facilities[i].name, name) == 0)
            return facilities[i].facility;
    return -1;
}

/* The file of log_file and log_dir; NULL: none. */
static const char *file_path(const void *mem, const struct log_settings *settings)
{
    const char *file = settings->log_file;
    const char *directory = settings->log_dir;

    if (!text_is_empty(file))
        return file[0] == '/' || text_is_empty(directory) ? file : mem_printf(mem, "%s/%s", directory, file);
    if (!text_is_empty(directory))
        return mem_printf(mem, "%s/%s.log", directory, settings->program ? settings->program : "nova-api");
    return NULL;
}

static const char *open_file(const void *mem, struct target *target, const struct log_handler *handler)
{
    const struct log_file_settings settings = {
        .path = handler->path,
        .rotation = strcasecmp(handler->rotation, "size") == 0       ? LOG_FILE_BY_SIZE
                    : strcasecmp(handler->rotation, "interval") == 0 ? LOG_FILE_BY_TIME
                                                                     : LOG_FILE_KEPT,
        .max_size = (off_t)handler->max_bytes,
        .backups = handler->backups,
        .unit = handler->interval_unit,
        .interval = handler->interval,
    };

    target->file = log_file_open(mem, &settings);
    if (target->file)
        return NULL;
    snprintf(why, sizeof(why), "cannot open the log file %s: %s", handler->path, strerror(errno));
    return why;
}

/*
 * libsystemd is loaded by who asks for the journal: it and the five libraries behind it are a tenth of those that every
 * start would have to load.
 */
static bool open_journal(void)
{
#ifdef HAVE_SYSTEMD
    void *library = journal_sendv ? NULL : dlopen("libsystemd.so.0", RTLD_NOW);

    if (library)
        journal_sendv = (typeof(journal_sendv))dlsym(library, "sd_journal_sendv");
    if (journal_sendv)
        return true;
    snprintf(why, sizeof(why), "use_journal: %s", dlerror());
#else
    snprintf(why, sizeof(why), "use_journal: this program was built without libsystemd");
#endif
    return false;
}

static const char *open_one(const void *mem, struct target *target, const struct log_handler *handler)
{
    target->kind = handler->kind;
    if (handler->kind == LOG_HANDLER_FILE)
        return open_file(mem, target, handler);
    if (handler->kind != LOG_HANDLER_SYSLOG && handler->kind != LOG_HANDLER_JOURNAL)
        return NULL;
    if (handler->kind == LOG_HANDLER_JOURNAL && !open_journal())
        return why;
    target->facility = find_facility(handler->facility ? handler->facility : "LOG_USER");
    if (target->facility >= 0)
        return NULL;
    snprintf(why, sizeof(why), "syslog facility '%s' is not known", handler->facility);
    return why;
}

static void close_files(const struct target *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].file)
            log_file_close(list[i].file);
}

const char *log_targets_open(const struct log_handler *handlers, size_t count, const char *program)
{
    void *mem = mem_context(NULL, "log targets");
    struct target *list = mem_array(mem, struct target, count + 1);

    for (size_t i = 0; i < count; i++) {
        const char *wrong = open_one(mem, &list[i], &handlers[i]);

        if (!wrong)
            continue;
        close_files(list, i);
        talloc_free(mem);
        return wrong;
    }
    log_targets_close();
    targets.mem = mem;
    targets.list = list;
    targets.count = count;
    targets.program = mem_strdup(mem, program ? program : "nova-api");
    openlog(targets.program, 0, LOG_USER);
    strbuf_init(&targets.line, mem, 8192);
    return NULL;
}

size_t log_targets_of_options(const void *mem, const struct log_settings *settings, struct log_handler handlers[4])
{
    const char *path = file_path(mem, settings);
    size_t count = 0;

    if (settings->use_stderr || (!path && !settings->use_journal))
        handlers[count++] = (struct log_handler){
            .kind = settings->use_stderr ? LOG_HANDLER_STDERR : LOG_HANDLER_STDOUT,
        };
    if (settings->use_syslog)
        handlers[count++] =
            (struct log_handler){ .kind = LOG_HANDLER_SYSLOG, .facility = settings->syslog_log_facility };
    if (settings->use_journal)
        handlers[count++] =
            (struct log_handler){ .kind = LOG_HANDLER_JOURNAL, .facility = settings->syslog_log_facility };
    if (path)
        handlers[count++] = (struct log_handler){
            .kind = LOG_HANDLER_FILE,
            .path = path,
            .rotation = settings->watch_log_file || !settings->log_rotation_type ? "none" : settings->log_rotation_type,
            .max_bytes = (long)settings->max_logfile_size_mb * 1024 * 1024,
            .backups = settings->max_logfile_count,
            .interval_unit = settings->log_rotate_interval_type,
            .interval = settings->log_rotate_interval,
        };
    return count;
}

void log_targets_close(void)
{
    if (!targets.mem)
        return;
    close_files(targets.list, targets.count);
    closelog();
    talloc_free(targets.mem);
    memset(&targets, 0, sizeof(targets));
}

/* ---- sending -------------------------------------------------------------- */

static int syslog_priority(int level)
{
    return level == LOG_LEVEL_CRITICAL  ? LOG_CRIT
           : level == LOG_LEVEL_ERROR   ? LOG_ERR
           : level == LOG_LEVEL_WARNING ? LOG_WARNING
           : level == LOG_LEVEL_INFO    ? LOG_INFO
                                        : LOG_DEBUG;
}

#ifdef HAVE_SYSTEMD
struct fields {
    struct iovec list[24];
    int count;
    void *mem;
};

static void add_field(struct fields *fields, const char *name, const char *text)
{
    char *field;

    if (text_is_empty(text) || fields->count == 24)
        return;
    field = mem_printf(fields->mem, "%s=%s", name, text);
    fields->list[fields->count++] = (struct iovec){ field, strlen(field) };
}

static void send_to_journal(const struct target *target, const struct log_format *format,
                            const struct log_record *record, const char *line)
{
    struct fields fields = { .mem = mem_context(NULL, "log_journal") };
    const struct context *context = record->context;
    char number[16];

    add_field(&fields, "MESSAGE", line);
    add_field(&fields, "CODE_FILE", record->file);
    add_field(&fields, "CODE_LINE", mem_printf(fields.mem, "%d", record->line));
    add_field(&fields, "CODE_FUNC", record->function);
    add_field(&fields, "THREAD_NAME", "MainThread");
    add_field(&fields, "PROCESS_NAME", "MainProcess");
    add_field(&fields, "LOGGER_NAME", record->name);
    add_field(&fields, "LOGGER_LEVEL", log_level_name(record->level, number));
    add_field(&fields, "SYSLOG_IDENTIFIER", targets.program);
    add_field(&fields, "PRIORITY", mem_printf(fields.mem, "%d", syslog_priority(record->level)));
    add_field(&fields, "SYSLOG_FACILITY", mem_printf(fields.mem, "%d", target->facility));
    if (record->trace) {
        struct strbuf trace;
        strbuf_init(&trace, fields.mem, 1024);
        log_format_trace(format, record, &trace);
        add_field(&fields, "EXCEPTION_INFO", trace.data);
        add_field(&fields, "EXCEPTION_TEXT", trace.data);
    }
    if (context) {
        add_field(&fields, "PROJECT_NAME", context->project_name);
        add_field(&fields, "PROJECT_ID", context->project_id);
        add_field(&fields, "USER_NAME", context->user_name);
        add_field(&fields, "USER_ID", context->user_id);
        add_field(&fields, "REQUEST_ID", context->request_id);
    }
    journal_sendv(fields.list, fields.count);
    talloc_free(fields.mem);
}
#endif

void log_targets_emit(size_t index, const struct log_format *format, const struct log_record *record)
{
    const struct target *target = &targets.list[index];
    struct strbuf *line = &targets.line;
    bool stream = target->kind == LOG_HANDLER_STDERR || target->kind == LOG_HANDLER_STDOUT;

    strbuf_cut(line, 0);
    log_format_line(format, record, stream, line);
    switch (target->kind) {
    case LOG_HANDLER_NONE:
        break;
    case LOG_HANDLER_SYSLOG:
        syslog(target->facility | syslog_priority(record->level), "%s", line->data);
        break;
    case LOG_HANDLER_JOURNAL:
#ifdef HAVE_SYSTEMD
        send_to_journal(target, format, record, line->data);
#endif
        break;
    case LOG_HANDLER_STDERR:
    case LOG_HANDLER_STDOUT:
        strbuf_putc(line, '\n');
        log_write_all(target->kind == LOG_HANDLER_STDERR ? STDERR_FILENO : STDOUT_FILENO, line->data, line->length);
        break;
    case LOG_HANDLER_FILE:
        strbuf_putc(line, '\n');
        log_file_write(target->file, record->when.tv_sec, line->data, line->length);
        break;
    }
}
