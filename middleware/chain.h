/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain: filters enter in order, the application serves, and the filters
 * that were entered leave in reverse.  No recursion but the URL map's, which
 * is an application that calls another one's chain.
 *
 * `enter` says go on, done (the response is ready) or fails with a fault.
 * `leave` sees the fault that comes up (or NULL) and may change it or the
 * response.  A fault that reaches the top answers a bare 500.
 * A filter never knows its neighbours: api-paste.ini orders them.
 */
#ifndef NOVA_MIDDLEWARE_CHAIN_H
#define NOVA_MIDDLEWARE_CHAIN_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/http/request.h"

struct conf;

enum verdict { VERDICT_GO_ON, VERDICT_DONE };

/* A setting of a paste section, local or global. */
struct setting {
    const char *key;
    const char *value;
};

/* What a factory is given: its section's own keys, then [DEFAULT]'s. */
struct settings {
    const void *mem; /* lives as long as the loaded applications */
    const char *section;
    const char *file;
    const struct setting *local;
    size_t local_count;
    const struct setting *global;
    size_t global_count;
};
const char *settings_get(const struct settings *settings, const char *key);        /* local, or NULL */
const char *settings_get_global(const struct settings *settings, const char *key); /* global, or NULL */

struct filter;

/* A kind of filter: one file exports one of these. */
struct middleware {
    const char *name;
    /* Reads settings and options once, at load; *state is handed to enter and leave. May be NULL. */
    struct fault *(*open)(const struct settings *settings, struct conf *conf, void **state);
    struct fault *(*enter)(const struct filter *filter, struct request *request, enum verdict *verdict);
    /* Gets the fault of below, returns the fault for above (the same, another, or NULL when it wrote an answer). */
    struct fault *(*leave)(const struct filter *filter, struct request *request, struct fault *fault);
    unsigned state_size; /* bytes that a request keeps for this filter between enter and leave, zeroed; 0: none */
};

/* A loaded filter. */
struct filter {
    const struct middleware *kind;
    void *state;
    const char *name; /* section's name */
};

/* A loaded application with the filters in front of it. */
struct app {
    const char *name;
    const struct filter *const *filters; /* outermost first */
    size_t filter_count;
    struct fault *(*serve)(const struct app *app, struct request *request);
    void *state;
};

/* Runs the application behind its filters; every entered filter leaves. */
struct fault *chain_run(const struct app *app, struct request *request) FAULT_CHECK;

/* The state that the running request keeps for a filter, of its kind's state_size bytes. */
void *filter_request_state(const struct filter *filter, struct request *request);

/* [wsgi] secure_proxy_ssl_header: the request's scheme from the parameter that it names. */
void chain_trust_scheme(struct request *request);

/* The outermost call: chain_run, and for a fault that nobody answered a plain 500. */
void chain_answer(const struct app *app, struct request *request);

#endif
