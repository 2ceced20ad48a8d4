/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of our own users: the one of a group of nova.conf ([placement],
 * [service_user], [keystone_authtoken] …), obtained from keystone when first
 * wanted, kept by the process until two minutes before it ends, obtained anew
 * when somebody answered 401 to it.
 *
 * auth_type: password, v3password, token, v3token, v3applicationcredential,
 * none, admin_token.  Their options are read as keystoneauth registers them
 * (auth_url, username, user_domain_name, project_name, …; with dashes too;
 * auth_section points to another group).
 * Neighbours: service.h sends the tokens; middleware/authtoken.c validates
 * others' tokens with one.
 * Source: nova-facts/outbound.md 1.1, middleware.md; behaviour of keystoneauth1 5.0.
 */
#ifndef NOVA_CLIENTS_IDENTITY_H
#define NOVA_CLIENTS_IDENTITY_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/http.h"

#include <stdbool.h>
#include <stdint.h>

/* How keystone is asked: the options of the session that wants the token. */
struct identity_way {
    const struct http_tls *tls;
    double connect_timeout, idle_timeout; /* seconds; 0: the usual */
    int connect_retries;
    bool patient; /* a call that took all its time is not repeated */
};

/* Lives until the group's next token; copy what is to last longer. */
struct identity_token {
    const char *text;       /* never logged */
    const char *catalogue;  /* JSON text; NULL: none */
    const char *user_id;    /* NULL where keystone was not asked (none, admin_token) */
    const char *project_id; /* NULL: not of a project */
    const char *endpoint;   /* of none and admin_token, in place of a catalogue; or NULL */
    int64_t expires_usec;   /* INT64_MAX: never */
};

/* Does the group say how its user authenticates? */
bool identity_configured(struct worker *worker, const char *group);

/*
 * The token of a group's user.
 * Faults: keystone_MissingAuthPlugin (no auth_type), keystone_AuthorizationFailure (an auth_type that is not known, or
 * lacks an option), keystone_DiscoveryFailure, keystone_Unauthorized, keystone_HttpError, keystone_ConnectionError.
 */
struct fault *identity_token(struct worker *worker, const void *mem, const char *group, const struct identity_way *way,
                             const struct identity_token **token) FAULT_CHECK;

/* Somebody refused the token: the next one is asked of keystone. Whether there was one to drop. */
bool identity_drop(struct worker *worker, const char *group);

/* An option of the group's user that does not stand in nova.conf: a paste file's. Before the first token. */
void identity_set(struct worker *worker, const char *group, const char *name, const char *value);

/* An option of the group's user, as identity_token() reads it ("auth-url"); NULL: not set. */
const char *identity_option(struct worker *worker, const char *group, const char *name);

/*
 * The v3 URL behind an unversioned or versioned one, by its version document,
 * without a slash at the end.  Faults: keystone_DiscoveryFailure and http's.
 */
struct fault *identity_discover(struct worker *worker, const void *mem, const char *url, const struct identity_way *way,
                                const char **versioned) FAULT_CHECK;

/* The same for a URL of a catalogue: one that names v3 is taken as it is, others are asked once a process. */
struct fault *identity_versioned(struct worker *worker, const void *mem, const char *url,
                                 const struct identity_way *way, const char **versioned) FAULT_CHECK;

/* Where a version ("/v2", "/v2.0") begins that ends the URL; where slashes at its end begin when there is none. */
size_t identity_version_start(const char *url);
/* The URL without slashes at its end, on mem. */
const char *identity_plain_url(const void *mem, const char *url);

/* Where an answered call is sent on to, on mem; NULL: nowhere. The same method and body go there, as upstream does it.
 */
const char *identity_redirected(const void *mem, const struct http_call *call);
enum { IDENTITY_MAX_REDIRECTS = 30 };

/* One call to keystone, repeated as `way` says while there is no connection. */
void identity_perform(struct worker *worker, const void *mem, const struct identity_way *way, struct http_call *call);

/* keystone's time ("2026-11-22T22:00:00.000000Z"); false: it is none. */
bool identity_time(const char *text, int64_t *usec);

/* What an answer above 399 is as a fault; what a call without an answer is. */
struct fault *identity_http_fault(const void *mem, const struct http_call *call);
struct fault *identity_connection_fault(const void *mem, const struct http_call *call);

#endif
