/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving messages over one connection: frames come in one at a time and are
 * told apart here (confirms, replies, closing, blocking), whoever waits
 * looks at what they changed.
 * Source: nova-facts/rpc.md section 1.
 */
#include "config.h"

#include "fcgi_app/rpc/bus.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/process.h"
#include "fcgi_app/rpc/compression.h"
#include "fcgi_app/rpc/envelope.h"

#include <sys/time.h>

LOG_MODULE("oslo.messaging._drivers.impl_rabbit");

#define REPLY_LIMIT (64u * 1024 * 1024) /* bytes of a reply; a larger one is no reply of nova's */
#define QUEUE_ARGUMENTS 6

const char *bus_error(const struct bus *bus)
{
    return bus->error ? bus->error : "";
}

void bus_set_error(struct bus *bus, const char *format, ...)
{
    va_list args;

    talloc_free(bus->error);
    va_start(args, format);
    bus->error = mem_vprintf(bus->mem, format, args);
    va_end(args);
}

static enum bus_status lost(struct bus *bus, const char *why)
{
    bus_set_error(bus, "%s", why);
    log_info("The connection to the AMQP server on %s:%d is lost: %s", bus->url->hosts[bus->host].name,
             bus->url->hosts[bus->host].port, why);
    bus_close(bus);
    return BUS_LOST;
}

/* The broker closed the channel: what it holds against us stays true, unless it is told to be passing. */
static enum bus_status closed_channel(struct bus *bus, const amqp_channel_close_t *said)
{
    bus_set_error(bus, "(%u) %.*s", said->reply_code, (int)said->reply_text.len, (const char *)said->reply_text.bytes);
    bus_close(bus);
    return BUS_REFUSED;
}

/* What the last request on the connection came to. */
static enum bus_status answered(struct bus *bus)
{
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(bus->state);

    if (reply.reply_type == AMQP_RESPONSE_NORMAL)
        return BUS_OK;
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD)
        return closed_channel(bus, reply.reply.decoded);
    return lost(bus, reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION ? amqp_error_string2(reply.library_error)
                                                                         : "the broker closed the connection");
}

/* ---- frames ---- */

static void take_confirm(struct bus *bus, uint64_t tag, bool multiple, bool refused)
{
    /* One message at a time is under way, so the last tag tells of all before it. */
    (void)multiple;
    if (tag > bus->confirmed)
        bus->confirmed = tag;
    bus->refused = refused;
}

static bool seen_before(struct bus *bus, const char *unique_id)
{
    if (!unique_id || strlen(unique_id) != 32)
        return false;
    for (size_t i = 0; i < BUS_SEEN; i++)
        if (!strcmp(bus->seen[i], unique_id))
            return true;
    strcpy(bus->seen[bus->seen_at], unique_id);
    bus->seen_at = (bus->seen_at + 1) % BUS_SEEN;
    return false;
}

/* A complete body: the reply that is waited for, or one that nobody wants any more. */
static void take_reply(struct bus *bus)
{
    struct bus_delivery *delivery = &bus->delivery;
    void *scratch = mem_context(bus->waiting_mem ? bus->waiting_mem : bus->mem, "reply");
    const char *text = delivery->body.data;
    size_t length = delivery->body.length;
    const struct compression *form = compression_named(delivery->compression);
    struct envelope_reply reply;

    if (form)
        text = compression_unpack(form, scratch, text, length, REPLY_LIMIT, &length);
    if (!text || !envelope_read(scratch, text, length, &reply)) {
        log_error("A message in the reply queue is no reply; it is dropped");
    } else if (!bus->waiting || strcmp(bus->waiting, reply.msg_id)) {
        log_info("No calling threads waiting for msg_id : %s", reply.msg_id);
    } else if (!seen_before(bus, reply.unique_id)) {
        /* An ending without words ends what an earlier reply said. */
        if (json_is_null(reply.result) && !reply.failure) {
            reply.result = bus->reply->result;
            reply.failure = bus->reply->failure;
        }
        *bus->reply = reply;
        bus->replied = true;
        return;
    }
    talloc_free(scratch);
}

static void end_delivery(struct bus *bus)
{
    struct bus_delivery *delivery = &bus->delivery;

    if (!delivery->returned) {
        amqp_basic_ack(bus->state, CHANNEL_REPLIES, delivery->tag, 0);
        if (delivery->size <= REPLY_LIMIT)
            take_reply(bus);
        else
            log_error("A reply of %llu bytes is dropped", (unsigned long long)delivery->size);
    }
    talloc_free(delivery->body.data);
    *delivery = (struct bus_delivery){ 0 };
}

