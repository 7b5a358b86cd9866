#include "wire/usm.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

enum {
    PASSWORD_EXPANSION = 1 << 20, /* RFC 3414, A.2: octets to be hashed */
    PASSWORD_BLOCK = 64,
    PASSWORDS_MAX = 256, /* keys of passwords remembered: of all credentials */
    DES_BLOCK = 8,
    DES_KEY = 8, /* of 16 octets the first 8; the others are the pre-IV */
    IV_MAX = 16,
};

/* Authentication: RFC 3414, 6 and 7; RFC 7860, 4.2. */
static const struct auth_rule {
    const char *digest;
    uint8_t key, sent; /* octets of key and digest; of the digest as sent */
} auth_rules[AUTH_PROTOCOLS] = {
    [AUTH_MD5] = {"MD5", 16, 12},         [AUTH_SHA1] = {"SHA1", 20, 12},
    [AUTH_SHA224] = {"SHA2-224", 28, 16}, [AUTH_SHA256] = {"SHA2-256", 32, 24},
    [AUTH_SHA384] = {"SHA2-384", 48, 32}, [AUTH_SHA512] = {"SHA2-512", 64, 48},
};

/* How a localised key that is too short is made longer. */
enum stretch { STRETCH_BLUMENTHAL, STRETCH_REEDER };

/* Privacy: RFC 3414, 8; RFC 3826, 3. DES is triple DES with one key thrice, so
 * that OpenSSL's default provider has it. blocks is the same key without a
 * mode, see stream_decrypt(). */
static const struct priv_rule {
    const char *cipher, *blocks;
    uint8_t key; /* octets, the pre-IV of DES included */
    enum stretch stretch;
} priv_rules[PRIV_PROTOCOLS] = {
    [PRIV_DES] = {"DES-EDE3-CBC", NULL, 16, STRETCH_BLUMENTHAL},
    [PRIV_AES128] = {"AES-128-CFB", "AES-128-ECB", 16, STRETCH_BLUMENTHAL},
    [PRIV_AES192] = {"AES-192-CFB", "AES-192-ECB", 24, STRETCH_BLUMENTHAL},
    [PRIV_AES256] = {"AES-256-CFB", "AES-256-ECB", 32, STRETCH_BLUMENTHAL},
    [PRIV_AES192C] = {"AES-192-CFB", "AES-192-ECB", 24, STRETCH_REEDER},
    [PRIV_AES256C] = {"AES-256-CFB", "AES-256-ECB", 32, STRETCH_REEDER},
};

/* The key of a password, before it is localised. */
struct password_key {
    enum auth_protocol auth;
    char *password; /* NULL: free */
    uint8_t key[USM_KEY_MAX];
};

struct usm {
    EVP_MD *digests[AUTH_PROTOCOLS];
    EVP_MAC_CTX *macs[AUTH_PROTOCOLS];
    EVP_CIPHER_CTX *ciphers[PRIV_PROTOCOLS], *blocks[PRIV_PROTOCOLS];
    EVP_MD_CTX *hash;
    struct password_key passwords[PASSWORDS_MAX];
    size_t next_password;    /* to be replaced next */
    uint8_t *plain, *cipher; /* MESSAGE_MAX each, and a block */
};

/* ---- algorithms --------------------------------------------------------- */

static EVP_MAC_CTX *mac_new(EVP_MAC *hmac, const struct auth_rule *rule)
{
    char name[16];
    OSSL_PARAM params[2] = {OSSL_PARAM_construct_end(),
                            OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *mac = EVP_MAC_CTX_new(hmac);

    snprintf(name, sizeof name, "%s", rule->digest);
    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
    if (mac != NULL && EVP_MAC_CTX_set_params(mac, params) != 1) {
        EVP_MAC_CTX_free(mac);
        mac = NULL;
    }
    return mac;
}

static EVP_CIPHER_CTX *cipher_new(const char *name)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (cipher == NULL || ctx == NULL ||
        EVP_CipherInit_ex(ctx, cipher, NULL, NULL, NULL, 1) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        ctx = NULL;
    }
    EVP_CIPHER_free(cipher);
    return ctx;
}

