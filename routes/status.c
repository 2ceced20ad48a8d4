/* SPDX-License-Identifier: Apache-2.0 */
/* The scoreboard in four coats: one collection of numbers, a writer a format. */
#include "config.h"

#include "routes/status.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/http/accept.h"
#include "fcgi_app/http/request.h"
#include "fcgi_app/json/json.h"

#include <string.h>

/* A worker as the board and the kernel have it now. */
struct seen {
    struct scoreslot slot;
    bool busy;
    double in_stage; /* seconds */
    double running;  /* seconds of the request; 0: none */
    double uptime;   /* seconds */
    double cpu;      /* seconds */
    uint64_t private_bytes;
};

struct totals {
    const struct scoreboard *board;
    struct seen *workers;
    size_t count, idle, busy;
    uint64_t requests, bytes_out, connections, private_bytes, status_class[6];
    double cpu, uptime;
};

static void collect(const void *mem, struct totals *totals)
{
    const struct scoreboard *board = score_board();
    uint64_t now = clock_monotonic_usec();
    int64_t clock = clock_utc_usec();

    *totals = (struct totals){ .board = board };
    if (!board)
        return;
    totals->uptime = (double)(clock - (int64_t)board->started_usec) / 1e6;
    totals->workers = mem_array(mem, struct seen, board->slot_count);
    for (uint32_t i = 0; i < board->slot_count; i++) {
        struct seen *seen = &totals->workers[totals->count];
        const struct scoreslot *slot = &seen->slot;

        score_read(&board->slots[i], &seen->slot);
        if (slot->stage == SCORE_FREE || !slot->pid)
            continue;
        seen->busy = slot->request_usec != 0;
        seen->in_stage = score_seconds(slot->since_usec, now);
        seen->running = seen->busy ? score_seconds(slot->request_usec, now) : 0;
        seen->uptime = (double)(clock - (int64_t)slot->started_usec) / 1e6;
        seen->cpu = (double)score_cpu_usec(slot->pid) / 1e6;
        seen->private_bytes = score_private_bytes(slot->pid);
        totals->count++;
        totals->busy += seen->busy;
        totals->idle += slot->stage == SCORE_IDLE;
        totals->requests += slot->requests;
        totals->bytes_out += slot->bytes_out;
        totals->connections += slot->connections;
        totals->private_bytes += seen->private_bytes;
        totals->cpu += seen->cpu;
        for (int class = 0; class < 6; class ++)
            totals->status_class[class] += slot->status_class[class];
    }
}

typedef unsigned long long number;

/* ---- text ---- */

static void put_text_row(struct strbuf *out, const char *name, const char *text)
{
    strbuf_printf(out, "%-14s %s\n", name, text);
}

static void put_text_number(struct strbuf *out, const char *name, number value)
{
    strbuf_printf(out, "%-14s %llu\n", name, value);
}

static void put_text_worker(struct strbuf *out, const struct seen *seen)
{
    const struct scoreslot *slot = &seen->slot;

    strbuf_puts(out, "\n************************\n");
    put_text_number(out, "pid:", (number)slot->pid);
    put_text_row(out, "api:", slot->api);
    strbuf_printf(out, "%-14s %s for %.3f s\n", "state:", score_stage_name(slot->stage), seen->in_stage);
    if (seen->busy)
        strbuf_printf(out, "%-14s %s %.3f s\n", "request:", *slot->request_id ? slot->request_id : "-", seen->running);
    strbuf_printf(out, "%-14s %s %s\n", "last route:", *slot->method ? slot->method : "-", slot->route);
    put_text_number(out, "requests:", slot->requests);
    strbuf_printf(out, "%-14s %.0f s\n", "uptime:", seen->uptime);
    strbuf_printf(out, "%-14s %.3f s\n", "cpu:", seen->cpu);
    strbuf_printf(out, "%-14s %llu KiB\n", "memory:", (number)seen->private_bytes / 1024);
    put_text_number(out, "connections:", slot->connections);
}

