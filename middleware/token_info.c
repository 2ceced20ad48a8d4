/* SPDX-License-Identifier: Apache-2.0 */
/* Reading token bodies; see the header. */
#include "config.h"

#include "middleware/token_info.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/identity.h"

enum { MAX_ROLES = 256 };

static const char *text_of(const void *mem, struct json_scan *scan)
{
    struct json_piece piece;

    if (json_scan_peek(scan) != JSON_KIND_STRING) {
        json_scan_skip(scan);
        return NULL;
    }
    return json_scan_string(scan, &piece) ? json_piece_text(mem, piece) : NULL;
}

/* {"id": …, "name": …}; other members are passed by, a domain too. */
static void read_names(const void *mem, struct json_scan *scan, struct token_party *party)
{
    struct json_piece key;

    if (!json_scan_object(scan))
        return;
    while (json_scan_key(scan, &key)) {
        if (json_key_is(key, "id"))
            party->id = text_of(mem, scan);
        else if (json_key_is(key, "name"))
            party->name = text_of(mem, scan);
        else
            json_scan_skip(scan);
    }
}

static void read_party(const void *mem, struct json_scan *scan, struct token_party *party)
{
    struct token_party domain = { 0 };
    struct json_piece key;

    if (!json_scan_object(scan))
        return;
    while (json_scan_key(scan, &key)) {
        if (json_key_is(key, "id"))
            party->id = text_of(mem, scan);
        else if (json_key_is(key, "name"))
            party->name = text_of(mem, scan);
        else if (json_key_is(key, "domain"))
            read_names(mem, scan, &domain);
        else
            json_scan_skip(scan);
    }
    party->domain_id = domain.id;
    party->domain_name = domain.name;
}

static const char *const *read_roles(const void *mem, struct json_scan *scan)
{
    const char **roles = mem_array(mem, const char *, MAX_ROLES + 1);
    size_t count = 0;

    if (json_scan_array(scan))
        while (json_scan_element(scan)) {
            struct token_party role = { 0 };

            read_names(mem, scan, &role);
            if (role.name && count < MAX_ROLES)
                roles[count++] = role.name;
        }
    return roles;
}

static bool read_all(struct json_scan *scan)
{
    bool all = false;
    struct json_piece key;

    if (!json_scan_object(scan))
        return false;
    while (json_scan_key(scan, &key))
        if (!json_key_is(key, "all") || !json_scan_bool(scan, &all))
            json_scan_skip(scan);
    return all;
}

/* A value that is not null, as it stands. */
static void read_raw(struct json_scan *scan, struct json_piece *piece)
{
    bool null = json_scan_peek(scan) == JSON_KIND_NULL;

    json_scan_raw(scan, piece);
    if (null)
        *piece = (struct json_piece){ 0 };
}

static void read_token(const void *mem, struct json_scan *scan, struct token_info *info)
{
    struct json_piece key, rules;
    const char *text;

    while (json_scan_key(scan, &key)) {
        if (json_key_is(key, "user")) {
            read_party(mem, scan, &info->user);
        } else if (json_key_is(key, "project")) {
            read_party(mem, scan, &info->project);
        } else if (json_key_is(key, "domain")) {
            read_names(mem, scan, &info->domain);
        } else if (json_key_is(key, "roles")) {
            info->roles = read_roles(mem, scan);
        } else if (json_key_is(key, "expires_at")) {
            text = text_of(mem, scan);
            if (!text || !identity_time(text, &info->expires_usec))
                info->expires_usec = INT64_MIN;
        } else if (json_key_is(key, "system")) {
            info->system_all = read_all(scan);
        } else if (json_key_is(key, "is_admin_project")) {
            if (json_scan_peek(scan) == JSON_KIND_BOOL)
                json_scan_bool(scan, &info->is_admin_project);
            else
                json_scan_skip(scan);
        } else if (json_key_is(key, "catalog")) {
            read_raw(scan, &info->catalogue);
        } else if (json_key_is(key, "bind")) {
            read_raw(scan, &info->bind);
        } else if (json_key_is(key, "application_credential")) {
            struct json_scan inner;

            json_scan_raw(scan, &rules);
            inner = json_scan_text(rules.text, rules.length);
            if (json_scan_peek(&inner) == JSON_KIND_OBJECT && json_scan_find(&inner, "access_rules"))
                read_raw(&inner, &info->access_rules);
        } else {
            json_scan_skip(scan);
        }
    }
}

bool token_info_read(const void *mem, const char *body, size_t size, struct token_info *info)
{
    static const char *const none[] = { NULL };
    struct json_scan scan = json_scan_text(body, size);

    *info = (struct token_info){ .roles = none, .expires_usec = INT64_MIN, .is_admin_project = true };
    if (!json_scan_find(&scan, "token") || !json_scan_object(&scan))
        return false;
    read_token(mem, &scan, info);
    return !scan.bad && info->user.id && info->expires_usec != INT64_MIN;
}

bool token_info_expired(const struct token_info *info)
{
    return info->expires_usec <= clock_utc_usec();
}
