/* SPDX-License-Identifier: Apache-2.0 */
/* From option rows to plain values. */
#include "config.h"

#include "fcgi_app/launcher/settings.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/conf/logging.h"

#include <stdlib.h>
#include <string.h>

LOG_MODULE("oslo_service.service");

/* A front server that keeps connections asks again soon or not at all; a worker is not to wait for it for long. */
#define KEEP_IDLE_MS 1000

void settings_read(const struct conf *conf, struct launcher_settings *settings)
{
    const char *mode = conf_string(conf, OPTION_fcgi_socket_mode);

    *settings = (struct launcher_settings){
        .graceful_shutdown_timeout = (int)conf_int(conf, OPTION_DEFAULT_graceful_shutdown_timeout),
        .io_timeout = (int)conf_int(conf, OPTION_fcgi_io_timeout),
        .request_timeout = (int)conf_int(conf, OPTION_fcgi_request_timeout),
        .slow_request_log = conf_float(conf, OPTION_fcgi_slow_request_log),
        .max_requests = conf_int(conf, OPTION_fcgi_max_requests),
        .keep_idle_ms = KEEP_IDLE_MS,
        .backlog = (int)conf_int(conf, OPTION_fcgi_backlog),
        .socket_mode = (int)strtol(mode ? mode : "0660", NULL, 8),
        .socket_owner = conf_string(conf, OPTION_fcgi_socket_owner),
        .socket_group = conf_string(conf, OPTION_fcgi_socket_group),
        .tcp_keepidle = (int)conf_int(conf, OPTION_wsgi_tcp_keepidle),
        .report_log_dir = conf_string(conf, OPTION_oslo_reports_log_dir),
        .report_trigger = conf_string(conf, OPTION_oslo_reports_file_event_handler),
        .report_interval = (int)conf_int(conf, OPTION_oslo_reports_file_event_handler_interval),
        .db_max_retries = (int)conf_int(conf, OPTION_database_max_retries),
        .db_retry_interval = (int)conf_int(conf, OPTION_database_retry_interval),
        .log_options = conf_bool(conf, OPTION_DEFAULT_log_options),
        .enabled_apis = conf_list(conf, OPTION_DEFAULT_enabled_apis),
        .enabled_ssl_apis = conf_list(conf, OPTION_DEFAULT_enabled_ssl_apis),
    };
}

void settings_reload(struct conf *conf)
{
    const char *why;

    conf_mutate(conf);
    why = conf_log_setup(conf);
    if (why)
        log_error("Logging cannot be set up anew: %s", why);
}

static void log_option(void *arg, const char *group, const char *name, const char *value)
{
    char full[256] = "";

    (void)arg;
    if (strcmp(group, "DEFAULT"))
        strncat(strncat(full, group, sizeof(full) / 2), ".", 2);
    strncat(full, name, sizeof(full) - strlen(full) - 1);
    log_debug("%-30s = %s", full, value ? value : "None");
}

void settings_log_options(const struct conf *conf)
{
    static const char stars[] = "********************************************************************************";

    if (!log_enabled_in(&log_module_, LOG_LEVEL_DEBUG))
        return;
    log_debug("%s", stars);
    conf_each(conf, log_option, NULL);
    log_debug("%s", stars);
}

bool settings_lists(const char *const *list, const char *name)
{
    for (; list && *list; list++)
        if (!strcmp(*list, name))
            return true;
    return false;
}
