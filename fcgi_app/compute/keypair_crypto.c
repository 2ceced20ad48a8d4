/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What OpenSSL does for key pairs: reading keys to see that they are some,
 * fingerprints, making pairs.  Nothing of a private key is logged.
 * Source: behaviour of nova.crypto; RFC 4253 section 6.6, RFC 5656, RFC 8709 for the keys' format.
 */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/compute/keypairs.h"

#include <ctype.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <string.h>

#define BITS 2048
#define DAYS 3650
#define CERT_SUFFIX "-cert-v01@openssh.com"
/* Microsoft's user principal name, which WinRM logs in by. */
#define PRINCIPAL_NAME "1.3.6.1.4.1.311.20.2.3"

/* Bytes of a key that are still to be read; `bad` once they were too few. */
struct blob {
    const unsigned char *p;
    size_t left;
    bool bad;
};

struct piece {
    const unsigned char *p;
    size_t length;
};

/* ---- base64 as Python's binascii reads it: what is no digit is passed over ---- */

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* False: wrong padding. */
static bool base64_read(const void *mem, const char *text, size_t length, struct piece *out)
{
    unsigned char *data = mem_array(mem, unsigned char, length * 3 / 4 + 3);
    unsigned bits = 0, digits = 0, pads = 0;
    size_t count = 0;

    for (size_t i = 0; i < length; i++) {
        int digit = digit_of(text[i]);

        if (text[i] == '=') {
            if (digits >= 2 && digits + ++pads >= 4) {
                *out = (struct piece){ data, count };
                return true;
            }
            continue;
        }
        if (digit < 0)
            continue;
        pads = 0;
        bits = (bits << 6 | (unsigned)digit) & 0xffffff;
        digits = (digits + 1) % 4;
        if (digits != 1)
            data[count++] = (unsigned char)(bits >> (digits == 2 ? 4 : digits == 3 ? 2 : 0));
    }
    *out = (struct piece){ data, count };
    return digits == 0;
}

static char *base64_write(const void *mem, const unsigned char *data, size_t length)
{
    char *text = mem_array(mem, char, length / 3 * 4 + 5);

    EVP_EncodeBlock((unsigned char *)text, data, (int)length);
    return text;
}

static char *hex_of(const void *mem, const unsigned char *digest, size_t length)
{
    struct strbuf out;

    strbuf_init(&out, mem, length * 3);
    for (size_t i = 0; i < length; i++)
        strbuf_printf(&out, "%s%02x", i ? ":" : "", digest[i]);
    return out.data;
}

/* ---- reading an ssh key ---- */

static uint32_t take_u32(struct blob *blob)
{
    uint32_t value;

    if (blob->left < 4) {
        blob->bad = true;
        return 0;
    }
    value = (uint32_t)blob->p[0] << 24 | (uint32_t)blob->p[1] << 16 | (uint32_t)blob->p[2] << 8 | blob->p[3];
    blob->p += 4;
    blob->left -= 4;
    return value;
}

static struct piece take_string(struct blob *blob)
{
    uint32_t length = take_u32(blob);
    struct piece piece = { blob->p, length };

    if (length > blob->left) {
        blob->bad = true;
        return (struct piece){ blob->p, 0 };
    }
    blob->p += length;
    blob->left -= length;
    return piece;
}

static void bignum_free(void *number)
{
    BN_free(number);
}

static BIGNUM *take_number(struct blob *blob, const void *mem)
{
    struct piece piece = take_string(blob);
    BIGNUM *number;

    if (piece.length && piece.p[0] > 0x7f)
        blob->bad = true;
    number = BN_bin2bn(piece.p, (int)piece.length, NULL);
    if (!number)
        mem_exhausted(piece.length);
    mem_attach(mem, number, bignum_free);
    return number;
}

static bool rsa_is_good(struct blob *blob, const void *mem)
{
    const BIGNUM *e = take_number(blob, mem), *n = take_number(blob, mem);

    return !blob->bad && BN_num_bits(n) >= 2 && BN_num_bits(e) >= 2 && BN_is_odd(e) && BN_cmp(e, n) < 0;
}

static bool dsa_is_good(struct blob *blob, const void *mem)
{
    const BIGNUM *p = take_number(blob, mem), *q = take_number(blob, mem), *g = take_number(blob, mem),
                 *y = take_number(blob, mem);

    return !blob->bad && BN_num_bits(p) == 1024 && BN_num_bits(q) == 160 && !BN_is_zero(g) && !BN_is_one(g) &&
           BN_cmp(g, p) < 0 && !BN_is_zero(y);
}

