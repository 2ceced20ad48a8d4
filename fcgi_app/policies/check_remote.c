/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: and https: checks: a server is asked with the rule, the target and
 * what is known of the caller, and allows by answering True.
 * Source: behaviour of oslo.policy 4.0 (_external).
 */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/policies/check_tree.h"

LOG_MODULE("oslo_policy._external");

bool check_remote_holds(const struct check *check, const struct check_state *state)
{
    (void)state;
    log_error("Rule %s asks a remote server, which cannot be reached; it refuses", check->words);
    return false;
}
