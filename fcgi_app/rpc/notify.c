/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notifications through the drivers of [oslo_messaging_notifications]:
 * messagingv2 (with an envelope), messaging (without), log, noop.  Others
 * (routing, test) are passed over with a warning.  Read once a worker.
 * Source: nova-facts/rpc.md section 5; config_options.tsv.
 */
#include "config.h"

#include "fcgi_app/rpc/notify.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/rpc/envelope.h"
#include "fcgi_app/rpc/send.h"

LOG_MODULE("oslo.messaging.notification");

/* Without a bound of its own a notification may hold a request so long. */
#define PATIENCE_SECONDS 60

enum driver { DRIVER_NOOP, DRIVER_LOG, DRIVER_MESSAGING, DRIVER_MESSAGINGV2, DRIVER_NONE };

static const char *const driver_names[] = { "noop", "log", "messaging", "messagingv2" };
static const char *const priority_names[] = { "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL", "AUDIT", "SAMPLE" };
static const char *const topic_names[] = { "debug", "info", "warn", "error", "critical", "audit", "sample" };

struct notifier {
    bool wanted[2];       /* by enum notify_format: the format is on, and some driver would do something */
    enum driver *drivers; /* those that do something */
    size_t driver_count;
    struct bus *bus; /* NULL: no driver needs one */
    int64_t rounds;
};

static enum driver driver_find(const char *name)
{
    for (size_t i = 0; i < sizeof(driver_names) / sizeof(driver_names[0]); i++)
        if (!strcmp(driver_names[i], name))
            return (enum driver)i;
    return DRIVER_NONE;
}

static struct notifier *notifier_open(const struct context *context)
{
    struct rpc *rpc = rpc_of(context);
    const struct conf *conf = context->worker->conf;
    const char *const *names = conf_list(conf, OPTION_oslo_messaging_notifications_driver);
    const char *format = conf_string(conf, OPTION_notifications_notification_format);
    const char *url = conf_string(conf, OPTION_oslo_messaging_notifications_transport_url);
    struct notifier *notifier = mem_new(rpc->mem, struct notifier);

    for (size_t i = 0; names[i]; i++) {
        enum driver driver = driver_find(names[i]);

        if (driver == DRIVER_NONE && *names[i])
            log_warning("Could not load notification driver %s", names[i]);
        if (driver == DRIVER_NONE || driver == DRIVER_NOOP)
            continue;
        notifier->drivers = mem_grow(notifier, notifier->drivers, enum driver, notifier->driver_count + 1);
        notifier->drivers[notifier->driver_count++] = driver;
        if (driver == DRIVER_MESSAGING || driver == DRIVER_MESSAGINGV2) {
            if (!url)
                url = conf_string(conf, OPTION_DEFAULT_transport_url);
            notifier->bus = bus_of(rpc, url ? url : "rabbit://");
        }
    }
    notifier->rounds = conf_int(conf, OPTION_oslo_messaging_notifications_retry);
    if (!format)
        format = "unversioned";
    notifier->wanted[NOTIFY_LEGACY] = notifier->driver_count && strcmp(format, "versioned") != 0;
    notifier->wanted[NOTIFY_VERSIONED] = notifier->driver_count && strcmp(format, "unversioned") != 0;
    return notifier;
}

static struct notifier *notifier_of(const struct context *context)
{
    struct rpc *rpc = rpc_of(context);

    if (!rpc->notifier)
        rpc->notifier = notifier_open(context);
    return rpc->notifier;
}

bool notify_wanted(const struct context *context, enum notify_format format)
{
    return notifier_of(context)->wanted[format];
}

enum notify_priority notify_default_priority(const struct context *context)
{
    const char *level = conf_string(context->worker->conf, OPTION_notifications_default_level);

    for (size_t i = 0; level && i < sizeof(priority_names) / sizeof(priority_names[0]); i++)
        if (!strcmp(priority_names[i], level))
            return (enum notify_priority)i;
    return NOTIFY_INFO;
}

/* The message without its closing brace and what the bus adds. */
static void put_message(struct strbuf *out, const char *publisher_id, const char *event_type,
                        enum notify_priority priority, const char *payload, size_t length)
{
    char uuid[37], now[27];

