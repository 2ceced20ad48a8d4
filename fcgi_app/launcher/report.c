/* SPDX-License-Identifier: Apache-2.0 */
/* The guru meditation report: sections in upstream's layout, then what the pool knows. */
#include "config.h"

#include "fcgi_app/launcher/report.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/rpc/rpc.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

LOG_MODULE("oslo_reports.guru_meditation_report");

enum { WIDTH = 72, MAX_FRAMES = 32, MAX_GROUPS = 256 };

/* ---- layout ---- */

static void put_repeated(struct strbuf *out, char c, int count)
{
    for (int i = 0; i < count; i++)
        strbuf_putc(out, c);
}

/* `title` in the middle of the line between two edges; an odd space stands on the right. */
static void put_centred(struct strbuf *out, const char *edge, const char *title)
{
    int inside = WIDTH - 2 * (int)strlen(edge), left = (inside - (int)strlen(title)) / 2;

    strbuf_puts(out, edge);
    put_repeated(out, ' ', left);
    strbuf_puts(out, title);
    put_repeated(out, ' ', inside - left - (int)strlen(title));
    strbuf_puts(out, edge);
    strbuf_putc(out, '\n');
}

static void put_title(struct strbuf *out, const char *title)
{
    put_repeated(out, '=', WIDTH);
    strbuf_putc(out, '\n');
    put_centred(out, "====", title);
    put_repeated(out, '=', WIDTH);
    strbuf_putc(out, '\n');
}

/* ---- upstream's sections ---- */

static void put_package(struct strbuf *out, const struct report *report)
{
    put_title(out, "Package");
    strbuf_printf(out, "product = %s\nvendor = %s\nversion = %s\n", report->product, report->vendor, report->version);
}

/* Where this process stands: there is one thread, and it is here because it was asked for the report. */
static void put_threads(struct strbuf *out)
{
    void *frames[MAX_FRAMES];
    int count = backtrace(frames, MAX_FRAMES);
    char title[48];

    put_title(out, "Threads");
    snprintf(title, sizeof(title), "Thread #%d", (int)getpid());
    put_centred(out, "------", title);
    strbuf_putc(out, '\n');
    for (int i = 0; i < count; i++) {
        Dl_info at;

        if (!dladdr(frames[i], &at) || !at.dli_fname)
            continue;
        strbuf_printf(out, "%s:+0x%zx in %s\n\n", at.dli_fname,
                      (size_t)((const char *)frames[i] - (const char *)at.dli_fbase),
                      at.dli_sname ? at.dli_sname : "?");
    }
}

static const char *state_word(char state)
{
    static const struct {
        char letter;
        const char *word;
    } states[] = {
        { 'R', "running" },      { 'S', "sleeping" }, { 'D', "disk-sleep" }, { 'T', "stopped" },
        { 't', "tracing-stop" }, { 'Z', "zombie" },   { 'X', "dead" },       { 'x', "dead" },
        { 'K', "wake-kill" },    { 'W', "waking" },   { 'I', "idle" },       { 'P', "parked" },
    };

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (states[i].letter == state)
            return states[i].word;
    return "?";
}

/* The first line of a file of /proc, without its end; false when it cannot be had. */
static bool read_line(const char *path, char *line, size_t size)
{
    FILE *file = fopen(path, "re");
    bool got = file && fgets(line, (int)size, file);

    if (file)
        fclose(file);
    return got;
}

static void put_process(struct strbuf *out, int pid, int depth)
{
    char path[64], line[4096], *rest;
    const struct passwd *user;
    struct stat owner;
    char state;
    int parent;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    if (!read_line(path, line, sizeof(line)) || stat(path, &owner))
        return;
    rest = strrchr(line, ')');
    if (!rest || sscanf(rest + 1, " %c %d", &state, &parent) != 2)
        return;
    user = getpwuid(owner.st_uid);
    strbuf_printf(out, "%sProcess %d (under %d) [ run by: %s (%u), state: %s ]\n", depth ? "    " : "", pid, parent,
                  user ? user->pw_name : "unknown", (unsigned)owner.st_uid, state_word(state));
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
    if (!read_line(path, line, sizeof(line)))
        return;
    for (char *save, *child = strtok_r(line, " \n", &save); child; child = strtok_r(NULL, " \n", &save))
        put_process(out, (int)strtol(child, NULL, 10), depth + 1);
}