/* Is the point one of the curve? */
static bool point_is_on(int curve, struct piece point)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(curve);
    EC_POINT *at = group ? EC_POINT_new(group) : NULL;
    bool good = at && EC_POINT_oct2point(group, at, point.p, point.length, NULL) == 1 &&
                EC_POINT_is_at_infinity(group, at) != 1;

    EC_POINT_free(at);
    EC_GROUP_free(group);
    return good;
}

static bool ecdsa_is_good(struct blob *blob, int curve, const char *curve_name)
{
    struct piece name = take_string(blob), point = take_string(blob);

    return !blob->bad && name.length == strlen(curve_name) && !memcmp(name.p, curve_name, name.length) &&
           point.length && point.p[0] == 4 && point_is_on(curve, point);
}

static bool ed25519_is_good(struct blob *blob)
{
    struct piece point = take_string(blob);

    return !blob->bad && point.length == 32;
}

static bool key_is_good(struct blob *blob, const void *mem, const char *type)
{
    if (!strcmp(type, "ssh-rsa"))
        return rsa_is_good(blob, mem);
    if (!strcmp(type, "ssh-dss"))
        return dsa_is_good(blob, mem);
    if (!strcmp(type, "ssh-ed25519"))
        return ed25519_is_good(blob);
    if (!strcmp(type, "ecdsa-sha2-nistp256"))
        return ecdsa_is_good(blob, NID_X9_62_prime256v1, "nistp256");
    if (!strcmp(type, "ecdsa-sha2-nistp384"))
        return ecdsa_is_good(blob, NID_secp384r1, "nistp384");
    if (!strcmp(type, "ecdsa-sha2-nistp521"))
        return ecdsa_is_good(blob, NID_secp521r1, "nistp521");
    return false;
}

/* What a certificate has behind its key. */
static void take_certificate(struct blob *blob)
{
    static const char parts[] = "84ss88sssss"; /* s: a string, else so many bytes */

    for (const char *part = parts; *part; part++)
        if (*part == 's') {
            take_string(blob);
        } else {
            take_u32(blob);
            if (*part == '8')
                take_u32(blob);
        }
}

static bool ssh_key_is_good(const void *mem, const char *text)
{
    size_t type_length = strcspn(text, " \t\n\r\f\v"), gap = strspn(text + type_length, " \t");
    const char *body = text + type_length + gap;
    size_t body_length = strcspn(body, " \t\n\r\f\v"), suffix = sizeof(CERT_SUFFIX) - 1;
    char *type = mem_strndup(mem, text, type_length);
    struct piece data, inner;
    struct blob blob;
    bool certificate;

    if (!type_length || !gap || !body_length || !base64_read(mem, body, body_length, &data))
        return false;
    blob = (struct blob){ data.p, data.length, false };
    inner = take_string(&blob);
    if (blob.bad || inner.length != type_length || memcmp(inner.p, type, type_length) != 0)
        return false;
    certificate = type_length > suffix && !strcmp(type + type_length - suffix, CERT_SUFFIX);
    if (certificate) {
        type[type_length - suffix] = '\0';
        take_string(&blob); /* the nonce */
    }
    if (!key_is_good(&blob, mem, type))
        return false;
    if (certificate)
        take_certificate(&blob);
    return !blob.bad && !blob.left;
}

/* MD5 of what stands between the first blank and the second. */
static bool ssh_fingerprint(const void *mem, const char *text, const char **fingerprint)
{
    const char *body = strchr(text, ' ');
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct piece data;
    unsigned size;

    if (!body || !ssh_key_is_good(mem, text) || !base64_read(mem, body + 1, strcspn(body + 1, " "), &data) ||
        !EVP_Digest(data.p, data.length, digest, &size, EVP_md5(), NULL))
        return false;
    *fingerprint = hex_of(mem, digest, size);
    return true;
}

/* ---- certificates ---- */

static void bio_free(void *bio)
{
    BIO_free(bio);
}

/* What stands before `mark`; the text goes on behind it. False: there is no mark. */
static bool read_until(const char **text, const char *mark, struct piece *before)
{
    const char *at = strstr(*text, mark);

    if (!at)
        return false;
    *before = (struct piece){ (const unsigned char *)*text, (size_t)(at - *text) };
    *text = at + strlen(mark);
    return true;
}

