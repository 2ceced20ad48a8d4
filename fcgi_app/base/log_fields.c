/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fields of a record hold; see the header.
 */
#include "config.h"

#include "fcgi_app/base/log_fields.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/process.h"

#include <stdio.h>
#include <string.h>

static const char *const field_names[FIELD_COUNT] = { [FIELD_literal] = "",
#define X(name) [FIELD_##name] = #name,
                                                      LOG_FIELDS(X)
#undef X
};

/* asctime, written down again only when the second changes. */
static struct {
    const struct log_clock *clock;
    time_t second;
    char text[128];
    size_t length; /* without the milliseconds */
} stamp;

void log_clock_start(struct log_clock *clock, const char *date_format, bool with_milliseconds)
{
    *clock = (struct log_clock){ .date_format = date_format, .milliseconds = with_milliseconds };
    clock_gettime(CLOCK_REALTIME, &clock->start);
    stamp.clock = NULL; /* of another clock that had this place */
}

const char *log_field_name(enum log_field field)
{
    return field_names[field];
}

enum log_field log_field_find(const char *name, size_t length)
{
    for (int i = 1; i < FIELD_COUNT; i++)
        if (strlen(field_names[i]) == length && !strncmp(field_names[i], name, length))
            return (enum log_field)i;
    return FIELD_unknown;
}

/* ---- values --------------------------------------------------------------- */

static struct log_held held_text(const char *text)
{
    return (struct log_held){ .text = text };
}

static struct log_held held_integer(long long integer)
{
    return (struct log_held){ .is_number = true, .integer = integer, .real = (double)integer };
}

static struct log_held held_real(double real)
{
    return (struct log_held){ .is_number = true, .is_real = true, .integer = (long long)real, .real = real };
}

