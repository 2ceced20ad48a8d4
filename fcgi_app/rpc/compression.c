/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of compressed messages, a row each; see the header. bus.c calls it. */
#include "config.h"

#include "fcgi_app/rpc/compression.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum { PART = 16384, XZ_PRESET = 6 };
#define XZ_MEMORY_MOST (256u << 20) /* what a stranger's stream may ask for while it is read */

struct compression {
    const char *header;   /* its value, which kombu takes as a name too */
    const char *names[2]; /* the others */
    void (*pack)(const char *bytes, size_t length, struct strbuf *out);
    bool (*unpack)(const char *bytes, size_t length, size_t most, struct strbuf *out);
};

/* ---- zlib ---- */

static void zlib_pack(const char *bytes, size_t length, struct strbuf *out)
{
    uLongf size = compressBound(length);

    if (compress((Bytef *)strbuf_room(out, size), &size, (const Bytef *)bytes, length) != Z_OK)
        mem_exhausted(size); /* the room is enough: nothing else can be missing */
    strbuf_wrote(out, size);
}

static bool zlib_unpack(const char *bytes, size_t length, size_t most, struct strbuf *out)
{
    z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)length };
    int status;

    if (inflateInit(&stream) != Z_OK)
        return false;
    do {
        stream.next_out = (Bytef *)strbuf_room(out, PART);
        stream.avail_out = PART;
        status = inflate(&stream, Z_NO_FLUSH);
        strbuf_wrote(out, PART - stream.avail_out);
    } while (status == Z_OK && out->length <= most);
    inflateEnd(&stream);
    return status == Z_STREAM_END;
}

/* ---- bzip2 ---- */

static void bzip2_pack(const char *bytes, size_t length, struct strbuf *out)
{
    unsigned size = (unsigned)(length + length / 100 + 600); /* the library's own bound */

    if (BZ2_bzBuffToBuffCompress(strbuf_room(out, size), &size, (char *)(uintptr_t)bytes, (unsigned)length, 9, 0, 0) !=
        BZ_OK)
        mem_exhausted(size);
    strbuf_wrote(out, size);
}

static bool bzip2_unpack(const char *bytes, size_t length, size_t most, struct strbuf *out)
{
    bz_stream stream = { .next_in = (char *)(uintptr_t)bytes, .avail_in = (unsigned)length };
    size_t got;
    int status;

    if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK)
        return false;
    do {
        stream.next_out = strbuf_room(out, PART);
        stream.avail_out = PART;
        status = BZ2_bzDecompress(&stream);
        got = PART - stream.avail_out;
        strbuf_wrote(out, got);
    } while (status == BZ_OK && (got || stream.avail_in) && out->length <= most);
    BZ2_bzDecompressEnd(&stream);
    return status == BZ_STREAM_END;
}

/* ---- xz ---- */

/* Puts all input through the coder; true when it came to its end. */
static bool xz_run(lzma_stream *stream, const char *bytes, size_t length, size_t most, struct strbuf *out)
{
    lzma_ret status;

    stream->next_in = (const uint8_t *)bytes;
    stream->avail_in = length;
    do {
        stream->next_out = (uint8_t *)strbuf_room(out, PART);
        stream->avail_out = PART;
        status = lzma_code(stream, LZMA_FINISH);
        strbuf_wrote(out, PART - stream->avail_out);
    } while (status == LZMA_OK && out->length <= most);
    lzma_end(stream);
    return status == LZMA_STREAM_END;
}

static void xz_pack(const char *bytes, size_t length, struct strbuf *out)
{
    lzma_stream stream = LZMA_STREAM_INIT;

    if (lzma_easy_encoder(&stream, XZ_PRESET, LZMA_CHECK_CRC64) != LZMA_OK ||
        !xz_run(&stream, bytes, length, SIZE_MAX, out))
        mem_exhausted(length);
}

static bool xz_unpack(const char *bytes, size_t length, size_t most, struct strbuf *out)
{
    lzma_stream stream = LZMA_STREAM_INIT;

    return lzma_auto_decoder(&stream, XZ_MEMORY_MOST, 0) == LZMA_OK && xz_run(&stream, bytes, length, most, out);
}

/* ---- all of them ---- */

static const struct compression forms[] = {
    { "application/x-gzip", { "gzip", "zlib" }, zlib_pack, zlib_unpack },
    { "application/x-bz2", { "bzip2", "bzip" }, bzip2_pack, bzip2_unpack },
    { "application/x-lzma", { "lzma", "xz" }, xz_pack, xz_unpack },
};

const struct compression *compression_named(const char *name)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (!strcmp(name, forms[i].header) || !strcmp(name, forms[i].names[0]) || !strcmp(name, forms[i].names[1]))
            return &forms[i];
    return NULL;
}

const char *compression_header(const struct compression *form)
{
    return form->header;
}

const char *compression_pack(const struct compression *form, const void *mem, const char *bytes, size_t length,
                             size_t *packed)
{
    struct strbuf out;

    strbuf_init(&out, mem, PART);
    form->pack(bytes, length, &out);
    *packed = out.length;
    return out.data;
}

const char *compression_unpack(const struct compression *form, const void *mem, const char *bytes, size_t length,
                               size_t most, size_t *unpacked)
{
    struct strbuf out;

    strbuf_init(&out, mem, PART);
    if (length > UINT32_MAX || !form->unpack(bytes, length, most, &out) || out.length > most)
        return NULL;
    *unpacked = out.length;
    return out.data;
}
