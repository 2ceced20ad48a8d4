/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trace points in OSProfiler's manner: events with a start and a stop that
 * form a tree under one base id, wanted by a request whose headers bear a
 * valid signature.  The osprofiler filter opens a profiler for such a
 * request; db/ and clients/ mark what they do; without one, marking costs a
 * comparison.
 *
 *     profiler_start(context->worker->profiler, "db", info);
 *     …
 *     profiler_stop(context->worker->profiler, NULL);
 *
 * Source: nova-facts/middleware.md, osprofiler.
 */
#ifndef NOVA_BASE_PROFILER_H
#define NOVA_BASE_PROFILER_H

#include <stdbool.h>
#include <stddef.h>

struct profiler;
struct profiler_event;

#define PROFILER_INFO_HEADER "X-Trace-Info"
#define PROFILER_HMAC_HEADER "X-Trace-HMAC"
#define PROFILER_HMAC_SIZE 41 /* hex HMAC-SHA1 and NUL */

/* Takes each event, a JSON object. */
typedef void profiler_notifier(void *arg, const char *event);

/*
 * A trace on `mem`, on the request's memory.  `parent_id` NULL: the base id.
 * `key` signs what is sent on; it is no longer wanted when mem is gone, and
 * never shown.
 */
struct profiler *profiler_open(const void *mem, const char *key, const char *base_id, const char *parent_id,
                               profiler_notifier *notify, void *arg);

/*
 * Begins and ends an event: "wsgi", "db", "http", "rpc".  `info` is a JSON
 * object without secrets ({"db": {"statement": …}}), or NULL.  Do nothing
 * when `profiler` is NULL.  Each start has its stop.
 */
void profiler_start_slow(struct profiler *profiler, const char *name, const char *info);
void profiler_stop_slow(struct profiler *profiler, const char *info);

/*
 * The same for what runs beside other events of its kind (the statements of a pipeline): begun events have the one that
 * profiler_start began last as their parent, never each other.  NULL when `profiler` is NULL, and ending NULL is
 * nothing.
 */
struct profiler_event *profiler_begin(struct profiler *profiler, const char *name, const char *info);
void profiler_end(struct profiler *profiler, struct profiler_event *event, const char *info);

static inline void profiler_start(struct profiler *profiler, const char *name, const char *info)
{
    if (__builtin_expect(profiler != NULL, 0))
        profiler_start_slow(profiler, name, info);
}

static inline void profiler_stop(struct profiler *profiler, const char *info)
{
    if (__builtin_expect(profiler != NULL, 0))
        profiler_stop_slow(profiler, info);
}

/* The two headers that carry the running event on to another service, on mem; false: nothing is traced. */
bool profiler_headers(struct profiler *profiler, const void *mem, const char **info, const char **hmac);

/* The signature of a text: hex HMAC-SHA1. */
void profiler_sign(const char *text, const char *key, char hmac[PROFILER_HMAC_SIZE]);

/* Is `hmac` the signature?  Takes the same time wherever they differ. */
bool profiler_verify(const char *text, const char *key, const char *hmac);

#endif
