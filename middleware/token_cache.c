/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache of checked tokens; see the header.  This file chooses between the
 * table and memcached, and speaks to the latter.
 *
 * python-memcached picks a server by a CRC of the key, and another after one
 * that is dead; we do the same, so that both find what the other left.
 */
#include "config.h"

#include "middleware/token_cache.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/process.h"
#include "fcgi_app/base/text.h"

#include <libmemcached/memcached.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

LOG_MODULE("keystonemiddleware.auth_token");

enum {
    SLOTS = 1024,  /* of the shared table: 64 MiB at most, used as it fills */
    TRIES = 10,    /* servers that are tried for a key */
    FLAG_TEXT = 16 /* python-memcached's mark of a str */
};

struct server {
    const char *name;
    memcached_st *link; /* of this process */
    uint64_t dead_until;
};

struct token_cache {
    struct token_table *table;
    struct token_cache_settings settings;
    struct server *servers;
    size_t server_count;
    pid_t owner; /* whose links these are */
    bool secure;
};

static void close_table(void *table)
{
    token_table_close(table);
}

struct fault *token_cache_open(const void *mem, const struct token_cache_settings *settings, struct token_cache **out)
{
    struct token_cache *cache = mem_new(mem, struct token_cache);

    cache->settings = *settings;
    cache->secure = settings->strategy && strcasecmp(settings->strategy, "none") != 0;
    if (cache->secure && text_is_empty(settings->secret))
        return fault_text(mem, ConfigFileValueError,
                          "memcache_secret_key must be defined when a memcache_security_strategy is defined");
    for (size_t i = 0; settings->servers && settings->servers[i]; i++)
        cache->server_count++;
    if (cache->server_count) {
        cache->servers = mem_array(cache, struct server, cache->server_count);
        for (size_t i = 0; i < cache->server_count; i++)
            cache->servers[i].name = settings->servers[i];
    } else {
        cache->table = token_table_open(SLOTS);
        mem_attach(cache, cache->table, close_table);
    }
    *out = cache;
    return NULL;
}

static void digest(const char *token, unsigned char key[32])
{
    static EVP_MD *sha256; /* to look it up by name costs more than to use it */

    if (!sha256)
        sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_Digest(token, strlen(token), key, NULL, sha256, NULL);
}

/* ---- memcached ---- */

uint32_t token_server_hash(const char *text)
{
    uint32_t hash = (uint32_t)crc32(0, (const unsigned char *)text, (unsigned)strlen(text)) >> 16 & 0x7fff;

    return hash ? hash : 1;
}

