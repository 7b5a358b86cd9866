#include "station/password.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

enum {
    LOG_N = 15, /* 32 MB with R */
    R = 8,
    P = 1,
    LOG_N_MAX = 18, /* of a hash that is read: 256 MB */
    R_MAX = 16,
    P_MAX = 4,
    SALT_OCTETS = 16,
    HASH_OCTETS = 32,
    MEMORY_MAX = 600 << 20
};

/* A hash taken apart. */
struct kept {
    unsigned log_n, r, p;
    uint8_t salt[SALT_OCTETS], hash[HASH_OCTETS];
};

static bool make(const char *password, const struct kept *k,
                 uint8_t out[HASH_OCTETS])
{
    return EVP_PBE_scrypt(password, strlen(password), k->salt, sizeof k->salt,
                          UINT64_C(1) << k->log_n, k->r, k->p, MEMORY_MAX, out,
                          HASH_OCTETS) == 1;
}

static bool unhex(const char *text, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned octet;

        if (sscanf(text + 2 * i, "%2x", &octet) != 1)
            return false;
        out[i] = (uint8_t)octet;
    }
    return true;
}

static bool take_apart(const char *text, struct kept *out)
{
    char salt[2 * SALT_OCTETS + 1], hash[2 * HASH_OCTETS + 1];

    return sscanf(text, "scrypt:%2u:%2u:%2u:%32[0-9a-f]:%64[0-9a-f]",
                  &out->log_n, &out->r, &out->p, salt, hash) == 5 &&
           strlen(salt) == 2 * SALT_OCTETS && strlen(hash) == 2 * HASH_OCTETS &&
           out->log_n >= 1 && out->log_n <= LOG_N_MAX && out->r >= 1 &&
           out->r <= R_MAX && out->p >= 1 && out->p <= P_MAX &&
           unhex(salt, out->salt, SALT_OCTETS) &&
           unhex(hash, out->hash, HASH_OCTETS);
}

int password_hash(const char *password, char out[PASSWORD_HASH_MAX])
{
    struct kept k = {.log_n = LOG_N, .r = R, .p = P};
    struct buffer OWNED_BUFFER text = {0};

    out[0] = '\0';
    if (RAND_bytes(k.salt, sizeof k.salt) != 1 || !make(password, &k, k.hash))
        return -EIO;
    buffer_format(&text, "scrypt:%u:%u:%u:", k.log_n, k.r, k.p);
    text_hex((struct bytes){k.salt, sizeof k.salt}, '\0', &text);
    buffer_char(&text, ':');
    text_hex((struct bytes){k.hash, sizeof k.hash}, '\0', &text);
    (void)snprintf(out, PASSWORD_HASH_MAX, "%s", text.at);
    return 0;
}

bool password_fits(const char *password, const char *hash)
{
    struct kept k = {.log_n = 0};
    uint8_t made[HASH_OCTETS];
    bool known = take_apart(hash, &k);

    if (!known)
        k = (struct kept){.log_n = LOG_N, .r = R, .p = P};
    bool worked = make(password, &k, made);
    bool equal = CRYPTO_memcmp(made, k.hash, sizeof made) == 0;
    OPENSSL_cleanse(made, sizeof made);
    return known && worked && equal;
}

void password_make(char out[PASSWORD_MADE_MAX])
{
    static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aeiou";
    enum { GROUPS = 5, VOWEL_FAIR = 255 };
    size_t len = 0;

    for (unsigned letter = 0; letter < 4 * GROUPS; letter++) {
        uint8_t octet = 0;

        if (letter > 0 && letter % 4 == 0)
            out[len++] = '-';
        do /* 255 is a multiple of 5 */
            if (RAND_bytes(&octet, 1) != 1)
                abort();
        while (octet >= VOWEL_FAIR);
        out[len++] =
            letter % 2 == 0 ? consonants[octet % 16] : vowels[octet % 5];
    }
    out[len] = '\0';
}

/* Characters, not octets. */
static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* Is it one character, or a few in turn, again and again? */
static bool is_monotonous(const char *text)
{
    bool seen[256] = {false};
    size_t different = 0;

    for (; *text != '\0'; text++) {
        different += !seen[(unsigned char)*text];
        seen[(unsigned char)*text] = true;
    }
    return different < 4;
}

int password_judge(const char *name, const char *password,
                   struct complaint *why)
{
    static const char remedy[] = "choose some words that nobody would guess";

    if (!text_is_utf8(bytes_of_text(password)) ||
        strlen(password) > PASSWORD_MAX)
        return complain(why, -EINVAL, "password", remedy,
                        "a password is text of at most %d octets",
                        PASSWORD_MAX);
    if (characters(password) < PASSWORD_MIN)
        return complain(why, -EINVAL, "password", remedy,
                        "the password is shorter than %d characters",
                        PASSWORD_MIN);
    if (text_contains_nocase(password, name) &&
        strlen(password) < strlen(name) + PASSWORD_MIN)
        return complain(why, -EINVAL, "password", remedy,
                        "the password is little more than the name");
    if (is_monotonous(password))
        return complain(why, -EINVAL, "password", remedy,
                        "the password is of too few different characters");
    return 0;
}
