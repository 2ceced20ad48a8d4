/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where lines go: a file that others may rotate or that rotates itself,
 * stderr or stdout, syslog, the journal.  One write(2) a line, so that lines
 * of several workers in one file never mix.
 */
#include "config.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log_private.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#ifdef HAVE_SYSTEMD
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#endif
#include <unistd.h>

enum rotation {
    ROTATION_NONE, /* others rotate: reopened when the name means another file */
    ROTATION_SIZE,
    ROTATION_TIME,
};

/* Units of log_rotate_interval_type. */
static const struct unit {
    const char *name;
    char letter; /* s m h d, n midnight, w weekday */
    int seconds;
    const char *suffix; /* of rotated files */
} units[] = {
    { "seconds", 's', 1, "%Y-%m-%d_%H-%M-%S" }, { "minutes", 'm', 60, "%Y-%m-%d_%H-%M" },
    { "hours", 'h', 3600, "%Y-%m-%d_%H" },      { "days", 'd', 86400, "%Y-%m-%d" },
    { "midnight", 'n', 86400, "%Y-%m-%d" },     { "weekday", 'w', 86400 * 7, "%Y-%m-%d" },
};

static struct {
    char *path; /* of the file; NULL: none */
    int fd;
    dev_t device;
    ino_t inode;
    time_t followed; /* when the name was last looked at */
    enum rotation rotation;
    off_t max_size;
    int backups;
    const struct unit *unit;
    int interval;     /* in units */
    time_t rotate_at; /* ROTATION_TIME */
    bool to_stderr;
    bool to_stdout;
    bool to_syslog;
    bool to_journal;
    int facility;
    char *program;
    struct strbuf line; /* reused from record to record */
} targets = { .fd = -1 };

/* ---- the file ------------------------------------------------------------- */

static time_t next_midnight(time_t now)
{
    struct tm tm;

    localtime_r(&now, &tm);
    tm.tm_mday++;
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    return mktime(&tm);
}

static time_t next_rotation(time_t from)
{
    struct tm tm;
    time_t at;
    int days;

    if (targets.unit->letter != 'n' && targets.unit->letter != 'w')
        return from + (time_t)targets.interval * targets.unit->seconds;
    at = next_midnight(from);
    if (targets.unit->letter == 'n')
        return at;
    /* the interval names the day, 0 being Monday: the midnight at its end */
    localtime_r(&from, &tm);
    days = (targets.interval - (tm.tm_wday + 6) % 7 + 7) % 7;
    return at + (time_t)days * 86400;
}

static bool file_open(void)
{
    struct stat status;
    int fd = open(targets.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0)
        return false;
    if (targets.fd >= 0)
        close(targets.fd);
    targets.fd = fd;
    if (fstat(fd, &status) == 0) {
        targets.device = status.st_dev;
        targets.inode = status.st_ino;
    }
    /* a new file, perhaps another worker's rotation: its time begins now */
    if (targets.rotation == ROTATION_TIME)
        while (targets.rotate_at <= time(NULL))
            targets.rotate_at = next_rotation(targets.rotate_at);
    return true;
}

