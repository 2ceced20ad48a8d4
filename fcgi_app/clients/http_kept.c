/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain call over a kept connection, see http_private.h: what reading a
 * server asks of neutron.  libcurl takes 120,000 instructions for one, half
 * of them to write the headers a letter at a time and to take the URL apart;
 * this takes 9,000 (tests/bench/README.md).  All that is not plain stays
 * libcurl's: names, proxies, TLS, bodies, and the judgement of an answer
 * that is odd, for which a GET is simply asked again.
 */
#include "config.h"

#include "fcgi_app/clients/http_private.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/clients/http_reply.h"
#include "fcgi_app/clients/state.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PEERS = 16,
    KEPT = 8,               /* idle connections of one peer */
    AUTHORITY_LIMIT = 100,  /* bytes of host:port, with the NUL */
    KNOWN_USEC = 60000000,  /* how long an address is good for new connections, as libcurl's own names */
    CONNECT_USEC = 1000000, /* patience with it; libcurl tries then, as long as is configured */
    PIECE = 4096            /* bytes of an answer for which there is room at least */
};

struct peer {
    char authority[AUTHORITY_LIMIT];
    struct sockaddr_storage address;
    socklen_t address_size;
    uint64_t known_until;
    uint64_t odd_until; /* its answers are libcurl's to read */
    int fds[KEPT];
    uint64_t idle_since[KEPT];
    size_t count;
};

struct http_kept {
    struct peer peers[PEERS];
    size_t next; /* that makes room for another */
    unsigned open;
};

/* ---- peers ---- */

static void hang_up(struct http_kept *kept, int fd)
{
    close(fd);
    kept->open--;
}

static void forget_connections(struct http_kept *kept, struct peer *peer)
{
    while (peer->count)
        hang_up(kept, peer->fds[--peer->count]);
}

static int kept_closes(struct http_kept *kept)
{
    for (size_t i = 0; i < PEERS; i++)
        forget_connections(kept, &kept->peers[i]);
    return 0;
}

struct http_kept *http_kept_of(struct worker *worker)
{
    struct http_kept *kept = clients_state(worker, "http.kept", sizeof(struct http_kept));

    talloc_set_destructor(kept, kept_closes);
    return kept;
}

unsigned http_kept_open(const struct http_kept *kept)
{
    return kept->open;
}

const char *http_target(const char *url)
{
    const char *authority, *path;

    if (strncmp(url, "http://", 7) != 0)
        return NULL;
    authority = url + 7;
    path = authority + strcspn(authority, "/?#@\\");
    if (*path != '/' || path == authority || strstr(path, "/.") || strchr(path, '#'))
        return NULL;
    for (const char *at = path; *at; at++)
        if (*at <= ' ' || *at >= 0x7f)
            return NULL;
    return path;
}

/* host or host:port of a URL as libcurl would say it in Host; 0: it would say something else. Its length. */
static size_t authority_of(const char *url, const char **authority)
{
    const char *target = http_target(url), *at;
    size_t length;

    if (!target)
        return 0;
    *authority = url + 7;
    length = (size_t)(target - *authority);
    at = *authority + strspn(*authority, "abcdefghijklmnopqrstuvwxyz0123456789.-_");
    if (*at == ':' && at[1] >= '1' && at[1] <= '9' && strncmp(at, ":80/", 4) != 0)
        at += 1 + strspn(at + 1, "0123456789");
    return at == target && length < AUTHORITY_LIMIT ? length : 0;
}

static struct peer *find(const struct http_kept *kept, const char *url)
{
    const char *authority;
    size_t length = authority_of(url, &authority);

    for (size_t i = 0; length && i < PEERS; i++) {
        const struct peer *peer = &kept->peers[i];

        if (!memcmp(peer->authority, authority, length) && !peer->authority[length])
            return (struct peer *)(uintptr_t)peer;
    }
    return NULL;
}

