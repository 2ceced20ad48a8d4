/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a line reads: oslo.log's templates, "%(name)s" with Python's rules,
 * compiled once into a row of steps; and the JSON form of use_json.
 */
#include "config.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log_private.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/process.h"
#include "fcgi_app/base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a template can name. The context's are absent without a context. */
#define FIELDS(X)                                                                                                      \
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

enum field {
    FIELD_literal, /* not a field: the template's own text */
#define X(name) FIELD_##name,
    FIELDS(X)
#undef X
        FIELD_COUNT,
    FIELD_unknown,
};

static const char *const field_names[FIELD_COUNT] = { [FIELD_literal] = "",
#define X(name) [FIELD_##name] = #name,
                                                      FIELDS(X)
#undef X
};

/* One step of a template. */
struct step {
    enum field field;
    const char *text; /* of a literal */
    size_t size;
    bool left; /* %(x)-8s */
    bool zero; /* %(x)03d */
    bool plus;
    int width;
    int precision; /* -1: none */
    char type;     /* s d f … */
};

struct template
{
    struct step *steps;
    size_t count;
    bool has_summary;
};

struct log_format {
    const char *program;
    const char *date_format;
    bool milliseconds; /* after the date, as logging.Formatter has them */
    bool json;
    struct template context;
    struct template plain;
    struct template context_debug; /* with the debug suffix, for DEBUG records */
    struct template plain_debug;
    struct template prefix;
    struct template identity;
    struct template instance;
    struct timespec start;
    char hostname[256];
};

/* asctime, written down again only when the second changes. */
static struct {
    const struct log_format *format;
    time_t second;
    char text[128];
    size_t length; /* without the milliseconds */
} stamp;

/* ---- compiling ------------------------------------------------------------ */

static void add_literal(const void *mem, struct template *template, const char *text, size_t size)
{
    if (size == 0)
        return;
    template->steps = mem_grow(mem, template->steps, struct step, template->count + 1);
    template->steps[template->count++] =
        (struct step){ .field = FIELD_literal, .text = mem_strndup(mem, text, size), .size = size };
}

/* "%(name)-03.2d": returns how many bytes it takes, 0 where it is no conversion. */
static size_t parse_step(const char *text, struct step *step)
{
    const char *close = strchr(text, ')');
    const char *p;

    *step = (struct step){ .field = FIELD_unknown, .precision = -1 };
    if (!close)
        return 0;
    for (int i = 1; i < FIELD_COUNT; i++)
        if (strlen(field_names[i]) == (size_t)(close - text - 2) &&
            strncmp(field_names[i], text + 2, (size_t)(close - text - 2)) == 0)
            step->field = (enum field)i;
    for (p = close + 1; *p && strchr("-0+ #", *p); p++) {
        step->left |= *p == '-';
        step->zero |= *p == '0';
        step->plus |= *p == '+';
    }
    while (isdigit((unsigned char)*p) && step->width < 1000)
        step->width = step->width * 10 + (*p++ - '0');
    if (*p == '.') {
        step->precision = 0;
        for (p++; isdigit((unsigned char)*p) && step->precision < 1000; p++)
            step->precision = step->precision * 10 + (*p - '0');
    }
    if (!*p || !strchr("sdifgxrau", *p))
        return 0;
    step->type = *p;
    return (size_t)(p + 1 - text);
}

static struct template compile(const void *mem, const char *text)
{
    struct template template = { 0 };
    const char *start = text ? text : "";

    for (const char *p = start; *p;) {
        struct step step;
        size_t size;
        if (p[0] == '%' && p[1] == '%') {
            add_literal(mem, &template, start, (size_t)(p + 1 - start));
            start = p += 2;
            continue;
        }
        size = p[0] == '%' && p[1] == '(' ? parse_step(p, &step) : 0;
        if (!size) {
            p++;
            continue;
        }
        add_literal(mem, &template, start, (size_t)(p - start));
        template.steps = mem_grow(mem, template.steps, struct step, template.count + 1);
        template.steps[template.count++] = step;
        template.has_summary |= step.field == FIELD_error_summary;
        start = p += size;
    }
    add_literal(mem, &template, start, strlen(start));
    return template;
}

struct log_format *log_format_new(const void *mem, const struct log_settings *settings)
{
    struct log_format *format = mem_new(mem, struct log_format);
    const char *suffix = settings->debug_format_suffix ? settings->debug_format_suffix : "";
    const char *context = settings->context_format ? settings->context_format : "%(message)s";
    const char *plain = settings->default_format ? settings->default_format : "%(message)s";

