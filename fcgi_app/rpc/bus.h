/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of rpc/: one connection to a broker, or to the first of several
 * that answers.  bus_open.c finds a broker and logs in, bus.c moves
 * messages; call.c and notify.c say which.  Channel 1 publishes with
 * confirms, channel 2 (from the first call on) consumes the replies.
 * Nobody outside rpc/ includes this.
 */
#ifndef NOVA_RPC_BUS_H
#define NOVA_RPC_BUS_H

#include "fcgi_app/rpc/rpc.h"
#include "fcgi_app/rpc/transport_url.h"

#include <amqp.h>
#include <sys/types.h>

enum { CHANNEL_PUBLISH = 1, CHANNEL_REPLIES = 2 };

/* Replies that were seen, as many as the reference remembers. */
#define BUS_SEEN 16

struct compression;

/* [oslo_messaging_rabbit], the URL's query before the files. */
struct bus_settings {
    bool durable, auto_delete, ha_queues, quorum_queue;
    int64_t delivery_limit, memory_length, memory_bytes; /* of quorum queues; 0: not said */
    int64_t transient_ttl;                               /* seconds */
    int64_t prefetch;
    int heartbeat;                                       /* seconds; 0: none */
    int64_t retry_interval, retry_backoff, interval_max; /* seconds */
    bool shuffle;                                        /* of hosts after a failure, else in turn */
    const char *login_method;
    bool cancel_on_failover;               /* of the reply queue's consumer */
    const struct compression *compression; /* of what is sent; NULL: none */
    bool ssl, ssl_verify_name;
    const char *ssl_ca, *ssl_cert, *ssl_key, *ssl_version;
};

/* What a sender declares before its first message there. */
struct bus_exchange {
    const char *name;
    const char *type; /* "topic", "fanout" */
    bool durable, auto_delete;
    bool with_queue; /* a queue named as the routing key is declared and bound: notifications wait for a reader */
};

struct bus_delivery {
    bool open, returned;
    uint64_t tag;
    uint64_t size; /* as its header says; the body is complete when it has so many bytes */
    uint64_t got;
    bool header;
    char compression[32]; /* as its header says; empty: none */
    struct strbuf body;
};

struct rpc {
    const void *mem;
    struct conf *conf;
    struct bus **buses; /* one a URL */
    size_t bus_count;
    struct notifier *notifier; /* of notify.c; NULL: not set up */
    bool auto_known;           /* [upgrade_levels] compute = auto was looked up */
    const char *auto_cap;
};

struct bus {
    struct rpc *rpc;
    const void *mem;  /* the worker's */
    const char *text; /* the URL, our key */
    struct rpc_url *url;
    const char *broken; /* why the URL is of no use; NULL: it is */
    struct bus_settings settings;
    size_t host; /* of url->hosts: the one that is used or tried next */

    amqp_connection_state_t state; /* NULL: closed */
    pid_t owner;
    void *open_mem;  /* what belongs to this connection */
    char **declared; /* exchanges, and queues with theirs; on open_mem */
    size_t declared_count;
    uint64_t published;  /* delivery tags given on channel 1 */
    uint64_t confirmed;  /* all up to here were taken */
    bool refused;        /* the broker said no to one */
    const char *blocked; /* why the broker takes no messages now; NULL: it does */
    struct bus_delivery delivery;

    char *reply_q; /* named once a process; NULL: no call yet */
    pid_t reply_owner;
    bool replying;  /* it is consumed on this connection */
    bool cancelled; /* the broker dropped the queue under us; the channel is still open */
    char seen[BUS_SEEN][33];
    size_t seen_at;

    /* The call that waits: call.c */
    const char *waiting;          /* its msg_id */
    const void *waiting_mem;      /* where its reply goes */
    struct envelope_reply *reply; /* the last that came */
    bool replied;

    char *error; /* bus_error() */
};

enum bus_status {
    BUS_OK,
    BUS_TIMEOUT,
    BUS_LOST,    /* bus_error() says why; the connection is closed */
    BUS_REFUSED, /* the broker does not want this: trying again would not help */
};

/* The bus of a URL: the one there is, or a new one. Never NULL; a URL that is none makes each use fail. */
struct bus *bus_of(struct rpc *rpc, const char *text);

/*
 * Opens the connection if there is none that works, host by host with pauses
 * that grow, until `until` (monotonic microseconds).  Text: why not, on mem;
 * `attempts` > 0 bounds the rounds over all hosts.
 */
const char *bus_open(struct bus *bus, const void *mem, uint64_t until, int64_t rounds);

/* Some time for a broker that does not work as it should. */
void bus_pause(struct bus *bus, uint64_t until);

/* Names this process's reply queue, if it has none. */
void bus_name_replies(struct bus *bus);

/* Closes; a connection of another process is only let go. */
void bus_close(struct bus *bus);

/* Says farewell to the broker, and closes. */
void bus_leave(struct bus *bus);

/* Reads and handles one frame, or waits until `until`. */
enum bus_status bus_step(struct bus *bus, uint64_t until);

/* Handles what has arrived and sends what heartbeats are due; does not wait. */
void bus_drain(struct bus *bus);

/* Makes sure that the replies are consumed on this connection. */
enum bus_status bus_replies(struct bus *bus);

/* One attempt on the open connection: declares, publishes, waits for the broker's word. */
enum bus_status bus_publish(struct bus *bus, const struct bus_exchange *exchange, const char *routing_key,
                            int64_t expiration_ms, const char *body, size_t length, uint64_t until);

/* What went wrong last. */
const char *bus_error(const struct bus *bus);
void bus_set_error(struct bus *bus, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