bool http_kept_asks(const struct http_kept *kept, const char *url)
{
    const struct peer *peer = find(kept, url);
    const char *authority;

    return peer ? peer->known_until < clock_monotonic_usec() : authority_of(url, &authority) > 0;
}

void http_kept_remember(struct http_kept *kept, const char *url, const char *ip, long port)
{
    struct peer *peer = find(kept, url);
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    const char *authority;
    size_t length = authority_of(url, &authority);

    if (!length || !ip || port <= 0 || port > UINT16_MAX)
        return;
    if (!peer) {
        peer = &kept->peers[kept->next++ % PEERS];
        forget_connections(kept, peer);
        *peer = (struct peer){ 0 };
        memcpy(peer->authority, authority, length);
    }
    if (inet_pton(AF_INET, ip, &v4.sin_addr) == 1) {
        memcpy(&peer->address, &v4, sizeof(v4));
        peer->address_size = sizeof(v4);
    } else if (inet_pton(AF_INET6, ip, &v6.sin6_addr) == 1) {
        memcpy(&peer->address, &v6, sizeof(v6));
        peer->address_size = sizeof(v6);
    } else {
        return;
    }
    peer->known_until = clock_monotonic_usec() + KNOWN_USEC;
}

bool http_kept_can(const struct http_kept *kept, const struct http_call *call)
{
    const struct peer *peer;
    uint64_t now;

    if (strcmp(call->method, "GET") != 0 || call->body)
        return false;
    for (size_t i = 0; i < call->header_count; i++)
        if (!strcasecmp(call->headers[i].name, "host") || strpbrk(call->headers[i].name, "\r\n") ||
            strpbrk(call->headers[i].value, "\r\n"))
            return false;
    peer = find(kept, call->url);
    now = clock_monotonic_usec();
    return peer && peer->odd_until < now && (peer->known_until > now || peer->count);
}

/* ---- one call ---- */

struct wire {
    struct http_kept *kept;
    struct http_call *call; /* NULL: it is for libcurl */
    struct peer *peer;
    int fd; /* -1: the call has its end, or is for libcurl */
    bool fresh, connecting;
    const void *mem;
    struct strbuf request;
    size_t sent;
    struct http_reply reply;
    uint64_t begun_usec, seen_usec;
};

static void end(struct wire *wire, bool keep)
{
    struct peer *peer = wire->peer;

    if (keep && peer->count < KEPT) {
        peer->fds[peer->count] = wire->fd;
        peer->idle_since[peer->count++] = wire->seen_usec;
    } else if (wire->fd >= 0) {
        hang_up(wire->kept, wire->fd);
    }
    wire->fd = -1;
}

/* A call that is libcurl's: *done stays false. */
static void hand_over(struct wire *wire)
{
    end(wire, false);
    wire->call = NULL;
}

static void fail(struct wire *wire, enum http_failure failure, const char *why)
{
    wire->call->failure = failure;
    wire->call->error = why;
    end(wire, false);
}

/* ---- talking ---- */

static void read_answer(struct wire *wire, enum http_reading reading)
{
    switch (reading) {
    case HTTP_MORE:
        break;
    case HTTP_WHOLE:
        http_reply_give(&wire->reply, wire->call);
        end(wire, wire->reply.keeps);
        break;
    case HTTP_CUT:
        fail(wire, HTTP_BROKEN, "the answer's chunks end too early, or are none");
        break;
    case HTTP_ODD:
        wire->peer->odd_until = clock_monotonic_usec() + KNOWN_USEC;
        hand_over(wire);
        break;
    }
}

/* A connection that is being made; -1: there is none. */
static int make_connection(struct http_kept *kept, const struct peer *peer, uint64_t now)
{
    int fd, on = 1;

    if (peer->known_until <= now)
        return -1;
    fd = socket(peer->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    kept->open++;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(fd, (const struct sockaddr *)&peer->address, peer->address_size) && errno != EINPROGRESS) {
        hang_up(kept, fd);
        return -1;
    }
    return fd;
}