    format->program = mem_strdup(format, settings->program ? settings->program : "");
    format->date_format = settings->log_date_format ? mem_strdup(format, settings->log_date_format) : NULL;
    format->milliseconds = settings->log_date_milliseconds;
    format->json = settings->use_json;
    format->context = compile(format, context);
    format->plain = compile(format, plain);
    format->context_debug = compile(format, mem_printf(format, "%s%s%s", context, *suffix ? " " : "", suffix));
    format->plain_debug = compile(format, mem_printf(format, "%s%s%s", plain, *suffix ? " " : "", suffix));
    format->prefix = compile(format, settings->exception_prefix);
    format->identity = compile(format, settings->user_identity_format);
    format->instance = compile(format, settings->instance_uuid_format);
    clock_gettime(CLOCK_REALTIME, &format->start);
    gethostname(format->hostname, sizeof(format->hostname) - 1);
    stamp.format = NULL;
    return format;
}

/* ---- values --------------------------------------------------------------- */

/* What a field holds: text (NULL is None) or a number. */
struct held {
    const char *text;
    bool is_number;
    bool is_real;
    long long integer;
    double real;
};

static struct held held_text(const char *text)
{
    return (struct held){ .text = text };
}

static struct held held_integer(long long integer)
{
    return (struct held){ .is_number = true, .integer = integer, .real = (double)integer };
}

static struct held held_real(double real)
{
    return (struct held){ .is_number = true, .is_real = true, .integer = (long long)real, .real = real };
}