static double epoch_seconds(const struct timespec *when)
{
    return (double)when->tv_sec + (double)when->tv_nsec / 1e9;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* The operator's own format for times. */
const char *log_field_time(const struct log_clock *clock, const struct log_record *record)
{
    if (stamp.clock != clock || stamp.second != record->when.tv_sec) {
        struct tm tm;
        localtime_r(&record->when.tv_sec, &tm);
        if (!strftime(stamp.text, sizeof(stamp.text) - 8, clock->date_format ? clock->date_format : "%F %T", &tm))
            stamp.text[0] = '\0';
        stamp.length = strlen(stamp.text);
        stamp.clock = clock;
        stamp.second = record->when.tv_sec;
    }
    if (clock->milliseconds)
        snprintf(stamp.text + stamp.length, 8, ",%03u", (unsigned)(record->when.tv_nsec / 1000000) % 1000);
    return stamp.text;
}

#pragma GCC diagnostic pop

static const char *iso_time(const struct log_record *record, char *out, size_t size)
{
    struct tm tm;
    char seconds[32];
    char zone[8];

    localtime_r(&record->when.tv_sec, &tm);
    strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
    strftime(zone, sizeof(zone), "%z", &tm);
    snprintf(out, size, "%s.%06ld%.3s:%.2s", seconds, record->when.tv_nsec / 1000, zone, zone + 3);
    return out;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static const char *colour(int level)
{
    return level >= LOG_LEVEL_ERROR     ? "\033[01;31m"
           : level >= LOG_LEVEL_WARNING ? "\033[01;33m"
           : level > LOG_LEVEL_INFO     ? "\033[01;36m"
           : level == LOG_LEVEL_INFO    ? "\033[00;36m"
           : level >= LOG_LEVEL_DEBUG   ? "\033[00;32m"
                                        : "\033[00;35m";
}

/* Fields that the context gives; false: not one of those. */
static bool context_field(const struct context *context, enum log_field field, struct log_held *held)
{
    static const struct context nobody;
    const struct context *of = context ? context : &nobody;

    switch (field) {
    case FIELD_request_id:
        return *held = held_text(of->request_id), true;
    case FIELD_global_request_id:
        return *held = held_text(of->global_request_id), true;
    case FIELD_user:
    case FIELD_user_id:
        return *held = held_text(of->user_id), true;
    case FIELD_user_name:
        return *held = held_text(of->user_name), true;
    case FIELD_project:
        return *held = held_text(context ? of->project_id : "nova"), true;
    case FIELD_project_id:
        return *held = held_text(of->project_id), true;
    case FIELD_project_name:
        return *held = held_text(of->project_name), true;
    case FIELD_domain:
        return *held = held_text(of->domain_id), true;
    case FIELD_system_scope:
        return *held = held_text(of->system_scope), true;
    case FIELD_user_domain:
        return *held = held_text(of->user_domain_id), true;
    case FIELD_user_domain_name:
        return *held = held_text(of->user_domain_name), true;
    case FIELD_project_domain:
        return *held = held_text(of->project_domain_id), true;
    case FIELD_project_domain_name:
        return *held = held_text(of->project_domain_name), true;
    case FIELD_is_admin:
        return *held = held_text(of->is_admin ? "True" : "False"), true;
    case FIELD_is_admin_project:
        return *held = held_text(of->is_admin_project ? "True" : "False"), true;
    case FIELD_read_only:
    case FIELD_show_deleted:
        return *held = held_text("False"), true;
    case FIELD_read_deleted:
        return *held = held_text("no"), true;
    case FIELD_auth_token:
        return *held = held_text(of->auth_token ? "***" : NULL), true;
    case FIELD_remote_address:
        return *held = held_text(of->remote_address), true;
    case FIELD_service_catalog:
    case FIELD_resource_uuid:
    case FIELD_quota_class:
    case FIELD_domain_name:
    case FIELD_timestamp:
    case FIELD_roles:
        return *held = held_text(NULL), true;
    default:
        return false;
    }
}

/* Whole microseconds, as Python's record keeps them. */
static double milliseconds(const struct timespec *when)
{
    long microseconds = when->tv_nsec / 1000;

    return (double)microseconds / 1e3;
}

struct log_held log_field_value(const struct log_clock *clock, const struct log_record *record, enum log_field field,
                                bool coloured, char scratch[64])
{
    struct log_held held;

    switch (field) {
    case FIELD_asctime:
        return held_text(log_field_time(clock, record));
    case FIELD_msecs:
        return held_real(milliseconds(&record->when));
    case FIELD_created:
        return held_real(epoch_seconds(&record->when));
    case FIELD_relativeCreated:
        return held_real((epoch_seconds(&record->when) - epoch_seconds(&clock->start)) * 1e3);
    case FIELD_isotime:
        return held_text(iso_time(record, scratch, 64));
    case FIELD_process:
        return held_integer(process_id());
    case FIELD_processName:
        return held_text("MainProcess");
    case FIELD_thread:
        return held_integer(process_id());
    case FIELD_threadName:
        return held_text("MainThread");
    case FIELD_levelname:
        return held_text(log_level_name(record->level, scratch));
    case FIELD_levelno:
        return held_integer(record->level);
    case FIELD_name:
        return held_text(record->name);
    case FIELD_message:
        return held_text(record->message);
    case FIELD_pathname:
        return held_text(record->file);
    case FIELD_filename:
        return held_text(base_name(record->file));
    case FIELD_module:
        snprintf(scratch, 64, "%.*s", (int)strcspn(base_name(record->file), "."), base_name(record->file));
        return held_text(scratch);
    case FIELD_lineno:
        return held_integer(record->line);
    case FIELD_funcName:
        return held_text(record->function);
    case FIELD_color:
        return held_text(coloured ? colour(record->level) : "");
    case FIELD_reset_color:
        return held_text(coloured ? "\033[00m" : "");
    case FIELD_version:
        return held_text("unknown");
    case FIELD_error_summary:
        return held_text(record->summary[0] ? record->summary : "-");
    case FIELD_uuid:
        return held_text(record->instance_uuid);
    default:
        return context_field(record->context, field, &held) ? held : held_text("");
    }
}