static void write_text(struct strbuf *out, const struct totals *totals, bool full)
{
    if (totals->board && totals->board->parent_pid)
        put_text_number(out, "parent:", (number)totals->board->parent_pid);
    strbuf_printf(out, "%-14s %.0f s\n", "uptime:", totals->uptime);
    put_text_number(out, "workers:", totals->count);
    put_text_number(out, "idle:", totals->idle);
    put_text_number(out, "busy:", totals->busy);
    put_text_number(out, "requests:", totals->requests);
    strbuf_printf(out, "%-14s %.3f s\n", "cpu:", totals->cpu);
    strbuf_printf(out, "%-14s %llu KiB\n", "memory:", (number)totals->private_bytes / 1024);
    put_text_number(out, "connections:", totals->connections);
    put_text_number(out, "bytes out:", totals->bytes_out);
    if (totals->board) {
        put_text_number(out, "forks:", totals->board->forks);
        put_text_number(out, "killed:", totals->board->killed);
        put_text_number(out, "timeouts:", totals->board->timeouts);
    }
    if (full) {
        for (size_t i = 0; i < totals->count; i++)
            put_text_worker(out, &totals->workers[i]);
        return;
    }
    strbuf_puts(out, "\n     pid  api            state      for s   requests    cpu s   KiB  last route\n");
    for (size_t i = 0; i < totals->count; i++) {
        const struct seen *seen = &totals->workers[i];

        strbuf_printf(out, "%8d  %-13s  %-9s %8.3f %9llu %8.3f %5llu  %s %s\n", (int)seen->slot.pid, seen->slot.api,
                      score_stage_name(seen->slot.stage), seen->in_stage, (number)seen->slot.requests, seen->cpu,
                      (number)seen->private_bytes / 1024, seen->slot.method, seen->slot.route);
    }
}

/* ---- JSON ---- */

static void put_json_text(struct strbuf *out, const char *key, const char *text)
{
    strbuf_printf(out, ", \"%s\": ", key);
    json_put_string(out, text);
}

static void put_json_classes(struct strbuf *out, const uint64_t classes[6])
{
    strbuf_puts(out, ", \"statuses\": {");
    for (int class = 1; class < 6; class ++)
        strbuf_printf(out, "%s\"%dxx\": %llu", class > 1 ? ", " : "", class, (number)classes[class]);
    strbuf_putc(out, '}');
}

static void write_json(struct strbuf *out, const struct totals *totals, bool full)
{
    (void)full;
    strbuf_printf(out,
                  "{\"parent\": %d, \"uptime\": %.3f, \"workers\": %zu, \"idle\": %zu, \"busy\": %zu, "
                  "\"requests\": %llu, \"cpu\": %.6f, \"private_bytes\": %llu, \"connections\": %llu, "
                  "\"bytes_out\": %llu, \"forks\": %llu, \"killed\": %llu, \"timeouts\": %llu",
                  totals->board ? (int)totals->board->parent_pid : 0, totals->uptime, totals->count, totals->idle,
                  totals->busy, (number)totals->requests, totals->cpu, (number)totals->private_bytes,
                  (number)totals->connections, (number)totals->bytes_out,
                  totals->board ? (number)totals->board->forks : 0, totals->board ? (number)totals->board->killed : 0,
                  totals->board ? (number)totals->board->timeouts : 0);
    put_json_classes(out, totals->status_class);
    strbuf_puts(out, ", \"processes\": [");
    for (size_t i = 0; i < totals->count; i++) {
        const struct seen *seen = &totals->workers[i];

        strbuf_printf(out, "%s{\"pid\": %d", i ? ", " : "", (int)seen->slot.pid);
        put_json_text(out, "api", seen->slot.api);
        put_json_text(out, "state", score_stage_name(seen->slot.stage));
        strbuf_printf(out,
                      ", \"since\": %.6f, \"busy\": %s, \"running\": %.6f, \"requests\": %llu, \"uptime\": %.3f, "
                      "\"cpu\": %.6f, \"private_bytes\": %llu, \"connections\": %u, \"bytes_out\": %llu",
                      seen->in_stage, seen->busy ? "true" : "false", seen->running, (number)seen->slot.requests,
                      seen->uptime, seen->cpu, (number)seen->private_bytes, (unsigned)seen->slot.connections,
                      (number)seen->slot.bytes_out);
        put_json_text(out, "request_id", seen->slot.request_id);
        put_json_text(out, "method", seen->slot.method);
        put_json_text(out, "route", seen->slot.route);
        put_json_classes(out, seen->slot.status_class);
        strbuf_putc(out, '}');
    }
    strbuf_puts(out, "]}\n");
}

