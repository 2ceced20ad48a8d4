/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of messages as kombu compresses them: the header "compression" names
 * the form, which is the sender's choice, so that each side must read what
 * the other was configured to write.
 * Source: behaviour of kombu 5.2 (compression), zlib's format RFC 1950.
 */
#ifndef NOVA_RPC_COMPRESSION_H
#define NOVA_RPC_COMPRESSION_H

#include <stdbool.h>
#include <stddef.h>

/* The header's value for zlib's format, which kombu calls so. */
#define COMPRESSION_ZLIB "application/x-gzip"

/* Is it an option's text, or a header's, for what we can write and read? */
bool compression_is_zlib(const char *name);

/* The bytes compressed, on mem; never NULL. */
const char *compression_pack(const void *mem, const char *bytes, size_t length, size_t *packed);

/* The bytes as they were, NUL-terminated, on mem; NULL: they are none, are cut, or would be more than `most`. */
const char *compression_unpack(const void *mem, const char *bytes, size_t length, size_t most, size_t *unpacked);

#endif
