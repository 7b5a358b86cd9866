#include "north/http_certificate.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

enum {
    DAYS = 397,
    DAYS_LEFT = 30, /* with fewer a new one is made */
    SERIAL_OCTETS = 16,
    KEY_MODE = 0600,
    CERTIFICATE_MODE = 0644,
    HOST_MAX = 256,
    DAY_S = 24 * 3600
};

/* ---- what it is for ---- */

static bool is_host_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

    return name[0] != '\0' && name[strspn(name, letters)] == '\0';
}

static void add_name(struct buffer *out, const char *name)
{
    if (is_host_name(name))
        buffer_format(out, ",DNS:%s", name);
}

/* As OpenSSL writes subjectAltName. */
static void list_names(const struct certificate_wish *wish, struct buffer *out)
{
    char host[HOST_MAX] = "", addr[ADDR_TEXT_MAX];

    buffer_text(out, "DNS:localhost,IP:127.0.0.1,IP:::1");
    if (gethostname(host, sizeof host - 1) == 0)
        add_name(out, host);
    add_name(out, wish->name);
    for (size_t i = 0; i < wish->count; i++)
        add_name(out, wish->names[i]);
    if (addr_is_set(&wish->listen) && !addr_is_unspecified(&wish->listen))
        buffer_format(out, ",IP:%s",
                      addr_format(&wish->listen, addr, sizeof addr));
}

/* ---- is there one ---- */

static X509 *read_certificate(const char *path)
{
    BIO *file = BIO_new_file(path, "r");
    X509 *found =
        file != NULL ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;

    BIO_free(file);
    return found;
}

/* The names that are in it, as list_names() has them, in its comment. */
static bool is_for(X509 *certificate, const char *names)
{
    X509_EXTENSION *wanted =
        X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    bool same = wanted != NULL && at >= 0 &&
                ASN1_OCTET_STRING_cmp(
                    X509_EXTENSION_get_data(X509_get_ext(certificate, at)),
                    X509_EXTENSION_get_data(wanted)) == 0;

    X509_EXTENSION_free(wanted);
    return same;
}

bool certificate_is_good(const struct certificate_wish *wish)
{
    struct buffer OWNED_BUFFER names = {0};
    time_t later = time(NULL) + (time_t)DAYS_LEFT * DAY_S;
    X509 *found = read_certificate(wish->certificate);

    list_names(wish, &names);
    bool good = found != NULL && access(wish->key, R_OK) == 0 &&
                X509_cmp_time(X509_get0_notAfter(found), &later) > 0 &&
                is_for(found, names.at);
    X509_free(found);
    return good;
}

/* ---- making one ---- */

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    bool added = e != NULL && X509_add_ext(certificate, e, -1) == 1;

    X509_EXTENSION_free(e);
    return added;
}

static bool set_serial(X509 *certificate)
{
    uint8_t octets[SERIAL_OCTETS];

    if (RAND_bytes(octets, sizeof octets) != 1)
        return false;
    octets[0] = (octets[0] & 0x3f) | 0x40; /* positive, of full length */
    BIGNUM *number = BN_bin2bn(octets, sizeof octets, NULL);
    bool set =
        number != NULL &&
        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

static bool set_subject(X509 *certificate, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    char common[65]; /* RFC 5280, appendix A.1: ub-common-name */

    (void)snprintf(common, sizeof common, "%s", name);
    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      (const unsigned char *)common, -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1;
}

static bool fill(X509 *certificate, EVP_PKEY *key,
                 const struct certificate_wish *wish)
{
    struct buffer OWNED_BUFFER names = {0};

    list_names(wish, &names);
    return X509_set_version(certificate, 2) == 1 && set_serial(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_S) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(certificate),
                           (long)DAYS * DAY_S) != NULL &&
           set_subject(certificate, wish->name) &&
           X509_set_pubkey(certificate, key) == 1 &&
           add_extension(certificate, NID_basic_constraints,
                         "critical,CA:FALSE") &&
           add_extension(certificate, NID_key_usage,
                         "critical,digitalSignature") &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
           add_extension(certificate, NID_subject_alt_name, names.at) &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static int write_pem(const char *path, BIO *pem, unsigned mode)
{
    char *at = NULL;
    long len = BIO_get_mem_data(pem, &at);

    return file_write(path, (struct bytes){(uint8_t *)at, (size_t)len}, mode);
}

static int write_both(const struct certificate_wish *wish, X509 *certificate,
                      EVP_PKEY *key)
{
    BIO *key_pem = BIO_new(BIO_s_mem()), *pem = BIO_new(BIO_s_mem());
    int rc = -EIO;

    if (PEM_write_bio_PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) ==
            1 &&
        PEM_write_bio_X509(pem, certificate) == 1)
        rc = write_pem(wish->key, key_pem, KEY_MODE);
    if (rc == 0)
        rc = write_pem(wish->certificate, pem, CERTIFICATE_MODE);
    BIO_free(key_pem);
    BIO_free(pem);
    return rc;
}

int certificate_make(const struct certificate_wish *wish, struct complaint *why)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    int rc = -EIO;

    if (key != NULL && certificate != NULL && fill(certificate, key, wish))
        rc = write_both(wish, certificate, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return rc == 0 ? 0
                   : complain(why, rc, wish->certificate,
                              "see the rights of its folder, or give "
                              "http.certificate and key",
                              "no certificate can be made: %s", strerror(-rc));
}
