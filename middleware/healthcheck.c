/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says whether this server wants requests: an operator takes it out of a
 * balancer's rotation by making a file.  A filter that answers one path, or
 * an application that answers all.
 * Source: nova-facts/middleware.md, healthcheck.
 */
#include "config.h"

#include "middleware/filters.h"
#include "middleware/overrides.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/http/accept.h"
#include "fcgi_app/json/json.h"

#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

LOG_MODULE("oslo_middleware.healthcheck");

/* What every backend's finding is to the reference, which shows it in detail. */
#define RESULT_CLASS "HealthcheckResult"

/* What a backend found. */
struct result {
    const char *reason;
    const char *details;
    bool available;
};

struct state;

struct backend {
    const char *name;
    struct result (*check)(const struct state *state, struct request *request);
};

/* A file that shuts the server of a port. */
struct port_file {
    const char *port;
    const char *path;
};

struct state {
    const char *path;
    bool detailed;
    const struct backend **backends; /* NULL-terminated */
    const char *file;                /* disable_by_file_path, or NULL */
    struct port_file *files;         /* disable_by_file_paths */
    size_t file_count;
};

/* ---- backends ---- */

static struct result check_file(const struct state *state, struct request *request)
{
    struct result result = { "OK", NULL, true };

    if (text_is_empty(state->file)) {
        log_warning("DisableByFile healthcheck middleware enabled without disable_by_file_path set");
        result.details = "No 'disable_by_file_path' configuration value specified";
    } else if (access(state->file, F_OK) != 0) {
        result.details = mem_printf(request->mem, "Path '%s' was not found", state->file);
    } else {
        result.reason = "DISABLED BY FILE";
        result.details = mem_printf(request->mem, "Path '%s' was found", state->file);
        result.available = false;
    }
    return result;
}

static struct result check_port_file(const struct state *state, struct request *request)
{
    struct result result = { "OK", "", true };
    const char *port = request_param(request, "SERVER_PORT");
    const char *path = NULL;

    for (size_t i = 0; port && i < state->file_count; i++)
        if (strcmp(state->files[i].port, port) == 0)
            path = state->files[i].path;
    if (!path) {
        log_warning("DisableByFilesPorts healthcheck middleware enabled without disable_by_file_paths set for port %s",
                    port ? port : "None");
    } else if (access(path, F_OK) == 0) {
        result.reason = "DISABLED BY FILE";
        result.available = false;
    }
    return result;
}

static const struct backend backends[] = {
    { "disable_by_file", check_file },
    { "disable_by_files_ports", check_port_file },
};

/* ---- load ---- */

static struct fault *add_backend(struct state *state, const struct settings *settings, const char *name, size_t count)
{
    for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
        if (strcmp(backends[i].name, name) == 0) {
            state->backends = mem_grow(state, state->backends, const struct backend *, count + 2);
            state->backends[count] = &backends[i];
            state->backends[count + 1] = NULL;
            return NULL;
        }
    return fault_new(settings->mem, ConfigFileValueError,
                     mem_printf(settings->mem, "%s: [%s] backends: there is no healthcheck backend '%s'",
                                settings->file, settings->section, name));
}

/* "port:path" items. */
static struct fault *read_files(struct state *state, const struct settings *settings, const char *text)
{
    for (const char *const *item = override_split(state, text); *item; item++) {
        const char *colon = strchr(*item, ':');
        if (!**item)
            continue;
        if (!colon)
            return fault_new(settings->mem, ConfigFileValueError,
                             mem_printf(settings->mem, "%s: [%s] disable_by_file_paths: port:path wanted, got '%s'",
                                        settings->file, settings->section, *item));
        state->files = mem_grow(state, state->files, struct port_file, state->file_count + 1);
        state->files[state->file_count++] =
            (struct port_file){ mem_strndup(state, *item, (size_t)(colon - *item)), colon + 1 };
    }
    return NULL;
}

/* A key of the paste section, or of [healthcheck] in the options' files. */
static const char *file_option(const struct settings *settings, const struct conf *conf, const char *key)
{
    const char *value = override_text(settings, key);

    return value ? value : conf_raw(conf, "healthcheck", key);
}

