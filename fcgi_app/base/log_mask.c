/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must not be read in a log: values that follow the name of a secret, as
 * oslo.utils' mask_password finds them.  The names and the shapes are its
 * contract; a shape is a pattern around a name.
 */
#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8

#include "fcgi_app/base/log.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"

#include <pcre2.h>
#include <string.h>
#include <strings.h>

static const char *const names[] = {
    "adminpass",
    "admin_pass",
    "password",
    "admin_password",
    "auth_token",
    "new_pass",
    "auth_password",
    "secret_uuid",
    "secret",
    "sys_pswd",
    "token",
    "configdrive",
    "chappassword",
    "encrypted_key",
    "private_key",
    "fernetkey",
    "sslkey",
    "passphrase",
    "cephclusterfsid",
    "octaviaheartbeatkey",
    "rabbitcookie",
    "cephmanilaclientkey",
    "pacemakerremoteauthkey",
    "designaterndckey",
    "cephadminkey",
    "heatauthencryptionkey",
    "cephclientkey",
    "keystonecredential",
    "barbicansimplecryptokek",
    "cephrgwkey",
    "swifthashsuffix",
    "migrationsshkey",
    "cephmdskey",
    "cephmonkey",
    /* ours: what a server's owner hands to it, which upstream shows */
    "user_data",
    "contents",
};
#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

#define Q "[\"']"       /* either quote */
#define NOT_Q "[^\"']*" /* up to one */
#define KEEP "${1}***${2}"

/* The text before the name, the text after it, and what stays; in the order in which they are applied. */
static const struct shape {
    const char *before;
    const char *after;
    const char *keep;
} shapes[] = {
    /* ours: "name": "a \"value\"", whose rest upstream shows, and one that never ends */
    { "(\"", "[0-9]*\"\\s*:\\s*\")(?:[^\"\\\\]++|\\\\.)*+(\"|\\\\?\\z)", KEEP },
    { "(", "[0-9]*\\s*=\\s*" Q ")" NOT_Q "(" Q ")", KEEP },                                    /* name = 'value' */
    { "(", "[0-9]*\\s*=\\s*\")[^\"]*(\")", KEEP },                                             /* name = "it's" */
    { "(", "[0-9]*\\s*=\\s*')[^']*(')", KEEP },                                                /* name = 'a "b"' */
    { "(", "[0-9]*\\s+" Q ")" NOT_Q "(" Q ")", KEEP },                                         /* name 'value' */
    { "(--", "[0-9]*\\s+)[^'^\"^=^\\s]+(\\s*)", KEEP },                                        /* --name value */
    { "(<", "[0-9]*>)[^<]*(</NAME[0-9]*>)", KEEP },                                            /* <name>value</name> */
    { "(" Q, "[0-9]*" Q "\\s*:\\s*" Q ")" NOT_Q "(" Q ")", KEEP },                             /* "name": "value" */
    { "(" Q NOT_Q, "[0-9]*" Q "\\s*:\\s*u?" Q ")" NOT_Q "(" Q ")", KEEP },                     /* 'a_name': u'value' */
    { "(" Q NOT_Q, "[0-9]*" Q "\\s*,\\s*'--?[A-z]+'\\s*,\\s*u?" Q ")" NOT_Q "(" Q ")", KEEP }, /* 'name', '--v', 'x' */
    { "(", "[0-9]*\\s*--?[A-z]+\\s*)\\S+(\\s*)", KEEP },                                       /* name --value x */
    { "(", "[0-9]*\\s*=\\s*)[^\\s^'^\"]+", "${1}***" },                                        /* name=value */
    { "(" Q NOT_Q, "[0-9]*" Q "\\s*:\\s*u?" Q ".*" Q ")" NOT_Q "(" Q ")", "${1}" }, /* what is left of quotes */
    /* ours: "name": 1, "name": ["value"], which upstream shows */
    { "(\"", "[0-9]*\"\\s*:\\s*)(?:[\\[{][^\\]}]*|[^\\s\"'\\[{,}]++(?![\"']))", "${1}***" },
};
#define SHAPE_COUNT (sizeof(shapes) / sizeof(shapes[0]))

/* Compiled when first needed, kept for the life of the process. */
static pcre2_code *compiled[NAME_COUNT][SHAPE_COUNT];

