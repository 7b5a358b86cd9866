/* credential.h - how to speak to an agent: version, names and secrets. */
#ifndef WIRE_CREDENTIAL_H
#define WIRE_CREDENTIAL_H

#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum snmp_version { SNMP_V1 = 0, SNMP_V2C = 1, SNMP_V3 = 3 };

/* Authentication protocols: RFC 3414 (MD5, SHA), RFC 7860 (SHA-2). */
enum auth_protocol {
    AUTH_NONE,
    AUTH_MD5,
    AUTH_SHA1,
    AUTH_SHA224,
    AUTH_SHA256,
    AUTH_SHA384,
    AUTH_SHA512,
    AUTH_PROTOCOLS
};

/* Privacy protocols: RFC 3414 (DES), RFC 3826 (AES-128), and the two ways in
 * use to stretch keys for longer AES: Blumenthal (draft-blumenthal-aes-usm-04)
 * and Reeder/Cisco (AES192C, AES256C). */
enum priv_protocol {
    PRIV_NONE,
    PRIV_DES,
    PRIV_AES128,
    PRIV_AES192,
    PRIV_AES256,
    PRIV_AES192C,
    PRIV_AES256C,
    PRIV_PROTOCOLS
};

/* Immutable once made; whoever uses it borrows it. */
struct credential {
    char *name; /* as in the configuration */
    enum snmp_version version;
    char *community; /* v1, v2c */
    char *user;      /* v3 */
    enum auth_protocol auth;
    enum priv_protocol priv;
    char *auth_secret, *priv_secret; /* wiped when freed */
    char *context; /* for requests that name none; NULL = the default */
};

void credential_free(struct credential *c);
OWNED_BY(struct credential, credential_free)
struct credential *credential_copy(const struct credential *c);
bool credential_equal(const struct credential *a, const struct credential *b);

/* "SHA-256", "SHA256", "AES-128", "AES", "AES-256-C" ..., case aside; false if
 * there is none of that name. */
bool auth_protocol_parse(const char *name, enum auth_protocol *out);
bool priv_protocol_parse(const char *name, enum priv_protocol *out);

/* As configurations write them: "SHA-256", "AES-128" ...; "none". */
const char *auth_protocol_name(enum auth_protocol p);
const char *priv_protocol_name(enum priv_protocol p);

#endif
