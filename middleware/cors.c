/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cross-origin requests: which other sites' pages may call this API.  The
 * application answers first, OPTIONS too; then headers are added.
 * Source: nova-facts/middleware.md, cors.
 */
#include "config.h"

#include "middleware/filters.h"
#include "middleware/overrides.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

LOG_MODULE("oslo_middleware.cors");

/* What an origin may do. */
struct rules {
    bool credentials;
    const char *const *expose_headers;
    int64_t max_age;
    const char *const *methods;
    const char *const *headers;
};

struct origin {
    const char *name; /* "https://horizon.example.com", or "*" */
    struct rules rules;
};

struct state {
    const void *mem;
    struct origin *origins;
    size_t count;
};

/* These may always be sent. */
static const char *const simple_headers[] = { "Accept",        "Accept-Language",  "Content-Type",
                                              "Cache-Control", "Content-Language", "Expires",
                                              "Last-Modified", "Pragma",           NULL };

static const struct origin *find_origin(const struct state *state, const char *name)
{
    for (size_t i = 0; i < state->count; i++)
        if (strcmp(state->origins[i].name, name) == 0)
            return &state->origins[i];
    return NULL;
}

static void add_origins(struct state *state, const char *const *names, const struct rules *rules)
{
    for (; *names; names++) {
        if (find_origin(state, *names)) {
            log_warning("Allowed origin [%s] already exists, skipping", *names);
            continue;
        }
        state->origins = mem_grow(state->mem, state->origins, struct origin, state->count + 1);
        state->origins[state->count++] = (struct origin){ *names, *rules };
    }
}

/* A section [cors.<anything>] adds origins; what it does not say, [cors] says. */
static struct fault *add_section(struct state *state, const struct settings *settings, const struct conf *conf,
                                 const char *section, struct rules rules)
{
    const struct {
        const char *key;
        const char *const **list;
    } lists[] = {
        { "expose_headers", &rules.expose_headers },
        { "allow_methods", &rules.methods },
        { "allow_headers", &rules.headers },
    };
    const char *text = conf_raw(conf, section, "allowed_origin");
    const char *const *names = text ? override_split(state->mem, text) : NULL;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        text = conf_raw(conf, section, lists[i].key);
        if (text)
            *lists[i].list = override_split(state->mem, text);
    }
    text = conf_raw(conf, section, "allow_credentials");
    if (text) {
        int truth = text_bool(text);
        if (truth < 0)
            return fault_new(
                settings->mem, ConfigFileValueError,
                mem_printf(settings->mem, "[%s] allow_credentials: a boolean wanted, got '%s'", section, text));
        rules.credentials = truth;
    }
    text = conf_raw(conf, section, "max_age");
    if (text) {
        char *end;
        rules.max_age = strtoll(text, &end, 10);
        if (end == text || *end)
            return fault_new(settings->mem, ConfigFileValueError,
                             mem_printf(settings->mem, "[%s] max_age: an integer wanted, got '%s'", section, text));
    }
    if (names)
        add_origins(state, names, &rules);
    return NULL;
}

/*
 * oslo_config_project: the filter reads the project's default files, whatever
 * files the process was started with.
 */
static struct fault *own_conf(const struct settings *settings, struct conf **conf)
{
    const char *project = override_text(settings, "oslo_config_project");
    const char *program = override_text(settings, "oslo_config_program");
    const char *file = override_text(settings, "oslo_config_file");
    struct conf *own;
    struct fault *fault;

    if (!project)
        return NULL;
    if (!program)
        program = program_invocation_short_name;
    fault = conf_sibling(*conf, project, program, file, &own);
    if (fault && file)
        return fault;
    if (fault)
        log_warning("[%s] in %s: the default files of project %s cannot be read, those of this process are used: %s",
                    settings->section, settings->file, project, fault->message);
    else
        *conf = own;
    return NULL;
}

static struct fault *open_filter(const struct settings *settings, struct conf *conf, void **state_out)
{
    struct state *state = mem_new(settings->mem, struct state);
    struct rules rules = { 0 };

    state->mem = state;
    *state_out = state;
    if (!settings_get(settings, "allowed_origin") && !settings_get(settings, "oslo_config_project"))
        return fault_new(settings->mem, TypeError, "allowed_origin or oslo_config_project is required");
    TRY(own_conf(settings, &conf));
    TRY(override_bool(settings, conf, "allow_credentials", OPTION_cors_allow_credentials, &rules.credentials));
    TRY(override_int(settings, conf, "max_age", OPTION_cors_max_age, &rules.max_age));
    rules.expose_headers = override_list(settings, conf, "expose_headers", OPTION_cors_expose_headers);
    rules.methods = override_list(settings, conf, "allow_methods", OPTION_cors_allow_methods);
    rules.headers = override_list(settings, conf, "allow_headers", OPTION_cors_allow_headers);
    add_origins(state, override_list(settings, conf, "allowed_origin", OPTION_cors_allowed_origin), &rules);
    for (const char *const *section = conf_sections(conf, settings->mem, "cors."); *section; section++) {
        log_warning("[%s]: several sections of origins are deprecated; please name all in [cors]", *section);
        TRY(add_section(state, settings, conf, *section, rules));
    }
    return NULL;
}

