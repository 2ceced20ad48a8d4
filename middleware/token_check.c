/* SPDX-License-Identifier: Apache-2.0 */
/* Asking keystone; see the header. */
#include "config.h"

#include "middleware/token_check.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/catalogue.h"
#include "middleware/token_info.h"

LOG_MODULE("keystonemiddleware.auth_token");

/* Where keystone is, and the token that we ask it with. */
static struct fault *find_keystone(const struct token_check_settings *settings, struct worker *worker, const void *mem,
                                   const char **url, const char **own)
{
    const char *interfaces[] = { settings->interface, NULL };
    struct catalogue_wish wish = { .type = "identity", .region = settings->region, .interfaces = interfaces };
    const struct identity_token *token;

    TRY(identity_token(worker, mem, settings->group, &settings->way, &token));
    *own = mem_strdup(mem, token->text);
    if (token->endpoint)
        *url = token->endpoint;
    else
        TRY(catalogue_find(mem, token->catalogue, &wish, url));
    return identity_versioned(worker, mem, *url, &settings->way, url);
}

static const char *query(const struct token_check_settings *settings, bool allow_expired)
{
    if (settings->include_catalogue)
        return allow_expired ? "?allow_expired=1" : "";
    return allow_expired ? "?nocatalog&allow_expired=1" : "?nocatalog";
}

enum token_verdict token_check(const struct token_check_settings *settings, struct worker *worker, const void *mem,
                               const char *token, bool allow_expired, const char **body, size_t *size, const char **why)
{
    struct http_call call = { .method = "GET" };
    struct token_info info;

    for (int attempt = 0; attempt < 2; attempt++) {
        const char *url, *own;
        struct fault *fault = find_keystone(settings, worker, mem, &url, &own);

        if (fault && fault_is(fault, FAULT_keystone_Unauthorized)) {
            log_info("Identity server rejected authorization");
            continue;
        }
        *why = fault ? fault->message : NULL;
        if (fault && fault_is(fault, FAULT_keystone_EndpointNotFound)) {
            identity_drop(worker, settings->group);
            return TOKEN_NO_KEYSTONE;
        }
        if (fault)
            return TOKEN_UNKNOWN;
        {
            const struct http_header headers[] = {
                { "Accept", "application/json" },
                { "User-Agent", PACKAGE_NAME "/" PACKAGE_VERSION " keystonemiddleware.auth_token" },
                { "X-Auth-Token", own },
                { "X-Subject-Token", token },
                { "OpenStack-Identity-Access-Rules", "1" },
            };

            call.url = mem_printf(mem, "%s/auth/tokens%s", url, query(settings, allow_expired));
            call.headers = headers;
            call.header_count = sizeof(headers) / sizeof(headers[0]);
            identity_perform(worker, mem, &settings->way, &call);
        }
        if (call.failure != HTTP_ANSWERED) {
            *why = identity_connection_fault(mem, &call)->message;
            return TOKEN_UNKNOWN;
        }
        if (call.status == 200 && token_info_read(mem, call.reply, call.reply_size, &info)) {
            *body = call.reply;
            *size = call.reply_size;
            return TOKEN_GOOD;
        }
        if (call.status == 404) {
            log_info("Authorization failed for token");
            return TOKEN_BAD;
        }
        if (call.status != 401) {
            log_error("Bad response code while validating token: %d", call.status);
            *why = "Failed to fetch token data from identity server";
            return TOKEN_UNKNOWN;
        }
        log_info("Identity server rejected authorization");
        identity_drop(worker, settings->group);
        if (!attempt)
            log_info("Retrying validation");
    }
    *why = "Identity server rejected authorization necessary to fetch token data";
    return TOKEN_UNKNOWN;
}
