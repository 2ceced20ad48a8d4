/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a line of the log can name, and what it holds for a record: for the
 * templates of log_format.c and the JSON of log_json.c.
 * Source: logging.LogRecord's attributes, oslo.log's formatters, nova-facts/startup.md section 3.
 */
#ifndef NOVA_BASE_LOG_FIELDS_H
#define NOVA_BASE_LOG_FIELDS_H

#include "fcgi_app/base/log_private.h"

/* What a template can name. The context's are absent without a context. */
#define LOG_FIELDS(X)                                                                                                  \
    X(asctime)                                                                                                         \
    X(msecs)                                                                                                           \
    X(created)                                                                                                         \
    X(relativeCreated)                                                                                                 \
    X(isotime)                                                                                                         \
    X(process)                                                                                                         \
    X(processName)                                                                                                     \
    X(thread)                                                                                                          \
    X(threadName)                                                                                                      \
    X(levelname)                                                                                                       \
    X(levelno)                                                                                                         \
    X(name)                                                                                                            \
    X(message)                                                                                                         \
    X(pathname)                                                                                                        \
    X(filename)                                                                                                        \
    X(module)                                                                                                          \
    X(lineno)                                                                                                          \
    X(funcName)                                                                                                        \
    X(instance)                                                                                                        \
    X(color)                                                                                                           \
    X(reset_color)                                                                                                     \
    X(resource)                                                                                                        \
    X(version)                                                                                                         \
    X(error_summary)                                                                                                   \
    X(user_identity)                                                                                                   \
    X(uuid)                                                                                                            \
    X(request_id)                                                                                                      \
    X(global_request_id)                                                                                               \
    X(user)                                                                                                            \
    X(user_id)                                                                                                         \
    X(user_name)                                                                                                       \
    X(project)                                                                                                         \
    X(project_id)                                                                                                      \
    X(project_name)                                                                                                    \
    X(domain)                                                                                                          \
    X(domain_name)                                                                                                     \
    X(system_scope)                                                                                                    \
    X(user_domain)                                                                                                     \
    X(user_domain_name)                                                                                                \
    X(project_domain)                                                                                                  \
    X(project_domain_name)                                                                                             \
    X(is_admin)                                                                                                        \
    X(is_admin_project)                                                                                                \
    X(read_only)                                                                                                       \
    X(show_deleted)                                                                                                    \
    X(read_deleted)                                                                                                    \
    X(auth_token)                                                                                                      \
    X(remote_address)                                                                                                  \
    X(resource_uuid)                                                                                                   \
    X(quota_class)                                                                                                     \
    X(roles)                                                                                                           \
    X(service_catalog)                                                                                                 \
    X(timestamp)

enum log_field {
    FIELD_literal, /* not a field: the template's own text */
#define X(name) FIELD_##name,
    LOG_FIELDS(X)
#undef X
        FIELD_COUNT,
    FIELD_unknown,
};

/* What a field holds: text (NULL is None) or a number. */
struct log_held {
    const char *text;
    bool is_number;
    bool is_real;
    long long integer;
    double real;
};

/* How times read, and since when relative ones count. */
struct log_clock {
    const char *date_format; /* strftime's; NULL: as logging has it */
    bool milliseconds;       /* after the date, as logging.Formatter has them */
    struct timespec start;
};

/* Relative times count from now; date_format is kept by the caller. */
void log_clock_start(struct log_clock *clock, const char *date_format, bool milliseconds);

/* The field's name; "" of literal. */
const char *log_field_name(enum log_field field);

/* The field of that name, FIELD_unknown where there is none. */
enum log_field log_field_find(const char *name, size_t length);

/* asctime: on a static buffer until the next call. */
const char *log_field_time(const struct log_clock *clock, const struct log_record *record);

/*
 * What the field holds; "" for one that is not known here (instance,
 * user_identity: templates of their own).  Texts are the record's, static,
 * or in scratch.  coloured: %(color)s is a colour.
 */
struct log_held log_field_value(const struct log_clock *clock, const struct log_record *record, enum log_field field,
                                bool coloured, char scratch[64]);

/* The record as oslo.log's JSONFormatter writes it; identity: user_identity as its template has it. */
void log_json_line(const struct log_clock *clock, const struct log_record *record, const char *identity,
                   const char *hostname, struct strbuf *out);

#endif
