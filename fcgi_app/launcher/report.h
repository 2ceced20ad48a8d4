/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guru meditation report: what this process is, runs with and does, as
 * text of upstream's layout, on SIGUSR2 or when a file is touched.
 *
 * Sections are oslo.reports' (Package, Threads, Green Threads, Processes,
 * Configuration) and then ours: Workers, Memory, Connections.  Green Threads
 * stays empty: there are none, and readers that look for the title find it.
 * Source: startup.md section 4.
 */
#ifndef NOVA_LAUNCHER_REPORT_H
#define NOVA_LAUNCHER_REPORT_H

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct strbuf;
struct worker;

struct report {
    const struct conf *conf;
    const char *service; /* program basename, or the API's name in a responder: names the file */
    const char *vendor, *product, *version;
    const char *log_dir; /* [oslo_reports] log_dir; NULL: stderr */
};

/* The whole text. `worker` is NULL in the parent. */
void report_text(const struct report *report, const struct worker *worker, struct strbuf *out);

/* Writes it where it belongs; a failure is said on stderr in upstream's words. */
void report_write(const struct report *report, const struct worker *worker);

/* The trigger file: its mtime is looked at no more often than every `interval` seconds. */
struct report_trigger {
    const char *path; /* NULL: none */
    int interval;
    int64_t seen; /* mtime of the last look, nanoseconds */
    uint64_t next_usec;
};
void report_trigger_open(struct report_trigger *trigger, const char *path, int interval);
/* Was it touched since? */
bool report_trigger_pulled(struct report_trigger *trigger);

#endif