/* ---- HTML ---- */

static void write_html(struct strbuf *out, const struct totals *totals, bool full)
{
    (void)full;
    strbuf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>nova-api-fcgi</title>\n"
                     "<style>body{font:14px sans-serif}td,th{padding:2px 10px;text-align:right}"
                     "td:nth-child(-n+3),th:nth-child(-n+3),td:last-child,th:last-child{text-align:left}"
                     "tr.busy{font-weight:bold}</style></head><body>\n<h1>nova-api-fcgi</h1>\n");
    strbuf_printf(out,
                  "<p>%zu workers, %zu idle, %zu busy; %llu requests in %.0f s; %.3f s of CPU; %llu KiB private; "
                  "%llu connections</p>\n",
                  totals->count, totals->idle, totals->busy, (number)totals->requests, totals->uptime, totals->cpu,
                  (number)totals->private_bytes / 1024, (number)totals->connections);
    strbuf_puts(out, "<table><tr><th>pid</th><th>API</th><th>state</th><th>for s</th><th>requests</th><th>CPU s</th>"
                     "<th>KiB</th><th>last route</th></tr>\n");
    for (size_t i = 0; i < totals->count; i++) {
        const struct seen *seen = &totals->workers[i];

        strbuf_printf(out, "<tr%s><td>%d</td><td>", seen->busy ? " class=\"busy\"" : "", (int)seen->slot.pid);
        text_put_html(out, seen->slot.api);
        strbuf_printf(out, "</td><td>%s</td><td>%.3f</td><td>%llu</td><td>%.3f</td><td>%llu</td><td>",
                      score_stage_name(seen->slot.stage), seen->in_stage, (number)seen->slot.requests, seen->cpu,
                      (number)seen->private_bytes / 1024);
        text_put_html(out, seen->slot.method);
        strbuf_putc(out, ' ');
        text_put_html(out, seen->slot.route);
        strbuf_puts(out, "</td></tr>\n");
    }
    strbuf_puts(out, "</table></body></html>\n");
}

/* ---- Prometheus ---- */

static void put_metric(struct strbuf *out, const char *name, const char *type, const char *help)
{
    strbuf_printf(out, "# HELP nova_api_fcgi_%s %s\n# TYPE nova_api_fcgi_%s %s\n", name, help, name, type);
}

static void put_total(struct strbuf *out, const char *name, const char *type, const char *help, double value)
{
    put_metric(out, name, type, help);
    strbuf_printf(out, "nova_api_fcgi_%s %.17g\n", name, value);
}

