/* SPDX-License-Identifier: Apache-2.0 */
/* zlib's part of compressed messages; see the header. bus.c calls it. */
#include "config.h"

#include "fcgi_app/rpc/compression.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

bool compression_is_zlib(const char *name)
{
    static const char *const names[] = { "gzip", "zlib", COMPRESSION_ZLIB };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (!strcmp(name, names[i]))
            return true;
    return false;
}

const char *compression_pack(const void *mem, const char *bytes, size_t length, size_t *packed)
{
    uLongf size = compressBound(length);
    char *out = mem_array(mem, char, size);

    if (compress((Bytef *)out, &size, (const Bytef *)bytes, length) != Z_OK)
        mem_exhausted(size); /* the room is enough: nothing else can be missing */
    *packed = size;
    return out;
}

const char *compression_unpack(const void *mem, const char *bytes, size_t length, size_t most, size_t *unpacked)
{
    z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)length };
    char part[16384];
    struct strbuf out;
    int status;

    if (length > UINT32_MAX || inflateInit(&stream) != Z_OK)
        return NULL;
    strbuf_init(&out, mem, sizeof(part));
    do {
        stream.next_out = (Bytef *)part;
        stream.avail_out = sizeof(part);
        status = inflate(&stream, Z_NO_FLUSH);
        strbuf_put(&out, part, sizeof(part) - stream.avail_out);
    } while (status == Z_OK && out.length <= most);
    inflateEnd(&stream);
    if (status != Z_STREAM_END || out.length > most)
        return NULL;
    *unpacked = out.length;
    return out.data;
}