/* The rules for a request's origin; *allowed is the origin to name in the answer.  NULL: not permitted. */
static const struct rules *rules_of(const struct state *state, const char *name, const char **allowed)
{
    const struct origin *origin = find_origin(state, name);

    if (!origin)
        origin = find_origin(state, "*");
    if (!origin) {
        log_debug("CORS request from origin '%s' not permitted.", name);
        return NULL;
    }
    *allowed = origin->name;
    return &origin->rules;
}

static bool is_listed(const char *const *list, const char *text, int (*compare)(const char *, const char *))
{
    for (; *list; list++)
        if (compare(*list, text) == 0)
            return true;
    return false;
}

static const char *join(const void *mem, const char *const *list)
{
    struct strbuf out;

    strbuf_init(&out, mem, 128);
    for (size_t i = 0; list[i]; i++) {
        if (i)
            strbuf_putc(&out, ',');
        strbuf_puts(&out, list[i]);
    }
    return out.data;
}

/* The elements of a comma-separated header, without empty ones. */
static const char *const *header_values(const void *mem, const char *header)
{
    const char **values;
    size_t count = 0;
    char **piece;

    piece = text_split(mem, header ? header : "", ',');
    values = mem_array(mem, const char *, strlen(header ? header : "") + 2);
    for (; *piece; piece++) {
        const char *value = text_strip(mem, *piece);
        if (*value)
            values[count++] = value;
    }
    return values;
}

static void put_origin(struct request *request, const struct rules *rules, const char *origin)
{
    response_set_header(&request->response, request->mem, "Access-Control-Allow-Origin", origin);
    if (rules->credentials)
        response_set_header(&request->response, request->mem, "Access-Control-Allow-Credentials", "true");
}

/* OPTIONS: may this origin send this method with these headers? */
static void preflight(const struct state *state, struct request *request)
{
    const void *mem = request->mem;
    struct response *response = &request->response;
    const char *name = request_header(request, "Origin"), *origin, *method;
    const char *const *headers;
    const struct rules *rules;

    if (response->status < 200 || response->status >= 300)
        response_reset(response, mem);
    rules = name ? rules_of(state, name, &origin) : NULL;
    if (!rules)
        return;
    method = request_header(request, "Access-Control-Request-Method");
    if (!method) {
        log_debug("CORS request does not contain Access-Control-Request-Method header.");
        return;
    }
    if (!is_listed(rules->methods, method, strcmp)) {
        log_debug("Request method '%s' not in permitted list", method);
        return;
    }
    headers = header_values(mem, request_header(request, "Access-Control-Request-Headers"));
    for (const char *const *header = headers; *header; header++)
        if (!is_listed(rules->headers, *header, strcasecmp) && !is_listed(simple_headers, *header, strcasecmp)) {
            log_debug("Request header '%s' not in permitted list", *header);
            return;
        }
    response_set_header(response, mem, "Vary", "Origin");
    put_origin(request, rules, origin);
    if (rules->max_age)
        response_set_header(response, mem, "Access-Control-Max-Age",
                            mem_printf(mem, "%lld", (long long)rules->max_age));
    response_set_header(response, mem, "Access-Control-Allow-Methods", method);
    if (*headers)
        response_set_header(response, mem, "Access-Control-Allow-Headers", join(mem, headers));
}

/*
 * The answer varies by origin, too.  WebOb reads the last of several headers
 * of a name, and leaves one in their place.
 */
static void add_vary(struct request *request)
{
    struct response *response = &request->response;
    const char *last = response_last_header(response, "Vary");

    response_set_header(response, request->mem, "Vary", last ? mem_printf(request->mem, "%s,Origin", last) : "Origin");
}

static struct fault *leave(const struct filter *filter, struct request *request, struct fault *fault)
{
    const struct state *state = filter->state;
    const struct rules *rules;
    const char *name, *origin;

    if (fault || response_header(&request->response, "Access-Control-Allow-Origin"))
        return fault;
    if (strcmp(request->method, "OPTIONS") == 0) {
        preflight(state, request);
        return NULL;
    }
    name = request_header(request, "Origin");
    rules = name ? rules_of(state, name, &origin) : NULL;
    if (!rules)
        return NULL;
    add_vary(request);
    put_origin(request, rules, origin);
    if (*rules->expose_headers)
        response_set_header(&request->response, request->mem, "Access-Control-Expose-Headers",
                            join(request->mem, rules->expose_headers));
    return NULL;
}

const struct middleware cors = { .name = "cors", .open = open_filter, .leave = leave };