struct listed {
    const char *group;
    const char *name;
    const char *value;
};
struct listing {
    void *mem;
    struct listed *rows;
    size_t count, size;
};

static void list_option(void *arg, const char *group, const char *name, const char *value)
{
    struct listing *listing = arg;

    if (listing->count == listing->size) {
        listing->size += 256;
        listing->rows = mem_grow(listing->mem, listing->rows, struct listed, listing->size);
    }
    listing->rows[listing->count++] = (struct listed){
        mem_strdup(listing->mem, strcmp(group, "DEFAULT") ? group : "default"),
        mem_strdup(listing->mem, name),
        log_mask_line(listing->mem, mem_strdup(listing->mem, !value                   ? "None"
                                                             : !strcmp(value, "****") ? "***"
                                                                                      : value)),
    };
}

static int by_group_and_name(const void *left, const void *right)
{
    const struct listed *a = left, *b = right;
    int order = strcmp(a->group, b->group);

    return order ? order : strcmp(a->name, b->name);
}

/* A value of several lines stands beneath its name. */
static void put_value(struct strbuf *out, const char *name, const char *value)
{
    if (!strchr(value, '\n')) {
        strbuf_printf(out, "  %s = %s\n", name, value);
        return;
    }
    strbuf_printf(out, "  %s: \n    ", name);
    for (; *value; value++) {
        strbuf_putc(out, *value);
        if (*value == '\n')
            strbuf_puts(out, "    ");
    }
    strbuf_putc(out, '\n');
}

static void put_configuration(struct strbuf *out, const struct report *report)
{
    struct listing listing = { .mem = mem_context(out->mem, "options of the report") };
    const char *group = "";

    put_title(out, "Configuration");
    if (report->conf)
        conf_each(report->conf, list_option, &listing);
    if (listing.count)
        qsort(listing.rows, listing.count, sizeof(*listing.rows), by_group_and_name);
    for (size_t i = 0; i < listing.count; i++) {
        if (strcmp(group, listing.rows[i].group)) {
            group = listing.rows[i].group;
            strbuf_printf(out, "\n%s: \n", group);
        }
        put_value(out, listing.rows[i].name, listing.rows[i].value);
    }
    talloc_free(listing.mem);
}

/* ---- our sections ---- */

static void put_workers(struct strbuf *out)
{
    const struct scoreboard *board = score_board();
    uint64_t now = clock_monotonic_usec();

    put_title(out, "Workers");
    for (uint32_t i = 0; board && i < board->slot_count; i++) {
        struct scoreslot slot;

        score_read(&board->slots[i], &slot);
        if (slot.stage == SCORE_FREE)
            continue;
        strbuf_printf(out, "Worker %d of %s: %s for %.3f s, %llu requests, %llu KiB private\n", (int)slot.pid, slot.api,
                      score_stage_name(slot.stage), score_seconds(slot.since_usec, now),
                      (unsigned long long)slot.requests, (unsigned long long)score_private_bytes(slot.pid) / 1024);
        if (slot.request_usec)
            strbuf_printf(out, "    Request %s %s %s, begun %.3f s ago\n", *slot.request_id ? slot.request_id : "-",
                          slot.method, slot.route, score_seconds(slot.request_usec, now));
    }
    strbuf_putc(out, '\n');
}

static void put_memory(struct strbuf *out, const struct worker *worker)
{
    put_title(out, "Memory");
    strbuf_printf(out, "private = %llu KiB\n", (unsigned long long)score_private_bytes(getpid()) / 1024);
    if (worker)
        strbuf_printf(out, "worker = %zu bytes in %zu blocks\n", talloc_total_size(worker->mem),
                      talloc_total_blocks(worker->mem));
    strbuf_putc(out, '\n');
}