    text_uuid4(uuid);
    clock_format_sql(clock_utc_usec(), now);
    JSON_PUT_LITERAL(out, "{\"message_id\": ");
    json_put_string(out, uuid);
    JSON_PUT_LITERAL(out, ", \"publisher_id\": ");
    json_put_string(out, publisher_id);
    JSON_PUT_LITERAL(out, ", \"event_type\": ");
    json_put_string(out, event_type);
    JSON_PUT_LITERAL(out, ", \"priority\": ");
    json_put_string(out, priority_names[priority]);
    JSON_PUT_LITERAL(out, ", \"payload\": ");
    strbuf_put(out, payload, length);
    JSON_PUT_LITERAL(out, ", \"timestamp\": ");
    json_put_string(out, now);
}

static void log_event(const struct context *context, enum notify_priority priority, const char *event_type,
                      const struct strbuf *message)
{
    static struct log_module logger;
    static const enum log_level levels[] = { LOG_LEVEL_DEBUG,    LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR,
                                             LOG_LEVEL_CRITICAL, LOG_LEVEL_INFO, LOG_LEVEL_INFO };
    char *name = mem_printf(context->mem, "oslo.messaging.notification.%s", event_type);

    /* A logger an event: nothing of it is kept. */
    logger = (struct log_module){ name, 0, 0 };
    if (log_enabled_in(&logger, levels[priority]))
        log_write(&logger, levels[priority], __FILE__, __LINE__, __func__, "%s}",
                  log_mask(context->mem, message->data));
    logger.name = "oslo.messaging.notification";
}

/* Who asked, without what would let a listener ask in their name. */
static struct context sanitized(const struct context *context)
{
    struct context safe = *context;

    safe.auth_token = NULL;
    safe.service_catalog = NULL;
    safe.remote_address = NULL;
    safe.is_admin_project = true;
    return safe;
}

static void publish(const struct context *context, enum driver driver, const char *const *topics,
                    enum notify_priority priority, const struct strbuf *message)
{
    struct notifier *notifier = notifier_of(context);
    struct bus *bus = notifier->bus;
    struct send_to to = { .bus = bus, .rounds = notifier->rounds >= 0 ? notifier->rounds + 1 : 0 };
    const struct context safe = sanitized(context);
    char unique_id[33];
    enum score_stage before;

    to.exchange = (struct bus_exchange){ conf_string(context->worker->conf, OPTION_DEFAULT_control_exchange), "topic",
                                         bus->settings.durable, bus->settings.auto_delete, true };
    before = score_enter(context->worker->slot, SCORE_RPC);
    for (size_t i = 0; topics[i]; i++) {
        struct strbuf inner, body;
        struct fault *fault;

        envelope_id(unique_id);
        strbuf_init(&inner, context->mem, message->length + 4096);
        strbuf_put(&inner, message->data, message->length);
        envelope_put_context(&inner, &safe, unique_id, clock_utc_usec());
        strbuf_putc(&inner, '}');
        strbuf_init(&body, context->mem, inner.length + 1024);
        if (driver == DRIVER_MESSAGINGV2)
            envelope_wrap(&body, inner.data, inner.length);
        else
            body = inner;
        to.routing_key = mem_printf(context->mem, "%s.%s", topics[i], topic_names[priority]);
        fault = send_body(context, &to, &body, 0, clock_monotonic_usec() + PATIENCE_SECONDS * 1000000ULL);
        if (fault)
            log_error("Could not send notification to %s: %s", to.routing_key, fault->message);
    }
    score_enter(context->worker->slot, before);
}

void notify_publish(const struct context *context, enum notify_format format, enum notify_priority priority,
                    const char *event_type, const char *publisher_id, const char *payload, size_t length)
{
    const struct conf *conf = context->worker->conf;
    struct notifier *notifier = notifier_of(context);
    const char *const *topics =
        conf_list(conf, format == NOTIFY_VERSIONED ? OPTION_notifications_versioned_notifications_topics
                                                   : OPTION_oslo_messaging_notifications_topics);
    struct strbuf message;

    if (!notifier->wanted[format])
        return;
    if (!publisher_id)
        publisher_id = mem_printf(context->mem, format == NOTIFY_VERSIONED ? "nova-api:%s" : "api.%s",
                                  conf_string(conf, OPTION_DEFAULT_host));
    strbuf_init(&message, context->mem, length + 1024);
    put_message(&message, publisher_id, event_type, priority, payload, length);
    for (size_t i = 0; i < notifier->driver_count; i++)
        if (notifier->drivers[i] == DRIVER_LOG)
            log_event(context, priority, event_type, &message);
        else
            publish(context, notifier->drivers[i], topics, priority, &message);
}
