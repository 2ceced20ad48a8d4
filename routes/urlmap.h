/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The URL map: which application serves a path.  Two kinds: Paste's own, by
 * host and prefix, and nova's, which also knows "/v2.1/+" (something must
 * follow), versions named in media types, and the best type of the answer.
 * Source: nova-facts/startup.md 8.1.
 */
#ifndef NOVA_ROUTES_URLMAP_H
#define NOVA_ROUTES_URLMAP_H

#include "fcgi_app/base/fault.h"
#include "middleware/chain.h"

struct urlmap;

enum urlmap_kind { URLMAP_PASTE, URLMAP_NOVA };

/* An empty map on `mem`. */
struct urlmap *urlmap_new(const void *mem, enum urlmap_kind kind);

/*
 * Mounts an application at a path expression: "/v2.1/+", "//host:port/path",
 * "http://host/path", "domain host port 80 /path".  A later one at the same
 * place replaces the earlier.  Fault: ValueError for an expression that is none.
 */
struct fault *urlmap_mount(struct urlmap *map, const char *expression, const struct app *app) FAULT_CHECK;

/* What answers where nothing is mounted; NULL: a 404 page. */
void urlmap_set_not_found(struct urlmap *map, const struct app *app);

/*
 * struct app's serve, the map being its state: moves script_name and
 * path_info, and runs the chosen application's chain.  Fault: ValueError for
 * a path that does not begin with a slash, else those of the application.
 */
struct fault *urlmap_serve(const struct app *app, struct request *request) FAULT_CHECK;

#endif
