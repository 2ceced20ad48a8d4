/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of tokens that a pool's processes share; see token_cache.h.
 *
 * Slots stand in sets of four.  A writer makes a slot's sequence number odd,
 * writes, and makes it even again; a reader copies, and believes the copy
 * when the number was even and the same before and after, and the checksum
 * fits.  A slot whose writer died stays odd: who next wants to write there
 * takes it over once that process is gone.
 */
#include "config.h"

#include "middleware/token_cache.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/process.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum { WAYS = 4, SLOT_BYTES = 64 * 1024 };

struct slot {
    _Atomic uint64_t sequence; /* odd: somebody writes */
    _Atomic int32_t writer;
    uint32_t size;
    uint64_t checksum; /* of key, expires, size and body */
    uint64_t expires_usec;
    unsigned char key[32];
    char body[];
};

_Static_assert(sizeof(struct slot) + TOKEN_TABLE_ROOM <= SLOT_BYTES, "a slot has its bytes");

struct token_table {
    unsigned char *memory;
    size_t sets, bytes;
};

struct token_table *token_table_open(size_t slots)
{
    struct token_table *table = mem_new(NULL, struct token_table);

    table->sets = slots / WAYS ? slots / WAYS : 1;
    table->bytes = table->sets * WAYS * SLOT_BYTES;
    table->memory = mmap(NULL, table->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (table->memory == MAP_FAILED)
        mem_exhausted(table->bytes);
    return table;
}

void token_table_close(struct token_table *table)
{
    munmap(table->memory, table->bytes);
    talloc_free(table);
}

size_t token_table_bytes(const struct token_table *table)
{
    return table->bytes;
}

unsigned char *token_table_memory(struct token_table *table)
{
    return table->memory;
}

/* Sixty-four bits over words; finds what was torn, keeps nobody out. */
static uint64_t mix(uint64_t sum, const void *data, size_t size)
{
    const unsigned char *at = data;
    uint64_t word;

    for (; size >= 8; size -= 8, at += 8) {
        memcpy(&word, at, 8);
        sum = (sum ^ word) * UINT64_C(0x9FB21C651E98DF25);
        sum ^= sum >> 32;
    }
    word = size;
    memcpy(&word, at, size);
    sum = (sum ^ word ^ (uint64_t)size << 56) * UINT64_C(0x9FB21C651E98DF25);
    return sum ^ sum >> 29;
}

static uint64_t checksum(const unsigned char key[32], uint64_t expires, const char *body, uint32_t size)
{
    uint64_t sum = mix(UINT64_C(0xD6E8FEB86659FD93) ^ size, key, 32);

    return mix(mix(sum, &expires, sizeof(expires)), body, size);
}

static struct slot *slot_at(struct token_table *table, const unsigned char key[32], size_t way)
{
    uint64_t hash;

    memcpy(&hash, key, sizeof(hash));
    return (struct slot *)(void *)(table->memory + ((hash % table->sets) * WAYS + way) * SLOT_BYTES);
}

bool token_table_get(struct token_table *table, const void *mem, const unsigned char key[32], char **body, size_t *size)
{
    uint64_t now = clock_monotonic_usec();

    for (size_t way = 0; way < WAYS; way++) {
        struct slot *slot = slot_at(table, key, way);
        uint64_t before = atomic_load_explicit(&slot->sequence, memory_order_acquire);
        uint64_t expires = slot->expires_usec, sum = slot->checksum;
        uint32_t length = slot->size;
        char *copy;

        if (!before || before & 1 || memcmp(slot->key, key, 32) || length > TOKEN_TABLE_ROOM || expires <= now)
            continue;
        copy = mem_strndup(mem, slot->body, length);
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load_explicit(&slot->sequence, memory_order_relaxed) == before &&
            checksum(key, expires, copy, length) == sum) {
            *body = copy;
            *size = length;
            return true;
        }
        talloc_free(copy);
    }
    return false;
}

/* Makes the slot ours to write; false: somebody who lives is writing there. */
static bool take(struct slot *slot)
{
    uint64_t seen = atomic_load_explicit(&slot->sequence, memory_order_acquire);
    int32_t writer;

    if (seen & 1) {
        writer = atomic_load(&slot->writer);
        if (writer > 0 && (!kill(writer, 0) || errno != ESRCH))
            return false;
        if (!atomic_compare_exchange_strong(&slot->sequence, &seen, seen + 2))
            return false;
    } else if (!atomic_compare_exchange_strong(&slot->sequence, &seen, seen + 1)) {
        return false;
    }
    atomic_store(&slot->writer, (int32_t)process_id());
    atomic_thread_fence(memory_order_release);
    return true;
}

/* The slot of the same key, else a free or ended one, else the one that ends first. */
static struct slot *victim(struct token_table *table, const unsigned char key[32])
{
    uint64_t now = clock_monotonic_usec();
    struct slot *best = NULL;

    for (size_t way = 0; way < WAYS; way++) {
        struct slot *slot = slot_at(table, key, way);

        if (!memcmp(slot->key, key, 32) && slot->size)
            return slot;
        if (!best || (best->expires_usec > now && slot->expires_usec < best->expires_usec))
            best = slot;
    }
    return best;
}

void token_table_put(struct token_table *table, const unsigned char key[32], const char *body, size_t size,
                     int64_t seconds)
{
    struct slot *slot = victim(table, key);

    if (size > TOKEN_TABLE_ROOM || seconds < 0 || !take(slot))
        return;
    slot->size = (uint32_t)size;
    slot->expires_usec = seconds ? clock_monotonic_usec() + (uint64_t)seconds * 1000000 : UINT64_MAX;
    memcpy(slot->key, key, 32);
    memcpy(slot->body, body, size);
    slot->checksum = checksum(key, slot->expires_usec, body, slot->size);
    atomic_store(&slot->writer, 0);
    atomic_fetch_add_explicit(&slot->sequence, 1, memory_order_release);
}