/* Base64 to the letter, padded or not. NULL, or what is wrong with it in the words of the reference's library. */
static const char *base64_strict(const void *mem, const char *text, size_t length, struct piece *out)
{
    unsigned char *data = mem_array(mem, unsigned char, length + 3);
    size_t digits = 0, pads = 0;
    unsigned bits = 0;

    *out = (struct piece){ data, 0 };
    if (length % 4 == 1)
        return "InvalidLength";
    for (size_t i = 0; i < length; i++) {
        int digit = digit_of(text[i]);

        if (text[i] == '=' ? i % 4 < 2 : pads > 0)
            return mem_printf(mem, "InvalidByte(%zu, 61)", pads ? digits : i);
        if (text[i] == '=') {
            pads++;
            continue;
        }
        if (digit < 0)
            return mem_printf(mem, "InvalidByte(%zu, %u)", i, (unsigned)(unsigned char)text[i]);
        bits = (bits << 6 | (unsigned)digit) & 0xffffff;
        digits++;
        if (digits % 4 != 1)
            data[out->length++] = (unsigned char)(bits >> (digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0));
    }
    if ((digits % 4 == 2 && bits & 15) || (digits % 4 == 3 && bits & 3))
        return mem_printf(mem, "InvalidLastSymbol(%zu, %u)", digits - 1, (unsigned)(unsigned char)text[digits - 1]);
    return NULL;
}

/* One frame of a PEM file: NULL, or what is wrong with it. */
static const char *read_frame(const void *mem, const struct piece *tag, const struct piece *body,
                              const struct piece *end, struct piece *data)
{
    char **lines = text_split(mem, mem_strndup(mem, (const char *)body->p, body->length), '\n');
    const char *wrong;
    struct strbuf digits;

    if (!tag->length)
        return "MissingBeginTag";
    if (!end->length)
        return "MissingEndTag";
    if (tag->length != end->length || memcmp(tag->p, end->p, tag->length))
        return mem_printf(mem, "MismatchedTags(\"%.*s\", \"%.*s\")", (int)tag->length, (const char *)tag->p,
                          (int)end->length, (const char *)end->p);
    strbuf_init(&digits, mem, 1024);
    for (size_t i = 0; lines[i]; i++) {
        size_t length = strlen(lines[i]), from = i ? 0 : strspn(lines[i], " \t\r");

        while (length > from && isspace((unsigned char)lines[i][length - 1]))
            length--;
        strbuf_put(&digits, lines[i] + from, length - from);
    }
    wrong = base64_strict(mem, digits.data, digits.length, data);
    return wrong ? mem_printf(mem, "InvalidData(%s)", wrong) : NULL;
}

