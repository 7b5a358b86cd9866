/* keys.h - what proves who asks: the session of a browser, the token of a
 * script. A key's secret of 256 random bits is told once and never kept: what
 * is kept is its digest. Kept in the store, so that a restart signs nobody out.
 */
#ifndef STATION_KEYS_H
#define STATION_KEYS_H

#include "base/clock.h"
#include "base/complaint.h"
#include "base/ident.h"
#include "base/own.h"
#include "base/pace.h"
#include "station/people.h"

enum {
    KEY_SECRET_MAX = 80,    /* octets, with the NUL */
    SESSIONS_EACH_MAX = 20, /* of one person: the one used least goes */
    TOKENS_MAX = 1000,
    TOKEN_NAME_MAX = 64
};
/* A session ends when it was not used for so long, and so long after its
 * begin. */
static const int64_t SESSION_IDLE_MS = INT64_C(12) * 3600000;
static const int64_t SESSION_LIFE_MS = INT64_C(7) * 24 * 3600000;

enum key_kind { KEY_SESSION, KEY_TOKEN };

struct key {
    enum key_kind kind;
    struct ident id; /* by which it is spoken of */
    char *name;      /* session: of the person; token: its own */
    char *by;        /* token: who made it; session: from where */
    enum role role;  /* token: its own; session: none, it is the person's */
    struct wall made, used;
    struct wall ends;  /* token: 0: never */
    struct wall saved; /* the moment of use that is on disk */
    struct pace pace;  /* of its requests */
    struct bytes digest;
};

struct keys;
struct store;

/* store is borrowed; NULL: nothing is kept. */
struct keys *keys_new(struct store *store);
void keys_free(struct keys *k);
OWNED_BY(struct keys, keys_free)

int keys_load(struct keys *k, struct complaint *why)
    __attribute__((warn_unused_result));

/* A session of a person from an address, and its secret. */
const struct key *keys_open(struct keys *k, const char *person,
                            const char *from, struct wall now,
                            char secret[KEY_SECRET_MAX]);

/* A token that somebody wants: its ends 0: never. */
struct key_order {
    const char *name;
    enum role role;
    const char *by;
    struct wall ends;
};
/* Makes it, and tells its secret. 0, or -EINVAL (its name), -EEXIST, -ENOSPC
 * and *why. */
int keys_make(struct keys *k, const struct key_order *wanted, struct wall now,
              char secret[KEY_SECRET_MAX], const struct key **out,
              struct complaint *why) __attribute__((warn_unused_result));

/* The key with that secret, which is used now; NULL: there is none, or it has
 * ended. */
struct key *keys_find(struct keys *k, enum key_kind kind, const char *secret,
                      struct wall now);

/* Is there still a key with that id? Then it is used now. */
bool keys_use(struct keys *k, const struct ident *id, struct wall now);

/* The key with that id, the token with that name; NULL. */
const struct key *keys_by_id(const struct keys *k, const struct ident *id);
const struct key *keys_token(const struct keys *k, const char *name);

void keys_end(struct keys *k, const struct key *key);
/* Every session of a person, but the one with id except (NULL: none). */
void keys_end_of(struct keys *k, const char *person,
                 const struct ident *except);

/* Who made tokens is called otherwise from now on. How many. */
size_t keys_rename_person(struct keys *k, const char *from, const char *to);

size_t keys_count(const struct keys *k);
const struct key *keys_at(const struct keys *k, size_t i);

#endif
