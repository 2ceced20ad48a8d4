/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a trace for a request that bears one, signed with a key that we
 * know.  Without such headers it is a comparison.
 * Source: nova-facts/middleware.md, osprofiler.
 */
#include "config.h"

#include "middleware/filters.h"
#include "middleware/overrides.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/profiler.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/json/json.h"

#include <openssl/evp.h>
#include <string.h>

LOG_MODULE("osprofiler");

struct state {
    bool enabled;
    const char *const *keys;
    profiler_notifier *notify;
};

struct running {
    bool traced;
};

static void notify_log(void *arg, const char *event)
{
    (void)arg;
    log_info("%s", event);
}

/* Where events go, from the connection string's scheme; NULL: nowhere. */
static profiler_notifier *notifier_for(const char *connection)
{
    size_t length = connection ? strcspn(connection, ":") : 0;

    if (length == strlen("log") && strncmp(connection, "log", length) == 0)
        return notify_log;
    log_warning("[profiler] connection_string: events cannot be sent to %.*s:// yet, only to log://; "
                "traces are followed but not reported",
                (int)length, connection ? connection : "");
    return NULL;
}

/* The keys of a comma-separated text, without empty ones. */
static const char *const *split_keys(const void *mem, const char *text)
{
    char **pieces = text_split(mem, text, ',');
    const char **keys = mem_array(mem, const char *, strlen(text) + 2);
    size_t count = 0;

    for (; *pieces; pieces++) {
        const char *key = text_strip(mem, *pieces);
        if (*key)
            keys[count++] = key;
    }
    return keys;
}

static struct fault *open_filter(const struct settings *settings, struct conf *conf, void **state_out)
{
    struct state *state = mem_new(settings->mem, struct state);
    const char *keys = conf_string(conf, OPTION_profiler_hmac_keys);

    *state_out = state;
    /* Keys of the options go before those of the paste file. */
    if (text_is_empty(keys))
        keys = settings_get(settings, "hmac_keys");
    state->keys = split_keys(state, keys ? keys : "");
    state->enabled = conf_bool(conf, OPTION_profiler_enabled);
    if (state->enabled)
        state->notify = notifier_for(conf_string(conf, OPTION_profiler_connection_string));
    return NULL;
}

/* The text behind urlsafe base64; NULL: it is none. */
static char *decode(const void *mem, const char *text)
{
    size_t length = strlen(text);
    char *standard = mem_strdup(mem, text);
    char *out = mem_array(mem, char, length / 4 * 3 + 1);
    int size;

    for (char *p = standard; *p; p++)
        *p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
    if (!length || length % 4)
        return NULL;
    size = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)standard, (int)length);
    if (size < 0)
        return NULL;
    for (size_t i = length; i-- && standard[i] == '=';)
        size--;
    out[size < 0 ? 0 : size] = '\0';
    return out;
}

/* Exactly base_id and perhaps parent_id, both texts? */
static bool read_trace(const void *mem, const char *text, const char **base_id, const char **parent_id)
{
    json_t *tree = NULL, *value;
    const char *key;

    if (!text || json_read(mem, text, strlen(text), &tree) || !json_is_object(tree))
        return false;
    *base_id = *parent_id = NULL;
    json_object_foreach(tree, key, value)
    {
        const char **place = strcmp(key, "base_id") == 0 ? base_id : strcmp(key, "parent_id") == 0 ? parent_id : NULL;
        if (!place || !json_is_string(value))
            return false;
        *place = json_string_value(value);
    }
    return *base_id != NULL;
}

/* The key that the trace was signed with; NULL: none of ours. */
static const char *signing_key(const struct state *state, const char *info, const char *hmac)
{
    for (const char *const *key = state->keys; *key; key++)
        if (profiler_verify(info, *key, hmac))
            return *key;
    return NULL;
}

/* {"request": {"path": …, "query": …, "method": …, "scheme": …}} */
static const char *request_info(struct request *request)
{
    const struct {
        const char *key;
        const char *value;
    } members[] = {
        { "path", request_path_url(request) + strlen(request_host_url(request)) },
        { "query", request->query_string },
        { "method", request->method },
        { "scheme", request->scheme },
    };
    struct strbuf out;

    strbuf_init(&out, request->mem, 256);
    JSON_PUT_LITERAL(&out, "{\"request\": {");
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        strbuf_printf(&out, "%s\"%s\": ", i ? ", " : "", members[i].key);
        json_put_string(&out, members[i].value);
    }
    JSON_PUT_LITERAL(&out, "}}");
    return out.data;
}

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    const struct state *state = filter->state;
    struct running *running = filter_request_state(filter, request);
    const char *info, *hmac, *key, *base_id, *parent_id;

    (void)verdict;
    if (!state->enabled)
        return NULL;
    info = request_header(request, PROFILER_INFO_HEADER);
    hmac = request_header(request, PROFILER_HMAC_HEADER);
    if (!info || !hmac)
        return NULL;
    key = signing_key(state, info, text_strip(request->mem, hmac));
    if (!key || !read_trace(request->mem, decode(request->mem, info), &base_id, &parent_id))
        return NULL;
    request->worker->profiler = profiler_open(request->mem, key, base_id, parent_id, state->notify, NULL);
    running->traced = true;
    profiler_start(request->worker->profiler, "wsgi", request_info(request));
    return NULL;
}

static struct fault *leave(const struct filter *filter, struct request *request, struct fault *fault)
{
    const struct running *running = filter_request_state(filter, request);

    if (running->traced) {
        const char *info = NULL;
        if (fault)
            info = mem_printf(request->mem, "{\"etype\": \"%s\"}", fault_kinds[fault->name].name);
        profiler_stop(request->worker->profiler, info);
        request->worker->profiler = NULL;
    }
    return fault;
}

const struct middleware osprofiler = {
    .name = "osprofiler",
    .open = open_filter,
    .enter = enter,
    .leave = leave,
    .state_size = sizeof(struct running),
};
