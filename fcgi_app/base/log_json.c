/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record as one line of JSON (use_json), keys in oslo.log's order.
 */
#include "config.h"

#include "fcgi_app/base/log_fields.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/process.h"
#include "fcgi_app/base/text.h"

#include <stdio.h>
#include <string.h>

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

static void put_json_context(struct strbuf *out, const struct log_clock *clock, const struct log_record *record,
                             const char *identity)
{
    static const enum log_field fields[] = {
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
        char scratch[64];
        const char *text = log_field_value(clock, record, fields[i], false, scratch).text;

        strbuf_printf(out, "%s\"%s\": ", i ? ", " : "", log_field_name(fields[i]));
        switch (fields[i]) {
        case FIELD_user_identity:
            put_json(out, identity);
            break;
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
            strbuf_puts(out, text[0] == 'T' ? "true" : "false");
            break;
        default:
            put_json(out, text);
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

void log_json_line(const struct log_clock *clock, const struct log_record *record, const char *identity,
                   const char *hostname, struct strbuf *out)
{
    char scratch[64];

    strbuf_putc(out, '{');
    put_pair(out, "message", record->message);
    put_pair(out, "asctime", log_field_time(clock, record));
    put_pair(out, "name", record->name);
    put_pair(out, "msg", record->message);
    strbuf_puts(out, ", \"args\": []");
    put_pair(out, "levelname", log_level_name(record->level, scratch));
    strbuf_printf(out, ", \"levelno\": %d", record->level);
    put_pair(out, "pathname", record->file);
    put_pair(out, "filename", log_field_value(clock, record, FIELD_filename, false, scratch).text);
    put_pair(out, "module", log_field_value(clock, record, FIELD_module, false, scratch).text);
    strbuf_printf(out, ", \"lineno\": %d", record->line);
    put_pair(out, "funcname", record->function);
    strbuf_printf(out, ", \"created\": %lld.%06ld", (long long)record->when.tv_sec, record->when.tv_nsec / 1000);
    strbuf_printf(out, ", \"msecs\": %.6f", (double)record->when.tv_nsec / 1e6);
    strbuf_printf(out, ", \"relative_created\": %.6f",
                  log_field_value(clock, record, FIELD_relativeCreated, false, scratch).real);
    strbuf_printf(out, ", \"thread\": %d", (int)process_id());
    put_pair(out, "thread_name", "MainThread");
    put_pair(out, "process_name", "MainProcess");
    strbuf_printf(out, ", \"process\": %d, \"traceback\": ", (int)process_id());
    put_json_trace(out, record->trace);
    put_pair(out, "hostname", hostname);
    put_pair(out, "error_summary", record->summary);
    strbuf_puts(out, ", \"context\": ");
    put_json_context(out, clock, record, identity);
    strbuf_puts(out, ", \"extra\": {");
    if (record->instance_uuid)
        put_pair(out, "instance", record->instance_uuid);
    strbuf_puts(out, "}}");
}