static void begin_delivery(struct bus *bus, uint64_t tag, bool returned)
{
    talloc_free(bus->delivery.body.data);
    bus->delivery = (struct bus_delivery){ .open = true, .returned = returned, .tag = tag };
    strbuf_init(&bus->delivery.body, bus->open_mem, 1024);
}

static enum bus_status take_method(struct bus *bus, const amqp_frame_t *frame)
{
    void *decoded = frame->payload.method.decoded;

    switch (frame->payload.method.id) {
    case AMQP_BASIC_ACK_METHOD:
        take_confirm(bus, ((amqp_basic_ack_t *)decoded)->delivery_tag, ((amqp_basic_ack_t *)decoded)->multiple, false);
        break;
    case AMQP_BASIC_NACK_METHOD:
        take_confirm(bus, ((amqp_basic_nack_t *)decoded)->delivery_tag, ((amqp_basic_nack_t *)decoded)->multiple, true);
        break;
    case AMQP_BASIC_DELIVER_METHOD:
        begin_delivery(bus, ((amqp_basic_deliver_t *)decoded)->delivery_tag, false);
        break;
    case AMQP_BASIC_RETURN_METHOD:
        begin_delivery(bus, 0, true);
        break;
    case AMQP_BASIC_CANCEL_METHOD:
        /* The reply queue is gone: it is declared anew. */
        bus->replying = false;
        bus->cancelled = true;
        break;
    case AMQP_CHANNEL_CLOSE_METHOD:
        return closed_channel(bus, decoded);
    case AMQP_CONNECTION_CLOSE_METHOD: {
        amqp_connection_close_t *said = decoded;

        return lost(bus, mem_printf(bus->open_mem, "(%u) %.*s", said->reply_code, (int)said->reply_text.len,
                                    (const char *)said->reply_text.bytes));
    }
    case AMQP_CONNECTION_BLOCKED_METHOD: {
        amqp_connection_blocked_t *said = decoded;

        bus->blocked = mem_strndup(bus->open_mem, said->reason.bytes, said->reason.len);
        log_error("The broker has blocked the connection: %s", bus->blocked);
        break;
    }
    case AMQP_CONNECTION_UNBLOCKED_METHOD:
        bus->blocked = NULL;
        log_info("The broker has unblocked the connection");
        break;
    default:
        break;
    }
    return BUS_OK;
}

/* How the sender compressed it. */
static void take_compression(struct bus_delivery *delivery, const amqp_basic_properties_t *properties)
{
    for (int i = 0; properties->_flags & AMQP_BASIC_HEADERS_FLAG && i < properties->headers.num_entries; i++) {
        const amqp_table_entry_t *entry = &properties->headers.entries[i];
        amqp_bytes_t value = entry->value.value.bytes;

        if (entry->key.len == strlen("compression") && !memcmp(entry->key.bytes, "compression", entry->key.len) &&
            entry->value.kind == AMQP_FIELD_KIND_UTF8 && value.len < sizeof(delivery->compression)) {
            memcpy(delivery->compression, value.bytes, value.len);
            delivery->compression[value.len] = '\0';
        }
    }
}

static void take_content(struct bus *bus, const amqp_frame_t *frame)
{
    struct bus_delivery *delivery = &bus->delivery;

    if (!delivery->open)
        return;
    if (frame->frame_type == AMQP_FRAME_HEADER) {
        delivery->header = true;
        delivery->size = frame->payload.properties.body_size;
        if (frame->payload.properties.class_id == AMQP_BASIC_CLASS)
            take_compression(delivery, frame->payload.properties.decoded);
    } else {
        delivery->got += frame->payload.body_fragment.len;
        if (delivery->size <= REPLY_LIMIT)
            strbuf_put(&delivery->body, frame->payload.body_fragment.bytes, frame->payload.body_fragment.len);
    }
    if (delivery->header && delivery->got >= delivery->size)
        end_delivery(bus);
}

enum bus_status bus_step(struct bus *bus, uint64_t until)
{
    uint64_t now = clock_monotonic_usec(), left = until > now ? until - now : 0;
    struct timeval limit = { (time_t)(left / 1000000), (suseconds_t)(left % 1000000) };
    enum bus_status answer = BUS_OK;
    amqp_frame_t frame;
    int status;

    status = amqp_simple_wait_frame_noblock(bus->state, &frame, &limit);
    if (status == AMQP_STATUS_TIMEOUT)
        return BUS_TIMEOUT;
    if (status != AMQP_STATUS_OK)
        return lost(bus, amqp_error_string2(status));
    if (frame.frame_type == AMQP_FRAME_METHOD)
        answer = take_method(bus, &frame);
    else if (frame.frame_type == AMQP_FRAME_HEADER || frame.frame_type == AMQP_FRAME_BODY)
        take_content(bus, &frame);
    if (answer == BUS_OK)
        amqp_maybe_release_buffers(bus->state);
    return answer;
}

