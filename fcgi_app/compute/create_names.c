/* SPDX-License-Identifier: Apache-2.0 */
/* Names, hostnames, passwords of new servers; see create.h. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/conf/conf.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/random.h>

/* A number below `bound`, each as likely as another. */
static size_t draw(size_t bound)
{
    uint64_t number, top = UINT64_MAX - UINT64_MAX % bound;

    do {
        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
            number = UINT64_MAX;
    } while (number >= top);
    return (size_t)(number % bound);
}

const char *create_reservation_id(const void *mem)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    char *id = mem_strdup(mem, "r-........");

    for (char *p = id + 2; *p; p++)
        *p = letters[draw(sizeof letters - 1)];
    return id;
}

static void shuffle(char *text, size_t length)
{
    for (size_t i = length; i > 1; i--) {
        size_t other = draw(i);
        char kept = text[i - 1];

        text[i - 1] = text[other];
        text[other] = kept;
    }
}

/* One of each group first, so that none is missing; letters and digits that look alike are left out. */
const char *create_password(const struct context *context)
{
    static const char *const groups[] = { "23456789", "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz" };
    static const char all[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    size_t count = sizeof groups / sizeof groups[0];
    int64_t wanted = conf_int(context->worker->conf, OPTION_DEFAULT_password_length);
    size_t length = wanted < 0 ? 0 : (size_t)wanted;
    char *text = mem_array(context->mem, char, length + count + 1);

    for (size_t i = 0; i < count; i++)
        text[i] = groups[i][draw(strlen(groups[i]))];
    shuffle(text, count);
    for (size_t i = count; i < length; i++)
        text[i] = all[draw(sizeof all - 1)];
    text[length] = '\0';
    shuffle(text, length);
    return text;
}

/* ---- hostnames ---- */

enum { LONGEST_HOSTNAME = 63 };

/* The letters and digits of Latin-1 beyond ASCII, as Python's \w has them. */
static bool is_latin1_word(int code)
{
    return code == 0xaa || code == 0xb2 || code == 0xb3 || code == 0xb5 || code == 0xb9 || code == 0xba ||
           (code >= 0xbc && code <= 0xbe) || (code >= 0xc0 && code != 0xd7 && code != 0xf7);
}

static int lower(int code)
{
    if (code >= 'A' && code <= 'Z')
        return code + 32;
    return code >= 0xc0 && code <= 0xde && code != 0xd7 ? code + 32 : code;
}

static bool is_word(int code)
{
    if (code >= 0x80)
        return is_latin1_word(code);
    return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z') || code == '_';
}

const char *create_hostname(const void *mem, const char *name)
{
    int codes[LONGEST_HOSTNAME] = { 0 };
    size_t count = 0, length = strlen(name), start = 0;
    struct strbuf out;

    for (size_t at = 0, size; at < length && count < LONGEST_HOSTNAME; at += size) {
        int code = text_utf8_next(name + at, length - at, &size);

        if (code >= 0 && code <= 0xff)
            codes[count++] = code;
    }
    strbuf_init(&out, mem, 64);
    for (size_t i = 0, kept = count, n = 0; i < kept; i++) {
        int code = codes[i] == ' ' || codes[i] == '_' || codes[i] == '.' ? '-' : codes[i];

        if (code == '-' || is_word(code))
            codes[n++] = lower(code);
        count = n;
    }
    while (start < count && codes[start] == '-')
        start++;
    while (count > start && codes[count - 1] == '-')
        count--;
    for (size_t i = start; i < count; i++)
        text_put_utf8(&out, codes[i]);
    return out.data;
}

void create_server_names(const struct create *create, struct new_server *server, int64_t count)
{
    const char *name = create->wish->name;
    long number = (long)server->launch_index + 1;

    server->hostname = create->wish->hostname;
    if (text_is_empty(server->hostname)) {
        server->hostname = create_hostname(create->mem, name);
        if (!*server->hostname)
            server->hostname = mem_printf(create->mem, "Server-%s", server->uuid);
        else if (count > 1)
            server->hostname = mem_printf(create->mem, "%s-%ld", server->hostname, number);
    }
    server->display_name = count > 1 ? mem_printf(create->mem, "%s-%ld", name, number) : name;
}

const char *create_address(const void *mem, const char *text)
{
    char shown[INET6_ADDRSTRLEN];
    unsigned char address[16];

    if (text_is_empty(text))
        return text;
    if (inet_pton(AF_INET, text, address) == 1)
        return text;
    if (inet_pton(AF_INET6, text, address) == 1 && inet_ntop(AF_INET6, address, shown, sizeof shown))
        return mem_strdup(mem, shown);
    return text;
}
