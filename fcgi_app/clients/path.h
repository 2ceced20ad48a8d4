/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A part of an address in the making: an id that came from outside stays one
 * segment of the path, whatever stands in it.
 */
#ifndef NOVA_CLIENTS_PATH_H
#define NOVA_CLIENTS_PATH_H

#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"

/* Appends `text`, all but letters, digits and -._~ as %XX; "." and ".." lose their meaning too. */
static inline void path_put_part(struct strbuf *path, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    int dots = !strcmp(text, ".") || !strcmp(text, "..");

    for (; *text; text++) {
        if (!dots && strchr(plain, *text)) {
            strbuf_putc(path, *text);
        } else if (text_begins_nul(text)) {
            strbuf_puts(path, "%00");
            text++;
        } else {
            strbuf_putc(path, '%');
            strbuf_putc(path, digits[(unsigned char)*text >> 4]);
            strbuf_putc(path, digits[(unsigned char)*text & 15]);
        }
    }
}

#endif
