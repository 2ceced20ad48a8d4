/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/diagnostics: the rows of upstream's module server_diagnostics. */
#include "config.h"

#include "fcgi_app/compute/console.h"
#include "fcgi_app/json/json.h"
#include "routes/action.h"
#include "routes/views/server_diagnostics.h"

static struct fault *show_diagnostics(struct call *call)
{
    bool standard = call->version >= 48;
    struct target *target;
    json_t *diagnostics;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], CONSOLE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-server-diagnostics", ACTION_OF_PROJECT));
    fault = console_diagnostics(call->context, target, standard, &diagnostics);
    if (fault)
        return action_answer(call, target, fault, "get_diagnostics");
    if (standard)
        view_server_diagnostics(call->out, diagnostics);
    else
        json_put_tree(call->out, diagnostics);
    return NULL;
}

/* clang-format off */
static const struct route server_diagnostics_routes[] = {
    { "GET", "/servers/{server_id}/diagnostics", NULL, V_ALL, show_diagnostics, 200, .errors = { 400, 404, 409, 501 },
      .policies = "os_compute_api:os-server-diagnostics" },
    { 0 },
};
/* clang-format on */

const struct resource server_diagnostics_resource = { "server_diagnostics", server_diagnostics_routes };
