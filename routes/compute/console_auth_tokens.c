/* SPDX-License-Identifier: Apache-2.0 */
/* /os-console-auth-tokens/{id}: the rows of upstream's module console_auth_tokens. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route console_auth_tokens_routes[] = {
    { "GET", "/os-console-auth-tokens/{id}", NULL, V_UPTO(30), NULL, 200, .errors = { 400, 401, 404 },
      .policies = "os_compute_api:os-console-auth-tokens" },
    { "GET", "/os-console-auth-tokens/{id}", NULL, V_FROM(31), NULL, 200, .errors = { 400, 404 },
      .policies = "os_compute_api:os-console-auth-tokens" },
    { 0 },
};
/* clang-format on */

const struct resource console_auth_tokens_resource = { "console_auth_tokens", console_auth_tokens_routes };
