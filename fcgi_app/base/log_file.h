/* SPDX-License-Identifier: Apache-2.0 */
/* A log file among workers. Inside base/. */
#ifndef NOVA_BASE_LOG_FILE_H
#define NOVA_BASE_LOG_FILE_H

#include <stddef.h>
#include <sys/types.h>
#include <time.h>

enum log_file_rotation {
    LOG_FILE_KEPT, /* others rotate: opened anew when the name means another file */
    LOG_FILE_BY_SIZE,
    LOG_FILE_BY_TIME,
};

struct log_file_settings {
    const char *path;
    enum log_file_rotation rotation;
    off_t max_size; /* bytes */
    int backups;
    const char *unit; /* "seconds", "minutes", "hours", "days", "midnight", "weekday"; others are days */
    int interval;     /* in units; of weekdays the day, 0 being Monday */
};

struct log_file_unit;
struct log_file {
    char *path;
    int fd;
    dev_t device;
    ino_t inode;
    time_t followed; /* when the name was last looked at */
    enum log_file_rotation rotation;
    off_t max_size;
    int backups;
    const struct log_file_unit *unit;
    int interval;
    time_t rotate_at; /* LOG_FILE_BY_TIME */
};

/* Opens for appending, on mem; NULL: errno says why not. */
struct log_file *log_file_open(const void *mem, const struct log_file_settings *settings);
void log_file_close(struct log_file *file);

/* One line with its newline: one write(2), after the rotation that is due. */
void log_file_write(struct log_file *file, time_t now, const char *line, size_t size);

void log_write_all(int fd, const char *data, size_t size);

#endif
