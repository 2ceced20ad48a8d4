/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache of checked tokens.
 *
 * With memcached_servers: memcached, with keys and values that
 * keystonemiddleware's Python reads and writes too (strategies None, MAC and
 * ENCRYPT), so that both may share one.  Without: a table in memory that all
 * workers of the pool share, made by the parent before it forks; an entry is
 * found by the token's SHA-256, the token's text is not kept, and a copy
 * counts only when its checksum fits, so that a worker that died in the
 * middle of writing hurts nobody.
 * Source: nova-facts/middleware.md, authtoken; keystonemiddleware 10.1.
 */
#ifndef NOVA_MIDDLEWARE_TOKEN_CACHE_H
#define NOVA_MIDDLEWARE_TOKEN_CACHE_H

#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct token_cache_settings {
    const char *const *servers; /* NULL-terminated; empty: the shared table */
    const char *strategy;       /* None, MAC, ENCRYPT, in any case of letters */
    const char *secret;         /* NULL: none */
    int64_t seconds;            /* how long an entry counts; 0: for ever, negative: not at all */
    int64_t socket_timeout;     /* seconds */
    int64_t dead_retry;         /* seconds that a server which did not answer is left alone */
};

struct token_cache;

/* Opens it on mem, in the parent; connections to memcached are made by each process. Fault: ConfigFileValueError. */
struct fault *token_cache_open(const void *mem, const struct token_cache_settings *settings,
                               struct token_cache **cache) FAULT_CHECK;

/* The body that is kept for the token, on mem; false: none. */
bool token_cache_get(struct token_cache *cache, const void *mem, const char *token, char **body, size_t *size);

/* Keeps a body. A failure is nobody's: the token is checked again the next time. */
void token_cache_put(struct token_cache *cache, const void *mem, const char *token, const char *body, size_t size);

/* ---- the parts, for tests ---- */

/* The shared table alone: `slots` entries of at most TOKEN_TABLE_ROOM bytes. */
struct token_table;
enum { TOKEN_TABLE_ROOM = 64 * 1024 - 128 };
struct token_table *token_table_open(size_t slots);
void token_table_close(struct token_table *table);
bool token_table_get(struct token_table *table, const void *mem, const unsigned char key[32], char **body,
                     size_t *size);
void token_table_put(struct token_table *table, const unsigned char key[32], const char *body, size_t size,
                     int64_t seconds);
size_t token_table_bytes(const struct token_table *table);
/* A slot's memory, for a test to spoil. */
unsigned char *token_table_memory(struct token_table *table);

/* Which of several memcached servers has a key: python-memcached's number, to be divided by their count. */
uint32_t token_server_hash(const char *key);

/* Keys of the MAC and ENCRYPT strategies for one token. */
struct token_keys {
    unsigned char cache[16], mac[16], encryption[16];
    bool encrypt;
};
void token_keys_derive(const char *token, const char *secret, const char *strategy, struct token_keys *keys);
/* A value in and out of memcached, on mem; NULL: it was tampered with, or is none. */
char *token_protect(const void *mem, const struct token_keys *keys, const char *body, size_t size, size_t *length);
char *token_unprotect(const void *mem, const struct token_keys *keys, const char *value, size_t length, size_t *size);

#endif
