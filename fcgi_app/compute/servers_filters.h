/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of compute/: the words of a servers query, understood.  The same
 * options become conditions of SQL for the cells and a test in memory for
 * servers that are in no cell yet.
 */
#ifndef NOVA_COMPUTE_SERVERS_FILTERS_H
#define NOVA_COMPUTE_SERVERS_FILTERS_H

#include "fcgi_app/compute/servers.h"

#define SEARCH_MAX 64

/* A search option: one value, or a list of which any will do (of tags: see the option). */
struct search_option {
    const char *name;
    const char *value; /* NULL: a list */
    const char *const *values;
    size_t value_count;
};

struct servers_search {
    struct search_option options[SEARCH_MAX];
    size_t option_count;
    bool nothing;      /* an unknown status: an empty answer */
    bool all_tenants;  /* then the databases are asked as by an administrator */
    bool partial;      /* servers of cells that are down may be shown */
    bool deleted_said; /* there is a word on deleted servers, asked or by default */
    bool deleted;
    int64_t changes_since, changes_before; /* DB_NO_TIME: not asked */
    const char *flavor;                    /* a flavorid to be resolved, or NULL */
    const char *addresses[3];              /* parts of fixed addresses, NULL-terminated */
    bool address_asked;
    struct instance_sort sort[INSTANCE_SORT_MAX]; /* of the cells' statements, total */
    size_t sort_count;
    size_t merge_count;                               /* so many of them order servers of several cells */
    struct instance_sort building[INSTANCE_SORT_MAX]; /* of servers in no cell yet */
    size_t building_count;
    bool usual_order; /* created_at, uuid, id */
};

/* Faults: as servers_list(). */
struct fault *servers_search_read(const struct context *context, const struct servers_query *query,
                                  struct servers_search *search) FAULT_CHECK;

/* The value of an option, or NULL. */
const struct search_option *servers_search_find(const struct servers_search *search, const char *name);
/* Sets one to a list of values, which must live as long as the search. */
void servers_search_set(struct servers_search *search, const char *name, const char *const *values, size_t count);

/* Fills the conditions for the cells; `flavor_id` is that of search->flavor. */
void servers_search_conditions(const void *mem, const struct context *context, const struct servers_search *search,
                               int64_t flavor_id, struct instance_query *query);

/* Does a server that is in no cell yet pass? */
bool servers_search_passes(const void *mem, const struct servers_search *search, int64_t flavor_id,
                           const struct instance *instance);

/* Which of two such servers comes first; ids are those of their build requests. */
int servers_search_compare(const struct servers_search *search, const struct instance *a, int64_t a_id,
                           const struct instance *b, int64_t b_id);

/* ISO 8601 as Python's iso8601 module reads it; missing parts are the first of their kind, no zone is UTC. */
bool servers_read_time(const char *text, int64_t *usec);

#endif
