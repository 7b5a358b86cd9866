#include "north/throttle.h"

#include "base/ident.h"
#include "base/mem.h"
#include "base/pace.h"

#include <string.h>

enum {
    SETS = 1024,
    WAYS = 4, /* of each set: who is heard of least goes */
    FREE_OF_ADDRESS = 5,
    FREE_OF_NAME = 10,
    DELAY_OF_ADDRESS_S = 300,
    DELAY_OF_NAME_S = 30,
    FORGET_MS = 3600000,
    ASKS_PER_S = 20,
    ASKS_AT_ONCE = 100
};

/* An address or a name. */
struct guesser {
    uint64_t hash; /* 0: none; of two keys, so that nobody meets another's */
    unsigned failures;
    struct mono heard, failed, free; /* free: may guess from then on */
    struct pace pace;
};

struct throttle {
    uint64_t seed[2];
    struct guesser sets[SETS][WAYS];
};

struct throttle *throttle_new(void)
{
    struct throttle *t = mem_new(struct throttle);
    struct ident random = ident_new();

    memcpy(t->seed, random.octets, sizeof t->seed);
    return t;
}

void throttle_free(struct throttle *t)
{
    free(t);
}

static uint64_t hash_of(const struct throttle *t, struct bytes key)
{
    return bytes_keyed_hash(t->seed, key) | 1;
}

/* The guesser with that key; NULL if there is none. */
static struct guesser *guesser_find(struct throttle *t, struct bytes key,
                                    struct mono now)
{
    uint64_t hash = hash_of(t, key);
    struct guesser *set = t->sets[(hash >> 1) % SETS];

    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].hash != hash)
            continue;
        if (mono_ms_between(set[i].failed, now) >= FORGET_MS)
            set[i].failures = 0;
        set[i].heard = now;
        return &set[i];
    }
    return NULL;
}

/* The guesser with that key, made if it is new. */
static struct guesser *guesser_of(struct throttle *t, struct bytes key,
                                  struct mono now)
{
    struct guesser *g = guesser_find(t, key, now);
    uint64_t hash = hash_of(t, key);
    struct guesser *set = t->sets[(hash >> 1) % SETS], *least = set;

    if (g != NULL)
        return g;
    for (size_t i = 1; i < WAYS; i++)
        if (set[i].heard.ns < least->heard.ns)
            least = &set[i];
    *least = (struct guesser){.hash = hash, .heard = now};
    return least;
}

static struct guesser *guesser_at(struct throttle *t, const struct addr *from,
                                  struct mono now)
{
    return guesser_of(t, addr_network_octets(from), now);
}

static struct guesser *guesser_called(struct throttle *t, const char *name,
                                      struct mono now)
{
    struct buffer OWNED_BUFFER key = {0};

    buffer_format(&key, "name %s", name); /* unlike any address */
    return guesser_of(t, buffer_view(&key), now);
}

/* A name where it once was right: who guesses elsewhere does not make it wait.
 */
static struct buffer known_place(const char *name, const struct addr *from)
{
    struct buffer key = {0};
    struct bytes octets = addr_network_octets(from);

    buffer_format(&key, "known %s ", name);
    buffer_add(&key, octets.at, octets.len);
    return key;
}

/* Whole seconds until g may guess. */
static unsigned delay_of(const struct guesser *g, struct mono now)
{
    int64_t ms = mono_ms_between(now, g->free);

    return ms > 0 ? (unsigned)((ms + 999) / 1000) : 0;
}

static void fail(struct guesser *g, unsigned free, int64_t delay_max_s,
                 struct mono now)
{
    int64_t delay_s = 0;

    g->failures++;
    g->failed = now;
    for (unsigned n = free; n < g->failures && delay_s < delay_max_s; n++)
        delay_s = delay_s == 0 ? 1 : 2 * delay_s;
    if (delay_s > delay_max_s)
        delay_s = delay_max_s;
    g->free = mono_after_ms(now, 1000 * delay_s);
}

unsigned throttle_guess(struct throttle *t, const struct addr *from,
                        const char *name, struct mono now)
{
    struct buffer OWNED_BUFFER place = known_place(name, from);
    struct guesser *known = guesser_find(t, buffer_view(&place), now);
    /* Four ways: what was heard now is not the least of its set. */
    struct guesser *of_name =
        known != NULL ? known : guesser_called(t, name, now);
    struct guesser *of_address = guesser_at(t, from, now);
    unsigned name_s = delay_of(of_name, now);
    unsigned address_s = delay_of(of_address, now);

    if (name_s > 0 || address_s > 0)
        return name_s > address_s ? name_s : address_s;
    fail(of_address, FREE_OF_ADDRESS, DELAY_OF_ADDRESS_S, now);
    fail(of_name, FREE_OF_NAME, DELAY_OF_NAME_S, now);
    return 0;
}

void throttle_succeed(struct throttle *t, const struct addr *from,
                      const char *name, struct mono now)
{
    struct buffer OWNED_BUFFER place = known_place(name, from);
    struct guesser *all[] = {guesser_called(t, name, now),
                             guesser_at(t, from, now),
                             guesser_of(t, buffer_view(&place), now)};

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        all[i]->failures = 0;
        all[i]->free = now;
    }
}

bool throttle_ask(struct throttle *t, const struct addr *from, struct mono now)
{
    return pace_allows(&guesser_at(t, from, now)->pace, now, ASKS_PER_S,
                       ASKS_AT_ONCE);
}
