#include "wire/credential.h"

#include "base/mem.h"
#include "base/text.h"

#include <openssl/crypto.h>

enum { PROTOCOL_TEXT_MAX = 32 };

/* A name without '-', '_' and blanks, and what it stands for. */
struct protocol_name {
    const char *name;
    int protocol;
};

static void secret_free(char *secret)
{
    if (secret != NULL)
        OPENSSL_cleanse(secret, strlen(secret));
    free(secret);
}

void credential_free(struct credential *c)
{
    if (c == NULL)
        return;
    free(c->name);
    free(c->user);
    free(c->context);
    secret_free(c->community);
    secret_free(c->auth_secret);
    secret_free(c->priv_secret);
    free(c);
}

struct credential *credential_copy(const struct credential *c)
{
    struct credential *copy = mem_new(struct credential);

    *copy = (struct credential){.name = mem_text(c->name),
                                .version = c->version,
                                .community = mem_text(c->community),
                                .user = mem_text(c->user),
                                .auth = c->auth,
                                .priv = c->priv,
                                .auth_secret = mem_text(c->auth_secret),
                                .priv_secret = mem_text(c->priv_secret),
                                .context = mem_text(c->context)};
    return copy;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool credential_equal(const struct credential *a, const struct credential *b)
{
    return a->version == b->version && a->auth == b->auth &&
           a->priv == b->priv && same_text(a->name, b->name) &&
           same_text(a->community, b->community) &&
           same_text(a->user, b->user) &&
           same_text(a->auth_secret, b->auth_secret) &&
           same_text(a->priv_secret, b->priv_secret) &&
           same_text(a->context, b->context);
}

/* The protocol called name among count names, -1 if there is none. */
static int protocol_find(const struct protocol_name *names, size_t count,
                         const char *name)
{
    char plain[PROTOCOL_TEXT_MAX];
    size_t len = 0;

    for (; *name != '\0' && len + 1 < sizeof plain; name++)
        if (*name != '-' && *name != '_' && *name != ' ')
            plain[len++] = *name;
    plain[len] = '\0';
    for (size_t i = 0; *name == '\0' && i < count; i++)
        if (text_compare_nocase(names[i].name, plain) == 0)
            return names[i].protocol;
    return -1;
}

bool auth_protocol_parse(const char *name, enum auth_protocol *out)
{
    static const struct protocol_name names[] = {
        {"none", AUTH_NONE},     {"MD5", AUTH_MD5},
        {"SHA", AUTH_SHA1},      {"SHA1", AUTH_SHA1},
        {"SHA224", AUTH_SHA224}, {"SHA256", AUTH_SHA256},
        {"SHA384", AUTH_SHA384}, {"SHA512", AUTH_SHA512},
    };
    int found = protocol_find(names, COUNT_OF(names), name);

    if (found < 0)
        return false;
    *out = (enum auth_protocol)found;
    return true;
}

bool priv_protocol_parse(const char *name, enum priv_protocol *out)
{
    static const struct protocol_name names[] = {
        {"none", PRIV_NONE},       {"DES", PRIV_DES},
        {"AES", PRIV_AES128},      {"AES128", PRIV_AES128},
        {"AES192", PRIV_AES192},   {"AES256", PRIV_AES256},
        {"AES192C", PRIV_AES192C}, {"AES256C", PRIV_AES256C},
    };
    int found = protocol_find(names, COUNT_OF(names), name);

    if (found < 0)
        return false;
    *out = (enum priv_protocol)found;
    return true;
}

const char *auth_protocol_name(enum auth_protocol p)
{
    static const char *const names[AUTH_PROTOCOLS] = {
        [AUTH_NONE] = "none",      [AUTH_MD5] = "MD5",
        [AUTH_SHA1] = "SHA-1",     [AUTH_SHA224] = "SHA-224",
        [AUTH_SHA256] = "SHA-256", [AUTH_SHA384] = "SHA-384",
        [AUTH_SHA512] = "SHA-512",
    };

    return names[p];
}

const char *priv_protocol_name(enum priv_protocol p)
{
    static const char *const names[PRIV_PROTOCOLS] = {
        [PRIV_NONE] = "none",         [PRIV_DES] = "DES",
        [PRIV_AES128] = "AES-128",    [PRIV_AES192] = "AES-192",
        [PRIV_AES256] = "AES-256",    [PRIV_AES192C] = "AES-192-C",
        [PRIV_AES256C] = "AES-256-C",
    };

    return names[p];
}
