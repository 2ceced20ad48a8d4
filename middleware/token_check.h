/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking keystone whether a token is good, as the user of [keystone_authtoken].
 * Source: nova-facts/middleware.md, Token validation; keystonemiddleware 10.1.
 */
#ifndef NOVA_MIDDLEWARE_TOKEN_CHECK_H
#define NOVA_MIDDLEWARE_TOKEN_CHECK_H

#include "fcgi_app/base/worker.h"
#include "fcgi_app/clients/identity.h"

#include <stdbool.h>
#include <stddef.h>

/* How keystone is found and asked; read once from options and paste keys. */
struct token_check_settings {
    const char *group; /* whose user we are */
    const char *interface;
    const char *region; /* NULL: any */
    struct http_tls tls;
    struct identity_way way;
    bool include_catalogue;
};

enum token_verdict {
    TOKEN_GOOD,
    TOKEN_BAD,
    TOKEN_UNKNOWN,     /* keystone did not tell: `why` says why */
    TOKEN_NO_KEYSTONE, /* our own catalogue has no keystone */
};

/*
 * Asks; the body is keystone's answer, on mem.  Takes no longer than the
 * settings' time-outs and retries allow.  `why` is for the log and holds no
 * token.
 */
enum token_verdict token_check(const struct token_check_settings *settings, struct worker *worker, const void *mem,
                               const char *token, bool allow_expired, const char **body, size_t *size,
                               const char **why);

#endif