/* "host:port", "inet:host:port", "inet6:[host]:port", "unix:path", "/path". */
static memcached_st *connect_to(const struct token_cache *cache, const char *name)
{
    memcached_st *link = memcached_create(NULL);
    int64_t seconds = cache->settings.socket_timeout > 0 ? cache->settings.socket_timeout : 3;
    const char *colon;
    char host[256];
    size_t length;

    if (!link)
        mem_exhausted(0);
    memcached_behavior_set(link, MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
    memcached_behavior_set(link, MEMCACHED_BEHAVIOR_NO_BLOCK, 0);
    memcached_behavior_set(link, MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, (uint64_t)seconds * 1000);
    memcached_behavior_set(link, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, (uint64_t)seconds * 1000);
    memcached_behavior_set(link, MEMCACHED_BEHAVIOR_SND_TIMEOUT, (uint64_t)seconds * 1000000);
    memcached_behavior_set(link, MEMCACHED_BEHAVIOR_RCV_TIMEOUT, (uint64_t)seconds * 1000000);
    if (!strncmp(name, "unix:", 5) || *name == '/') {
        memcached_server_add_unix_socket(link, *name == '/' ? name : name + 5);
        return link;
    }
    if (!strncmp(name, "inet:", 5))
        name += 5;
    else if (!strncmp(name, "inet6:", 6))
        name += 6;
    colon = strrchr(name, ':');
    if (colon && *name == '[' && colon > name && colon[-1] != ']')
        colon = NULL;
    length = colon ? (size_t)(colon - name) : strlen(name);
    if (length > 1 && *name == '[') {
        name++;
        length -= name[length - 2] == ']' ? 2 : 1;
    }
    if (length >= sizeof(host))
        length = sizeof(host) - 1;
    memcpy(host, name, length);
    host[length] = '\0';
    memcached_server_add(link, host, (in_port_t)(colon ? atoi(colon + 1) : 11211));
    return link;
}

/* A child of the process that opened them must not speak through its parent's connections. */
static void own_links(struct token_cache *cache)
{
    if (cache->owner == process_id())
        return;
    for (size_t i = 0; i < cache->server_count; i++)
        cache->servers[i].link = NULL;
    cache->owner = process_id();
}

static struct server *server_for(struct token_cache *cache, const void *mem, const char *key)
{
    uint64_t now = clock_monotonic_usec();
    uint32_t hash = token_server_hash(key);

    own_links(cache);
    for (int i = 0; i < TRIES; i++) {
        struct server *server = &cache->servers[hash % cache->server_count];

        if (server->dead_until <= now) {
            if (!server->link)
                server->link = connect_to(cache, server->name);
            return server;
        }
        hash = token_server_hash(mem_printf(mem, "%u%d", hash, i));
    }
    return NULL;
}

static void mark_dead(struct token_cache *cache, struct server *server, memcached_return_t why)
{
    log_warning("memcached at %s does not answer (%s); it is left alone for %d s", server->name,
                memcached_strerror(server->link, why), (int)cache->settings.dead_retry);
    memcached_free(server->link);
    server->link = NULL;
    server->dead_until = clock_monotonic_usec() + (uint64_t)cache->settings.dead_retry * 1000000;
}

static bool is_trouble(memcached_return_t what)
{
    return what != MEMCACHED_SUCCESS && what != MEMCACHED_NOTFOUND && what != MEMCACHED_STORED &&
           what != MEMCACHED_BUFFERED && what != MEMCACHED_E2BIG && what != MEMCACHED_DATA_EXISTS &&
           what != MEMCACHED_NOTSTORED && what != MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE;
}

/* The key as Python makes it: with a strategy it is the text of a bytes object, quotes and all. */
static const char *key_for(const struct token_cache *cache, const void *mem, const char *token, struct token_keys *keys)
{
    unsigned char sum[32];
    char text[65];

    if (cache->secure) {
        token_keys_derive(token, cache->settings.secret, cache->settings.strategy, keys);
        EVP_EncodeBlock((unsigned char *)text, keys->cache, sizeof(keys->cache));
        return mem_printf(mem, "tokens/b'%s'", text);
    }
    digest(token, sum);
    text_to_hex(text, sum, sizeof(sum));
    return mem_printf(mem, "tokens/%s", text);
}

static bool get_from_memcached(struct token_cache *cache, const void *mem, const char *token, char **body, size_t *size)
{
    struct token_keys keys = { 0 };
    const char *key = key_for(cache, mem, token, &keys);
    struct server *server = server_for(cache, mem, key);
    memcached_return_t result;
    uint32_t flags = 0;
    size_t length = 0;
    char *value;

    if (!server)
        return false;
    value = memcached_get(server->link, key, strlen(key), &length, &flags, &result);
    if (!value) {
        if (is_trouble(result))
            mark_dead(cache, server, result);
        return false;
    }
    if (flags && flags != FLAG_TEXT) {
        free(value);
        return false;
    }
    *body = cache->secure ? token_unprotect(mem, &keys, value, length, size) : mem_strndup(mem, value, length);
    if (!cache->secure)
        *size = length;
    free(value);
    if (!*body)
        log_error("Failed to decrypt/verify cache data");
    return *body != NULL;
}

static void put_to_memcached(struct token_cache *cache, const void *mem, const char *token, const char *body,
                             size_t size)
{
    struct token_keys keys = { 0 };
    const char *key = key_for(cache, mem, token, &keys);
    struct server *server = server_for(cache, mem, key);
    memcached_return_t result;

    if (!server)
        return;
    if (cache->secure)
        body = token_protect(mem, &keys, body, size, &size);
    if (!body)
        return;
    result = memcached_set(server->link, key, strlen(key), body, size, (time_t)cache->settings.seconds, 0);
    if (is_trouble(result))
        mark_dead(cache, server, result);
}

/* ---- both ---- */

bool token_cache_get(struct token_cache *cache, const void *mem, const char *token, char **body, size_t *size)
{
    unsigned char key[32];

    if (cache->settings.seconds < 0)
        return false;
    if (cache->server_count)
        return get_from_memcached(cache, mem, token, body, size);
    digest(token, key);
    return token_table_get(cache->table, mem, key, body, size);
}

void token_cache_put(struct token_cache *cache, const void *mem, const char *token, const char *body, size_t size)
{
    unsigned char key[32];

    if (cache->settings.seconds < 0)
        return;
    if (cache->server_count) {
        put_to_memcached(cache, mem, token, body, size);
        return;
    }
    digest(token, key);
    token_table_put(cache->table, key, body, size, cache->settings.seconds);
}