/* Has the name come to mean another file (logrotate, or another worker's rotation)? */
static void file_follow(time_t now)
{
    struct stat status;

    targets.followed = now;
    if (stat(targets.path, &status) == 0 && status.st_dev == targets.device && status.st_ino == targets.inode)
        return;
    file_open();
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Removes the oldest of the files rotated by time, beyond the number to keep. */
static void remove_old(void *scratch)
{
    char *directory = mem_strdup(scratch, targets.path);
    char *slash = strrchr(directory, '/');
    const char *base = slash ? slash + 1 : directory;
    size_t size = strlen(base);
    char **names = NULL;
    size_t count = 0;
    DIR *dir;
    struct dirent *entry;

    base = mem_strdup(scratch, base);
    if (slash)
        *slash = '\0';
    dir = opendir(slash ? *directory ? directory : "/" : ".");
    if (!dir)
        return;
    while ((entry = readdir(dir)))
        if (strncmp(entry->d_name, base, size) == 0 && entry->d_name[size] == '.' &&
            isdigit((unsigned char)entry->d_name[size + 1]) && strlen(entry->d_name + size + 1) >= 10) {
            names = mem_grow(scratch, names, char *, count + 1);
            names[count++] = mem_strdup(scratch, entry->d_name);
        }
    closedir(dir);
    if (!names)
        return;
    qsort(names, count, sizeof(*names), compare_names);
    for (size_t i = 0; i + (size_t)targets.backups < count; i++)
        unlink(mem_printf(scratch, "%s/%s", slash ? directory : ".", names[i]));
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* The suffix is one of the units' own. */
static void rotate_by_time(void *scratch)
{
    time_t begun = targets.rotate_at - (time_t)targets.interval * targets.unit->seconds;
    char suffix[64];
    struct tm tm;

    if (targets.unit->letter == 'n' || targets.unit->letter == 'w')
        begun = targets.rotate_at - targets.unit->seconds;
    localtime_r(&begun, &tm);
    strftime(suffix, sizeof(suffix), targets.unit->suffix, &tm);
    rename(targets.path, mem_printf(scratch, "%s.%s", targets.path, suffix));
    if (targets.backups > 0)
        remove_old(scratch);
}

#pragma GCC diagnostic pop

static void rotate_by_size(void *scratch)
{
    for (int i = targets.backups - 1; i > 0; i--)
        rename(mem_printf(scratch, "%s.%d", targets.path, i), mem_printf(scratch, "%s.%d", targets.path, i + 1));
    if (targets.backups > 0)
        rename(targets.path, mem_printf(scratch, "%s.1", targets.path));
}

static bool is_due(time_t now, size_t size)
{
    struct stat status;

    if (targets.rotation == ROTATION_TIME)
        return now >= targets.rotate_at;
    return targets.max_size > 0 && targets.backups > 0 && fstat(targets.fd, &status) == 0 &&
           status.st_size + (off_t)size >= targets.max_size;
}

/* Of several workers one rotates: the lock on the old file decides, and the others find the name moved. */
static void file_rotate(time_t now, size_t size)
{
    int old = dup(targets.fd);
    void *scratch;

    if (old < 0)
        return;
    scratch = mem_context(NULL, "log_rotate");
    flock(old, LOCK_EX);
    file_follow(now);
    if (is_due(now, size)) {
        if (targets.rotation == ROTATION_TIME)
            rotate_by_time(scratch);
        else
            rotate_by_size(scratch);
        file_open();
    }
    flock(old, LOCK_UN);
    close(old);
    talloc_free(scratch);
}

static void write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t wrote = write(fd, data, size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return; /* nobody is left to be told */
        data += wrote;
        size -= (size_t)wrote;
    }
}

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

static char *file_path(const struct log_settings *settings)
{
    const char *file = settings->log_file;
    const char *directory = settings->log_dir;

    if (!text_is_empty(file))
        return file[0] == '/' || text_is_empty(directory) ? mem_strdup(NULL, file)
                                                          : mem_printf(NULL, "%s/%s", directory, file);
    if (!text_is_empty(directory))
        return mem_printf(NULL, "%s/%s.log", directory, settings->program ? settings->program : "nova-api");
    return NULL;
}

static void take_rotation(const struct log_settings *settings)
{
    const char *type = settings->log_rotation_type ? settings->log_rotation_type : "none";
    const char *unit = settings->log_rotate_interval_type ? settings->log_rotate_interval_type : "days";
    struct stat status;

    targets.rotation = settings->watch_log_file            ? ROTATION_NONE
                       : strcasecmp(type, "size") == 0     ? ROTATION_SIZE
                       : strcasecmp(type, "interval") == 0 ? ROTATION_TIME
                                                           : ROTATION_NONE;
    targets.max_size = (off_t)settings->max_logfile_size_mb * 1024 * 1024;
    targets.backups = settings->max_logfile_count;
    targets.interval = settings->log_rotate_interval;
    targets.unit = &units[3];
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcasecmp(units[i].name, unit) == 0)
            targets.unit = &units[i];
    if (targets.unit->letter != 'w' && targets.interval < 1)
        targets.interval = 1;
    targets.rotate_at = next_rotation(fstat(targets.fd, &status) == 0 ? status.st_mtime : time(NULL));
}

