/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The router: from method and path to the rows that may answer.
 *
 * At start the rows of every resource become one tree of path segments.  A
 * path is tried as it is and then without a leading project id of hex digits
 * and dashes; literal segments go before variables.
 * Source: nova-facts/startup.md section 10.
 */
#ifndef NOVA_ROUTES_ROUTER_H
#define NOVA_ROUTES_ROUTER_H

#include "middleware/chain.h"
#include "routes/resource.h"

#include <stdio.h>

/*
 * Builds the tree from all rows, once; it lives as long as `mem`.  Returns
 * the words of what is wrong in the tables (a text on mem), or NULL.
 */
const char *router_open(const void *mem);

/* The check and the tree for any table: router_open() is this with `resources`. */
const char *router_open_tables(const void *mem, const struct resource *const *tables);

/*
 * Compiles and checks the schemas of all rows; the words of what is wrong (on mem), or NULL.  They are constants of
 * the program and this is most of a start's work, so it is `make check` that asks, and a start does not.
 */
const char *router_check_schemas(const void *mem, const struct resource *const *tables);

/* Finds the rows for a method and a decoded path; texts of the match are on `mem`. */
bool router_match(const void *mem, const char *method, const char *path, struct route_match *match);

/* The application that the paste loader mounts (struct app's serve). Faults: those of resource_serve(). */
struct fault *router_serve(const struct app *app, struct request *request) FAULT_CHECK;

/* A line a row, separated by tabs: method, path, action, versions, status, errors, policies, built or not. */
void routes_print(FILE *out);

#endif