static bool is_certificate(const struct piece *tag)
{
    static const char *const names[] = { "CERTIFICATE", "X509 CERTIFICATE" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (tag->length == strlen(names[i]) && !memcmp(tag->p, names[i], tag->length))
            return true;
    return false;
}

/* The first certificate of a PEM file, all of whose frames must be good. NULL, or the words of the refusal. */
static const char *read_certificate(const void *mem, const char *text, struct piece *data)
{
    struct piece before, tag, body, end, found = { NULL, 0 };
    bool framed = false, known = false;
    const char *wrong = NULL;

    while (!wrong && read_until(&text, "-----BEGIN ", &before) && read_until(&text, "-----", &tag) &&
           read_until(&text, "-----END ", &body) && read_until(&text, "-----", &end)) {
        framed = true;
        wrong = read_frame(mem, &tag, &body, &end, &found);
        if (!wrong && !known && is_certificate(&tag)) {
            *data = found;
            known = true;
        }
    }
    if (wrong || !framed)
        return mem_printf(
            mem,
            "Unable to load PEM file. See https://cryptography.io/en/latest/faq/#why-can-t-i-import-my-pem-"
            "file for more details. %s",
            wrong ? wrong : "MalformedFraming");
    return known ? NULL
                 : "Valid PEM but no BEGIN CERTIFICATE/END CERTIFICATE delimiters. Are you sure this is a certificate?";
}

static const char *wrong_tag(const void *mem, unsigned char tag)
{
    static const char *const classes[] = { "Universal", "Application", "ContextSpecific", "Private" };

    return mem_printf(mem, "UnexpectedTag { actual: Tag { value: %u, constructed: %s, class: %s } }", tag & 0x1fU,
                      tag & 0x20 ? "true" : "false", classes[tag >> 6]);
}

/* What is wrong with data that are no certificate, as far as the outermost element and the first within it tell. */
static const char *asn1_error(const void *mem, const struct piece *data)
{
    size_t head = 2, size;

    if (!data->length)
        return "ShortData";
    if (data->p[0] != 0x30)
        return wrong_tag(mem, data->p[0]);
    if (data->length < 2)
        return "ShortData";
    size = data->p[1];
    if (size > 0x84 || size == 0x80)
        return "InvalidLength";
    if (size > 0x80) {
        head += size - 0x80;
        if (data->length < head)
            return "ShortData";
        size = 0;
        for (size_t i = 2; i < head; i++)
            size = size << 8 | data->p[i];
    }
    if (data->length - head < size)
        return "ShortData";
    if (data->length - head > size)
        return "ExtraData";
    return mem_printf(mem, "%s, location: [\"RawCertificate::tbs_cert\"]",
                      size && data->p[head] != 0x30 ? wrong_tag(mem, data->p[head]) : "ShortData");
}

static struct fault *x509_fingerprint(const void *mem, const char *text, const char **fingerprint)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct piece data = { NULL, 0 };
    const char *wrong = read_certificate(mem, text, &data);
    const unsigned char *p = data.p;
    X509 *certificate = wrong ? NULL : d2i_X509(NULL, &p, (long)data.length);
    unsigned size;
    bool done = certificate && p == data.p + data.length && X509_digest(certificate, EVP_sha1(), digest, &size);

    X509_free(certificate);
    ERR_clear_error();
    if (!wrong && !done)
        wrong = mem_printf(mem, "error parsing asn1 value: ParseError { kind: %s }", asn1_error(mem, &data));
    if (wrong)
        return fault_new(mem, InvalidKeypair,
                         mem_printf(mem, "failed to generate X509 fingerprint. Error message: %s", wrong));
    *fingerprint = hex_of(mem, digest, size);
    return NULL;
}

struct fault *keypair_fingerprint(const void *mem, const char *type, const char *public_key, const char **fingerprint)
{
    if (!strcmp(type, "x509"))
        return x509_fingerprint(mem, public_key, fingerprint);
    if (!ssh_fingerprint(mem, public_key, fingerprint))
        return fault_new(mem, InvalidKeypair, "failed to generate fingerprint");
    return NULL;
}

/* ---- making ---- */

static void key_free(void *key)
{
    EVP_PKEY_free(key);
}

static void certificate_free(void *certificate)
{
    X509_free(certificate);
}

static void store_free(void *store)
{
    PKCS12_free(store);
}

/* A thing of OpenSSL's that ends with mem; NULL: there was no memory for it. */
static void *kept(const void *mem, void *thing, void (*release)(void *thing))
{
    if (!thing)
        mem_exhausted(0);
    mem_attach(mem, thing, release);
    return thing;
}

static struct fault *failed(const void *mem, const char *what)
{
    ERR_clear_error();
    return fault_new(mem, Internal, mem_printf(mem, "OpenSSL cannot make %s", what));
}

static const char *bio_text(const void *mem, BIO *bio)
{
    char *data;
    long length = BIO_get_mem_data(bio, &data);

    return mem_strndup(mem, data, (size_t)length);
}

static void put_u32(struct strbuf *out, size_t value)
{
    const unsigned char bytes[] = { (unsigned char)(value >> 24), (unsigned char)(value >> 16),
                                    (unsigned char)(value >> 8), (unsigned char)value };

    strbuf_put(out, bytes, sizeof(bytes));
}

static void put_number(struct strbuf *out, const void *mem, const BIGNUM *number)
{
    size_t size = (size_t)BN_num_bytes(number), lead = BN_num_bits(number) % 8 == 0;
    unsigned char *bytes = mem_array(mem, unsigned char, size + 1);

    BN_bn2bin(number, bytes + lead);
    put_u32(out, size + lead);
    strbuf_put(out, bytes, size + lead);
}

