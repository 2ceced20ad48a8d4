/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: opened without blocking, watched, closed; and what is prepared on it. */
#include "config.h"

#include "fcgi_app/db/link.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/process.h"
#include "fcgi_app/base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

LOG_MODULE("nova.db.link");

struct db_link *link_of(struct db *db, const char *what, const char *text, bool cell)
{
    struct db_link *link;
    struct fault *fault;

    for (size_t i = 0; i < db->link_count; i++)
        if (strcmp(db->links[i]->text, text ? text : "") == 0)
            return db->links[i];
    link = mem_new(db->mem, struct db_link);
    link->db = db;
    link->what = mem_strdup(link, what);
    link->text = mem_strdup(link, text ? text : "");
    link->cell = cell;
    if (!text) {
        link->broken = mem_printf(link, "%s is not set", what);
    } else if ((fault = db_url_parse(link, what, text, &link->url))) {
        link->broken = fault->message;
        link->url = NULL;
    }
    db->links = mem_grow(db->mem, db->links, struct db_link *, db->link_count + 1);
    db->links[db->link_count++] = link;
    return link;
}

static void forget_prepared(struct db_link *link)
{
    talloc_free(link->prepared);
    link->prepared = NULL;
    link->prepared_size = link->prepared_count = link->dynamic_count = 0;
}

void link_close(struct db_link *link)
{
    if (link->connection) {
        /* Another process owns the session: its socket must not hear of our leaving. */
        if (link->owner != process_id() && PQsocket(link->connection) >= 0) {
            int null = open("/dev/null", O_RDWR | O_CLOEXEC);
            if (null >= 0) {
                dup2(null, PQsocket(link->connection));
                close(null);
            }
        }
        PQfinish(link->connection);
    }
    link->connection = NULL;
    link->state = LINK_CLOSED;
    link->greeted = false;
    if (link->transaction == LINK_IN_TRANSACTION)
        link->transaction_lost = true;
    forget_prepared(link);
}

const char *link_error(const struct db_link *link, const void *mem)
{
    const char *text = link->connection ? PQerrorMessage(link->connection) : "no connection";
    struct strbuf out;

    strbuf_init(&out, mem, strlen(text) + 1);
    for (; *text; text++) {
        char c = *text == '\n' || *text == '\t' ? ' ' : *text;
        if (c != ' ' || (out.length && out.data[out.length - 1] != ' '))
            strbuf_putc(&out, c);
    }
    if (out.length && out.data[out.length - 1] == ' ')
        strbuf_cut(&out, out.length - 1);
    return out.length ? out.data : "connection lost";
}