/* An algorithm that OpenSSL lacks stays NULL; who needs it gets -ENOTSUP. */
struct usm *usm_new(void)
{
    struct usm *u = mem_new(struct usm);
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);

    for (size_t i = AUTH_MD5; i < AUTH_PROTOCOLS; i++) {
        u->digests[i] = EVP_MD_fetch(NULL, auth_rules[i].digest, NULL);
        if (u->digests[i] != NULL && hmac != NULL)
            u->macs[i] = mac_new(hmac, &auth_rules[i]);
    }
    EVP_MAC_free(hmac);
    for (size_t i = PRIV_DES; i < PRIV_PROTOCOLS; i++)
        u->ciphers[i] = cipher_new(priv_rules[i].cipher);
    for (size_t i = PRIV_AES128; i < PRIV_PROTOCOLS; i++)
        u->blocks[i] = cipher_new(priv_rules[i].blocks);
    if (u->ciphers[PRIV_DES] != NULL) /* the others are streams */
        (void)EVP_CIPHER_CTX_set_padding(u->ciphers[PRIV_DES], 0);
    u->hash = EVP_MD_CTX_new();
    u->plain = mem_array(1, MESSAGE_MAX);
    u->cipher = mem_array(1, MESSAGE_MAX + IV_MAX);
    if (u->hash != NULL)
        return u;
    usm_free(u);
    return NULL;
}

static void password_forget(struct password_key *p)
{
    if (p->password != NULL) {
        OPENSSL_cleanse(p->password, strlen(p->password));
        free(p->password);
    }
    OPENSSL_cleanse(p, sizeof *p);
}

void usm_free(struct usm *u)
{
    if (u == NULL)
        return;
    for (size_t i = 0; i < AUTH_PROTOCOLS; i++) {
        EVP_MAC_CTX_free(u->macs[i]);
        EVP_MD_free(u->digests[i]);
    }
    for (size_t i = 0; i < PRIV_PROTOCOLS; i++) {
        EVP_CIPHER_CTX_free(u->ciphers[i]);
        EVP_CIPHER_CTX_free(u->blocks[i]);
    }
    EVP_MD_CTX_free(u->hash);
    for (size_t i = 0; i < PASSWORDS_MAX; i++)
        password_forget(&u->passwords[i]);
    OPENSSL_cleanse(u->plain, MESSAGE_MAX);
    OPENSSL_cleanse(u->cipher, MESSAGE_MAX + IV_MAX);
    free(u->plain);
    free(u->cipher);
    free(u);
}

size_t usm_digest_len(enum auth_protocol auth)
{
    return auth < AUTH_PROTOCOLS ? auth_rules[auth].sent : 0;
}

uint8_t usm_flags(enum auth_protocol auth, enum priv_protocol priv)
{
    if (auth == AUTH_NONE)
        return 0;
    return priv == PRIV_NONE ? MESSAGE_AUTH : MESSAGE_AUTH | MESSAGE_PRIV;
}

/* ---- keys --------------------------------------------------------------- */

static bool has_auth(const struct usm *u, enum auth_protocol auth)
{
    return auth > AUTH_NONE && auth < AUTH_PROTOCOLS &&
           u->digests[auth] != NULL && u->macs[auth] != NULL;
}

/* RFC 3414, A.2: the password repeated to a million octets, hashed. */
static bool expand(struct usm *u, enum auth_protocol auth,
                   struct bytes password, uint8_t *key)
{
    uint8_t block[PASSWORD_BLOCK];
    size_t at = 0;
    bool ok = EVP_DigestInit_ex(u->hash, u->digests[auth], NULL) == 1;

