/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a line reads: oslo.log's templates, "%(name)s" with Python's rules,
 * compiled once into a row of steps.  log_fields.c knows what a record holds,
 * log_json.c the form of use_json.
 */
#include "config.h"

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log_fields.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/process.h"
#include "fcgi_app/base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One step of a template. */
struct step {
    enum log_field field;
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
    struct log_clock clock;
    bool json;
    struct template context;
    struct template plain;
    struct template context_debug; /* with the debug suffix, for DEBUG records */
    struct template plain_debug;
    struct template prefix;
    struct template identity;
    struct template instance;
    char hostname[256];
};

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
    step->field = log_field_find(text + 2, (size_t)(close - text - 2));
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

    format->json = settings->use_json;
    format->context = compile(format, context);
    format->plain = compile(format, plain);
    format->context_debug = compile(format, mem_printf(format, "%s%s%s", context, *suffix ? " " : "", suffix));
    format->plain_debug = compile(format, mem_printf(format, "%s%s%s", plain, *suffix ? " " : "", suffix));
    format->prefix = compile(format, settings->exception_prefix);
    format->identity = compile(format, settings->user_identity_format);
    format->instance = compile(format, settings->instance_uuid_format);
    log_clock_start(&format->clock, settings->log_date_format ? mem_strdup(format, settings->log_date_format) : NULL,
                    settings->log_date_milliseconds);
    gethostname(format->hostname, sizeof(format->hostname) - 1);
    return format;
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

static void put_number(struct strbuf *out, const struct step *step, const struct log_held *held)
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
    struct log_held held;
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
    held = log_field_value(&format->clock, record, step->field, coloured, scratch);
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

/* ---- a line --------------------------------------------------------------- */

void log_format_line(const struct log_format *format, const struct log_record *record, bool coloured,
                     struct strbuf *out)
{
    bool has_request = record->context && !text_is_empty(record->context->request_id);
    bool debug = record->level == LOG_LEVEL_DEBUG;
    const struct template *template = has_request ? debug ? &format->context_debug : &format->context
                                      : debug     ? &format->plain_debug
                                                  : &format->plain;

    if (format->json) {
        struct strbuf identity;
        strbuf_init(&identity, NULL, 128);
        render(format, &format->identity, record, false, true, &identity);
        log_json_line(&format->clock, record, identity.data, format->hostname, out);
        talloc_free(identity.data);
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
