/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding a broker: the options of a URL, its hosts in turn with growing
 * pauses between the rounds, TLS, the login.
 * Source: nova-facts/rpc.md section 1.1; oslo.messaging 14's behaviour.
 */
#include "config.h"

#include "fcgi_app/rpc/bus.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/process.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/rpc/compression.h"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

LOG_MODULE("oslo.messaging._drivers.impl_rabbit");

#define CONNECT_SECONDS 5 /* for one host: connection, TLS and login */
#define FRAME_MAX 131072
#define CHANNEL_MAX 2047

/* ---- options ---- */

static const char *from_query(const struct rpc_url *url, enum option option)
{
    return rpc_url_query(url, conf_option_name(option));
}

static bool setting_bool(const struct bus *bus, enum option option)
{
    const char *text = from_query(bus->url, option);
    int value = text ? text_bool(text) : -1;

    return value >= 0 ? value == 1 : conf_bool(bus->rpc->conf, option);
}

static int64_t setting_int(const struct bus *bus, enum option option)
{
    const char *text = from_query(bus->url, option);
    char *end;
    long long value = text ? strtoll(text, &end, 10) : 0;

    return text && *text && !*end ? value : conf_int(bus->rpc->conf, option);
}

static const char *setting_text(const struct bus *bus, enum option option)
{
    const char *text = from_query(bus->url, option);

    return text ? text : conf_string(bus->rpc->conf, option);
}

static void settings_read(struct bus *bus)
{
    struct bus_settings *settings = &bus->settings;
    const char *strategy, *compression;
    int64_t heartbeat;

    settings->quorum_queue = setting_bool(bus, OPTION_oslo_messaging_rabbit_rabbit_quorum_queue);
    settings->ha_queues = setting_bool(bus, OPTION_oslo_messaging_rabbit_rabbit_ha_queues);
    settings->durable = setting_bool(bus, OPTION_oslo_messaging_rabbit_amqp_durable_queues) || settings->quorum_queue;
    settings->auto_delete = setting_bool(bus, OPTION_oslo_messaging_rabbit_amqp_auto_delete);
    settings->delivery_limit = setting_int(bus, OPTION_oslo_messaging_rabbit_rabbit_quorum_delivery_limit);
    settings->memory_length = setting_int(bus, OPTION_oslo_messaging_rabbit_rabbit_quroum_max_memory_length);
    settings->memory_bytes = setting_int(bus, OPTION_oslo_messaging_rabbit_rabbit_quroum_max_memory_bytes);
    settings->transient_ttl = setting_int(bus, OPTION_oslo_messaging_rabbit_rabbit_transient_queues_ttl);
    settings->prefetch = setting_int(bus, OPTION_oslo_messaging_rabbit_rabbit_qos_prefetch_count);
    heartbeat = setting_int(bus, OPTION_oslo_messaging_rabbit_heartbeat_timeout_threshold);
    settings->heartbeat = heartbeat > 0 && heartbeat < 65536 ? (int)heartbeat : 0;
    settings->retry_interval = setting_int(bus, OPTION_oslo_messaging_rabbit_rabbit_retry_interval);
    settings->retry_backoff = setting_int(bus, OPTION_oslo_messaging_rabbit_rabbit_retry_backoff);
    settings->interval_max = setting_int(bus, OPTION_oslo_messaging_rabbit_rabbit_interval_max);
    strategy = setting_text(bus, OPTION_oslo_messaging_rabbit_kombu_failover_strategy);
    settings->shuffle = strategy && !strcmp(strategy, "shuffle");
    settings->cancel_on_failover = setting_bool(bus, OPTION_oslo_messaging_rabbit_enable_cancel_on_failover);
    compression = setting_text(bus, OPTION_oslo_messaging_rabbit_kombu_compression);
    settings->compression = compression ? compression_named(compression) : NULL;
    if (compression && !settings->compression)
        log_warning("[oslo_messaging_rabbit] kombu_compression = %s is not supported: messages are sent as they are",
                    compression);
    settings->login_method = setting_text(bus, OPTION_oslo_messaging_rabbit_rabbit_login_method);
    settings->ssl = setting_bool(bus, OPTION_oslo_messaging_rabbit_ssl);
    settings->ssl_verify_name = setting_bool(bus, OPTION_oslo_messaging_rabbit_ssl_enforce_hostname_verification);
    settings->ssl_ca = setting_text(bus, OPTION_oslo_messaging_rabbit_ssl_ca_file);
    settings->ssl_cert = setting_text(bus, OPTION_oslo_messaging_rabbit_ssl_cert_file);
    settings->ssl_key = setting_text(bus, OPTION_oslo_messaging_rabbit_ssl_key_file);
    settings->ssl_version = setting_text(bus, OPTION_oslo_messaging_rabbit_ssl_version);
}

