/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages to nova's other services: method rows over oslo.messaging's
 * RabbitMQ driver.  compute/ says which method with which arguments; what
 * goes over the wire, the kept connections and the replies are ours.
 *
 *     struct rpc_args args;
 *     rpc_args_init(&args, context->mem);
 *     rpc_arg_raw(&args, "instance", instance.data, instance.length);
 *     rpc_arg_bool(&args, "clean_shutdown", true);
 *     return rpc_cast(context, &(struct rpc_target){ .transport_url = cell_url, .server = host }, RPC_stop_instance,
 * &args);
 *
 * Nothing here knows databases: the caller gives the cell's transport URL
 * (already filled in where it is a template) and what it found out about
 * versions.  Connections belong to the process that opened them: a forked
 * worker opens its own.
 * Source: nova-facts/rpc.md, captures/rpc.jsonl, captures/rpc_envelope.txt.
 */
#ifndef NOVA_RPC_RPC_H
#define NOVA_RPC_RPC_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/base/strbuf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct rpc;

/* RPC_reboot_instance, …: a row of rpc_methods.def each. */
enum rpc_method {
#define RPC(method, ...) RPC_##method,
#include "fcgi_app/rpc/rpc_methods.def"
#undef RPC
    RPC_METHOD_COUNT
};

/* Where a message goes.  All NULL and false: whoever listens on the method's topic on the bus of transport_url. */
struct rpc_target {
    const char *transport_url; /* of the cell; NULL: [DEFAULT] transport_url */
    const char *topic;         /* NULL: the method's own */
    const char *server;        /* the one host that shall get it; NULL: any */
    bool fanout;               /* all who listen; casts only */
};

/* The arguments as JSON text; `json` ends where the next value is written. */
struct rpc_args {
    struct strbuf json; /* "{" and what was added, without the closing brace */
    bool any;
};

void rpc_args_init(struct rpc_args *args, const void *mem);
/* Writes the key; the caller appends one JSON value in json.dumps' form to the buffer that is returned. */
struct strbuf *rpc_arg(struct rpc_args *args, const char *name);
/* A value that is JSON text already, written as json.dumps would. */
void rpc_arg_raw(struct rpc_args *args, const char *name, const char *json, size_t length);
/* NULL writes null. */
void rpc_arg_string(struct rpc_args *args, const char *name, const char *text);
void rpc_arg_null(struct rpc_args *args, const char *name);
void rpc_arg_bool(struct rpc_args *args, const char *name, bool value);
void rpc_arg_int(struct rpc_args *args, const char *name, int64_t value);

/*
 * Sends and does not wait for an answer; returns when the broker has taken
 * the message.  Nobody there to read it is no error.  NULL args: none.
 * A lost broker is tried again for rpc_response_timeout seconds.
 * Faults: RPCVersionCapError, MessageDeliveryFailure, Internal (a transport that we have not).
 */
struct fault *rpc_cast(const struct context *context, const struct rpc_target *target, enum rpc_method method,
                       const struct rpc_args *args) FAULT_CHECK;

/*
 * Sends and waits for the answer, which hangs on context->mem (JSON null:
 * the method returns nothing); `result` may be NULL.  Waits
 * rpc_response_timeout seconds, or for a long method long_rpc_timeout with
 * keep-alives at least every rpc_response_timeout.
 * Faults: MessagingTimeout; rpc_cast's; what the other side raised: the
 * fault of that name with fault->remote set (fault_is() asks as for a local
 * one), RemoteError for classes of other modules.
 */
struct fault *rpc_call(const struct context *context, const struct rpc_target *target, enum rpc_method method,
                       const struct rpc_args *args, json_t **result) FAULT_CHECK;

/* ---- versions ---- */

/*
 * Would a message of this method be sent with at least `version` ("5.13") under [upgrade_levels]?
 * Faults: the minimum version's (see rpc_on_auto_level), ServiceTooOld.
 */
struct fault *rpc_can_send(const struct context *context, enum rpc_method method, const char *version,
                           bool *can) FAULT_CHECK;

/*
 * Who finds the lowest services.version of nova-compute over all cells, for
 * [upgrade_levels] compute = auto (0: there is no compute).  Set once at
 * start; without it auto means no cap.
 */
void rpc_on_auto_level(struct fault *(*minimum)(const struct context *context, int64_t *version));

/* ---- the worker's handle ---- */

/* The handle of this worker, opened at first use. */
struct rpc *rpc_of(const struct context *context);
/* SIGHUP: forgets found versions and closes connections, so that changed options hold. NULL: nothing to do. */
void rpc_reset(struct rpc *rpc);
/* Between requests: answers the broker's heartbeats. Milliseconds until it wants to be called again; -1: never. */
int rpc_tick(struct rpc *rpc);
/* Connections that are open, for the scoreboard. */
unsigned rpc_open_connections(const struct rpc *rpc);

/* ---- rows, for tests and reports ---- */

struct rpc_row {
    const char *method;
    const char *topic;
    const char *namespace; /* NULL: none */
    const char *version;
    const char *old_version; /* sent when the cap is below `version`; NULL: RPCVersionCapError */
    bool long_call;
};
extern const struct rpc_row rpc_rows[RPC_METHOD_COUNT];

#endif
