/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key pairs of a user: imported, or made here.
 * Neighbours: db/keypairs.h beneath, keypair_crypto.c for what OpenSSL does, routes/compute/keypairs.c above.
 * Source: behaviour of nova.compute.api.KeypairAPI and nova.crypto.
 */
#ifndef NOVA_COMPUTE_KEYPAIRS_H
#define NOVA_COMPUTE_KEYPAIRS_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"
#include "fcgi_app/db/keypairs.h"

struct keypair_list {
    const struct keypair *rows;
    size_t count;
};

/* Faults: MarkerNotFound. A limit of DB_NULL_INT: all. */
struct fault *keypairs_list(const struct context *context, const char *user_id, int64_t limit, const char *marker,
                            struct keypair_list *list) FAULT_CHECK;
/* Faults: KeypairNotFound. */
struct fault *keypairs_get(const struct context *context, const char *user_id, const char *name,
                           const struct keypair **keypair) FAULT_CHECK;
/* Faults: KeypairLimitExceeded, InvalidKeypair, KeyPairExists. */
struct fault *keypairs_import(const struct context *context, const char *user_id, const char *name, const char *type,
                              const char *public_key, struct keypair *keypair) FAULT_CHECK;
/* Makes one; *private_key is on the context's memory and stands nowhere else. Faults: as import. */
struct fault *keypairs_generate(const struct context *context, const char *user_id, const char *name, const char *type,
                                struct keypair *keypair, const char **private_key) FAULT_CHECK;
/* Faults: KeypairNotFound. */
struct fault *keypairs_delete(const struct context *context, const char *user_id, const char *name) FAULT_CHECK;

/* ---- keypair_crypto.c: `type` is "ssh" or "x509"; all texts on mem ---- */

/* Faults: InvalidKeypair. */
struct fault *keypair_fingerprint(const void *mem, const char *type, const char *public_key,
                                  const char **fingerprint) FAULT_CHECK;
/* A fresh RSA pair of 2048 bits; for x509 a certificate and a PKCS #12 in base64. Faults: Internal. */
struct fault *keypair_make(const void *mem, const char *type, const char *user_id, const char **private_key,
                           const char **public_key) FAULT_CHECK;

#endif
