/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the launcher and its workers take from the configuration, read once.
 * Plain values, so that tests need no files.  settings_read() is the only
 * place of this folder that names these options.
 * Source: nova-facts/config_options.tsv; group [fcgi] is ours.
 */
#ifndef NOVA_LAUNCHER_SETTINGS_H
#define NOVA_LAUNCHER_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct conf;

struct launcher_settings {
    int graceful_shutdown_timeout; /* seconds; 0: for ever */
    int io_timeout;                /* seconds that one read or write of a request may wait; 0: for ever */
    int request_timeout;           /* seconds that a request may take; 0: for ever */
    double slow_request_log;       /* seconds; requests that take longer are warned of; 0: none */
    int64_t max_requests;          /* a worker leaves after so many; 0: never */
    int keep_idle_ms;              /* how long a kept connection may idle while nobody else waits */
    int backlog;
    int socket_mode;          /* of unix sockets */
    const char *socket_owner; /* NULL: as it is born */
    const char *socket_group;
    int tcp_keepidle;           /* seconds, TCP sockets */
    const char *report_log_dir; /* [oslo_reports] log_dir, or NULL: stderr */
    const char *report_trigger; /* [oslo_reports] file_event_handler, or NULL: SIGUSR2 */
    int report_interval;        /* seconds between two looks at the trigger */
    int db_max_retries;         /* [database] max_retries; -1: for ever */
    int db_retry_interval;      /* [database] retry_interval, seconds */
    bool log_options;           /* print every option at DEBUG at start */
    const char *const *enabled_apis;
    const char *const *enabled_ssl_apis;
};

/* Values live as long as conf. */
void settings_read(const struct conf *conf, struct launcher_settings *settings);

/* SIGHUP: the files again, and logging as they now say. */
void settings_reload(struct conf *conf);

/* Every option at DEBUG, as oslo.config's log_opt_values. */
void settings_log_options(const struct conf *conf);

/* Is `name` in the NULL-terminated list? */
bool settings_lists(const char *const *list, const char *name);

#endif