/* Asks over a new connection, when there is one; or the call is libcurl's. */
static void ask_anew(struct wire *wire)
{
    end(wire, false);
    wire->fd = make_connection(wire->kept, wire->peer, clock_monotonic_usec());
    wire->fresh = wire->connecting = true;
    wire->sent = 0;
    if (wire->fd < 0)
        hand_over(wire);
}

/* The peer hung up, or the connection broke (`error`). */
static void lost(struct wire *wire, int error)
{
    bool begun = wire->reply.bytes.length > 0;

    if (!begun && !wire->fresh)
        ask_anew(wire); /* it hung up before it knew that it was asked, as libcurl sees it too */
    else if (error && (!begun || wire->reply.body))
        fail(wire, begun ? HTTP_BROKEN : HTTP_CONNECT_FAILURE,
             mem_printf(wire->mem, "Recv failure: %s", strerror(error)));
    else if (!begun)
        fail(wire, HTTP_CONNECT_FAILURE, "Empty reply from server");
    else
        read_answer(wire, http_reply_end(&wire->reply));
}

static void receive(struct wire *wire, uint64_t now)
{
    for (;;) {
        char *room = strbuf_room(&wire->reply.bytes, PIECE);
        size_t size = wire->reply.bytes.size - wire->reply.bytes.length - 1;
        ssize_t got = recv(wire->fd, room, size, MSG_DONTWAIT);

        if (got > 0) {
            wire->seen_usec = now;
            strbuf_wrote(&wire->reply.bytes, (size_t)got);
            read_answer(wire, http_reply_read(&wire->reply));
            if (wire->fd < 0 || (size_t)got < size)
                return;
        } else if (!got) {
            lost(wire, 0);
            return;
        } else if (errno != EINTR) {
            if (errno != EAGAIN)
                lost(wire, errno);
            return;
        }
    }
}

static void transmit(struct wire *wire)
{
    while (wire->sent < wire->request.length) {
        ssize_t sent = send(wire->fd, wire->request.data + wire->sent, wire->request.length - wire->sent,
                            MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent >= 0) {
            wire->sent += (size_t)sent;
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {
            lost(wire, errno);
            return;
        }
    }
}

static void connected(struct wire *wire)
{
    int error = 0;
    socklen_t size = sizeof(error);

    wire->connecting = false;
    if (getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &size) || error) {
        wire->peer->known_until = 0;
        hand_over(wire);
        return;
    }
    transmit(wire);
}

/* A connection that lay idle, or -1. One whose peer hung up meanwhile is closed. */
static int take_kept(struct http_kept *kept, struct peer *peer, uint64_t now)
{
    while (peer->count) {
        int fd = peer->fds[--peer->count];
        char byte;

        if (peer->idle_since[peer->count] + HTTP_KEPT_USEC > now && recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
            errno == EAGAIN)
            return fd;
        hang_up(kept, fd);
    }
    return -1;
}

static void write_request(struct wire *wire)
{
    const struct http_call *call = wire->call;
    struct strbuf *out = &wire->request;
    bool accepts = false;

    strbuf_init(out, wire->mem, 1024);
    strbuf_puts(out, "GET ");
    strbuf_puts(out, http_target(call->url));
    strbuf_puts(out, " HTTP/1.1\r\nHost: ");
    strbuf_puts(out, wire->peer->authority);
    for (size_t i = 0; i < call->header_count; i++)
        accepts = accepts || !strcasecmp(call->headers[i].name, "accept");
    strbuf_puts(out, accepts ? "\r\n" : "\r\nAccept: */*\r\n");
    for (size_t i = 0; i < call->header_count; i++) {
        strbuf_puts(out, call->headers[i].name);
        strbuf_puts(out, *call->headers[i].value ? ": " : ":");
        strbuf_puts(out, call->headers[i].value);
        strbuf_puts(out, "\r\n");
    }
    strbuf_puts(out, "\r\n");
}