    for (size_t done = 0; ok && done < PASSWORD_EXPANSION;
         done += sizeof block) {
        for (size_t i = 0; i < sizeof block; i++) {
            block[i] = password.at[at];
            at = at + 1 == password.len ? 0 : at + 1;
        }
        ok = EVP_DigestUpdate(u->hash, block, sizeof block) == 1;
    }
    ok = ok && EVP_DigestFinal_ex(u->hash, key, NULL) == 1;
    OPENSSL_cleanse(block, sizeof block);
    return ok;
}

int usm_password_key(struct usm *u, enum auth_protocol auth,
                     struct bytes password, uint8_t *key, uint8_t *len)
{
    *len = 0;
    if (!has_auth(u, auth))
        return -ENOTSUP;
    if (password.len == 0)
        return -EINVAL;
    if (!expand(u, auth, password, key))
        return -ENOTSUP;
    *len = auth_rules[auth].key;
    return 0;
}

/* Hash of three pieces. */
static bool hash_of(struct usm *u, enum auth_protocol auth,
                    const struct bytes pieces[3], uint8_t *out)
{
    bool ok = EVP_DigestInit_ex(u->hash, u->digests[auth], NULL) == 1;

    for (size_t i = 0; ok && i < 3; i++)
        ok = EVP_DigestUpdate(u->hash, pieces[i].at, pieces[i].len) == 1;
    return ok && EVP_DigestFinal_ex(u->hash, out, NULL) == 1;
}

int usm_localise(struct usm *u, enum auth_protocol auth, struct bytes key,
                 struct bytes engine_id, uint8_t *out, uint8_t *len)
{
    *len = 0;
    if (!has_auth(u, auth) ||
        !hash_of(u, auth, (const struct bytes[3]){key, engine_id, key}, out))
        return -ENOTSUP;
    *len = auth_rules[auth].key;
    return 0;
}

/* The key of a password, from memory if it was made before. */
static int password_key(struct usm *u, enum auth_protocol auth,
                        const char *password, struct bytes *out)
{
    if (password == NULL || !has_auth(u, auth))
        return password == NULL ? -EINVAL : -ENOTSUP;
    for (size_t i = 0; i < PASSWORDS_MAX; i++) {
        struct password_key *p = &u->passwords[i];
        if (p->password != NULL && p->auth == auth &&
            strcmp(p->password, password) == 0) {
            *out = (struct bytes){p->key, auth_rules[auth].key};
            return 0;
        }
    }
    struct password_key *p = &u->passwords[u->next_password];
    uint8_t len = 0;
    password_forget(p);
    int rc = usm_password_key(u, auth, bytes_of_text(password), p->key, &len);
    if (rc < 0)
        return rc;
    p->auth = auth;
    p->password = mem_text(password);
    u->next_password = (u->next_password + 1) % PASSWORDS_MAX;
    *out = (struct bytes){p->key, len};
    return 0;
}

/* The octets that follow a localised key when it is too short:
 * draft-blumenthal-aes-usm-04, 3.1.2.1: its hash;
 * draft-reeder-snmpv3-usm-3desede-00, 2.1: itself taken as a password. */
static int stretch(struct usm *u, enum auth_protocol auth, enum stretch how,
                   struct bytes engine_id, uint8_t *key)
{
    size_t size = auth_rules[auth].key;
    struct bytes first = {key, size};
    uint8_t longer[USM_KEY_MAX];
    uint8_t len = 0;
    int rc = 0;

    if (how == STRETCH_BLUMENTHAL) {
        if (!hash_of(u, auth, (const struct bytes[3]){first}, key + size))
            rc = -ENOTSUP;
    } else {
        rc = usm_password_key(u, auth, first, longer, &len);
        if (rc == 0)
            rc = usm_localise(u, auth, (struct bytes){longer, len}, engine_id,
                              key + size, &len);
    }
    OPENSSL_cleanse(longer, sizeof longer);
    return rc;
}

