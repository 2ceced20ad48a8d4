/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{server_id}/os-server-password: the rows of upstream's module server_password. */
#include "config.h"

#include "fcgi_app/compute/console.h"
#include "fcgi_app/json/json.h"
#include "routes/action.h"

static struct fault *show_password(struct call *call)
{
    struct target *target;

    TRY(target_find(call->context, call->vars[0], 0, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-server-password:show", ACTION_OF_PROJECT));
    JSON_PUT_LITERAL(call->out, "{\"password\": ");
    json_put_string(call->out, console_password(target));
    strbuf_putc(call->out, '}');
    return NULL;
}

/* The guest keeps its password; what is forgotten is the copy that it left for its owner. */
static struct fault *clear_password(struct call *call)
{
    struct target *target;

    TRY(target_find(call->context, call->vars[0], 0, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-server-password:clear", ACTION_OF_PROJECT));
    return console_password_clear(call->context, target);
}

/* clang-format off */
static const struct route server_password_routes[] = {
    { "GET", "/servers/{server_id}/os-server-password", NULL, V_ALL, show_password, 200, .errors = { 404 },
      .policies = "os_compute_api:os-server-password:show" },
    { "DELETE", "/servers/{server_id}/os-server-password", NULL, V_ALL, clear_password, 204, .errors = { 404 },
      .policies = "os_compute_api:os-server-password:clear" },
    { 0 },
};
/* clang-format on */

const struct resource server_password_resource = { "server_password", server_password_routes };
