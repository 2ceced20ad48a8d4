/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of messages as kombu compresses them: the header "compression" names
 * the form, which is the sender's choice, so that each side must read what
 * the other was configured to write.
 * Source: behaviour of kombu 5.2 (compression) with what Python's library brings: zlib, bz2, lzma.
 */
#ifndef NOVA_RPC_COMPRESSION_H
#define NOVA_RPC_COMPRESSION_H

#include <stdbool.h>
#include <stddef.h>

struct compression;

/* The form of that name, an option's text or a header's; NULL: we have none. */
const struct compression *compression_named(const char *name);
/* What the header says of it. */
const char *compression_header(const struct compression *form);

/* The bytes compressed, on mem; never NULL. */
const char *compression_pack(const struct compression *form, const void *mem, const char *bytes, size_t length,
                             size_t *packed);

/* The bytes as they were, NUL-terminated, on mem; NULL: they are none, are cut, or would be more than `most`. */
const char *compression_unpack(const struct compression *form, const void *mem, const char *bytes, size_t length,
                               size_t most, size_t *unpacked);

#endif
