/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module console_output. */
#include "config.h"

#include "fcgi_app/compute/console.h"
#include "fcgi_app/json/json.h"
#include "routes/action.h"
#include "routes/schemas/console_output.h"

static struct fault *get_console_output(struct call *call)
{
    static const enum fault_name missing[] = { FAULT_InstanceNotFound, FAULT_ConsoleNotAvailable, FAULT_COUNT };
    const json_t *wanted = json_object_get(call->body, "os-getConsoleOutput");
    struct target *target;
    const char *output;
    size_t size;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], CONSOLE_WANTS, &target));
    TRY(action_authorize(call, target, "os_compute_api:os-console-output", ACTION_OF_PROJECT));
    fault = console_output(call->context, target, json_object_get(wanted, "length"), &output, &size);
    if (fault)
        return action_answer(call, target, action_fault_as(call, fault, 404, missing), NULL);
    JSON_PUT_LITERAL(call->out, "{\"output\": ");
    json_put_string_length(call->out, output, size);
    strbuf_putc(call->out, '}');
    return NULL;
}

/* clang-format off */
static const struct route console_output_routes[] = {
    { "POST", "/servers/{id}/action", "os-getConsoleOutput", V_ALL, get_console_output, 200,
      .errors = { 404, 409, 501 }, .body = console_output_get_console_output_body,
      .policies = "os_compute_api:os-console-output" },
    { 0 },
};
/* clang-format on */

const struct resource console_output_resource = { "console_output", console_output_routes };