static uint32_t random_below(uint32_t limit)
{
    uint32_t value = 0;

    if (getrandom(&value, sizeof(value), 0) != sizeof(value))
        value = (uint32_t)clock_monotonic_usec();
    return value % limit;
}

/* Processes should not all meet at the first host. */
static void shuffle_hosts(struct rpc_url *url)
{
    for (size_t i = url->host_count; i > 1; i--) {
        size_t other = random_below((uint32_t)i);
        struct rpc_host host = url->hosts[i - 1];

        url->hosts[i - 1] = url->hosts[other];
        url->hosts[other] = host;
    }
}

/* Credentials are each host's own: one without goes as guest, which is rarely meant. */
static void warn_of_guests(const struct bus *bus)
{
    struct strbuf names[2];
    size_t count[2] = { 0, 0 };

    strbuf_init(&names[0], bus->mem, 64);
    strbuf_init(&names[1], bus->mem, 64);
    for (size_t i = 0; i < bus->url->host_count; i++) {
        const struct rpc_host *host = &bus->url->hosts[i];

        strbuf_printf(&names[host->credentials], "%s'%s'", count[host->credentials]++ ? ", " : "", host->name);
    }
    if (count[0] && count[1])
        log_warning("All hosts must be set with username/password or not at the same time. Hosts with credentials "
                    "are: [%s]. Hosts without credentials are [%s].",
                    names[1].data, names[0].data);
}

/* NULL, or why this URL leads nowhere. */
static const char *bus_prepare(struct bus *bus)
{
    struct fault *fault = rpc_url_parse(bus->mem, bus->text, &bus->url);

    if (fault)
        return fault->message;
    if (!strcmp(bus->url->transport, "fake"))
        return "the transport fake:// is not served: set transport_url to rabbit://…";
    if (strcmp(bus->url->transport, "rabbit") && strcmp(bus->url->transport, "kombu"))
        return mem_printf(bus->mem, "Could not load transport driver \"%s\": only rabbit:// is served",
                          bus->url->transport);
    settings_read(bus);
    if (bus->settings.quorum_queue && bus->settings.ha_queues)
        return "Configuration Error: rabbit_quorum_queue and rabbit_ha_queues both enabled, queue type is quorum or "
               "HA (mirrored) not both";
    if (conf_bool(bus->rpc->conf, OPTION_oslo_messaging_rabbit_ssl_enforce_fips_mode) && bus->settings.ssl)
        return "[oslo_messaging_rabbit] ssl_enforce_fips_mode is not supported: set FIPS mode in OpenSSL's own "
               "configuration";
    warn_of_guests(bus);
    shuffle_hosts(bus->url);
    return NULL;
}

struct bus *bus_of(struct rpc *rpc, const char *text)
{
    struct bus *bus;

    for (size_t i = 0; i < rpc->bus_count; i++)
        if (!strcmp(rpc->buses[i]->text, text))
            return rpc->buses[i];
    bus = mem_new(rpc->mem, struct bus);
    bus->rpc = rpc;
    bus->mem = bus;
    bus->text = mem_strdup(bus, text);
    bus->broken = bus_prepare(bus);
    rpc->buses = mem_grow(rpc->mem, rpc->buses, struct bus *, rpc->bus_count + 1);
    rpc->buses[rpc->bus_count++] = bus;
    return bus;
}

/* ---- one attempt ---- */

/* Text of a login's or a request's failure. */
static const char *reply_text(const void *mem, amqp_rpc_reply_t reply)
{
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
        return amqp_error_string2(reply.library_error);
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
        amqp_connection_close_t *said = reply.reply.decoded;

        return mem_printf(mem, "(%u) %.*s", said->reply_code, (int)said->reply_text.len,
                          (const char *)said->reply_text.bytes);
    }
    return "the broker refused";
}

