/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keystone says of a token: {"token": {"user": …, "roles": …}}, as its
 * answer or the cache holds it, read in one pass.
 * Source: keystone's v3 token body; nova-facts/middleware.md, authtoken.
 */
#ifndef NOVA_MIDDLEWARE_TOKEN_INFO_H
#define NOVA_MIDDLEWARE_TOKEN_INFO_H

#include "fcgi_app/json/json.h"

#include <stdbool.h>
#include <stdint.h>

/* Somebody or something with a domain; NULL members: not in the token. */
struct token_party {
    const char *id, *name, *domain_id, *domain_name;
};

struct token_info {
    struct token_party user, project, domain; /* domain: of a domain's token, its own id and name */
    const char *const *roles;                 /* names, NULL-terminated */
    int64_t expires_usec;
    bool system_all;
    bool is_admin_project;
    struct json_piece catalogue;    /* raw JSON; text NULL: none */
    struct json_piece bind;         /* raw JSON object; text NULL: none */
    struct json_piece access_rules; /* raw JSON of application_credential.access_rules; text NULL: none */
};

/* Reads the body; texts on mem, raw pieces point into `body`. False: it is no token of v3 with a user and an end. */
bool token_info_read(const void *mem, const char *body, size_t size, struct token_info *info);

/* Has it ended? */
bool token_info_expired(const struct token_info *info);

#endif