static int priv_key_make(struct usm *u, const struct credential *credential,
                         struct bytes engine_id, struct usm_keys *out)
{
    const struct priv_rule *rule = &priv_rules[credential->priv];
    uint8_t room[2 * USM_KEY_MAX];
    struct bytes key;
    uint8_t len = 0;
    int rc = password_key(u, credential->auth, credential->priv_secret, &key);

    if (rc == 0)
        rc = usm_localise(u, credential->auth, key, engine_id, room, &len);
    if (rc == 0 && len < rule->key) /* one more time is enough for all */
        rc = stretch(u, credential->auth, rule->stretch, engine_id, room);
    if (rc == 0) {
        memcpy(out->priv_key, room, rule->key);
        out->priv_len = rule->key;
    }
    OPENSSL_cleanse(room, sizeof room);
    return rc;
}

int usm_keys_make(struct usm *u, const struct credential *credential,
                  struct bytes engine_id, struct usm_keys *out)
{
    struct usm_keys made = {.auth = credential->auth};
    struct bytes key;
    int rc = 0;

    *out = (struct usm_keys){0};
    if (made.auth != AUTH_NONE) {
        rc = password_key(u, made.auth, credential->auth_secret, &key);
        if (rc == 0)
            rc = usm_localise(u, made.auth, key, engine_id, made.auth_key,
                              &made.auth_len);
    }
    if (rc == 0 && made.auth != AUTH_NONE && credential->priv != PRIV_NONE) {
        made.priv = credential->priv;
        rc = u->ciphers[made.priv] == NULL
                 ? -ENOTSUP
                 : priv_key_make(u, credential, engine_id, &made);
    }
    if (rc == 0)
        *out = made;
    usm_keys_wipe(&made);
    return rc;
}

void usm_keys_wipe(struct usm_keys *keys)
{
    OPENSSL_cleanse(keys, sizeof *keys);
}

/* ---- digests ------------------------------------------------------------ */

/* HMAC of whole with its digest at octets.at taken as zeros. */
static bool digest_of(struct usm *u, struct bytes whole, struct bytes digest,
                      const struct usm_keys *keys, uint8_t *out)
{
    static const uint8_t zeros[USM_DIGEST_MAX];
    EVP_MAC_CTX *mac = u->macs[keys->auth];
    size_t before = (size_t)(digest.at - whole.at);
    const uint8_t *behind = digest.at + digest.len;
    size_t len = 0;

    return EVP_MAC_init(mac, keys->auth_key, keys->auth_len, NULL) == 1 &&
           EVP_MAC_update(mac, whole.at, before) == 1 &&
           EVP_MAC_update(mac, zeros, digest.len) == 1 &&
           EVP_MAC_update(mac, behind, whole.len - before - digest.len) == 1 &&
           EVP_MAC_final(mac, out, &len, USM_KEY_MAX) == 1;
}

bool usm_verify(struct usm *u, struct bytes whole, const struct message *m,
                const struct usm_keys *keys)
{
    uint8_t digest[USM_KEY_MAX];
    struct bytes sent = m->v3.auth;

    if (!has_auth(u, keys->auth) || keys->auth_len == 0 ||
        sent.len != usm_digest_len(keys->auth))
        return false;
    assert(sent.at >= whole.at && sent.at + sent.len <= whole.at + whole.len);
    return digest_of(u, whole, sent, keys, digest) &&
           CRYPTO_memcmp(digest, sent.at, sent.len) == 0;
}

/* ---- encryption --------------------------------------------------------- */

static void put_u32(uint8_t *at, uint32_t number)
{
    at[0] = (uint8_t)(number >> 24);
    at[1] = (uint8_t)(number >> 16);
    at[2] = (uint8_t)(number >> 8);
    at[3] = (uint8_t)number;
}

/* The initialisation vector: of DES salt xor pre-IV (RFC 3414, 8.1.1.1), of
 * AES boots, time and salt (RFC 3826, 3.1.2.1). */
