/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access rules of application credentials: which requests their tokens may
 * make.
 * Source: nova-facts/middleware.md, authtoken 4; keystonemiddleware 10.1.
 */
#ifndef NOVA_MIDDLEWARE_ACCESS_RULES_H
#define NOVA_MIDDLEWARE_ACCESS_RULES_H

#include "fcgi_app/json/json.h"

#include <stdbool.h>

/* Does some rule of the JSON list allow the method on the path of this service? */
bool access_rules_allow(const void *mem, struct json_piece rules, const char *service, const char *method,
                        const char *path);

/* Does a path match a rule's: {tag} and * stand for one segment, ** for anything? */
bool access_rule_matches(const char *path, const char *pattern);

/* Has the catalogue a service of this type? */
bool access_rules_service_known(struct json_piece catalogue, const char *service);

#endif
