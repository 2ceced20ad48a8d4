/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /servers/{id}/action, /servers/{server_id}/remote-consoles: the rows of
 * upstream's module remote_consoles.  The tokens of consoles are the host's
 * to write.
 */
#include "config.h"

#include "fcgi_app/compute/console.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/policies/policies.h"
#include "routes/action.h"
#include "routes/schemas/remote_consoles.h"

#define RULE "os_compute_api:os-remote-consoles"

/* What a host says of a console that it has not, by how much of it the handler knows. */
static const enum fault_name unknown[] = { FAULT_ConsoleTypeUnavailable, FAULT_COUNT };
static const enum fault_name unknown_serial[] = { FAULT_ConsoleTypeUnavailable, FAULT_ImageSerialPortNumberInvalid,
                                                  FAULT_ImageSerialPortNumberExceedFlavorValue,
                                                  FAULT_SocketPortRangeExhaustedException, FAULT_COUNT };
static const enum fault_name unknown_any[] = { FAULT_ConsoleTypeInvalid,
                                               FAULT_ConsoleTypeUnavailable,
                                               FAULT_ImageSerialPortNumberInvalid,
                                               FAULT_ImageSerialPortNumberExceedFlavorValue,
                                               FAULT_SocketPortRangeExhaustedException,
                                               FAULT_COUNT };
static const enum fault_name missing[] = { FAULT_InstanceNotFound, FAULT_COUNT };

/* The four older actions, which one row of words each tells apart. */
static struct fault *get_console(struct call *call, const char *protocol, const char *conflict,
                                 const enum fault_name *bad)
{
    const json_t *wanted = json_object_get(call->body, call->route->action);
    const char *type = json_string_value(json_object_get(wanted, "type")), *url;
    struct target *target;
    struct fault *fault;

    TRY(policy_check(call->context, RULE, NULL));
    TRY(target_find(call->context, call->vars[0], CONSOLE_WANTS, &target));
    fault = console_url(call->context, target, protocol, type, conflict ? conflict : call->route->action, &url);
    fault = action_fault_as(call, action_fault_as(call, fault, 400, bad), 404, missing);
    if (fault)
        return action_answer(call, target, fault, conflict);
    JSON_PUT_LITERAL(call->out, "{\"console\": {\"type\": ");
    json_put_string(call->out, type);
    JSON_PUT_LITERAL(call->out, ", \"url\": ");
    json_put_string(call->out, url);
    JSON_PUT_LITERAL(call->out, "}}");
    return NULL;
}

static struct fault *get_vnc_console(struct call *call)
{
    return get_console(call, "vnc", "get_vnc_console", unknown);
}

static struct fault *get_spice_console(struct call *call)
{
    return get_console(call, "spice", NULL, unknown);
}

static struct fault *get_rdp_console(struct call *call)
{
    return get_console(call, "rdp", NULL, unknown);
}

static struct fault *get_serial_console(struct call *call)
{
    return get_console(call, "serial", NULL, unknown_serial);
}

static struct fault *create_console(struct call *call)
{
    const json_t *wanted = json_object_get(call->body, "remote_console");
    const char *protocol = json_string_value(json_object_get(wanted, "protocol"));
    const char *type = json_string_value(json_object_get(wanted, "type")), *url;
    struct target *target;
    struct fault *fault;

    TRY(target_find(call->context, call->vars[0], CONSOLE_WANTS, &target));
    TRY(action_authorize(call, target, RULE, ACTION_OF_PROJECT));
    fault = console_url(call->context, target, protocol, type, "remote-consoles", &url);
    fault = action_fault_as(call, action_fault_as(call, fault, 400, unknown_any), 404, missing);
    if (fault)
        return action_answer(call, target, fault, NULL);
    JSON_PUT_LITERAL(call->out, "{\"remote_console\": {\"protocol\": ");
    json_put_string(call->out, protocol);
    JSON_PUT_LITERAL(call->out, ", \"type\": ");
    json_put_string(call->out, type);
    JSON_PUT_LITERAL(call->out, ", \"url\": ");
    json_put_string(call->out, url);
    JSON_PUT_LITERAL(call->out, "}}");
    return NULL;
}

/* clang-format off */
static const struct route remote_consoles_routes[] = {
    { "POST", "/servers/{id}/action", "os-getVNCConsole", V_UPTO(5), get_vnc_console, 200,
      .errors = { 400, 404, 409, 501 }, .body = remote_consoles_get_vnc_console_body, .policies = RULE },
    { "POST", "/servers/{id}/action", "os-getSPICEConsole", V_UPTO(5), get_spice_console, 200,
      .errors = { 400, 404, 409, 501 }, .body = remote_consoles_get_spice_console_body, .policies = RULE },
    { "POST", "/servers/{id}/action", "os-getRDPConsole", V_UPTO(5), get_rdp_console, 200,
      .errors = { 400, 404, 409, 501 }, .body = remote_consoles_get_rdp_console_body, .policies = RULE },
    { "POST", "/servers/{id}/action", "os-getSerialConsole", V_UPTO(5), get_serial_console, 200,
      .errors = { 400, 404, 409, 501 }, .body = remote_consoles_get_serial_console_body, .policies = RULE },
    { "POST", "/servers/{server_id}/remote-consoles", NULL, V_FROM(6), create_console, 200,
      .errors = { 400, 404, 409, 501 }, .body = remote_consoles_create_body, .policies = RULE },
    { 0 },
};
/* clang-format on */

const struct resource remote_consoles_resource = { "remote_consoles", remote_consoles_routes };
