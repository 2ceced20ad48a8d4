/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Casts and calls: a method's row and its arguments into a message, the
 * message to the broker however often it takes, and for a call the wait for
 * the reply.
 * Source: nova-facts/rpc.md sections 1.5 and 1.6.
 */
#include "config.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/rpc/bus.h"
#include "fcgi_app/rpc/envelope.h"
#include "fcgi_app/rpc/failure.h"
#include "fcgi_app/rpc/levels.h"
#include "fcgi_app/rpc/send.h"

LOG_MODULE("oslo.messaging._drivers.amqpdriver");

/* Above this many seconds a call asks for keep-alives. */
#define MONITOR_FROM 60

struct rpc *rpc_of(const struct context *context)
{
    struct worker *worker = context->worker;

    if (!worker->rpc) {
        worker->rpc = mem_new(worker->mem, struct rpc);
        worker->rpc->mem = worker->rpc;
        worker->rpc->conf = worker->conf;
    }
    return worker->rpc;
}

void rpc_reset(struct rpc *rpc)
{
    if (!rpc)
        return;
    for (size_t i = 0; i < rpc->bus_count; i++) {
        bus_leave(rpc->buses[i]);
        talloc_free(rpc->buses[i]);
    }
    rpc->bus_count = 0;
    rpc->auto_known = false;
    talloc_free(rpc->notifier);
    rpc->notifier = NULL;
}

int rpc_tick(struct rpc *rpc)
{
    int next = -1;

    for (size_t i = 0; rpc && i < rpc->bus_count; i++) {
        struct bus *bus = rpc->buses[i];
        int wanted;

        bus_drain(bus);
        if (!bus->state || !bus->settings.heartbeat)
            continue;
        wanted = bus->settings.heartbeat * 1000 / 4;
        if (next < 0 || wanted < next)
            next = wanted;
    }
    return next;
}

unsigned rpc_open_connections(const struct rpc *rpc)
{
    unsigned open = 0;

    for (size_t i = 0; rpc && i < rpc->bus_count; i++)
        open += rpc->buses[i]->state != NULL;
    return open;
}

/* ---- sending ---- */

struct fault *send_body(const struct context *context, const struct send_to *to, const struct strbuf *body,
                        int64_t expiration_ms, uint64_t until)
{
    struct bus *bus = to->bus;

    for (;;) {
        bool fresh = !bus->state;
        const char *why = bus_open(bus, context->mem, until, to->rounds);
        enum bus_status status;

        if (why)
            return fault_text(context->mem, MessageDeliveryFailure, "%s", why);
        status = to->replies ? bus_replies(bus) : BUS_OK;
        if (status == BUS_OK)
            status = bus_publish(bus, &to->exchange, to->routing_key, expiration_ms, body->data, body->length, until);
        if (status == BUS_OK)
            return NULL;
        if (status == BUS_REFUSED || clock_monotonic_usec() >= until) {
            log_error("Failed to publish message to topic '%s': %s", to->exchange.name, bus_error(bus));
            return fault_text(context->mem, MessageDeliveryFailure, "Unable to connect to AMQP server on %s:%d: %s",
                              bus->url->hosts[bus->host].name, bus->url->hosts[bus->host].port, bus_error(bus));
        }
        /* What broke a fresh connection may well break the next: leave the broker some time. */
        if (fresh)
            bus_pause(bus, until);
    }
}

static uint64_t after_seconds(int64_t seconds)
{
    return clock_monotonic_usec() + (uint64_t)(seconds > 0 ? seconds : 1) * 1000000;
}

static struct send_to send_to(const struct context *context, const struct rpc_target *target, enum rpc_method method)
{
    struct rpc *rpc = rpc_of(context);
    const struct conf *conf = context->worker->conf;
    const char *url =
        target && target->transport_url ? target->transport_url : conf_string(conf, OPTION_DEFAULT_transport_url);
    const char *topic = target && target->topic ? target->topic : rpc_rows[method].topic;
    struct send_to to = { .bus = bus_of(rpc, url ? url : "rabbit://") };

    if (target && target->fanout) {
        to.exchange =
            (struct bus_exchange){ mem_printf(context->mem, "%s_fanout", topic), "fanout", false, true, false };
        to.routing_key = "";
        return to;
    }
    to.exchange = (struct bus_exchange){ conf_string(conf, OPTION_DEFAULT_control_exchange), "topic",
                                         to.bus->settings.durable, to.bus->settings.auto_delete, false };
    to.routing_key = target && target->server ? mem_printf(context->mem, "%s.%s", topic, target->server) : topic;
    return to;
}