const char *log_targets_open(const struct log_settings *settings)
{
    static char why[512];
    char *path = file_path(settings);
    char *before = targets.path;
    int facility = find_facility(settings->syslog_log_facility ? settings->syslog_log_facility : "LOG_USER");

    if ((settings->use_syslog || settings->use_journal) && facility < 0) {
        snprintf(why, sizeof(why), "syslog facility '%s' is not known", settings->syslog_log_facility);
        talloc_free(path);
        return why;
    }
#ifndef HAVE_SYSTEMD
    if (settings->use_journal) {
        talloc_free(path);
        return "use_journal: this program was built without libsystemd";
    }
#endif
    targets.path = path;
    targets.rotation = ROTATION_NONE;
    if (path && !file_open()) {
        snprintf(why, sizeof(why), "cannot open the log file %s: %s", path, strerror(errno));
        targets.path = before;
        talloc_free(path);
        return why;
    }
    talloc_free(before);
    if (!path && targets.fd >= 0) {
        close(targets.fd);
        targets.fd = -1;
    }
    if (path)
        take_rotation(settings);
    targets.to_stderr = settings->use_stderr;
    targets.to_journal = settings->use_journal;
    targets.to_stdout = !path && !settings->use_stderr && !settings->use_journal;
    targets.to_syslog = settings->use_syslog;
    targets.facility = facility;
    talloc_free(targets.program);
    targets.program = mem_strdup(NULL, settings->program ? settings->program : "nova-api");
    if (targets.to_syslog)
        openlog(targets.program, 0, facility);
    if (!targets.line.data)
        strbuf_init(&targets.line, NULL, 8192);
    return NULL;
}

void log_targets_close(void)
{
    if (targets.fd >= 0)
        close(targets.fd);
    if (targets.to_syslog)
        closelog();
    talloc_free(targets.path);
    talloc_free(targets.program);
    talloc_free(targets.line.data);
    memset(&targets, 0, sizeof(targets));
    targets.fd = -1;
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

static void send_to_journal(const struct log_format *format, const struct log_record *record, const char *line)
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
    add_field(&fields, "SYSLOG_FACILITY", mem_printf(fields.mem, "%d", targets.facility));
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
    sd_journal_sendv(fields.list, fields.count);
    talloc_free(fields.mem);
}
#endif

void log_targets_emit(const struct log_format *format, const struct log_record *record)
{
    struct strbuf *line = &targets.line;

    if (targets.to_stderr || targets.to_stdout) {
        strbuf_cut(line, 0);
        log_format_line(format, record, true, line);
        strbuf_putc(line, '\n');
        write_all(targets.to_stderr ? STDERR_FILENO : STDOUT_FILENO, line->data, line->length);
    }
    if (!targets.path && !targets.to_syslog && !targets.to_journal)
        return;
    strbuf_cut(line, 0);
    log_format_line(format, record, false, line);
    if (targets.to_syslog)
        syslog(syslog_priority(record->level), "%s", line->data);
#ifdef HAVE_SYSTEMD
    if (targets.to_journal)
        send_to_journal(format, record, line->data);
#endif
    if (!targets.path)
        return;
    strbuf_putc(line, '\n');
    /* a renamed file may get the lines of the rest of a second */
    if (targets.followed != record->when.tv_sec)
        file_follow(record->when.tv_sec);
    if (targets.rotation != ROTATION_NONE && is_due(record->when.tv_sec, line->length))
        file_rotate(record->when.tv_sec, line->length);
    write_all(targets.fd, line->data, line->length);
}
