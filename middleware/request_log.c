/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line a request, when it is answered.
 * Source: nova-facts/middleware.md, request_log.
 */
#include "config.h"

#include "middleware/filters.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"

LOG_MODULE("nova.api.openstack.requestlog");

struct running {
    uint64_t begun_usec;
};

static struct fault *enter(const struct filter *filter, struct request *request, enum verdict *verdict)
{
    struct running *running = filter_request_state(filter, request);

    (void)verdict;
    running->begun_usec = clock_monotonic_usec();
    return NULL;
}

/* A byte that would break the line is written as \xNN; of others each is a character, as WSGI has it (é is two). */
static void put_byte(struct strbuf *out, unsigned char byte)
{
    if (byte < ' ' || byte == 0x7f)
        strbuf_printf(out, "\\x%02x", (unsigned)byte);
    else if (byte >= 0x80)
        strbuf_printf(out, "%c%c", 0xc0 | byte >> 6, 0x80 | (byte & 0x3f));
    else
        strbuf_putc(out, (char)byte);
}

static void put_printable(struct strbuf *out, const char *text)
{
    while (*text)
        put_byte(out, (unsigned char)*text++);
}

static void put_path(struct strbuf *out, const char *path)
{
    while (*path)
        put_byte(out, text_path_byte(&path));
}

static const char *remote_address(const struct request *request)
{
    const char *forwarded = NULL;

    if (conf_bool(request->worker->conf, OPTION_api_use_forwarded_for))
        forwarded = request_header(request, "X-Forwarded-For");
    if (forwarded)
        return forwarded;
    return request_param(request, "REMOTE_ADDR") ? request->remote_addr : "-";
}

static struct fault *leave(const struct filter *filter, struct request *request, struct fault *fault)
{
    const struct running *running = filter_request_state(filter, request);
    const struct response *response = &request->response;
    struct strbuf line;

    if (!log_enabled_in(&log_module_, LOG_LEVEL_INFO))
        return fault;
    strbuf_init(&line, request->mem, 256);
    put_printable(&line, remote_address(request));
    strbuf_puts(&line, " \"");
    put_printable(&line, request->method);
    strbuf_putc(&line, ' ');
    put_path(&line, request->script_name);
    put_path(&line, request->path_info);
    if (*request->query_string) {
        strbuf_putc(&line, '?');
        put_printable(&line, request->query_string);
    }
    strbuf_printf(&line, "\" status: %d len: ", fault ? 500 : response->status);
    if (!fault && response->no_length)
        strbuf_puts(&line, "None");
    else
        strbuf_put_int(&line, fault ? 0 : (long long)response->body.length);
    strbuf_printf(&line, " microversion: %s time: %.6f", request->version_text ? request->version_text : "-",
                  (double)(clock_monotonic_usec() - running->begun_usec) / 1e6);
    log_info("%s", line.data);
    return fault;
}

const struct middleware request_log = {
    .name = "request_log", .enter = enter, .leave = leave, .state_size = sizeof(struct running)
};
