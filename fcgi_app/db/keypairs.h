/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of key_pairs in the API database. Neighbours: compute/keypairs.h above. */
#ifndef NOVA_DB_KEYPAIRS_H
#define NOVA_DB_KEYPAIRS_H

#include "fcgi_app/db/db.h"

/* A key pair as the table has it. */
struct keypair {
    int64_t id;
    const char *name;
    const char *user_id;
    const char *fingerprint;
    const char *public_key;
    const char *type;
    int64_t created_at; /* microseconds UTC, DB_NO_TIME: none */
    int64_t updated_at;
};

extern const struct db_statement KEYPAIRS_PAGE, KEYPAIR_MARKER, KEYPAIR_BY_NAME, KEYPAIR_CREATE, KEYPAIR_DELETE;

/*
 * A user's pairs by name, behind the marker when one is given; limit DB_NULL_INT: all.  Rows are struct keypair.
 * Faults: MarkerNotFound, and those of db_query.
 */
struct fault *db_keypairs_list(const struct context *context, const void *mem, const char *user_id, int64_t limit,
                               const char *marker, struct db_rows *rows) FAULT_CHECK;
/* Faults: KeypairNotFound. */
struct fault *db_keypair_get(const struct context *context, const void *mem, const char *user_id, const char *name,
                             const struct keypair **keypair) FAULT_CHECK;
/* Writes a new row; the database gives the id, which nobody is shown here. Faults: KeyPairExists. */
struct fault *db_keypair_create(const struct context *context, const void *mem,
                                const struct keypair *keypair) FAULT_CHECK;
/* Faults: KeypairNotFound. */
struct fault *db_keypair_delete(const struct context *context, const void *mem, const char *user_id,
                                const char *name) FAULT_CHECK;

#endif
