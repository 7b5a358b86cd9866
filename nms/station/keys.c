#include "station/keys.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "station/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

enum {
    KEY_VERSION = 1, /* of the texts */
    SECRET_OCTETS = 32,
    DIGEST_OCTETS = 32,
    SAVE_USE_MS = 600000 /* on disk, the moment of use may be so old */
};
static const char kind_name[] = "key";
static const char token_prefix[] = "portolan_"; /* found by who seeks leaks */

struct keys {
    struct store *store;
    struct key_list ARRAY_OF(struct key *) list;
    struct table *by_digest;
};

struct keys *keys_new(struct store *store)
{
    struct keys *k = mem_new(struct keys);

    k->store = store;
    k->by_digest = table_new();
    return k;
}

static void key_free(struct key *key)
{
    free(key->name);
    free(key->by);
    free((uint8_t *)key->digest.at);
    free(key);
}

void keys_free(struct keys *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < k->list.count; i++)
        key_free(k->list.at[i]);
    array_fini(&k->list);
    table_free(k->by_digest);
    free(k);
}

/* ---- in the store ---- */

static void save(struct keys *k, struct key *key)
{
    char id[IDENT_TEXT_MAX];
    struct buffer OWNED_BUFFER digest = {0};

    key->saved = key->used;
    text_hex(key->digest, '\0', &digest);
    json_t *o = json_pack(
        "{s:i,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I}", "version", KEY_VERSION, "kind",
        key->kind == KEY_TOKEN ? "token" : "session", "name", key->name, "by",
        key->by, "role", role_name(key->role), "digest", digest.at, "made",
        (json_int_t)key->made.ms, "used", (json_int_t)key->used.ms, "ends",
        (json_int_t)key->ends.ms);
    char *text = json_dumps(o, JSON_COMPACT);

    json_decref(o);
    if (text == NULL)
        log_error("state: a key of %s cannot be written as text", key->name);
    else if (k->store != NULL)
        store_put(k->store, kind_name, ident_format(&key->id, id, sizeof id),
                  text);
    free(text);
}

/* The digest that was kept, owned by the caller; empty if it is none. */
static struct bytes read_digest(const char *text)
{
    uint8_t *octets = mem_array(DIGEST_OCTETS, 1);

    for (size_t i = 0; i < DIGEST_OCTETS; i++) {
        unsigned octet;

        if (text == NULL || sscanf(text + 2 * i, "%2x", &octet) != 1) {
            free(octets);
            return (struct bytes){0};
        }
        octets[i] = (uint8_t)octet;
    }
    return (struct bytes){octets, DIGEST_OCTETS};
}

static void take(struct keys *k, struct key *key)
{
    *array_add(&k->list) = key;
    (void)table_put(k->by_digest, key->digest, key);
}

static char *copy_of(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));

    return mem_text(text != NULL ? text : "");
}

/* NULL if it cannot be read. */
static struct key *key_of(const json_t *o, const char *id)
{
    struct key *key = mem_new(struct key);
    const char *kind = json_string_value(json_object_get(o, "kind"));

    key->kind =
        kind != NULL && strcmp(kind, "token") == 0 ? KEY_TOKEN : KEY_SESSION;
    key->name = copy_of(o, "name");
    key->by = copy_of(o, "by");
    key->made.ms = json_integer_value(json_object_get(o, "made"));
    key->used.ms = json_integer_value(json_object_get(o, "used"));
    key->ends.ms = json_integer_value(json_object_get(o, "ends"));
    key->saved = key->used;
    key->digest = read_digest(json_string_value(json_object_get(o, "digest")));
    key->role = key->kind == KEY_SESSION
                    ? ROLE_ANYONE
                    : role_parse(json_string_value(json_object_get(o, "role")));
    if (key->digest.len == DIGEST_OCTETS && key->role != ROLES &&
        ident_parse(id, &key->id) == 0)
        return key;
    key_free(key);
    return NULL;
}