void bus_drain(struct bus *bus)
{
    while (bus->state && bus->owner == process_id() && bus_step(bus, 0) == BUS_OK)
        ;
}

/* ---- what is declared ---- */

static bool is_declared(const struct bus *bus, const char *name)
{
    for (size_t i = 0; i < bus->declared_count; i++)
        if (!strcmp(bus->declared[i], name))
            return true;
    return false;
}

static void set_declared(struct bus *bus, const char *name)
{
    bus->declared = mem_grow(bus->open_mem, bus->declared, char *, bus->declared_count + 1);
    bus->declared[bus->declared_count++] = mem_strdup(bus->open_mem, name);
}

static void add_text(amqp_table_t *table, const char *key, const char *value)
{
    table->entries[table->num_entries++] =
        (amqp_table_entry_t){ amqp_cstring_bytes(key),
                              { .kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes(value) } };
}

static void add_number(amqp_table_t *table, const char *key, int64_t value)
{
    if (value >= INT32_MIN && value <= INT32_MAX)
        table->entries[table->num_entries++] =
            (amqp_table_entry_t){ amqp_cstring_bytes(key),
                                  { .kind = AMQP_FIELD_KIND_I32, .value.i32 = (int32_t)value } };
    else
        table->entries[table->num_entries++] =
            (amqp_table_entry_t){ amqp_cstring_bytes(key), { .kind = AMQP_FIELD_KIND_I64, .value.i64 = value } };
}

/* Arguments of a queue as the options want it; `ttl` in seconds, 0: it stays. */
static amqp_table_t queue_arguments(const struct bus *bus, amqp_table_entry_t entries[QUEUE_ARGUMENTS], bool quorum,
                                    int64_t ttl)
{
    const struct bus_settings *settings = &bus->settings;
    amqp_table_t table = { 0, entries };

    if (settings->ha_queues)
        add_text(&table, "x-ha-policy", "all");
    if (quorum) {
        add_text(&table, "x-queue-type", "quorum");
        if (settings->delivery_limit)
            add_number(&table, "x-delivery-limit", settings->delivery_limit);
        if (settings->memory_length)
            add_number(&table, "x-max-in-memory-length", settings->memory_length);
        if (settings->memory_bytes)
            add_number(&table, "x-max-in-memory-bytes", settings->memory_bytes);
    }
    if (ttl > 0)
        add_number(&table, "x-expires", ttl * 1000);
    return table;
}

static enum bus_status declare_exchange(struct bus *bus, const struct bus_exchange *exchange)
{
    enum bus_status status;

    if (is_declared(bus, exchange->name))
        return BUS_OK;
    amqp_exchange_declare(bus->state, CHANNEL_PUBLISH, amqp_cstring_bytes(exchange->name),
                          amqp_cstring_bytes(exchange->type), 0, exchange->durable, exchange->auto_delete, 0,
                          amqp_empty_table);
    status = answered(bus);
    if (status == BUS_OK)
        set_declared(bus, exchange->name);
    return status;
}

/* The queue of a notification's topic, so that it waits for a reader. */
static enum bus_status declare_queue(struct bus *bus, const struct bus_exchange *exchange, const char *name)
{
    amqp_table_entry_t entries[QUEUE_ARGUMENTS];
    const char *key = mem_printf(bus->open_mem, "%s %s", exchange->name, name);
    enum bus_status status;

    if (is_declared(bus, key))
        return BUS_OK;
    amqp_queue_declare(bus->state, CHANNEL_PUBLISH, amqp_cstring_bytes(name), 0, exchange->durable, 0,
                       exchange->auto_delete, queue_arguments(bus, entries, bus->settings.quorum_queue, 0));
    status = answered(bus);
    if (status != BUS_OK)
        return status;
    amqp_queue_bind(bus->state, CHANNEL_PUBLISH, amqp_cstring_bytes(name), amqp_cstring_bytes(exchange->name),
                    amqp_cstring_bytes(name), amqp_empty_table);
    status = answered(bus);
    if (status == BUS_OK)
        set_declared(bus, key);
    return status;
}

void bus_name_replies(struct bus *bus)
{
    char id[33];

    if (bus->reply_q && bus->reply_owner == process_id())
        return;
    envelope_id(id);
    bus->reply_q = mem_printf(bus->mem, "reply_%s", id);
    bus->reply_owner = process_id();
}