static pcre2_code *pattern_of(size_t name, size_t shape)
{
    const char *after = shapes[shape].after;
    const char *again = strstr(after, "NAME");
    char *pattern;
    int code;
    PCRE2_SIZE at;

    if (compiled[name][shape])
        return compiled[name][shape];
    if (again)
        pattern = mem_printf(NULL, "%s%s%.*s%s%s", shapes[shape].before, names[name], (int)(again - after), after,
                             names[name], again + 4);
    else
        pattern = mem_printf(NULL, "%s%s%s", shapes[shape].before, names[name], after);
    compiled[name][shape] = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                          PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_UTF | PCRE2_UCP, &code, &at, NULL);
    talloc_free(pattern);
    return compiled[name][shape];
}

/* One shape of one name; NULL when the text is beyond the pattern engine. */
static const char *apply(const void *mem, const char *text, size_t name, size_t shape)
{
    pcre2_code *code = pattern_of(name, shape);
    PCRE2_SIZE room = strlen(text) * 2 + 256;
    char *out = mem_zeroed(mem, room, "masked");
    int hits;

    if (!code)
        return NULL;
    for (;;) {
        PCRE2_SIZE size = room;
        hits = pcre2_substitute(code, (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0,
                                PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH, NULL, NULL,
                                (PCRE2_SPTR)shapes[shape].keep, PCRE2_ZERO_TERMINATED, (PCRE2_UCHAR *)out, &size);
        if (hits != PCRE2_ERROR_NOMEMORY || size <= room)
            break;
        room = size;
        out = mem_zeroed(mem, room, "masked");
    }
    return hits < 0 ? NULL : hits == 0 ? text : out;
}

const char *log_mask(const void *mem, const char *text)
{
    void *scratch = NULL;
    const char *masked = text;

    for (size_t name = 0; name < NAME_COUNT && masked; name++) {
        if (!strcasestr(masked, names[name]))
            continue;
        if (!scratch) {
            scratch = mem_context(mem, "log_mask");
            if (!text_utf8_valid(text, strlen(text)))
                masked = NULL;
        }
        for (size_t shape = 0; shape < SHAPE_COUNT && masked; shape++)
            masked = apply(scratch, masked, name, shape);
    }
    if (!scratch)
        return text;
    /* text that cannot be searched may hold anything: none of it is shown */
    masked = masked == text ? text : mem_strdup(mem, masked ? masked : "***");
    talloc_free(scratch);
    return masked;
}

/* ---- every line ---- */

#define HIDDEN "***"

/* Is what stands behind the colon of "scheme://host:" a port? */
static bool is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits && (!text[digits] || strchr("/?,;#)] \t\n\"'", text[digits]));
}

/* In place, since what is put in is never longer: "scheme://user:***@host". */
static void hide_passwords(char *text)
{
    for (char *at = strstr(text, "://"); at; at = strstr(at, "://")) {
        char *password, *end;
        size_t length, stars;

        at += 3;
        password = at + strcspn(at, ":/@, \t\n\"'<>");
        if (*password != ':' || is_port(++password))
            continue;
        length = strcspn(password, " \t\n\"'<>");
        end = memrchr(password, '@', length);
        if (!end)
            continue;
        length = (size_t)(end - password);
        stars = length < strlen(HIDDEN) ? length : strlen(HIDDEN);
        memcpy(password, HIDDEN, stars);
        memmove(password + stars, end, strlen(end) + 1);
        at = password + stars;
    }
}

/* In place: "… field/attribute adminPass. Value: ***". */
static void hide_rejected(char *text)
{
    char *field = strstr(text, "field/attribute "), *value;

    field = field ? field + strlen("field/attribute ") : NULL;
    value = field ? strstr(field, ". Value: ") : NULL;
    if (!value)
        return;
    *value = '\0';
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strcasestr(field, names[i])) {
            char *begin = value + strlen(". Value: ");
            size_t length = strnlen(begin, strlen(HIDDEN));

            memcpy(begin, HIDDEN, length);
            begin[length] = '\0';
            break;
        }
    *value = '.';
}

const char *log_mask_line(const void *mem, const char *text)
{
    const char *masked = text;
    bool url = strstr(text, "://") != NULL, rejected = strstr(text, "field/attribute ") != NULL;
    char *own;

    if (!url && !rejected)
        return text;
    if (rejected || strcasestr(text, "password="))
        masked = log_mask(mem, text);
    own = mem_strdup(mem, masked);
    if (masked != text)
        talloc_free((void *)(uintptr_t)masked);
    hide_passwords(own);
    hide_rejected(own);
    return own;
}
