/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that only those who know the secret can write (MAC) or read
 * (ENCRYPT), in keystonemiddleware's form: base64 of HMAC-SHA384 over what
 * follows, which is base64 of the body, or of an IV and the body under
 * AES-128-CBC.  See token_cache.h.
 */
#include "config.h"

#include "middleware/token_cache.h"

#include "fcgi_app/base/mem.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

enum { DIGEST = 48, DIGEST_TEXT = 64, BLOCK = 16 };

void token_keys_derive(const char *token, const char *secret, const char *strategy, struct token_keys *keys)
{
    unsigned char digest[DIGEST];
    char *text = mem_printf(NULL, "%s%s", token, strategy);

    HMAC(EVP_sha384(), secret, (int)strlen(secret), (const unsigned char *)text, strlen(text), digest, NULL);
    memcpy(keys->cache, digest, 16);
    memcpy(keys->mac, digest + 16, 16);
    memcpy(keys->encryption, digest + 32, 16);
    keys->encrypt = !strcmp(strategy, "ENCRYPT");
    OPENSSL_cleanse(digest, sizeof(digest));
    OPENSSL_cleanse(text, strlen(text));
    talloc_free(text);
}

static void sign(const struct token_keys *keys, const char *text, size_t length, char out[DIGEST_TEXT + 1])
{
    unsigned char digest[DIGEST];

    HMAC(EVP_sha384(), keys->mac, sizeof(keys->mac), (const unsigned char *)text, length, digest, NULL);
    EVP_EncodeBlock((unsigned char *)out, digest, DIGEST);
}

/* AES-128-CBC one way or the other; the length, negative when it failed. */
static int run_cipher(const struct token_keys *keys, const unsigned char *iv, const unsigned char *in, size_t size,
                      unsigned char *out, int encrypt)
{
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int first = 0, last = 0, well;

    if (!cipher)
        mem_exhausted(0);
    well = EVP_CipherInit_ex(cipher, EVP_aes_128_cbc(), NULL, keys->encryption, iv, encrypt) &&
           EVP_CipherUpdate(cipher, out, &first, in, (int)size) && EVP_CipherFinal_ex(cipher, out + first, &last);
    EVP_CIPHER_CTX_free(cipher);
    return well ? first + last : -1;
}

char *token_protect(const void *mem, const struct token_keys *keys, const char *body, size_t size, size_t *length)
{
    const unsigned char *data = (const unsigned char *)body;
    unsigned char *sealed = NULL;
    char *value;

    if (keys->encrypt) {
        int more;

        sealed = mem_array(mem, unsigned char, size + 2 * BLOCK);
        if (RAND_bytes(sealed, BLOCK) != 1)
            return NULL;
        more = run_cipher(keys, sealed, data, size, sealed + BLOCK, 1);
        if (more < 0)
            return NULL;
        data = sealed;
        size = BLOCK + (size_t)more;
    }
    value = mem_array(mem, char, DIGEST_TEXT + (size + 2) / 3 * 4 + 1);
    *length = DIGEST_TEXT + (size_t)EVP_EncodeBlock((unsigned char *)value + DIGEST_TEXT, data, (int)size);
    {
        char signature[DIGEST_TEXT + 1];

        sign(keys, value + DIGEST_TEXT, *length - DIGEST_TEXT, signature);
        memcpy(value, signature, DIGEST_TEXT);
    }
    return value;
}

char *token_unprotect(const void *mem, const struct token_keys *keys, const char *value, size_t length, size_t *size)
{
    char signature[DIGEST_TEXT + 1];
    const char *text = value + DIGEST_TEXT;
    unsigned char *data, *body;
    int got;

    if (length <= DIGEST_TEXT || (length - DIGEST_TEXT) % 4)
        return NULL;
    length -= DIGEST_TEXT;
    sign(keys, text, length, signature);
    if (CRYPTO_memcmp(signature, value, DIGEST_TEXT))
        return NULL;
    data = mem_array(mem, unsigned char, length / 4 * 3 + 1);
    got = EVP_DecodeBlock(data, (const unsigned char *)text, (int)length);
    if (got < 0)
        return NULL;
    for (size_t i = length; i && text[i - 1] == '=' && got; i--)
        got--;
    if (!keys->encrypt) {
        *size = (size_t)got;
        data[got] = '\0';
        return (char *)data;
    }
    if (got < 2 * BLOCK || got % BLOCK)
        return NULL;
    body = mem_array(mem, unsigned char, (size_t)got + 1);
    got = run_cipher(keys, data, data + BLOCK, (size_t)got - BLOCK, body, 0);
    if (got < 0)
        return NULL;
    *size = (size_t)got;
    body[got] = '\0';
    return (char *)body;
}