static void write_prometheus(struct strbuf *out, const struct totals *totals, bool full)
{
    (void)full;
    put_total(out, "uptime_seconds", "gauge", "Seconds since the pool started.", totals->uptime);
    put_metric(out, "workers", "gauge", "Workers by state.");
    for (uint32_t stage = SCORE_STARTING; stage < SCORE_STAGE_COUNT; stage++) {
        size_t count = 0;

        for (size_t i = 0; i < totals->count; i++)
            count += totals->workers[i].slot.stage == stage;
        strbuf_printf(out, "nova_api_fcgi_workers{state=\"%s\"} %zu\n", score_stage_name(stage), count);
    }
    put_total(out, "forks_total", "counter", "Workers started.", totals->board ? (double)totals->board->forks : 0);
    put_total(out, "killed_total", "counter", "Workers that a signal ended.",
              totals->board ? (double)totals->board->killed : 0);
    put_total(out, "timeouts_total", "counter", "Workers killed over request_timeout.",
              totals->board ? (double)totals->board->timeouts : 0);
    put_metric(out, "responses", "gauge", "Answers of the running workers by class of status.");
    for (int class = 1; class < 6; class ++)
        strbuf_printf(out, "nova_api_fcgi_responses{code=\"%dxx\"} %llu\n", class, (number)totals->status_class[class]);
    put_metric(out, "worker_requests_total", "counter", "Requests that a worker answered.");
    for (size_t i = 0; i < totals->count; i++)
        strbuf_printf(out, "nova_api_fcgi_worker_requests_total{pid=\"%d\",api=\"%s\"} %llu\n",
                      (int)totals->workers[i].slot.pid, totals->workers[i].slot.api,
                      (number)totals->workers[i].slot.requests);
    put_metric(out, "worker_cpu_seconds_total", "counter", "CPU time of a worker.");
    for (size_t i = 0; i < totals->count; i++)
        strbuf_printf(out, "nova_api_fcgi_worker_cpu_seconds_total{pid=\"%d\",api=\"%s\"} %.6f\n",
                      (int)totals->workers[i].slot.pid, totals->workers[i].slot.api, totals->workers[i].cpu);
    put_metric(out, "worker_private_bytes", "gauge", "Private memory of a worker.");
    for (size_t i = 0; i < totals->count; i++)
        strbuf_printf(out, "nova_api_fcgi_worker_private_bytes{pid=\"%d\",api=\"%s\"} %llu\n",
                      (int)totals->workers[i].slot.pid, totals->workers[i].slot.api,
                      (number)totals->workers[i].private_bytes);
    put_metric(out, "worker_request_seconds", "gauge", "Age of the request that a worker is busy with.");
    for (size_t i = 0; i < totals->count; i++)
        strbuf_printf(out, "nova_api_fcgi_worker_request_seconds{pid=\"%d\",api=\"%s\"} %.6f\n",
                      (int)totals->workers[i].slot.pid, totals->workers[i].slot.api, totals->workers[i].running);
}

/* ---- which one ---- */

static const struct format {
    const char *key;       /* in the query */
    const char *media;     /* in Accept; NULL for the last one, which is asked for in its own way */
    const char *mime_type; /* of the answer */
    void (*write)(struct strbuf *out, const struct totals *totals, bool full);
} formats[] = {
    { "text", "text/plain", "text/plain; charset=UTF-8", write_text },
    { "json", "application/json", "application/json", write_json },
    { "html", "text/html", "text/html; charset=UTF-8", write_html },
    { "prometheus", NULL, "text/plain; version=0.0.4; charset=utf-8", write_prometheus },
};
enum { FORMAT_COUNT = sizeof(formats) / sizeof(formats[0]), PROMETHEUS = FORMAT_COUNT - 1 };

static bool asks_for(const char *query, const char *key)
{
    size_t length = strlen(key);

    for (; query && *query; query = strchr(query, '&') ? strchr(query, '&') + 1 : NULL)
        if (!strncmp(query, key, length) && (!query[length] || strchr("=&", query[length])))
            return true;
    return false;
}

static const struct format *choose(const struct request *request)
{
    const char *accept = request_header(request, "Accept"), *offers[FORMAT_COUNT + 1] = { NULL }, *best;

    for (int i = 0; i < FORMAT_COUNT; i++)
        if (asks_for(request->query_string, formats[i].key))
            return &formats[i];
    /* Prometheus asks with parameters, and among others for the form that we have. */
    if (accept && (strstr(accept, "openmetrics-text") || strstr(accept, "version=0.0.4")))
        return &formats[PROMETHEUS];
    for (int i = 0; i < PROMETHEUS; i++)
        offers[i] = formats[i].media;
    best = accept ? accept_best(request->mem, accept, offers) : NULL;
    for (int i = 0; best && i < PROMETHEUS; i++)
        if (!strcmp(formats[i].media, best))
            return &formats[i];
    return &formats[0];
}

struct fault *status_serve(const struct app *app, struct request *request)
{
    const struct format *format = choose(request);
    struct totals totals;

    (void)app;
    if (strcmp(request->method, "GET") && strcmp(request->method, "HEAD"))
        return fault_http(request->mem, 405, NULL);
    collect(request->mem, &totals);
    response_reset(&request->response, request->mem);
    response_set_header(&request->response, request->mem, "Content-Type", format->mime_type);
    response_set_header(&request->response, request->mem, "Cache-Control", "no-store");
    format->write(&request->response.body, &totals, asks_for(request->query_string, "full"));
    return NULL;
}