static int tls_versions(const char *name, amqp_tls_version_t *min, amqp_tls_version_t *max)
{
    static const struct {
        const char *name;
        amqp_tls_version_t min, max;
    } rows[] = {
        { "tlsv1", AMQP_TLSv1, AMQP_TLSv1 },
        { "tlsv1_1", AMQP_TLSv1_1, AMQP_TLSv1_1 },
        { "tlsv1_2", AMQP_TLSv1_2, AMQP_TLSv1_2 },
        { "sslv23", AMQP_TLSv1, AMQP_TLSvLATEST },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!strcasecmp(name, rows[i].name)) {
            *min = rows[i].min;
            *max = rows[i].max;
            return 0;
        }
    return -1;
}

static const char *tls_prepare(const struct bus *bus, amqp_socket_t *socket)
{
    const struct bus_settings *settings = &bus->settings;
    amqp_tls_version_t min, max;

    if (settings->ssl_ca && amqp_ssl_socket_set_cacert(socket, settings->ssl_ca) != AMQP_STATUS_OK)
        return "[oslo_messaging_rabbit] ssl_ca_file cannot be read";
    amqp_ssl_socket_set_verify_peer(socket, settings->ssl_ca != NULL);
    amqp_ssl_socket_set_verify_hostname(socket, settings->ssl_ca && settings->ssl_verify_name);
    if (settings->ssl_cert &&
        amqp_ssl_socket_set_key(socket, settings->ssl_cert,
                                settings->ssl_key ? settings->ssl_key : settings->ssl_cert) != AMQP_STATUS_OK)
        return "[oslo_messaging_rabbit] ssl_cert_file and ssl_key_file cannot be read";
    if (settings->ssl_version && (tls_versions(settings->ssl_version, &min, &max) ||
                                  amqp_ssl_socket_set_ssl_versions(socket, min, max) != AMQP_STATUS_OK))
        return "[oslo_messaging_rabbit] ssl_version is not supported";
    return NULL;
}

/* A peer that takes nothing for a heartbeat's time is gone. */
static void bound_writes(const struct bus *bus)
{
    unsigned milliseconds = (unsigned)(bus->settings.heartbeat ? bus->settings.heartbeat : 60) * 1000;
    int fd = amqp_get_sockfd(bus->state);

    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
}

static amqp_rpc_reply_t login(const struct bus *bus, const struct rpc_host *host)
{
    bool external = bus->settings.login_method && !strcmp(bus->settings.login_method, "EXTERNAL");
    char name[64];
    amqp_table_entry_t capabilities[] = {
        { amqp_cstring_bytes("authentication_failure_close"), { .kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1 } },
        { amqp_cstring_bytes("connection.blocked"), { .kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1 } },
        { amqp_cstring_bytes("consumer_cancel_notify"), { .kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1 } },
    };
    amqp_table_entry_t properties[] = {
        { amqp_cstring_bytes("capabilities"),
          { .kind = AMQP_FIELD_KIND_TABLE,
            .value.table = { sizeof(capabilities) / sizeof(capabilities[0]), capabilities } } },
        { amqp_cstring_bytes("connection_name"), { .kind = AMQP_FIELD_KIND_UTF8 } },
    };
    amqp_table_t table = { sizeof(properties) / sizeof(properties[0]), properties };

    snprintf(name, sizeof(name), "nova-api-fcgi:%d", (int)process_id());
    properties[1].value.value.bytes = amqp_cstring_bytes(name);
    if (external)
        return amqp_login_with_properties(bus->state, bus->url->vhost, CHANNEL_MAX, FRAME_MAX, bus->settings.heartbeat,
                                          &table, AMQP_SASL_METHOD_EXTERNAL, host->user);
    return amqp_login_with_properties(bus->state, bus->url->vhost, CHANNEL_MAX, FRAME_MAX, bus->settings.heartbeat,
                                      &table, AMQP_SASL_METHOD_PLAIN, host->user, host->password);
}

static struct timeval time_left(uint64_t until, uint64_t most_usec)
{
    uint64_t now = clock_monotonic_usec(), left = until > now ? until - now : 1;

    if (left > most_usec)
        left = most_usec;
    return (struct timeval){ (time_t)(left / 1000000), (suseconds_t)(left % 1000000) };
}

