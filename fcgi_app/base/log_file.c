/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log file: one that others may rotate, or that rotates itself among the
 * workers that share it.  Neighbour: log_target.c sends lines here.
 */
#include "config.h"

#include "fcgi_app/base/log_file.h"

#include "fcgi_app/base/mem.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Units of log_rotate_interval_type, and of TimedRotatingFileHandler's `when`. */
struct log_file_unit {
    const char *name;
    char letter; /* s m h d, n midnight, w weekday */
    int seconds;
    const char *suffix; /* of rotated files */
};

static const struct log_file_unit units[] = {
    { "seconds", 's', 1, "%Y-%m-%d_%H-%M-%S" }, { "minutes", 'm', 60, "%Y-%m-%d_%H-%M" },
    { "hours", 'h', 3600, "%Y-%m-%d_%H" },      { "days", 'd', 86400, "%Y-%m-%d" },
    { "midnight", 'n', 86400, "%Y-%m-%d" },     { "weekday", 'w', 86400 * 7, "%Y-%m-%d" },
};

static time_t next_midnight(time_t now)
{
    struct tm tm;

    localtime_r(&now, &tm);
    tm.tm_mday++;
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    return mktime(&tm);
}

static time_t next_rotation(const struct log_file *file, time_t from)
{
    struct tm tm;
    time_t at;
    int days;

    if (file->unit->letter != 'n' && file->unit->letter != 'w')
        return from + (time_t)file->interval * file->unit->seconds;
    at = next_midnight(from);
    if (file->unit->letter == 'n')
        return at;
    /* the interval names the day, 0 being Monday: the midnight at its end */
    localtime_r(&from, &tm);
    days = (file->interval - (tm.tm_wday + 6) % 7 + 7) % 7;
    return at + (time_t)days * 86400;
}

static bool reopen(struct log_file *file)
{
    struct stat status;
    int fd = open(file->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0)
        return false;
    if (file->fd >= 0)
        close(file->fd);
    file->fd = fd;
    if (fstat(fd, &status) == 0) {
        file->device = status.st_dev;
        file->inode = status.st_ino;
    }
    /* a new file, perhaps another worker's rotation: its time begins now */
    if (file->rotation == LOG_FILE_BY_TIME)
        while (file->rotate_at <= time(NULL))
            file->rotate_at = next_rotation(file, file->rotate_at);
    return true;
}

/* Has the name come to mean another file (logrotate, or another worker's rotation)? */
static void follow(struct log_file *file, time_t now)
{
    struct stat status;

    file->followed = now;
    if (stat(file->path, &status) == 0 && status.st_dev == file->device && status.st_ino == file->inode)
        return;
    reopen(file);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Removes the oldest of the files rotated by time, beyond the number to keep. */
static void remove_old(const struct log_file *file, void *scratch)
{
    char *directory = mem_strdup(scratch, file->path);
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
    for (size_t i = 0; i + (size_t)file->backups < count; i++)
        unlink(mem_printf(scratch, "%s/%s", slash ? directory : ".", names[i]));
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* The suffix is one of the units' own. */
static void rotate_by_time(const struct log_file *file, void *scratch)
{
    time_t begun = file->rotate_at - (time_t)file->interval * file->unit->seconds;
    char suffix[64];
    struct tm tm;

    if (file->unit->letter == 'n' || file->unit->letter == 'w')
        begun = file->rotate_at - file->unit->seconds;
    localtime_r(&begun, &tm);
    strftime(suffix, sizeof(suffix), file->unit->suffix, &tm);
    rename(file->path, mem_printf(scratch, "%s.%s", file->path, suffix));
    if (file->backups > 0)
        remove_old(file, scratch);
}

#pragma GCC diagnostic pop

static void rotate_by_size(const struct log_file *file, void *scratch)
{
    for (int i = file->backups - 1; i > 0; i--)
        rename(mem_printf(scratch, "%s.%d", file->path, i), mem_printf(scratch, "%s.%d", file->path, i + 1));
    if (file->backups > 0)
        rename(file->path, mem_printf(scratch, "%s.1", file->path));
}

static bool is_due(const struct log_file *file, time_t now, size_t size)
{
    struct stat status;

    if (file->rotation == LOG_FILE_BY_TIME)
        return now >= file->rotate_at;
    return file->max_size > 0 && file->backups > 0 && fstat(file->fd, &status) == 0 &&
           status.st_size + (off_t)size >= file->max_size;
}

/* Of several workers one rotates: the lock on the old file decides, and the others find the name moved. */
static void rotate(struct log_file *file, time_t now, size_t size)
{
    int old = dup(file->fd);
    void *scratch;

    if (old < 0)
        return;
    scratch = mem_context(NULL, "log_rotate");
    flock(old, LOCK_EX);
    follow(file, now);
    if (is_due(file, now, size)) {
        if (file->rotation == LOG_FILE_BY_TIME)
            rotate_by_time(file, scratch);
        else
            rotate_by_size(file, scratch);
        reopen(file);
    }
    flock(old, LOCK_UN);
    close(old);
    talloc_free(scratch);
}

static const struct log_file_unit *find_unit(const char *name)
{
    for (size_t i = 0; name && i < sizeof(units) / sizeof(units[0]); i++)
        if (strcasecmp(units[i].name, name) == 0)
            return &units[i];
    return &units[3];
}

struct log_file *log_file_open(const void *mem, const struct log_file_settings *settings)
{
    struct log_file *file = mem_new(mem, struct log_file);
    struct stat status;

    file->fd = -1;
    file->path = mem_strdup(file, settings->path);
    file->max_size = settings->max_size;
    file->backups = settings->backups;
    file->unit = find_unit(settings->unit);
    file->interval = settings->interval;
    if (file->unit->letter != 'w' && file->interval < 1)
        file->interval = 1;
    if (!reopen(file)) {
        int why = errno;

        talloc_free(file);
        errno = why;
        return NULL;
    }
    /* from here on a new file begins a new time */
    file->rotation = settings->rotation;
    file->rotate_at = next_rotation(file, fstat(file->fd, &status) == 0 ? status.st_mtime : time(NULL));
    return file;
}

void log_file_close(struct log_file *file)
{
    close(file->fd);
    talloc_free(file);
}

void log_file_write(struct log_file *file, time_t now, const char *line, size_t size)
{
    /* a renamed file may get the lines of the rest of a second */
    if (file->followed != now)
        follow(file, now);
    if (file->rotation != LOG_FILE_KEPT && is_due(file, now, size))
        rotate(file, now, size);
    log_write_all(file->fd, line, size);
}

void log_write_all(int fd, const char *data, size_t size)
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