static void begin(struct http_kept *kept, const void *mem, struct http_call *call, struct wire *wire)
{
    uint64_t now = clock_monotonic_usec();

    wire->kept = kept;
    wire->mem = mem;
    wire->call = call;
    wire->peer = find(kept, call->url);
    wire->begun_usec = wire->seen_usec = now;
    http_reply_init(&wire->reply, mem);
    write_request(wire);
    wire->fd = take_kept(kept, wire->peer, now);
    if (wire->fd < 0)
        ask_anew(wire);
    else
        transmit(wire);
}

/* ---- all of them ---- */

static uint64_t usec_of(double seconds, double otherwise)
{
    return (uint64_t)((seconds <= 0 ? otherwise : seconds < 1e6 ? seconds : 1e6) * 1e6);
}

/* When the call ends if nothing comes, at the latest after HTTP_TOTAL_SECONDS or what is in their place. */
static uint64_t deadline(const struct wire *wire)
{
    uint64_t total = wire->begun_usec + usec_of(wire->call->total_timeout, HTTP_TOTAL_SECONDS);
    uint64_t silent = wire->seen_usec + usec_of(wire->call->idle_timeout, HTTP_IDLE_SECONDS);

    if (wire->connecting && wire->begun_usec + CONNECT_USEC < silent)
        silent = wire->begun_usec + CONNECT_USEC;
    return total < silent ? total : silent;
}

static void end_late(struct wire *wire)
{
    if (wire->connecting) {
        wire->peer->known_until = 0;
        hand_over(wire);
    } else {
        fail(wire, HTTP_TIMEOUT, "Timeout was reached");
    }
}

static bool writes(const struct wire *wire)
{
    return wire->connecting || wire->sent < wire->request.length;
}

/*
 * Waits until something can happen, and lets it happen.  All answers are
 * needed: once all is sent the last is waited for, and the others are there
 * when it comes, or soon after; each waking costs what the caches have lost.
 */
static void turn(struct wire **running, size_t count)
{
    struct pollfd polled[HTTP_AT_ONCE] = { 0 };
    uint64_t now = clock_monotonic_usec(), next = UINT64_MAX;
    bool sending = false;

    for (size_t i = 0; i < count; i++) {
        uint64_t last = deadline(running[i]);

        polled[i] = (struct pollfd){ .fd = running[i]->fd, .events = writes(running[i]) ? POLLOUT : POLLIN };
        next = last < next ? last : next;
        sending = sending || writes(running[i]);
    }
    poll(sending ? polled : polled + count - 1, sending ? count : 1, next > now ? (int)((next - now) / 1000) + 1 : 0);
    now = clock_monotonic_usec();
    for (size_t i = 0; i < count; i++) {
        struct wire *wire = running[i];

        if (wire->connecting && polled[i].revents)
            connected(wire);
        else if (!wire->connecting && writes(wire) && polled[i].revents)
            transmit(wire);
        else if (!wire->connecting)
            receive(wire, now);
        if (wire->fd >= 0 && deadline(wire) <= now)
            end_late(wire);
    }
}

void http_kept_perform(struct http_kept *kept, const void *mem, struct http_call *calls, size_t count, bool *done)
{
    struct wire *wires = mem_array(mem, struct wire, count + 1);
    struct wire *running[HTTP_AT_ONCE];
    size_t left;

    for (size_t i = 0; i < count; i++)
        begin(kept, mem, &calls[i], &wires[i]);
    do {
        left = 0;
        for (size_t i = 0; i < count; i++)
            if (wires[i].fd >= 0)
                running[left++] = &wires[i];
        if (left)
            turn(running, left);
    } while (left);
    for (size_t i = 0; i < count; i++)
        done[i] = wires[i].call != NULL;
}