static void make_iv(const struct message_v3 *v3, const struct usm_keys *keys,
                    const uint8_t salt[USM_PRIV_MAX], uint8_t iv[IV_MAX])
{
    memset(iv, 0, IV_MAX);
    if (keys->priv == PRIV_DES) {
        for (size_t i = 0; i < DES_BLOCK; i++)
            iv[i] = keys->priv_key[DES_KEY + i] ^ salt[i];
        return;
    }
    put_u32(iv, (uint32_t)v3->boots);
    put_u32(iv + 4, (uint32_t)v3->time_s);
    memcpy(iv + 8, salt, USM_PRIV_MAX);
}

/* Both ways; from and to have len octets. */
static bool cipher_run(struct usm *u, const struct usm_keys *keys,
                       const uint8_t iv[IV_MAX], int encrypt, struct bytes from,
                       uint8_t *to)
{
    EVP_CIPHER_CTX *ctx = u->ciphers[keys->priv];
    uint8_t key[3 * DES_KEY];
    const uint8_t *with = keys->priv_key;
    int out = 0, more = 0;

    if (keys->priv == PRIV_DES) {
        for (size_t i = 0; i < 3; i++)
            memcpy(key + i * DES_KEY, keys->priv_key, DES_KEY);
        with = key;
    }
    bool ok = EVP_CipherInit_ex(ctx, NULL, NULL, with, iv, encrypt) == 1 &&
              EVP_CipherUpdate(ctx, to, &out, from.at, (int)from.len) == 1 &&
              EVP_CipherFinal_ex(ctx, to + out, &more) == 1;
    OPENSSL_cleanse(key, sizeof key);
    return ok && (size_t)out + (size_t)more == from.len;
}

static void xor_octets(uint8_t *to, struct bytes from, const uint8_t *with)
{
    size_t at = 0;

    for (uint64_t a, b; at + sizeof a <= from.len; at += sizeof a) {
        memcpy(&a, from.at + at, sizeof a);
        memcpy(&b, with + at, sizeof b);
        a ^= b;
        memcpy(to + at, &a, sizeof a);
    }
    for (; at < from.len; at++)
        to[at] = from.at[at] ^ with[at];
}

/* The same for cipher feedback of whole blocks, decrypting (NIST SP 800-38A,
 * 6.3): what it xors each block with is the one before, encrypted, and all of
 * these are known: encrypted in one go they cost the processor a fraction. */
static bool stream_decrypt(struct usm *u, const struct usm_keys *keys,
                           const uint8_t iv[IV_MAX], struct bytes from,
                           uint8_t *to)
{
    EVP_CIPHER_CTX *ctx = u->blocks[keys->priv];
    size_t blocks = (from.len + IV_MAX - 1) / IV_MAX * IV_MAX;
    uint8_t *stream = u->cipher;
    int out = 0;

    memcpy(stream, iv, IV_MAX);
    memcpy(stream + IV_MAX, from.at, blocks - IV_MAX);
    if (EVP_CipherInit_ex(ctx, NULL, NULL, keys->priv_key, NULL, 1) != 1 ||
        EVP_CipherUpdate(ctx, stream, &out, stream, (int)blocks) != 1 ||
        (size_t)out != blocks)
        return false;
    xor_octets(to, from, stream);
    return true;
}

int usm_decrypt(struct usm *u, const struct message *m,
                const struct usm_keys *keys, uint8_t *plain, size_t room,
                struct bytes *out)
{
    struct bytes body = m->body;
    uint8_t iv[IV_MAX];

    *out = (struct bytes){0};
    if (keys->priv_len == 0 || u->ciphers[keys->priv] == NULL ||
        m->v3.priv.len != USM_PRIV_MAX || body.len == 0 || body.len > room)
        return -EBADMSG;
    if (keys->priv == PRIV_DES && body.len % DES_BLOCK != 0)
        return -EBADMSG;
    make_iv(&m->v3, keys, m->v3.priv.at, iv);
    bool done = u->blocks[keys->priv] != NULL
                    ? stream_decrypt(u, keys, iv, body, plain)
                    : cipher_run(u, keys, iv, 0, body, plain);
    if (!done)
        return -EBADMSG;
    struct cursor c = cursor_over((struct bytes){plain, body.len});
    struct cursor scoped = ber_open(&c, BER_SEQUENCE, "ScopedPDU: no SEQUENCE");
    if (!cursor_ok(&scoped))
        return -EBADMSG;
    *out = cursor_bytes(&scoped, cursor_left(&scoped));
    return 0;
}

