/* usm.h - the User-based Security Model of SNMPv3: keys from passwords, digests
 * and encryption (RFC 3414, RFC 3826, RFC 7860). All cryptography is OpenSSL's.
 *
 * A struct usm holds what is worth keeping between messages: fetched
 * algorithms, contexts, and keys derived from passwords, whose making costs a
 * million octets of hashing. One per engine; not for several threads.
 */
#ifndef WIRE_USM_H
#define WIRE_USM_H

#include "wire/credential.h"
#include "wire/message.h"

enum {
    USM_KEY_MAX = 64,    /* octets of the longest key: SHA-512 */
    USM_DIGEST_MAX = 48, /* octets of the longest msgAuthenticationParameters */
    USM_PRIV_MAX = 8,    /* octets of msgPrivacyParameters */
    USM_WINDOW_S = 150,  /* RFC 3414, 3.2 7 */
};

struct usm;

/* NULL if OpenSSL lacks what every variant needs. */
struct usm *usm_new(void);
void usm_free(struct usm *u); /* wipes keys */
OWNED_BY(struct usm, usm_free)

/* A credential's keys localised to an engine (RFC 3414, 2.6). A value; wipe
 * it with usm_keys_wipe() when done. */
struct usm_keys {
    enum auth_protocol auth;
    enum priv_protocol priv;
    uint8_t auth_len, priv_len;
    uint8_t auth_key[USM_KEY_MAX], priv_key[USM_KEY_MAX];
};

/* Derives and localises; passwords' keys are remembered in u. 0; -EINVAL if a
 * secret the protocols need is missing; -ENOTSUP if OpenSSL lacks the
 * algorithm. */
int usm_keys_make(struct usm *u, const struct credential *credential,
                  struct bytes engine_id, struct usm_keys *out)
    __attribute__((warn_unused_result));
void usm_keys_wipe(struct usm_keys *keys);

/* The steps alone, for their test vectors. key has room for USM_KEY_MAX. 0 and
 * *len, or -errno. */
int usm_password_key(struct usm *u, enum auth_protocol auth,
                     struct bytes password, uint8_t *key, uint8_t *len)
    __attribute__((warn_unused_result));
int usm_localise(struct usm *u, enum auth_protocol auth, struct bytes key,
                 struct bytes engine_id, uint8_t *out, uint8_t *len)
    __attribute__((warn_unused_result));

/* Octets of a digest as sent: 12, 16, 24, 32 or 48; 0 for AUTH_NONE. */
size_t usm_digest_len(enum auth_protocol auth);

/* MESSAGE_AUTH | MESSAGE_PRIV as the protocols say. */
uint8_t usm_flags(enum auth_protocol auth, enum priv_protocol priv);

/* Puts the v3 message m, encrypted and authenticated with keys as far as
 * m->v3.flags ask; salt must differ from message to message. m's auth, priv
 * and body are not read. 0, -EMSGSIZE, or -EINVAL if flags ask for what keys
 * cannot do. b must be empty. */
int usm_seal(struct usm *u, struct ber_builder *b, const struct message *m,
             const struct usm_keys *keys, uint64_t salt)
    __attribute__((warn_unused_result));

/* True if whole, which m was decoded from, carries the right digest. */
bool usm_verify(struct usm *u, struct bytes whole, const struct message *m,
                const struct usm_keys *keys);

/* Decrypts m->body into plain, which has room for m->body.len octets. 0 and
 * *out, the content of the scoped PDU as message_decode_pdu() reads it, a view
 * of plain; -EBADMSG if it cannot be one. */
int usm_decrypt(struct usm *u, const struct message *m,
                const struct usm_keys *keys, uint8_t *plain, size_t room,
                struct bytes *out) __attribute__((warn_unused_result));

/* Counters that reports name: 1.3.6.1.6.3.15.1.1.N.0 (RFC 3414, 5). */
enum usm_stat {
    USM_UNSUPPORTED_LEVEL = 1,
    USM_NOT_IN_TIME_WINDOW = 2,
    USM_UNKNOWN_USER = 3,
    USM_UNKNOWN_ENGINE = 4,
    USM_WRONG_DIGEST = 5,
    USM_DECRYPTION_ERROR = 6,
};

#endif