static const char *ssh_public_text(const void *mem, EVP_PKEY *key)
{
    BIGNUM *e = NULL, *n = NULL;
    struct strbuf blob;

    if (!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) ||
        !EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n))
        return NULL;
    mem_attach(mem, e, bignum_free);
    mem_attach(mem, n, bignum_free);
    strbuf_init(&blob, mem, 512);
    put_u32(&blob, 7);
    strbuf_puts(&blob, "ssh-rsa");
    put_number(&blob, mem, e);
    put_number(&blob, mem, n);
    return mem_printf(mem, "ssh-rsa %s Generated-by-Nova",
                      base64_write(mem, (const unsigned char *)blob.data, blob.length));
}

static struct fault *make_ssh(const void *mem, EVP_PKEY *key, const char **private_key, const char **public_key)
{
    BIO *out = kept(mem, BIO_new(BIO_s_secmem()), bio_free);

    if (!PEM_write_bio_PrivateKey_traditional(out, key, NULL, NULL, 0, NULL, NULL))
        return failed(mem, "a private key");
    *private_key = bio_text(mem, out);
    *public_key = ssh_public_text(mem, key);
    return *public_key ? NULL : failed(mem, "a public key");
}

static bool add_extension(X509 *certificate, int name, const char *text)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool added;

    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, name, text);
    added = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

/* The principal's name is put together here: the text form of an extension would give a user's id a meaning. */
static bool add_principal(X509 *certificate, const char *name)
{
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    GENERAL_NAME *one = GENERAL_NAME_new();
    ASN1_OBJECT *kind = OBJ_txt2obj(PRINCIPAL_NAME, 1);
    ASN1_TYPE *value = ASN1_TYPE_new();
    ASN1_UTF8STRING *text = ASN1_UTF8STRING_new();
    bool added;

    if (!names || !one || !kind || !value || !text || !ASN1_STRING_set(text, name, -1))
        mem_exhausted(0);
    ASN1_TYPE_set(value, V_ASN1_UTF8STRING, text);
    GENERAL_NAME_set0_othername(one, kind, value);
    sk_GENERAL_NAME_push(names, one);
    added = X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
    GENERAL_NAMES_free(names);
    return added;
}

static bool give_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    bool given = number && BN_rand(number, 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
                 BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));

    BN_free(number);
    return given;
}

static bool fill_certificate(const void *mem, X509 *certificate, EVP_PKEY *key, const char *user_id)
{
    X509_NAME *name = X509_get_subject_name(certificate);

    return X509_set_version(certificate, X509_VERSION_3) && give_serial(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), 0) &&
           X509_time_adj_ex(X509_getm_notAfter(certificate), DAYS, 0, NULL) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)user_id, -1, -1, 0) &&
           X509_set_issuer_name(certificate, name) && X509_set_pubkey(certificate, key) &&
           add_extension(certificate, NID_ext_key_usage, "clientAuth") &&
           add_principal(certificate, mem_printf(mem, "%s@localhost", user_id)) &&
           add_extension(certificate, NID_subject_key_identifier, "hash") &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static struct fault *make_x509(const void *mem, EVP_PKEY *key, const char *user_id, const char **private_key,
                               const char **public_key)
{
    X509 *certificate = kept(mem, X509_new(), certificate_free);
    BIO *out = kept(mem, BIO_new(BIO_s_mem()), bio_free);
    PKCS12 *store;
    unsigned char *der = NULL;
    int length;

    if (!fill_certificate(mem, certificate, key, user_id) || !PEM_write_bio_X509(out, certificate))
        return failed(mem, "a certificate");
    *public_key = bio_text(mem, out);
    store = PKCS12_create("", NULL, key, certificate, NULL, 0, 0, 0, 0, 0);
    if (!store)
        return failed(mem, "a PKCS #12");
    mem_attach(mem, store, store_free);
    length = i2d_PKCS12(store, &der);
    if (length < 0)
        return failed(mem, "a PKCS #12");
    *private_key = base64_write(mem, der, (size_t)length);
    OPENSSL_clear_free(der, (size_t)length);
    return NULL;
}

struct fault *keypair_make(const void *mem, const char *type, const char *user_id, const char **private_key,
                           const char **public_key)
{
    EVP_PKEY *key = EVP_RSA_gen(BITS);

    if (!key)
        return failed(mem, "an RSA key");
    mem_attach(mem, key, key_free);
    if (!strcmp(type, "x509"))
        return make_x509(mem, key, user_id, private_key, public_key);
    return make_ssh(mem, key, private_key, public_key);
}
