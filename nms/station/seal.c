#include "station/seal.h"

#include "base/mem.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

enum {
    CHUNK = 65536,
    TAG = 16,
    SALT = 16,
    CHECK = 16,
    KEY = 32,
    NONCE = 12,
    LOG_N = 17,
    LOG_N_MIN = 10,
    LOG_N_MAX = 20, /* 1 GB */
    HEAD = SEAL_MARK_LEN + 1 + SALT + CHECK
};

static const char mark[] = "portolan-sealed-1\n";
_Static_assert(sizeof mark - 1 == SEAL_MARK_LEN, "the mark has its length");

/* What both directions have: key, head and the number of the next chunk. */
struct sealing {
    uint8_t head[HEAD], key[KEY];
    uint64_t number;
    EVP_CIPHER_CTX *cipher;
};

struct seal {
    struct sealing sealing;
    seal_out_fn out;
    void *arg;
    uint8_t plain[CHUNK];
    size_t len;
    uint8_t sealed[CHUNK + TAG];
};

/* Read one octet ahead, to know which chunk is the last. */
struct unseal {
    struct sealing sealing;
    seal_in_fn in;
    void *arg;
    uint8_t sealed[CHUNK + TAG + 1];
    size_t len;
    uint8_t plain[CHUNK];
    bool ended;
};

bool seal_is_sealed(struct bytes begin)
{
    return begin.len >= SEAL_MARK_LEN &&
           memcmp(begin.at, mark, SEAL_MARK_LEN) == 0;
}

/* Key and check of a passphrase, by the head's parameters. */
static int derive(struct sealing *s, const char *passphrase,
                  uint8_t check[CHECK])
{
    uint8_t made[KEY + CHECK];
    unsigned log_n = s->head[SEAL_MARK_LEN];
    uint64_t n = UINT64_C(1) << log_n;

    if (EVP_PBE_scrypt(passphrase, strlen(passphrase),
                       s->head + SEAL_MARK_LEN + 1, SALT, n, 8, 1,
                       n * 1024 + (1 << 20), made, sizeof made) != 1)
        return -EIO;
    memcpy(s->key, made, KEY);
    memcpy(check, made + KEY, CHECK);
    OPENSSL_cleanse(made, sizeof made);
    return 0;
}

static void nonce_of(uint64_t number, bool last, uint8_t out[NONCE])
{
    memset(out, 0, NONCE);
    for (size_t i = 0; i < sizeof number; i++)
        out[NONCE - 2 - i] = (uint8_t)(number >> (8 * i));
    out[NONCE - 1] = last;
}

static void sealing_fini(struct sealing *s)
{
    EVP_CIPHER_CTX_free(s->cipher);
    OPENSSL_cleanse(s->key, sizeof s->key);
}

/* ---- writing ---- */

int seal_new(const char *passphrase, seal_out_fn out, void *arg,
             struct seal **made, struct complaint *why)
{
    OWNED(seal_free) struct seal *s = mem_new(struct seal);
    struct sealing *k = &s->sealing;

    *made = NULL;
    s->out = out;
    s->arg = arg;
    memcpy(k->head, mark, SEAL_MARK_LEN);
    k->head[SEAL_MARK_LEN] = LOG_N;
    k->cipher = EVP_CIPHER_CTX_new();
    if (k->cipher == NULL ||
        RAND_bytes(k->head + SEAL_MARK_LEN + 1, SALT) != 1 ||
        derive(k, passphrase, k->head + HEAD - CHECK) < 0)
        return complain(why, -EIO, "passphrase", "free some memory",
                        "no key can be made of it");
    int rc = out(arg, k->head, HEAD);
    if (rc == 0)
        *made = TAKE(s);
    return rc;
}

static int write_chunk(struct seal *s, bool last)
{
    struct sealing *k = &s->sealing;
    uint8_t nonce[NONCE];
    int len = 0, rest = 0, of_head = 0;

    nonce_of(k->number++, last, nonce);
    if (EVP_EncryptInit_ex(k->cipher, EVP_aes_256_gcm(), NULL, k->key, nonce) !=
            1 ||
        EVP_EncryptUpdate(k->cipher, NULL, &of_head, k->head, HEAD) != 1 ||
        EVP_EncryptUpdate(k->cipher, s->sealed, &len, s->plain, (int)s->len) !=
            1 ||
        EVP_EncryptFinal_ex(k->cipher, s->sealed + len, &rest) != 1 ||
        EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_GCM_GET_TAG, TAG,
                            s->sealed + s->len) != 1)
        return -EIO;
    size_t all = s->len + TAG;
    s->len = 0;
    return s->out(s->arg, s->sealed, all);
}