static int on_key(void *arg, const char *id, const char *text)
{
    struct keys *k = arg;
    json_t *o = json_loads(text, 0, NULL);
    struct key *key = key_of(o, id);

    json_decref(o);
    if (key != NULL)
        take(k, key);
    else
        log_error("state: key %s cannot be read and is left out", id);
    return 0;
}

int keys_load(struct keys *k, struct complaint *why)
{
    return store_load(k->store, kind_name, on_key, k, why);
}

/* ---- secrets ---- */

/* A new secret, as text. */
static void make_secret(enum key_kind kind, char out[KEY_SECRET_MAX])
{
    uint8_t octets[SECRET_OCTETS];
    struct buffer OWNED_BUFFER text = {0};

    if (RAND_bytes(octets, sizeof octets) != 1)
        abort(); /* nothing can be safe then */
    buffer_text(&text, kind == KEY_TOKEN ? token_prefix : "");
    text_hex((struct bytes){octets, sizeof octets}, '\0', &text);
    (void)snprintf(out, KEY_SECRET_MAX, "%s", text.at);
}

/* SHA-256 is enough for what is random. */
static void digest_of(const char *secret, uint8_t out[DIGEST_OCTETS])
{
    if (EVP_Digest(secret, strlen(secret), out, NULL, EVP_sha256(), NULL) != 1)
        abort();
}

static struct key *key_new(enum key_kind kind, const char *name, const char *by,
                           struct wall now, char secret[KEY_SECRET_MAX])
{
    struct key *key = mem_new(struct key);
    uint8_t *digest = mem_array(DIGEST_OCTETS, 1);

    make_secret(kind, secret);
    digest_of(secret, digest);
    key->kind = kind;
    key->id = ident_new();
    key->name = mem_text(name);
    key->by = mem_text(by);
    key->made = now;
    if (kind == KEY_SESSION) /* a token may never be used */
        key->used = now;
    key->digest = (struct bytes){digest, DIGEST_OCTETS};
    return key;
}

/* ---- their life ---- */

static bool has_ended(const struct key *key, struct wall now)
{
    if (key->kind == KEY_TOKEN)
        return key->ends.ms != 0 && now.ms >= key->ends.ms;
    return now.ms - key->used.ms >= SESSION_IDLE_MS ||
           now.ms - key->made.ms >= SESSION_LIFE_MS;
}

void keys_end(struct keys *k, const struct key *key)
{
    char id[IDENT_TEXT_MAX];
    size_t i = 0;

    while (k->list.at[i] != key)
        i++;
    struct key *gone = k->list.at[i];
    k->list.count--;
    memmove(&k->list.at[i], &k->list.at[i + 1],
            (k->list.count - i) * sizeof k->list.at[0]);
    (void)table_remove(k->by_digest, gone->digest);
    if (k->store != NULL)
        store_delete(k->store, kind_name,
                     ident_format(&gone->id, id, sizeof id));
    key_free(gone);
}

void keys_end_of(struct keys *k, const char *person, const struct ident *except)
{
    for (size_t i = k->list.count; i > 0; i--) {
        const struct key *key = k->list.at[i - 1];

        if (key->kind == KEY_SESSION && strcmp(key->name, person) == 0 &&
            (except == NULL || !ident_equal(&key->id, except)))
            keys_end(k, key);
    }
}

/* Ends what has ended, and what a person has too many of. */
static void make_room(struct keys *k, const char *person, struct wall now)
{
    const struct key *least = NULL;
    size_t own = 0;

    for (size_t i = k->list.count; i > 0; i--) {
        const struct key *key = k->list.at[i - 1];

        if (has_ended(key, now)) {
            keys_end(k, key);
        } else if (key->kind == KEY_SESSION && strcmp(key->name, person) == 0) {
            own++;
            if (least == NULL || key->used.ms <= least->used.ms)
                least = key;
        }
    }
    if (own >= SESSIONS_EACH_MAX)
        keys_end(k, least);
}