/* NULL: logged in, with the channel for publishing open. */
static const char *connect_host(struct bus *bus, const struct rpc_host *host, const void *mem, uint64_t until)
{
    struct timeval limit = time_left(until, CONNECT_SECONDS * 1000000ULL);
    amqp_socket_t *socket;
    amqp_rpc_reply_t reply;
    const char *why = NULL;
    int status;

    bus->state = amqp_new_connection();
    if (!bus->state)
        mem_exhausted(0);
    bus->owner = process_id();
    socket = bus->settings.ssl ? amqp_ssl_socket_new(bus->state) : amqp_tcp_socket_new(bus->state);
    if (!socket)
        return "no socket";
    if (bus->settings.ssl)
        why = tls_prepare(bus, socket);
    if (why)
        return why;
    status = amqp_socket_open_noblock(socket, host->name, host->port, &limit);
    if (status != AMQP_STATUS_OK)
        return amqp_error_string2(status);
    amqp_set_handshake_timeout(bus->state, &limit);
    reply = login(bus, host);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL)
        return reply_text(mem, reply);
    limit = time_left(UINT64_MAX, CONNECT_SECONDS * 1000000ULL);
    amqp_set_rpc_timeout(bus->state, &limit);
    bound_writes(bus);
    amqp_channel_open(bus->state, CHANNEL_PUBLISH);
    reply = amqp_get_rpc_reply(bus->state);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
        amqp_confirm_select(bus->state, CHANNEL_PUBLISH);
        reply = amqp_get_rpc_reply(bus->state);
    }
    return reply.reply_type == AMQP_RESPONSE_NORMAL ? NULL : reply_text(mem, reply);
}

void bus_close(struct bus *bus)
{
    if (!bus->state)
        return;
    if (bus->owner == process_id())
        amqp_destroy_connection(bus->state);
    else
        close(amqp_get_sockfd(bus->state)); /* the other process goes on using it: not a byte may be sent */
    bus->state = NULL;
    talloc_free(bus->open_mem);
    bus->open_mem = NULL;
    bus->declared = NULL;
    bus->declared_count = 0;
    bus->published = bus->confirmed = 0;
    bus->refused = false;
    bus->blocked = NULL;
    bus->replying = bus->cancelled = false;
    bus->delivery = (struct bus_delivery){ 0 };
}

void bus_leave(struct bus *bus)
{
    if (bus->state && bus->owner == process_id())
        (void)amqp_connection_close(bus->state, AMQP_REPLY_SUCCESS);
    bus_close(bus);
}

static void pause_until(uint64_t until)
{
    uint64_t now;

    while ((now = clock_monotonic_usec()) < until)
        poll(NULL, 0, (int)((until - now) / 1000) + 1);
}

void bus_pause(struct bus *bus, uint64_t until)
{
    uint64_t next = clock_monotonic_usec() +
                    (uint64_t)(bus->settings.retry_interval > 0 ? bus->settings.retry_interval : 1) * 1000000;

    pause_until(next < until ? next : until);
}

static void next_host(struct bus *bus)
{
    if (bus->settings.shuffle)
        bus->host = random_below((uint32_t)bus->url->host_count);
    else
        bus->host = (bus->host + 1) % bus->url->host_count;
}

const char *bus_open(struct bus *bus, const void *mem, uint64_t until, int64_t rounds)
{
    int64_t interval = bus->settings.retry_interval > 0 ? bus->settings.retry_interval : 1;
    const char *why = "time is up";
    size_t tried = 0;

    if (bus->broken)
        return bus->broken;
    if (bus->state && bus->owner != process_id())
        bus_close(bus);
    if (bus->state)
        return NULL;
    for (;;) {
        const struct rpc_host *host = &bus->url->hosts[bus->host];
        uint64_t now, next;

        bus->open_mem = mem_context(bus->mem, "AMQP connection");
        why = connect_host(bus, host, mem, until);
        if (!why) {
            log_debug("Connected to AMQP server on %s:%d", host->name, host->port);
            return NULL;
        }
        bus_close(bus);
        next_host(bus);
        if (++tried % bus->url->host_count)
            continue;
        now = clock_monotonic_usec();
        next = now + (uint64_t)interval * 1000000;
        if (next >= until || (rounds > 0 && tried / bus->url->host_count >= (size_t)rounds)) {
            log_error("Unable to connect to AMQP server on %s:%d after %zu tries: %s", host->name, host->port, tried,
                      why);
            return mem_printf(mem, "Unable to connect to AMQP server on %s:%d after %zu tries: %s", host->name,
                              host->port, tried, why);
        }
        log_error("AMQP server on %s:%d is unreachable: %s. Trying again in %lld seconds.", host->name, host->port, why,
                  (long long)interval);
        pause_until(next);
        if (interval < bus->settings.interval_max)
            interval += bus->settings.retry_backoff;
    }
}