static struct fault *open_filter(const struct settings *settings, struct conf *conf, void **state_out)
{
    struct state *state = mem_new(settings->mem, struct state);
    const char *const *names = override_list(settings, conf, "backends", OPTION_healthcheck_backends);
    const char *files = file_option(settings, conf, "disable_by_file_paths");
    size_t count = 0;

    *state_out = state;
    state->path = override_text(settings, "path");
    if (!state->path)
        state->path = conf_string(conf, OPTION_healthcheck_path);
    TRY(override_bool(settings, conf, "detailed", OPTION_healthcheck_detailed, &state->detailed));
    state->backends = mem_array(state, const struct backend *, 1);
    for (; *names; names++)
        TRY(add_backend(state, settings, *names, count++));
    state->file = file_option(settings, conf, "disable_by_file_path");
    return files ? read_files(state, settings, files) : NULL;
}

/* ---- answers ---- */

struct report {
    const struct state *state;
    const struct result *results;
    size_t count;
    struct utsname system;
    const char *platform; /* as Python names it */
    const char *runtime;  /* what stands where the reference tells Python's version */
    char now[27];
};

static void put_text(struct strbuf *out, const struct report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        if (i)
            strbuf_putc(out, '\n');
        strbuf_puts(out, report->results[i].reason);
    }
}

static void put_cell(struct strbuf *out, const char *text)
{
    strbuf_puts(out, "<TD>");
    text_put_html(out, text);
    strbuf_puts(out, "</TD>");
}

/* The white space is that of the reference's template. */
static void put_row(struct strbuf *out, const struct result *result, bool detailed)
{
    strbuf_puts(out, "<TR>\n");
    if (detailed)
        put_cell(out, RESULT_CLASS);
    strbuf_puts(out, "\n    ");
    put_cell(out, result->reason);
    strbuf_putc(out, '\n');
    if (detailed)
        put_cell(out, result->details ? result->details : "");
    strbuf_puts(out, "\n</TR>");
}

static void put_html(struct strbuf *out, const struct report *report)
{
    bool detailed = report->state->detailed;

    strbuf_puts(out, "<HTML>\n<HEAD><TITLE>Healthcheck Status</TITLE></HEAD>\n<BODY>\n");
    if (detailed) {
        strbuf_puts(out, "<H1>Server status</H1>\n<B>Server hostname:</B><PRE>");
        text_put_html(out, report->system.nodename);
        strbuf_printf(out, "</PRE>\n<B>Current time:</B><PRE>%s</PRE>\n<B>Python version:</B><PRE>", report->now);
        text_put_html(out, report->runtime);
        strbuf_puts(out, "</PRE>\n<B>Platform:</B><PRE>");
        text_put_html(out, report->platform);
        strbuf_puts(out, "</PRE>\n<HR></HR>\n<H2>Garbage collector:</H2>\n<B>Counts:</B><PRE>(0, 0, 0)</PRE>\n"
                         "<B>Thresholds:</B><PRE>(0, 0, 0)</PRE>\n<HR></HR>\n");
    } else {
        strbuf_putc(out, '\n');
    }
    strbuf_printf(out, "<H2>Result of %zu checks:</H2>\n<TABLE bgcolor=\"#ffffff\" border=\"1\">\n<TBODY>\n<TR>\n",
                  report->count);
    strbuf_puts(out,
                detailed ? "<TH>\nKind\n</TH>\n<TH>\nReason\n</TH>\n<TH>\nDetails\n</TH>\n" : "\n<TH>\nReason\n</TH>");
    strbuf_puts(out, "\n</TR>\n");
    for (size_t i = 0; i < report->count; i++)
        put_row(out, &report->results[i], detailed);
    strbuf_puts(out, "\n</TBODY>\n</TABLE>\n<HR></HR>\n\n</BODY>\n</HTML>");
}

static void put_member(struct strbuf *out, const char *indent, const char *key, const char *value, const char *end)
{
    strbuf_printf(out, "%s\"%s\": ", indent, key);
    json_put_string(out, value);
    strbuf_puts(out, end);
}

/*
 * Whoever reads the detailed form finds every key of the reference: there is
 * no collector, and no stack of a thread is told, for a worker has one thread
 * and that one is writing this.
 */
static const char no_collector[] =
    "    \"gc\": {\n        \"counts\": [\n            0,\n            0,\n            0\n"
    "        ],\n        \"threshold\": [\n            0,\n            0,\n            0\n"
    "        ]\n    },\n    \"greenthreads\": [],\n";