/* The salt as sent: of DES boots and a counter, of AES 64 bits. */
static void make_salt(const struct message_v3 *v3, const struct usm_keys *keys,
                      uint64_t salt, uint8_t out[USM_PRIV_MAX])
{
    bool des = keys->priv == PRIV_DES;

    put_u32(out, des ? (uint32_t)v3->boots : (uint32_t)(salt >> 32));
    put_u32(out + 4, (uint32_t)salt);
}

/* Encrypts the scoped PDU of m, whose body becomes a view of u->cipher. */
static int encrypt_scoped(struct usm *u, struct message *m,
                          const struct usm_keys *keys,
                          const uint8_t salt[USM_PRIV_MAX])
{
    struct ber_builder b = ber_builder_over(u->plain, MESSAGE_MAX);
    static const uint8_t zeros[DES_BLOCK];
    size_t pad = 0;
    uint8_t iv[IV_MAX];

    message_encode_scoped(&b, m);
    if (keys->priv == PRIV_DES && ber_mark(&b) % DES_BLOCK != 0) {
        pad = DES_BLOCK - ber_mark(&b) % DES_BLOCK;
        b = ber_builder_over(u->plain, MESSAGE_MAX);
        ber_put_raw(&b, (struct bytes){zeros, pad});
        message_encode_scoped(&b, m);
    }
    struct bytes plain = ber_built(&b);
    if (plain.len == 0)
        return -EMSGSIZE;
    make_iv(&m->v3, keys, salt, iv);
    if (!cipher_run(u, keys, iv, 1, plain, u->cipher))
        return -EINVAL;
    m->body = (struct bytes){u->cipher, plain.len};
    m->v3.priv = (struct bytes){salt, USM_PRIV_MAX};
    return 0;
}

/* Writes the digest of what b holds into its place there. */
static int sign(struct usm *u, struct ber_builder *b,
                const struct usm_keys *keys)
{
    struct bytes whole = ber_built(b);
    struct cursor c = cursor_over(whole);
    uint8_t digest[USM_KEY_MAX];
    struct message m;

    if (message_decode(&c, &m) < 0 ||
        !digest_of(u, whole, m.v3.auth, keys, digest))
        return -EINVAL;
    memcpy(b->at + b->start + (m.v3.auth.at - whole.at), digest, m.v3.auth.len);
    return 0;
}

int usm_seal(struct usm *u, struct ber_builder *b, const struct message *m,
             const struct usm_keys *keys, uint64_t salt)
{
    static const uint8_t zeros[USM_DIGEST_MAX];
    struct message sealed = *m;
    uint8_t salt_sent[USM_PRIV_MAX];
    bool auth = (m->v3.flags & MESSAGE_AUTH) != 0;
    int rc = 0;

    sealed.v3.auth = sealed.v3.priv = (struct bytes){0};
    if (auth && (!has_auth(u, keys->auth) || keys->auth_len == 0))
        return -EINVAL;
    if (auth)
        sealed.v3.auth = (struct bytes){zeros, usm_digest_len(keys->auth)};
    if ((m->v3.flags & MESSAGE_PRIV) != 0) {
        if (!auth || keys->priv_len == 0 || u->ciphers[keys->priv] == NULL)
            return -EINVAL;
        make_salt(&m->v3, keys, salt, salt_sent);
        rc = encrypt_scoped(u, &sealed, keys, salt_sent);
    }
    if (rc == 0)
        rc = message_encode(b, &sealed);
    return rc == 0 && auth ? sign(u, b, keys) : rc;
}
