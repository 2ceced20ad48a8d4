/* SPDX-License-Identifier: Apache-2.0 */
/* /os-console-auth-tokens/{id}: the rows of upstream's module console_auth_tokens. */
#include "config.h"

#include "fcgi_app/compute/console_tokens.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"

#include <string.h>

/* To 2.30 only RDP consoles are told of. */
static struct fault *console_auth_tokens_show(struct call *call)
{
    const struct console_token *token;

    TRY(policy_check(call->context, "os_compute_api:os-console-auth-tokens", NULL));
    TRY(console_tokens_find(call->context, call->vars[0], &token));
    if (!token)
        return fault_http(call->mem, 404, "Token not found");
    if (versions_hold((struct versions)V_UPTO(30), call->version) && strcmp(token->console_type, "rdp-html5"))
        return fault_http(call->mem, 401, "The requested console type details are not accessible");
    JSON_PUT_LITERAL(call->out, "{\"console\": {\"instance_uuid\": ");
    json_put_string(call->out, token->instance_uuid);
    JSON_PUT_LITERAL(call->out, ", \"host\": ");
    json_put_string(call->out, token->host);
    JSON_PUT_LITERAL(call->out, ", \"port\": ");
    strbuf_put_int(call->out, token->port);
    JSON_PUT_LITERAL(call->out, ", \"internal_access_path\": ");
    json_put_string(call->out, token->internal_access_path);
    JSON_PUT_LITERAL(call->out, "}}");
    return NULL;
}

/* clang-format off */
static const struct route console_auth_tokens_routes[] = {
    { "GET", "/os-console-auth-tokens/{id}", NULL, V_UPTO(30), console_auth_tokens_show, 200, .errors = { 400, 401, 404 },
      .policies = "os_compute_api:os-console-auth-tokens" },
    { "GET", "/os-console-auth-tokens/{id}", NULL, V_FROM(31), console_auth_tokens_show, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-console-auth-tokens" },
    { 0 },
};
/* clang-format on */

const struct resource console_auth_tokens_resource = { "console_auth_tokens", console_auth_tokens_routes };