struct fault *rpc_cast(const struct context *context, const struct rpc_target *target, enum rpc_method method,
                       const struct rpc_args *args)
{
    const struct rpc_row *row = &rpc_rows[method];
    struct send_to to = send_to(context, target, method);
    struct strbuf inner, body;
    const char *version;
    enum score_stage before;
    struct fault *fault;
    char unique_id[33];

    TRY(levels_version(context, method, &version));
    envelope_id(unique_id);
    strbuf_init(&inner, context->mem, 4096 + (args ? args->json.length : 0));
    strbuf_init(&body, context->mem, 8192 + (args ? 2 * args->json.length : 0));
    envelope_put_message(&inner, context, row->method, args, row->namespace, version, NULL, unique_id,
                         clock_utc_usec());
    envelope_wrap(&body, inner.data, inner.length);
    log_debug("CAST unique_id: %s exchange '%s' topic '%s' method %s", unique_id, to.exchange.name, to.routing_key,
              row->method);
    before = score_enter(context->worker->slot, SCORE_RPC);
    fault = send_body(context, &to, &body, 0,
                      after_seconds(conf_int(context->worker->conf, OPTION_DEFAULT_rpc_response_timeout)));
    score_enter(context->worker->slot, before);
    return fault;
}

/* ---- waiting ---- */

struct patience {
    uint64_t until;         /* for the call as a whole */
    uint64_t monitor_until; /* for the next keep-alive; UINT64_MAX: none is asked for */
    int64_t monitor;        /* seconds */
};

static uint64_t earlier(const struct patience *patience)
{
    return patience->until < patience->monitor_until ? patience->until : patience->monitor_until;
}

/* Waits for the last word of the reply; a connection that is lost meanwhile is opened again. */
static struct fault *wait_reply(const struct context *context, struct bus *bus, struct patience *patience)
{
    while (clock_monotonic_usec() < earlier(patience)) {
        enum bus_status status = BUS_OK;

        if (bus->replied) {
            bus->replied = false;
            if (bus->reply->ending)
                return NULL;
            if (patience->monitor)
                patience->monitor_until = after_seconds(patience->monitor);
            continue;
        }
        if (!bus->state && bus_open(bus, context->mem, earlier(patience), 0))
            break;
        if (!bus->replying)
            status = bus_replies(bus);
        if (status == BUS_OK)
            status = bus_step(bus, earlier(patience));
        if (status == BUS_LOST || status == BUS_REFUSED)
            bus_pause(bus, earlier(patience));
    }
    return fault_new(context->mem, MessagingTimeout, bus->waiting);
}

static struct fault *call_wait(const struct context *context, struct bus *bus, struct patience *patience,
                               json_t **result)
{
    struct fault *fault = wait_reply(context, bus, patience);

    if (fault) {
        log_debug("%s", fault->message);
        return fault;
    }
    if (bus->reply->failure)
        return failure_fault(context->mem, bus->reply->failure);
    if (result)
        *result = bus->reply->result;
    return NULL;
}

struct fault *rpc_call(const struct context *context, const struct rpc_target *target, enum rpc_method method,
                       const struct rpc_args *args, json_t **result)
{
    const struct conf *conf = context->worker->conf;
    const struct rpc_row *row = &rpc_rows[method];
    struct send_to to = send_to(context, target, method);
    int64_t normal = conf_int(conf, OPTION_DEFAULT_rpc_response_timeout);
    int64_t timeout = row->long_call ? conf_int(conf, OPTION_DEFAULT_long_rpc_timeout) : normal;
    int64_t monitor = row->long_call ? normal : normal > MONITOR_FROM ? MONITOR_FROM : 0;
    struct patience patience = { after_seconds(timeout), UINT64_MAX, monitor };
    struct bus *bus = to.bus;
    struct envelope_reply reply = { .result = json_null() };
    struct strbuf inner, body;
    const char *version;
    enum score_stage before;
    struct fault *fault;
    char unique_id[33], msg_id[33];

    TRY(levels_version(context, method, &version));
    if (bus->broken)
        return fault_text(context->mem, MessageDeliveryFailure, "%s", bus->broken);
    if (target && target->fanout)
        return fault_text(context->mem, Internal, "A call cannot be used with fanout");
    envelope_id(unique_id);
    envelope_id(msg_id);
    if (monitor)
        patience.monitor_until = after_seconds(monitor);
    bus_name_replies(bus);
    to.replies = true;
    strbuf_init(&inner, context->mem, 4096 + (args ? args->json.length : 0));
    strbuf_init(&body, context->mem, 8192 + (args ? 2 * args->json.length : 0));
    envelope_put_message(&inner, context, row->method, args, row->namespace, version,
                         &(struct envelope_call){ msg_id, bus->reply_q, monitor }, unique_id, clock_utc_usec());
    envelope_wrap(&body, inner.data, inner.length);
    log_debug("CALL msg_id: %s exchange '%s' topic '%s' method %s", msg_id, to.exchange.name, to.routing_key,
              row->method);
    before = score_enter(context->worker->slot, SCORE_RPC);
    bus->waiting = msg_id;
    bus->waiting_mem = context->mem;
    bus->reply = &reply;
    bus->replied = false;
    fault = send_body(context, &to, &body, timeout * 1000, earlier(&patience));
    if (!fault)
        fault = call_wait(context, bus, &patience, result);
    else if (clock_monotonic_usec() >= earlier(&patience))
        fault = fault_new(context->mem, MessagingTimeout, msg_id);
    bus->waiting = NULL;
    bus->waiting_mem = NULL;
    bus->reply = NULL;
    score_enter(context->worker->slot, before);
    return fault;
}
