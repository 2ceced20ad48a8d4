/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources: rows of path, method, version range and handler.
 *
 * A file in routes/compute/ exports one `const struct resource`; modules.def
 * lists it once.  The resource layer does everything that routes share, in
 * the contract's order (startup.md 11): microversion, media types, action,
 * body, project id, row by version, schema; then calls the handler.
 * Neighbours: router.h finds the rows of a request; links.h and paging.h are
 * what most handlers need next.
 */
#ifndef NOVA_ROUTES_RESOURCE_H
#define NOVA_ROUTES_RESOURCE_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/versions.h"
#include "fcgi_app/http/query.h"
#include "fcgi_app/http/request.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/json/schema.h"

#include <stdbool.h>

#define ROUTE_MAX_VARS 4

struct route;

/* What a handler is given. */
struct call {
    const void *mem; /* the request's */
    const struct context *context;
    const struct route *route;
    struct request *request;          /* for links and headers only; compute/ never sees it */
    int version;                      /* minor */
    bool legacy;                      /* /v2 */
    const char *vars[ROUTE_MAX_VARS]; /* values of {…} in the path, in order, decoded; project id not among them */
    struct query query;               /* parsed and cleaned by the query schema */
    json_t *body;                     /* parsed and checked; NULL: none */
    struct strbuf *out;               /* the answer's body: write JSON here */
    int status;                       /* preset from the row; may be changed */
};

typedef struct fault *route_handler(struct call *call);

struct route {
    const char *method; /* GET, POST, PUT, DELETE */
    const char *path;   /* upstream's template: "/servers/{id}" */
    const char *action; /* first key of the body for …/action rows, else NULL */
    struct versions versions;
    route_handler *handler;         /* NULL: not built yet, answers 501 */
    short status;                   /* on success */
    short errors[8];                /* HTTP codes that may leave, 0-terminated; others become 500 */
    const struct schema_use *query; /* NULL: none */
    const struct schema_use *body;
    const char *policies; /* as routes.tsv lists them, for `nova-api-fcgi-manage routes` */
    bool any_error;       /* no expected-codes list upstream: faults pass with their own code */
};

struct resource {
    const char *name;           /* upstream's module, "servers" */
    const struct route *routes; /* in upstream's order, ended by a row with method NULL */
};

/* All resources, in match order (modules.def), NULL-terminated. */
extern const struct resource *const resources[];

/* The rows that share a path and a method: the body's first key or the version picks one of them. */
struct endpoint {
    const char *method;
    const char *path; /* the template, for logs */
    const struct route *const *rows;
    size_t row_count;
    bool actions;     /* rows have action keys */
    bool unversioned; /* no microversion is read or answered: the root document */
};

/* What the router found in a path. */
struct route_match {
    const struct endpoint *endpoint;
    const char *project_id;           /* from the path, or NULL */
    const char *vars[ROUTE_MAX_VARS]; /* as struct call has them */
};

/*
 * Answers a routed request: all checks in the contract's order, the handler,
 * and what HTTP makes of its fault.  Faults: those that the filters answer
 * (Unauthorized and what nobody expected; Http from reading the body, which
 * becomes WebOb's page).
 */
struct fault *resource_serve(struct request *request, const struct route_match *match) FAULT_CHECK;

#endif
