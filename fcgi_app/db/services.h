/* SPDX-License-Identifier: Apache-2.0 */
/* The services table: which program runs where, at which version. */
#ifndef NOVA_DB_SERVICES_H
#define NOVA_DB_SERVICES_H

#include "fcgi_app/db/db.h"

struct db_service {
    int64_t id;
    int64_t version;
};
/* $1 host, $2 binary */
extern const struct db_statement SERVICE_BY_HOST_AND_BINARY;

struct db_service_minimum {
    const char *binary;
    int64_t version; /* 0 where no row has one */
};
/* $1 binaries, an array */
extern const struct db_statement SERVICE_MINIMUM_VERSIONS;

/* $1 now, $2 host, $3 binary, $4 version, $5 uuid; touches no row where a sibling was first */
extern const struct db_statement SERVICE_CREATE;
/* $1 version, $2 now, $3 id */
extern const struct db_statement SERVICE_UPDATE_VERSION;

#endif