int seal_write(struct seal *s, const void *at, size_t len)
{
    const uint8_t *from = at;

    while (len > 0) {
        /* A full chunk waits until it is known that it is not the last. */
        int rc = s->len == CHUNK ? write_chunk(s, false) : 0;
        if (rc < 0)
            return rc;
        size_t part = CHUNK - s->len < len ? CHUNK - s->len : len;
        memcpy(s->plain + s->len, from, part);
        s->len += part;
        from += part;
        len -= part;
    }
    return 0;
}

int seal_end(struct seal *s)
{
    return write_chunk(s, true);
}

void seal_free(struct seal *s)
{
    if (s == NULL)
        return;
    sealing_fini(&s->sealing);
    OPENSSL_cleanse(s->plain, sizeof s->plain);
    free(s);
}

/* ---- reading ---- */

/* Fills a room as far as there is something. */
static ssize_t read_full(struct unseal *u, uint8_t *at, size_t room)
{
    size_t len = 0;

    while (len < room) {
        ssize_t part = u->in(u->arg, at + len, room - len);
        if (part < 0)
            return part;
        if (part == 0)
            break;
        len += (size_t)part;
    }
    return (ssize_t)len;
}

static int read_head(struct unseal *u, const char *passphrase,
                     struct complaint *why)
{
    struct sealing *k = &u->sealing;
    uint8_t check[CHECK];
    ssize_t len = read_full(u, k->head, HEAD);
    unsigned log_n = k->head[SEAL_MARK_LEN];

    if (len < 0)
        return complain(why, (int)len, "backup", "check its disk",
                        "it cannot be read: %s", strerror((int)-len));
    if (len < HEAD || !seal_is_sealed((struct bytes){k->head, HEAD}) ||
        log_n < LOG_N_MIN || log_n > LOG_N_MAX)
        return complain(why, -EBADMSG, "backup", "use another backup",
                        "it is not one that a passphrase opens, or it is cut");
    if (derive(k, passphrase, check) < 0)
        return complain(why, -EIO, "passphrase", "free some memory",
                        "no key can be made of it");
    if (CRYPTO_memcmp(check, k->head + HEAD - CHECK, CHECK) != 0)
        return complain(why, -EACCES, "passphrase",
                        "give the one the backup was made with",
                        "it is not the passphrase of this backup");
    return 0;
}

int unseal_new(const char *passphrase, seal_in_fn in, void *arg,
               struct unseal **made, struct complaint *why)
{
    OWNED(unseal_free) struct unseal *u = mem_new(struct unseal);

    *made = NULL;
    u->in = in;
    u->arg = arg;
    u->sealing.cipher = EVP_CIPHER_CTX_new();
    int rc = read_head(u, passphrase, why);
    if (rc == 0)
        *made = TAKE(u);
    return rc;
}

static int open_chunk(struct unseal *u, size_t len, bool last)
{
    struct sealing *k = &u->sealing;
    uint8_t nonce[NONCE];
    int of_head = 0, plain = 0, rest = 0;

    nonce_of(k->number++, last, nonce);
    if (k->cipher == NULL ||
        EVP_DecryptInit_ex(k->cipher, EVP_aes_256_gcm(), NULL, k->key, nonce) !=
            1 ||
        EVP_DecryptUpdate(k->cipher, NULL, &of_head, k->head, HEAD) != 1 ||
        EVP_DecryptUpdate(k->cipher, u->plain, &plain, u->sealed, (int)len) !=
            1 ||
        EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_GCM_SET_TAG, TAG,
                            u->sealed + len) != 1 ||
        EVP_DecryptFinal_ex(k->cipher, u->plain + plain, &rest) != 1)
        return -EBADMSG;
    return 0;
}

ssize_t unseal_read(struct unseal *u, const void **at)
{
    *at = u->plain;
    if (u->ended)
        return 0;
    ssize_t more = read_full(u, u->sealed + u->len, sizeof u->sealed - u->len);
    if (more < 0)
        return more;
    size_t len = u->len + (size_t)more;
    bool last = len < sizeof u->sealed;
    if (!last)
        len--;
    if (len < TAG || open_chunk(u, len - TAG, last) < 0)
        return -EBADMSG;
    u->ended = last;
    u->sealed[0] = u->sealed[sizeof u->sealed - 1];
    u->len = 1;
    return (ssize_t)(len - TAG);
}

void unseal_free(struct unseal *u)
{
    if (u == NULL)
        return;
    sealing_fini(&u->sealing);
    OPENSSL_cleanse(u->plain, sizeof u->plain);
    free(u);
}