static void put_json(struct strbuf *out, const struct report *report)
{
    bool detailed = report->state->detailed;

    strbuf_printf(out, "{\n    \"detailed\": %s,\n", detailed ? "true" : "false");
    if (detailed) {
        strbuf_puts(out, no_collector);
        put_member(out, "    ", "now", report->now, ",\n");
        put_member(out, "    ", "platform", report->platform, ",\n");
        put_member(out, "    ", "python_version", report->runtime, ",\n");
    }
    strbuf_puts(out, report->count ? "    \"reasons\": [\n" : "    \"reasons\": [");
    for (size_t i = 0; i < report->count; i++) {
        const struct result *result = &report->results[i];
        const char *end = i + 1 < report->count ? ",\n" : "\n";
        if (detailed) {
            strbuf_puts(out, "        {\n");
            put_member(out, "            ", "class", RESULT_CLASS, ",\n");
            put_member(out, "            ", "details", result->details ? result->details : "", ",\n");
            put_member(out, "            ", "reason", result->reason, "\n");
            strbuf_printf(out, "        }%s", end);
        } else {
            strbuf_puts(out, "        ");
            json_put_string(out, result->reason);
            strbuf_puts(out, end);
        }
    }
    strbuf_puts(out, report->count ? "    ]" : "]");
    strbuf_puts(out, detailed ? ",\n    \"threads\": []\n}" : "\n}");
}

/* In the order in which they are preferred. */
static const char *const types[] = { "text/plain", "text/html", "application/json", NULL };
static const char *const type_headers[] = { "text/plain; charset=UTF-8", "text/html; charset=UTF-8",
                                            "application/json" };
static void (*const writers[])(struct strbuf *, const struct report *) = { put_text, put_html, put_json };

static void answer(const struct state *state, struct request *request)
{
    struct response *response = &request->response;
    bool head = strcmp(request->method, "HEAD") == 0, healthy = true;
    const char *type = NULL;
    struct report report = { .state = state };
    struct result *results;
    size_t which = 0;

    while (state->backends[report.count])
        report.count++;
    results = mem_array(request->mem, struct result, report.count + 1);
    for (size_t i = 0; i < report.count; i++) {
        results[i] = state->backends[i]->check(state, request);
        healthy = healthy && results[i].available;
    }
    report.results = results;
    if (state->detailed) {
        uname(&report.system);
        report.platform = mem_printf(request->mem, "%s-%s-%s-with-glibc%s", report.system.sysname,
                                     report.system.release, report.system.machine, gnu_get_libc_version());
        report.runtime = mem_printf(request->mem, "none (nova-api-fcgi %s)", release_default()->version);
        clock_format_sql(clock_utc_usec(), report.now);
    }
    response_reset(response, request->mem);
    response->status = !healthy ? 503 : head ? 204 : 200;
    if (!head)
        type = accept_best(request->mem, request_header(request, "Accept"), types);
    for (size_t i = 0; type && types[i]; i++)
        if (strcmp(types[i], type) == 0)
            which = i;
    if (response->status != 204)
        response_add_header(response, request->mem, "Content-Type", type_headers[which]);
    if (!head)
        writers[which](&response->body, &report);
}

/* The quoted path as WebOb has it is compared. */
static bool is_own_path(const struct state *state, struct request *request)
{
    static const char safe[] = "/~!$&'()*+,;=:@";
    size_t length = strlen(request->script_name);

    /* Almost no request is for us: the common case is decided by bytes. */
    if (length && strncmp(state->path, request->script_name, length) != 0 && !strchr(state->path, '%'))
        return false;
    return strcmp(state->path, mem_printf(request->mem, "%s%s", http_quote(request->mem, request->script_name, safe),
                                          http_quote(request->mem, request->path_info, safe))) == 0;
}

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    if (is_own_path(filter->state, request)) {
        answer(filter->state, request);
        *verdict = VERDICT_DONE;
    }
    return NULL;
}

struct fault *healthcheck_serve(const struct app *app, struct request *request)
{
    answer(app->state, request);
    return NULL;
}

const struct middleware healthcheck = { .name = "healthcheck", .open = open_filter, .enter = enter };
