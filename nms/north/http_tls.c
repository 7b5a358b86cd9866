#include "north/http_tls.h"

#include "base/bytes.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

struct tls {
    SSL_CTX *context;
};

/* RFC 9325, 4.2: forward secrecy, authenticated encryption. */
static const char ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
static const char groups[] = "X25519:P-256:P-384";

/* HTTP/1.1 is all that is spoken (RFC 7301). */
static int choose_protocol(SSL *ssl, const unsigned char **out,
                           unsigned char *len, const unsigned char *offered,
                           unsigned offered_len, void *arg)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;

    (void)ssl;
    (void)arg;
    if (SSL_select_next_proto(&chosen, len, ours, sizeof ours - 1, offered,
                              offered_len) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool harden(SSL_CTX *context)
{
    static const unsigned char id[] = "portolan";

    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION |
                                     SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); /* of idle ones */
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, ciphers) == 1 &&
           SSL_CTX_set1_groups_list(context, groups) == 1 &&
           SSL_CTX_set_session_id_context(context, id, sizeof id - 1) == 1;
}

static int refuse(const char *file, const char *what, struct complaint *why)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);

    ERR_clear_error();
    return complain(why, -EINVAL, file,
                    "give PEM files that belong together and that the "
                    "station's user may read",
                    "%s: %s", what, reason != NULL ? reason : "not usable");
}

int tls_load(const char *certificate, const char *key, struct tls **out,
             struct complaint *why)
{
    OWNED(tls_free) struct tls *t = mem_new(struct tls);

    *out = NULL;
    ERR_clear_error();
    t->context = SSL_CTX_new(TLS_server_method());
    if (t->context == NULL || !harden(t->context))
        return refuse("http", "TLS cannot be used", why);
    if (SSL_CTX_use_certificate_chain_file(t->context, certificate) != 1)
        return refuse(certificate, "the certificate cannot be used", why);
    if (SSL_CTX_use_PrivateKey_file(t->context, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(t->context) != 1)
        return refuse(key, "the key cannot be used", why);
    *out = TAKE(t);
    return 0;
}

void tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    SSL_CTX_free(t->context);
    free(t);
}

void tls_fingerprint(const struct tls *t, char out[TLS_FINGERPRINT_MAX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    size_t at = 0;

    out[0] = '\0';
    if (X509_digest(SSL_CTX_get0_certificate(t->context), EVP_sha256(), digest,
                    &len) != 1)
        return;
    for (unsigned i = 0; i < len && at + 4 < TLS_FINGERPRINT_MAX; i++)
        at += (size_t)snprintf(out + at, TLS_FINGERPRINT_MAX - at, "%s%02X",
                               i > 0 ? ":" : "", digest[i]);
}

struct bufferevent *tls_accept(const struct tls *t, struct event_base *base)
{
    SSL *ssl = SSL_new(t->context);

    if (ssl == NULL)
        return NULL;
    struct bufferevent *bev = bufferevent_openssl_socket_new(
        base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (bev == NULL)
        SSL_free(ssl);
    else /* a browser that just goes is no error */
        bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}
