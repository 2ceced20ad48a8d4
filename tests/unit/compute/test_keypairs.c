/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs: what is a key and what is not, fingerprints, and pairs made here. */
#include "config.h"

#include "fcgi_app/compute/keypairs.h"

#include "fcgi_app/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define KEY_BODY "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

static const struct {
    const char *key;
    const char *fingerprint; /* NULL: it is none */
} cases[] = {
    { "ssh-ed25519 " KEY_BODY, "0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba" },
    { "ssh-ed25519 " KEY_BODY " somebody@somewhere\n", "0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba" },
    /* what is hashed stands behind the first blank, were it nothing */
    { "ssh-ed25519  " KEY_BODY, "d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e" },
    { "ssh-ed25519\t" KEY_BODY, NULL },
    { "ssh-rsa " KEY_BODY, NULL },
    { " ssh-ed25519 " KEY_BODY, NULL },
    { "ssh-ed25519 " KEY_BODY "AAAA", NULL },
    { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", NULL },
    { "ssh-ed25519", NULL },
    { "ssh-rsa AAAAB3NzaC1yc2EAAAABAgAAAAEF", NULL },
    { "ssh-rsa AAAA", NULL },
    { "", NULL },
};

static void only_keys_have_fingerprints(void **state)
{
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *fingerprint = NULL;
        struct fault *fault = keypair_fingerprint(mem, "ssh", cases[i].key, &fingerprint);

        if (!cases[i].fingerprint) {
            assert_non_null(fault);
            assert_int_equal(fault->name, FAULT_InvalidKeypair);
        } else {
            assert_null(fault);
            assert_string_equal(fingerprint, cases[i].fingerprint);
        }
    }
    assert_non_null(keypair_fingerprint(mem, "x509", "junk", &(const char *){ NULL }));
    talloc_free(mem);
}

static void made_pairs_are_good(void **state)
{
    void *mem = mem_context(NULL, "test");
    const char *private_key, *public_key, *fingerprint;

    (void)state;
    assert_null(keypair_make(mem, "ssh", "u1", &private_key, &public_key));
    assert_int_equal(strncmp(private_key, "-----BEGIN RSA PRIVATE KEY-----\n", 32), 0);
    assert_int_equal(strncmp(public_key, "ssh-rsa AAAAB3NzaC1yc2E", 23), 0);
    assert_non_null(strstr(public_key, " Generated-by-Nova"));
    assert_null(keypair_fingerprint(mem, "ssh", public_key, &fingerprint));
    assert_int_equal(strlen(fingerprint), 47);
    assert_null(keypair_make(mem, "x509", "u1,otherName:x", &private_key, &public_key));
    assert_int_equal(strncmp(public_key, "-----BEGIN CERTIFICATE-----\n", 28), 0);
    assert_int_equal(strncmp(private_key, "MII", 3), 0);
    assert_null(keypair_fingerprint(mem, "x509", public_key, &fingerprint));
    assert_int_equal(strlen(fingerprint), 59);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_keys_have_fingerprints),
        cmocka_unit_test(made_pairs_are_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