static void put_connections(struct strbuf *out, const struct worker *worker)
{
    const struct scoreboard *board = score_board();

    put_title(out, "Connections");
    if (worker && worker->db)
        strbuf_printf(out, "databases = %u\n", db_open_connections(worker->db));
    if (worker && worker->rpc)
        strbuf_printf(out, "message brokers = %u\n", rpc_open_connections(worker->rpc));
    for (uint32_t i = 0; !worker && board && i < board->slot_count; i++) {
        struct scoreslot slot;

        score_read(&board->slots[i], &slot);
        if (slot.stage != SCORE_FREE)
            strbuf_printf(out, "worker %d = %u\n", (int)slot.pid, (unsigned)slot.connections);
    }
}

void report_text(const struct report *report, const struct worker *worker, struct strbuf *out)
{
    put_title(out, "Guru Meditation");
    put_repeated(out, '|', WIDTH);
    strbuf_puts(out, "\n\n\n");
    put_package(out, report);
    put_threads(out);
    /* There are none, and where upstream has none the section is empty too. */
    put_title(out, "Green Threads");
    strbuf_putc(out, '\n');
    put_title(out, "Processes");
    put_process(out, (int)getpid(), 0);
    strbuf_putc(out, '\n');
    put_configuration(out, report);
    strbuf_putc(out, '\n');
    put_workers(out);
    put_memory(out, worker);
    put_connections(out, worker);
}

static bool write_all(int fd, const struct strbuf *text)
{
    size_t done = 0;

    while (done < text->length) {
        ssize_t wrote = write(fd, text->data + done, text->length - done);

        if (wrote < 0 && errno != EINTR)
            return false;
        if (wrote > 0)
            done += (size_t)wrote;
    }
    return true;
}

void report_write(const struct report *report, const struct worker *worker)
{
    void *mem = mem_context(NULL, "report");
    struct strbuf text;

    strbuf_init(&text, mem, 65536);
    report_text(report, worker, &text);
    if (!report->log_dir || !*report->log_dir) {
        strbuf_putc(&text, '\n');
        write_all(STDERR_FILENO, &text);
    } else {
        time_t now = time(NULL);
        struct tm utc;
        char stamp[20];
        const char *path;
        int fd;

        gmtime_r(&now, &utc);
        strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", &utc);
        path = mem_printf(mem, "%s/%s_gurumeditation_%s", report->log_dir, report->service, stamp);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
        if (fd < 0 || !write_all(fd, &text))
            fprintf(stderr, "Unable to dump Guru Meditation Report to file %s\n", path);
        if (fd >= 0)
            close(fd);
    }
    talloc_free(mem);
}

/* ---- the trigger ---- */

static int64_t modified(const char *path)
{
    struct stat at;

    return stat(path, &at) ? 0 : (int64_t)at.st_mtim.tv_sec * 1000000000 + at.st_mtim.tv_nsec;
}

void report_trigger_open(struct report_trigger *trigger, const char *path, int interval)
{
    struct stat at;

    *trigger = (struct report_trigger){ .path = path && *path ? path : NULL, .interval = interval > 0 ? interval : 1 };
    if (!trigger->path)
        return;
    if (!stat(trigger->path, &at) && !(at.st_mode & S_IRGRP))
        log_error("Guru Meditation Report does not have read permissions to '%s' file.", trigger->path);
    trigger->seen = modified(trigger->path);
    trigger->next_usec = clock_monotonic_usec() + (uint64_t)trigger->interval * 1000000;
}

bool report_trigger_pulled(struct report_trigger *trigger)
{
    uint64_t now;
    int64_t mtime;

    if (!trigger->path)
        return false;
    now = clock_monotonic_usec();
    if (now < trigger->next_usec)
        return false;
    trigger->next_usec = now + (uint64_t)trigger->interval * 1000000;
    mtime = modified(trigger->path);
    if (mtime <= trigger->seen)
        return false;
    trigger->seen = mtime;
    return true;
}