static double epoch_seconds(const struct timespec *when)
{
    return (double)when->tv_sec + (double)when->tv_nsec / 1e9;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* The operator's own format for times. */
static const char *ascii_time(const struct log_format *format, const struct log_record *record)
{
    if (stamp.format != format || stamp.second != record->when.tv_sec) {
        struct tm tm;
        localtime_r(&record->when.tv_sec, &tm);
        if (!strftime(stamp.text, sizeof(stamp.text) - 8, format->date_format ? format->date_format : "%F %T", &tm))
            stamp.text[0] = '\0';
        stamp.length = strlen(stamp.text);
        stamp.format = format;
        stamp.second = record->when.tv_sec;
    }
    if (format->milliseconds)
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
static bool context_field(const struct context *context, enum field field, struct held *held)
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

static struct held record_field(const struct log_format *format, const struct log_record *record, enum field field,
                                bool coloured, char scratch[64])
{
    struct held held;

    switch (field) {
    case FIELD_asctime:
        return held_text(ascii_time(format, record));
    case FIELD_msecs:
        return held_real(milliseconds(&record->when));
    case FIELD_created:
        return held_real(epoch_seconds(&record->when));
    case FIELD_relativeCreated:
        return held_real((epoch_seconds(&record->when) - epoch_seconds(&format->start)) * 1e3);
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

/* ---- writing -------------------------------------------------------------- */

static void put_padded(struct strbuf *out, const struct step *step, const char *text, size_t size)
{
    size_t pad = step->width > (int)size ? (size_t)step->width - size : 0;

    for (size_t i = 0; i < pad && !step->left; i++)
        strbuf_putc(out, ' ');
    strbuf_put(out, text, size);
    for (size_t i = 0; i < pad && step->left; i++)
        strbuf_putc(out, ' ');
}

static void put_number(struct strbuf *out, const struct step *step, const struct held *held)
{
    char text[400];
    char digits[352];
    int width = step->zero && !step->left ? step->width : 0;

    if (strchr("diu", step->type))
        snprintf(digits, sizeof(digits), "%0*lld", width, held->integer);
    else if (step->type == 'x')
        snprintf(digits, sizeof(digits), "%0*llx", width, (unsigned long long)held->integer);
    else if (step->type == 'f')
        snprintf(digits, sizeof(digits), "%0*.*f", width, step->precision < 0 ? 6 : step->precision, held->real);
    else if (step->type == 'g')
        snprintf(digits, sizeof(digits), "%0*.*g", width, step->precision < 0 ? 6 : step->precision, held->real);
    else if (held->is_real)
        snprintf(digits, sizeof(digits), "%.17g", held->real);
    else
        snprintf(digits, sizeof(digits), "%lld", held->integer);
    snprintf(text, sizeof(text), "%s%s", step->plus && digits[0] != '-' ? "+" : "", digits);
    put_padded(out, step, text, strlen(text));
}

static void render(const struct log_format *format, const struct template *template, const struct log_record *record,
                   bool coloured, bool dashes, struct strbuf *out);

static void put_step(const struct log_format *format, const struct step *step, const struct log_record *record,
                     bool coloured, bool dashes, struct strbuf *out)
{
    char scratch[64];
    struct held held;
    size_t size;

    if (step->field == FIELD_user_identity) {
        if (record->context)
            render(format, &format->identity, record, coloured, true, out);
        return;
    }
    if (step->field == FIELD_instance) {
        if (record->instance_uuid)
            render(format, &format->instance, record, coloured, false, out);
        return;
    }
    held = record_field(format, record, step->field, coloured, scratch);
    if (held.is_number) {
        put_number(out, step, &held);
        return;
    }
    if (dashes && text_is_empty(held.text))
        held.text = "-";
    if (!held.text)
        held.text = "None";
    size = strlen(held.text);
    if (step->precision >= 0 && size > (size_t)step->precision)
        size = (size_t)step->precision;
    put_padded(out, step, held.text, size);
}

/* `dashes`: what is empty reads "-". */
static void render(const struct log_format *format, const struct template *template, const struct log_record *record,
                   bool coloured, bool dashes, struct strbuf *out)
{
    for (size_t i = 0; i < template->count; i++) {
        const struct step *step = &template->steps[i];
        if (step->field == FIELD_literal)
            strbuf_put(out, step->text, step->size);
        else
            put_step(format, step, record, coloured, dashes, out);
    }
}

void log_format_trace(const struct log_format *format, const struct log_record *record, struct strbuf *out)
{
    const char *p = record->trace;

    for (;;) {
        size_t size = strcspn(p, "\n");
        render(format, &format->prefix, record, false, false, out);
        strbuf_put(out, p, size);
        if (!p[size])
            return;
        strbuf_putc(out, '\n');
        p += size + 1;
    }
}

/* ---- JSON ----------------------------------------------------------------- */

static void put_json(struct strbuf *out, const char *text)
{
    size_t left = text ? strlen(text) : 0;
    size_t size;

    if (!text) {
        strbuf_puts(out, "null");
        return;
    }
    strbuf_putc(out, '"');
    for (; left > 0; text += size, left -= size) {
        int c = text_utf8_next(text, left, &size);
        if (c < 0)
            c = 0xfffd;
        if (c == '"' || c == '\\')
            strbuf_printf(out, "\\%c", c);
        else if (c == '\n')
            strbuf_puts(out, "\\n");
        else if (c == '\r')
            strbuf_puts(out, "\\r");
        else if (c == '\t')
            strbuf_puts(out, "\\t");
        else if (c >= 0x20 && c < 0x7f)
            strbuf_putc(out, (char)c);
        else if (c < 0x10000)
            strbuf_printf(out, "\\u%04x", (unsigned)c);
        else
            strbuf_printf(out, "\\u%04x\\u%04x", 0xd800u + (((unsigned)c - 0x10000u) >> 10),
                          0xdc00u + (((unsigned)c - 0x10000u) & 0x3ffu));
    }
    strbuf_putc(out, '"');
}

static void put_pair(struct strbuf *out, const char *key, const char *text)
{
    strbuf_printf(out, "%s\"%s\": ", out->data[out->length - 1] == '{' ? "" : ", ", key);
    put_json(out, text);
}

static void put_json_context(struct strbuf *out, const struct log_format *format, const struct log_record *record)
{
    static const enum field fields[] = {
        FIELD_user_name,
        FIELD_project_name,
        FIELD_domain_name,
        FIELD_user_domain_name,
        FIELD_project_domain_name,
        FIELD_user,
        FIELD_project_id,
        FIELD_system_scope,
        FIELD_project,
        FIELD_domain,
        FIELD_user_domain,
        FIELD_project_domain,
        FIELD_is_admin,
        FIELD_read_only,
        FIELD_show_deleted,
        FIELD_auth_token,
        FIELD_request_id,
        FIELD_global_request_id,
        FIELD_resource_uuid,
        FIELD_roles,
        FIELD_user_identity,
        FIELD_is_admin_project,
        FIELD_user_id,
        FIELD_read_deleted,
        FIELD_remote_address,
        FIELD_quota_class,
    };
    const struct context *context = record->context;

    strbuf_putc(out, '{');
    for (size_t i = 0; context && i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct held held;
        strbuf_printf(out, "%s\"%s\": ", i ? ", " : "", field_names[fields[i]]);
        switch (fields[i]) {
        case FIELD_user_identity: {
            struct strbuf identity;
            strbuf_init(&identity, NULL, 128);
            render(format, &format->identity, record, false, true, &identity);
            put_json(out, identity.data);
            talloc_free(identity.data);
            break;
        }
        case FIELD_roles:
            strbuf_putc(out, '[');
            for (size_t k = 0; context->roles && context->roles[k]; k++) {
                strbuf_puts(out, k ? ", " : "");
                put_json(out, context->roles[k]);
            }
            strbuf_putc(out, ']');
            break;
        case FIELD_is_admin:
        case FIELD_is_admin_project:
        case FIELD_read_only:
        case FIELD_show_deleted:
            context_field(context, fields[i], &held);
            strbuf_puts(out, held.text[0] == 'T' ? "true" : "false");
            break;
        default:
            context_field(context, fields[i], &held);
            put_json(out, held.text);
        }
    }
    strbuf_putc(out, '}');
}

static void put_json_trace(struct strbuf *out, const char *trace)
{
    bool first = true;

    if (!trace) {
        strbuf_puts(out, "null");
        return;
    }
    strbuf_putc(out, '[');
    while (*trace) {
        size_t size = strcspn(trace, "\n");
        if (size > 0) {
            char *line = mem_strndup(NULL, trace, size);
            strbuf_puts(out, first ? "" : ", ");
            put_json(out, line);
            talloc_free(line);
            first = false;
        }
        trace += size + (trace[size] == '\n');
    }
    strbuf_putc(out, ']');
}

static void format_json(const struct log_format *format, const struct log_record *record, struct strbuf *out)
{
    char scratch[64];

    strbuf_putc(out, '{');
    put_pair(out, "message", record->message);
    put_pair(out, "asctime", ascii_time(format, record));
    put_pair(out, "name", record->name);
    put_pair(out, "msg", record->message);
    strbuf_puts(out, ", \"args\": []");
    put_pair(out, "levelname", log_level_name(record->level, scratch));
    strbuf_printf(out, ", \"levelno\": %d", record->level);
    put_pair(out, "pathname", record->file);
    put_pair(out, "filename", base_name(record->file));
    put_pair(out, "module", record_field(format, record, FIELD_module, false, scratch).text);
    strbuf_printf(out, ", \"lineno\": %d", record->line);
    put_pair(out, "funcname", record->function);
    strbuf_printf(out, ", \"created\": %lld.%06ld", (long long)record->when.tv_sec, record->when.tv_nsec / 1000);
    strbuf_printf(out, ", \"msecs\": %.6f", (double)record->when.tv_nsec / 1e6);
    strbuf_printf(out, ", \"relative_created\": %.6f",
                  (epoch_seconds(&record->when) - epoch_seconds(&format->start)) * 1e3);
    strbuf_printf(out, ", \"thread\": %d", (int)process_id());
    put_pair(out, "thread_name", "MainThread");
    put_pair(out, "process_name", "MainProcess");
    strbuf_printf(out, ", \"process\": %d, \"traceback\": ", (int)process_id());
    put_json_trace(out, record->trace);
    put_pair(out, "hostname", format->hostname);
    put_pair(out, "error_summary", record->summary);
    strbuf_puts(out, ", \"context\": ");
    put_json_context(out, format, record);
    strbuf_puts(out, ", \"extra\": {");
    if (record->instance_uuid)
        put_pair(out, "instance", record->instance_uuid);
    strbuf_puts(out, "}}");
}

void log_format_line(const struct log_format *format, const struct log_record *record, bool coloured,
                     struct strbuf *out)
{
    bool has_request = record->context && !text_is_empty(record->context->request_id);
    bool debug = record->level == LOG_LEVEL_DEBUG;
    const struct template *template = has_request ? debug ? &format->context_debug : &format->context
                                      : debug     ? &format->plain_debug
                                                  : &format->plain;

    if (format->json) {
        format_json(format, record, out);
    } else {
        render(format, template, record, coloured, false, out);
        if (record->summary[0] && !template->has_summary)
            strbuf_printf(out, ": %s", record->summary);
        if (record->trace) {
            strbuf_putc(out, '\n');
            log_format_trace(format, record, out);
        }
    }
    if (coloured)
        strbuf_puts(out, "\033[00m");
}