enum bus_status bus_replies(struct bus *bus)
{
    amqp_table_entry_t entries[QUEUE_ARGUMENTS];
    amqp_table_entry_t failover = { amqp_cstring_bytes("x-cancel-on-ha-failover"),
                                    { .kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1 } };
    amqp_table_t arguments = { bus->settings.cancel_on_failover, &failover };
    enum bus_status status = BUS_OK;

    if (bus->replying)
        return BUS_OK;
    if (!bus->cancelled) {
        amqp_channel_open(bus->state, CHANNEL_REPLIES);
        status = answered(bus);
        if (status == BUS_OK && bus->settings.prefetch > 0 && bus->settings.prefetch < 65536) {
            amqp_basic_qos(bus->state, CHANNEL_REPLIES, 0, (uint16_t)bus->settings.prefetch, 0);
            status = answered(bus);
        }
    }
    bus->cancelled = false;
    if (status == BUS_OK) {
        amqp_queue_declare(bus->state, CHANNEL_REPLIES, amqp_cstring_bytes(bus->reply_q), 0, 0, 0, 0,
                           queue_arguments(bus, entries, false, bus->settings.transient_ttl));
        status = answered(bus);
    }
    if (status == BUS_OK) {
        amqp_basic_consume(bus->state, CHANNEL_REPLIES, amqp_cstring_bytes(bus->reply_q), amqp_cstring_bytes("1"), 0, 0,
                           0, arguments);
        status = answered(bus);
    }
    if (status == BUS_OK)
        bus->replying = true;
    return status;
}

/* ---- one message ---- */

static enum bus_status wait_confirm(struct bus *bus, uint64_t tag, uint64_t until)
{
    while (bus->confirmed < tag) {
        enum bus_status status = bus_step(bus, until);

        if (status == BUS_TIMEOUT) {
            bus_set_error(bus, "%s", bus->blocked ? bus->blocked : "the broker did not confirm the message");
            bus_close(bus); /* whether it arrived is not known: this connection says no more */
        }
        if (status != BUS_OK)
            return status;
    }
    if (!bus->refused)
        return BUS_OK;
    bus->refused = false;
    bus_set_error(bus, "the broker did not take the message");
    return BUS_REFUSED;
}

enum bus_status bus_publish(struct bus *bus, const struct bus_exchange *exchange, const char *routing_key,
                            int64_t expiration_ms, const char *body, size_t length, uint64_t until)
{
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_CONTENT_ENCODING_FLAG | AMQP_BASIC_HEADERS_FLAG |
                  AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_PRIORITY_FLAG,
        .content_type = amqp_cstring_bytes("application/json"),
        .content_encoding = amqp_cstring_bytes("utf-8"),
        .headers = { 0, NULL },
        .delivery_mode = AMQP_DELIVERY_PERSISTENT,
        .priority = 0,
    };
    amqp_table_entry_t compression = { amqp_cstring_bytes("compression"), { .kind = AMQP_FIELD_KIND_UTF8 } };
    const struct compression *form = bus->settings.compression;
    void *scratch = NULL;
    char expiration[24];
    enum bus_status status;
    int sent;

    bus_drain(bus); /* a connection that was closed meanwhile is known now */
    if (!bus->state) {
        if (!bus->error)
            bus_set_error(bus, "the connection was closed");
        return BUS_LOST;
    }
    status = declare_exchange(bus, exchange);
    if (status == BUS_OK && exchange->with_queue)
        status = declare_queue(bus, exchange, routing_key);
    if (status != BUS_OK)
        return status;
    if (expiration_ms > 0) {
        snprintf(expiration, sizeof(expiration), "%lld", (long long)expiration_ms);
        properties._flags |= AMQP_BASIC_EXPIRATION_FLAG;
        properties.expiration = amqp_cstring_bytes(expiration);
    }
    if (form) {
        scratch = mem_context(bus->open_mem, "compressed");
        body = compression_pack(form, scratch, body, length, &length);
        compression.value.value.bytes = amqp_cstring_bytes(compression_header(form));
        properties.headers = (amqp_table_t){ 1, &compression };
    }
    sent = amqp_basic_publish(bus->state, CHANNEL_PUBLISH, amqp_cstring_bytes(exchange->name),
                              amqp_cstring_bytes(routing_key), 0, 0, &properties,
                              (amqp_bytes_t){ length, (void *)(uintptr_t)body });
    talloc_free(scratch);
    if (sent != AMQP_STATUS_OK)
        return lost(bus, amqp_error_string2(sent));
    return wait_confirm(bus, ++bus->published, until);
}
