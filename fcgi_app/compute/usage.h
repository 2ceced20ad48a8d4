/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What projects used in a span of time: hours of servers, and of what they
 * took.
 * Source: behaviour of nova's simple_tenant_usage; nova-facts/db.md section 9.
 */
#ifndef NOVA_COMPUTE_USAGE_H
#define NOVA_COMPUTE_USAGE_H

#include "fcgi_app/db/usage.h"

/* Python's sums of integers and floats: 0 until the first float comes. */
struct usage_number {
    double value;
    bool is_float;
};

struct usage_server {
    const char *uuid, *name, *project_id;
    const char *state;            /* "terminated", or the vm_state */
    int64_t started_at, ended_at; /* DB_NO_TIME: it runs */
    const char *flavor;
    int64_t memory_mb, local_gb, vcpus;
    struct usage_number hours;
    int64_t uptime; /* seconds */
};

struct usage_project {
    const char *project_id;
    const struct usage_server *servers; /* in their order, neighbours of each other */
    size_t count;
    struct usage_number local_gb, vcpus, memory_mb, hours;
};

struct usage {
    struct usage_server *servers; /* all, grouped by project in the order in which projects first come */
    size_t server_count;
    const char *last; /* the uuid with which a page ends; NULL: no server */
    struct usage_project *projects;
    size_t project_count;
};

/* A span and a page. */
struct usage_query {
    int64_t start, stop;    /* usec UTC; stop is at most now */
    const char *project_id; /* NULL: of all */
    int64_t limit;
    const char *marker; /* uuid, or NULL */
};

/* Faults: MarkerNotFound. */
struct fault *usage_find(const struct context *context, const struct usage_query *query,
                         struct usage *usage) FAULT_CHECK;

/*
 * "2026-11-22T08:55:37", with a fraction or not, or with a space and a fraction, as Python's strptime takes them;
 * false: none of these.
 */
bool usage_parse_time(const char *text, int64_t *usec);

#endif
