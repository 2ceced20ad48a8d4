/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Database URLs as nova.conf writes them (SQLAlchemy's form), for link.c,
 * cells.c and the manage commands.
 *
 *     postgresql[+driver]://user:password@host:port/database?option=value
 *
 * Source: nova-facts/db.md sections 1 and 2.
 */
#ifndef NOVA_DB_URL_H
#define NOVA_DB_URL_H

#include "fcgi_app/base/fault.h"

#include <stddef.h>

/* libpq's keywords and values, both NULL-terminated, on the memory of the parse. */
struct db_url {
    const char **keywords;
    const char **values;
    size_t count;
    const char *shown; /* where it leads, for logs: "host:port/database"; no user, no password */
};

/*
 * Reads `text` as SQLAlchemy 1.4 does; `what` names it in the fault
 * ("[database] connection").  Users, passwords and option values are
 * percent-decoded; a password may hold anything but '@' as it is; `host` in
 * the query may be a socket's folder, a list ("host=a,b&port=1,2") or stand
 * several times with ports ("host=a:1&host=b:2").  What is not given is left
 * to libpq (PGHOST, …).  client_encoding is always UTF8.
 * Faults: Internal, which never shows a password.
 */
struct fault *db_url_parse(const void *mem, const char *what, const char *text, struct db_url **url) FAULT_CHECK;

/* `text` with what connection_parameters adds to its query ("sslmode=require&connect_timeout=3"). */
const char *db_url_with(const void *mem, const char *text, const char *more);

/*
 * A template of cell_mappings filled from `from`, the process's own URL:
 * {username} {password} {hostname} {port} {scheme} {query} {fragment} {path},
 * and {username1}, … when `from` has several hosts.  `text` itself when it is
 * no template; also, with a line in the log, when `from` is NULL or lacks a
 * part.  For database and transport URLs.
 */
const char *db_url_expand(const void *mem, const char *text, const char *from);

/* `text` with the password between ':' and '@' as ****: what list_cells shows. */
const char *db_url_masked(const void *mem, const char *text);

#endif