const struct key *keys_open(struct keys *k, const char *person,
                            const char *from, struct wall now,
                            char secret[KEY_SECRET_MAX])
{
    make_room(k, person, now);
    struct key *key = key_new(KEY_SESSION, person, from, now, secret);
    take(k, key);
    save(k, key);
    return key;
}

static size_t count_tokens(const struct keys *k)
{
    size_t count = 0;

    for (size_t i = 0; i < k->list.count; i++)
        count += k->list.at[i]->kind == KEY_TOKEN;
    return count;
}

/* Printable, so that it can be told in a log and a list. */
static bool is_name(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '/')
            return false;
    return len > 0 && len <= TOKEN_NAME_MAX;
}

int keys_make(struct keys *k, const struct key_order *wanted, struct wall now,
              char secret[KEY_SECRET_MAX], const struct key **out,
              struct complaint *why)
{
    *out = NULL;
    make_room(k, "", now);
    if (!is_name(wanted->name))
        return complain(why, -EINVAL, "token",
                        "use letters, digits and signs of ASCII but /",
                        "this is no name of a token");
    if (keys_token(k, wanted->name) != NULL)
        return complain(why, -EEXIST, "token", "revoke it, or choose another",
                        "there is a token \"%s\" already", wanted->name);
    if (count_tokens(k) >= TOKENS_MAX)
        return complain(why, -ENOSPC, "token", "revoke some",
                        "there are %d tokens, which is the limit", TOKENS_MAX);
    struct key *key = key_new(KEY_TOKEN, wanted->name, wanted->by, now, secret);
    key->role = wanted->role;
    key->ends = wanted->ends;
    take(k, key);
    save(k, key);
    *out = key;
    return 0;
}

/* key, which is used now; NULL if it has ended. */
static struct key *use(struct keys *k, struct key *key, struct wall now)
{
    if (has_ended(key, now)) {
        keys_end(k, key);
        return NULL;
    }
    key->used = now;
    if (now.ms - key->saved.ms >= SAVE_USE_MS)
        save(k, key);
    return key;
}

struct key *keys_find(struct keys *k, enum key_kind kind, const char *secret,
                      struct wall now)
{
    uint8_t digest[DIGEST_OCTETS];

    if (strlen(secret) >= KEY_SECRET_MAX)
        return NULL;
    digest_of(secret, digest);
    struct key *key =
        table_find(k->by_digest, (struct bytes){digest, sizeof digest});
    return key != NULL && key->kind == kind ? use(k, key, now) : NULL;
}

bool keys_use(struct keys *k, const struct ident *id, struct wall now)
{
    struct key *key = (struct key *)keys_by_id(k, id);

    return key != NULL && use(k, key, now) != NULL;
}

const struct key *keys_by_id(const struct keys *k, const struct ident *id)
{
    for (size_t i = 0; i < k->list.count; i++)
        if (ident_equal(&k->list.at[i]->id, id))
            return k->list.at[i];
    return NULL;
}

const struct key *keys_token(const struct keys *k, const char *name)
{
    for (size_t i = 0; i < k->list.count; i++)
        if (k->list.at[i]->kind == KEY_TOKEN &&
            strcmp(k->list.at[i]->name, name) == 0)
            return k->list.at[i];
    return NULL;
}

size_t keys_count(const struct keys *k)
{
    return k->list.count;
}

const struct key *keys_at(const struct keys *k, size_t i)
{
    return k->list.at[i];
}

size_t keys_rename_person(struct keys *k, const char *from, const char *to)
{
    size_t count = 0;

    for (size_t i = 0; i < k->list.count; i++) {
        struct key *key = k->list.at[i];

        if (key->kind != KEY_TOKEN || strcmp(key->by, from) != 0)
            continue;
        free(key->by);
        key->by = mem_text(to);
        save(k, key);
        count++;
    }
    return count;
}