/* Is there something to read on a connection that waits idle? 0: no, 1: bytes, -1: its end. */
static int peek(const struct db_link *link)
{
    char byte;
    ssize_t got = recv(PQsocket(link->connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    if (got > 0)
        return 1;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? 0 : -1;
}

/* Has the server closed a connection that waits idle? Costs one system call and no round trip. */
static bool lost_while_idle(const struct db_link *link)
{
    int found = PQstatus(link->connection) == CONNECTION_OK ? peek(link) : -1;

    if (found != 1)
        return found < 0;
    /* Bytes that nobody asked for: a notice, or a farewell with the end behind it. */
    if (!PQconsumeInput(link->connection))
        return true;
    while (!PQisBusy(link->connection)) {
        PGresult *result = PQgetResult(link->connection);
        if (!result)
            break;
        PQclear(result);
    }
    return PQstatus(link->connection) != CONNECTION_OK || peek(link) < 0;
}

static bool too_old(const struct db_link *link)
{
    int64_t bound = link->db->settings.recycle_seconds;

    return bound >= 0 && clock_monotonic_usec() - link->opened_usec > (uint64_t)bound * 1000000;
}

/* Notices of the server ("table is empty, skipping") are no news to an operator. */
static void hear_notice(void *arg, const char *text)
{
    (void)arg;
    log_debug("PostgreSQL: %s", text);
}

const char *link_start(struct db_link *link, const void *mem)
{
    if (link->broken)
        return link->broken;
    if (link->state == LINK_READY && link->owner == process_id() && link->transaction == LINK_IN_TRANSACTION)
        return NULL; /* what was begun on it is gone if it is */
    if (link->transaction == LINK_IN_TRANSACTION)
        return "the connection was lost within a transaction";
    if (link->state != LINK_CLOSED && (link->owner != process_id() || too_old(link) || lost_while_idle(link)))
        link_close(link);
    if (link->state != LINK_CLOSED)
        return NULL;
    link->connection = PQconnectStartParams(link->url->keywords, link->url->values, 0);
    if (!link->connection)
        mem_exhausted(0);
    link->owner = process_id();
    PQsetNoticeProcessor(link->connection, hear_notice, NULL);
    link->opened_usec = clock_monotonic_usec();
    link->connect_deadline_usec = link->opened_usec + (uint64_t)link->db->settings.connect_timeout * 1000;
    link->state = LINK_CONNECTING;
    link->waiting = PGRES_POLLING_WRITING;
    if (PQstatus(link->connection) == CONNECTION_BAD) {
        const char *why = link_error(link, mem);
        link_close(link);
        return why;
    }
    return NULL;
}

const char *link_connect_step(struct db_link *link, const void *mem)
{
    link->waiting = PQconnectPoll(link->connection);
    if (link->waiting == PGRES_POLLING_OK) {
        if (PQsetnonblocking(link->connection, 1) == 0 && PQenterPipelineMode(link->connection) == 1) {
            link->state = LINK_READY;
            log_debug("Connected to %s", link->url->shown);
            return NULL;
        }
        link->waiting = PGRES_POLLING_FAILED;
    }
    if (link->waiting == PGRES_POLLING_FAILED) {
        const char *why = link_error(link, mem);
        link_close(link);
        return why;
    }
    return NULL;
}

/* ---- what is prepared ---- */

static uint64_t hash_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
    return hash;
}

/* The place of a name, or the free one where it would stand. The table is never full. */
static struct link_prepared *find(struct db_link *link, const char *name, uint64_t hash)
{
    size_t mask = link->prepared_size - 1;

    for (size_t at = hash & mask;; at = (at + 1) & mask) {
        struct link_prepared *place = &link->prepared[at];
        if (!place->name || (place->hash == hash && strcmp(place->name, name) == 0))
            return place;
    }
}

bool link_is_prepared(struct db_link *link, const char *name)
{
    struct link_prepared *place;

    if (!link->prepared)
        return false;
    place = find(link, name, hash_of(name));
    if (place->name)
        place->used = ++link->clock;
    return place->name != NULL;
}

static void grow(struct db_link *link)
{
    struct link_prepared *old = link->prepared;
    size_t old_size = link->prepared_size;

    link->prepared_size = old_size ? old_size * 2 : 64;
    link->prepared = mem_array(link, struct link_prepared, link->prepared_size);
    for (size_t i = 0; i < old_size; i++)
        if (old[i].name) {
            struct link_prepared *place = find(link, old[i].name, old[i].hash);
            *place = old[i];
            talloc_steal(link->prepared, place->name);
        }
    talloc_free(old);
}

void link_add_prepared(struct db_link *link, const char *name, bool dynamic)
{
    uint64_t hash = hash_of(name);
    struct link_prepared *place;

    if (link->prepared_count * 2 >= link->prepared_size)
        grow(link);
    place = find(link, name, hash);
    if (place->name)
        return;
    *place = (struct link_prepared){ hash, mem_strdup(link->prepared, name), dynamic, ++link->clock };
    link->prepared_count++;
    link->dynamic_count += dynamic;
}

void link_drop_prepared(struct db_link *link, const char *name)
{
    size_t mask = link->prepared_size - 1, hole;
    struct link_prepared *place;

    if (!link->prepared)
        return;
    place = find(link, name, hash_of(name));
    if (!place->name)
        return;
    link->prepared_count--;
    link->dynamic_count -= place->dynamic;
    talloc_free(place->name);
    place->name = NULL;
    /* Those behind the hole that would have stood in it move up. */
    hole = (size_t)(place - link->prepared);
    for (size_t at = (hole + 1) & mask; link->prepared[at].name; at = (at + 1) & mask) {
        size_t home = link->prepared[at].hash & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            link->prepared[hole] = link->prepared[at];
            link->prepared[at].name = NULL;
            hole = at;
        }
    }
}

const char *link_evict(struct db_link *link, const void *mem)
{
    struct link_prepared *oldest = NULL;
    const char *name;

    if (link->dynamic_count < LINK_DYNAMIC_LIMIT)
        return NULL;
    for (size_t i = 0; i < link->prepared_size; i++) {
        struct link_prepared *place = &link->prepared[i];
        if (place->name && place->dynamic && (!oldest || place->used < oldest->used))
            oldest = place;
    }
    if (!oldest)
        return NULL;
    name = mem_strdup(mem, oldest->name);
    link_drop_prepared(link, name);
    return name;
}
