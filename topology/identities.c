/* Identities: known devices by the keys that name them. */
#include "topology/identity.h"

#include "base/table.h"
#include "base/text.h"
#include "mibs/facts_pack.h"
#include "topology/hardware.h"
#include "topology/mac_set.h"

enum {
    CANDIDATES_MAX = 64, /* devices with one key that a claim is held against */
    KEY_MAX = 300,
    BOOT_SLACK_MS = 2000,
    DRIFT_PARTS = 5000 /* clocks drift by 200 ppm at most */
};

/* What a key is of: its first octet. */
enum key_tag {
    KEY_ENGINE = 'E',
    KEY_SERIAL = 'S',
    KEY_MAC = 'M',
    KEY_LISTED = 'L',  /* an interface has the address */
    KEY_ANSWERS = 'A', /* it answered there */
    KEY_NAME = 'N'
};

struct key {
    uint8_t octets[KEY_MAX];
    size_t len;
};

struct entry {
    struct ident id;
    struct identity_claim claim;
    struct facts *facts; /* the claim's, kept */
};

/* A key leads to all that have it: places behind each other, from where its
 * hash points to, until one that is free. That a hash is another key's too
 * would be an accident of one in 2^64 for each pair. */
struct place {
    uint64_t hash;
    struct entry *entry; /* NULL: free */
};

struct identities {
    struct table *entries; /* by ident */
    struct place *places;
    size_t used, room; /* room: a power of two, or 0 */
    uint64_t seed[2];  /* strangers choose keys */
};

/* ---- keys ---- */

typedef void (*key_fn)(void *arg, const struct key *k);

static struct key key_begin(enum key_tag tag)
{
    return (struct key){.octets = {(uint8_t)tag}, .len = 1};
}

/* Cut keys are keys still: they only choose whom to compare with. */
static void key_add(struct key *k, struct bytes b)
{
    size_t len = b.len < KEY_MAX - k->len ? b.len : KEY_MAX - k->len;

    if (len > 0)
        memcpy(k->octets + k->len, b.at, len);
    k->len += len;
}

static void give_octets(enum key_tag tag, struct bytes b, key_fn fn, void *arg)
{
    struct key k = key_begin(tag);

    if (b.len == 0)
        return;
    key_add(&k, b);
    fn(arg, &k);
}

static void give_addr(enum key_tag tag, const struct addr *a, key_fn fn,
                      void *arg)
{
    if (identity_addr_counts(a))
        give_octets(tag, addr_octets(a), fn, arg);
}

static void give_mac(const struct mac *m, key_fn fn, void *arg)
{
    if (mac_counts(m))
        give_octets(KEY_MAC, (struct bytes){m->octets, sizeof m->octets}, fn,
                    arg);
}

static void give_name(const struct facts *f, key_fn fn, void *arg)
{
    struct key k = key_begin(KEY_NAME);

    if (f->system.name[0] == '\0')
        return;
    key_add(&k, bytes_of_text(f->system.name));
    key_add(&k, (struct bytes){(const uint8_t *)"\n", 1});
    key_add(&k, bytes_of_text(f->system.object_id));
    fn(arg, &k);
}

/* Keys that a device and a claim share if they are one, those that fewest
 * others have first: the number of candidates has a limit. */
static void give_common(const struct identity_claim *c, const struct facts *f,
                        key_fn fn, void *arg)
{
    struct mac lowest = mac_set_lowest(f);

    give_addr(KEY_ANSWERS, &c->addr, fn, arg);
    give_mac(&f->bridge.base_mac, fn, arg);
    give_mac(&f->lldp.chassis_mac, fn, arg);
    give_mac(&lowest, fn, arg);
    if (hardware_serial_counts(f->identity.serial))
        give_octets(KEY_SERIAL, bytes_of_text(f->identity.serial), fn, arg);
    give_octets(KEY_ENGINE, f->system.engine_id, fn, arg);
    give_name(f, fn, arg);
}

/* Any member of a stack may lead it one day. */
static void give_members(const struct facts *f, key_fn fn, void *arg)
{
    struct members m = {0};

    hardware_members(f, &m);
    for (size_t i = 0; i < m.count; i++)
        if (strcmp(m.at[i].serial, f->identity.serial) != 0)
            give_octets(KEY_SERIAL, bytes_of_text(m.at[i].serial), fn, arg);
    array_fini(&m);
}

/* Keys under which a known device is kept. */
static void give_kept(const struct identity_claim *c, key_fn fn, void *arg)
{
    OWNED(facts_unref) struct facts *f = facts_open(c->facts);

    give_common(c, f, fn, arg);
    give_members(f, fn, arg);
    for (size_t i = 0; i < f->addresses.count; i++)
        give_addr(KEY_LISTED, &f->addresses.at[i].addr, fn, arg);
}

/* Keys under which a claim looks: who lists its address, and who answers at an
 * address that it lists. */
static void give_sought(const struct identity_claim *c, key_fn fn, void *arg)
{
    OWNED(facts_unref) struct facts *f = facts_open(c->facts);

    give_addr(KEY_LISTED, &c->addr, fn, arg);
    for (size_t i = 0; i < f->addresses.count; i++)
        give_addr(KEY_ANSWERS, &f->addresses.at[i].addr, fn, arg);
    give_common(c, f, fn, arg);
}

static struct bytes key_view(const struct key *k)
{
    return (struct bytes){k->octets, k->len};
}

/* ---- keeping ---- */

struct keeping {
    struct identities *s;
    struct entry *entry;
};

static uint64_t hash_of(const struct identities *s, const struct key *k)
{
    return bytes_keyed_hash(s->seed, key_view(k));
}

/* The first place at or behind at that has this hash, or is free. */
static struct place *place_from(const struct identities *s, size_t at,
                                uint64_t hash)
{
    at &= s->room - 1;
    while (s->places[at].entry != NULL && s->places[at].hash != hash)
        at = (at + 1) & (s->room - 1);
    return &s->places[at];
}

static struct place *place_first(const struct identities *s, uint64_t hash)
{
    return place_from(s, hash, hash);
}

static struct place *place_next(const struct identities *s, struct place *p)
{
    return place_from(s, (size_t)(p - s->places) + 1, p->hash);
}

/* The place where entry has this key; else the free one for it. */
static struct place *place_of(const struct identities *s, uint64_t hash,
                              const struct entry *entry)
{
    struct place *p = place_first(s, hash);

    while (p->entry != NULL && p->entry != entry)
        p = place_next(s, p);
    return p;
}

/* Three quarters are in use at most. */
static void make_room(struct identities *s)
{
    enum { ROOM_FIRST = 64, PARTS = 4 };
    struct place *before = s->places;
    size_t room = s->room;

    if (s->used + 1 <= room - room / PARTS && room > 0)
        return;
    s->room = room == 0 ? ROOM_FIRST : room * 2;
    s->places = mem_array(s->room, sizeof *s->places);
    for (size_t i = 0; i < room; i++)
        if (before[i].entry != NULL)
            *place_of(s, before[i].hash, before[i].entry) = before[i];
    free(before);
}

static void keep_key(void *arg, const struct key *k)
{
    struct keeping *at = arg;

    make_room(at->s);
    uint64_t hash = hash_of(at->s, k);
    struct place *p = place_of(at->s, hash, at->entry);
    if (p->entry != NULL)
        return;
    *p = (struct place){hash, at->entry};
    at->s->used++;
}

/* Those behind move up, as far as where their hashes point to. */
static void place_clear(struct identities *s, struct place *p)
{
    size_t mask = s->room - 1, hole = (size_t)(p - s->places);

    for (size_t i = (hole + 1) & mask; s->places[i].entry != NULL;
         i = (i + 1) & mask) {
        size_t home = s->places[i].hash & mask;

        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        s->places[hole] = s->places[i];
        hole = i;
    }
    s->places[hole].entry = NULL;
    s->used--;
}

static void drop_key(void *arg, const struct key *k)
{
    struct keeping *at = arg;
    struct place *p = place_of(at->s, hash_of(at->s, k), at->entry);

    if (p->entry != NULL)
        place_clear(at->s, p);
}

struct identities *identities_new(void)
{
    struct identities *s = mem_new(struct identities);

    struct ident seed = ident_new();

    memcpy(s->seed, seed.octets, sizeof s->seed);
    s->entries = table_new();
    make_room(s);
    return s;
}

static void entry_free(struct entry *e)
{
    facts_unref(e->facts);
    free(e);
}

void identities_free(struct identities *s)
{
    size_t at = 0;
    void *value;

    if (s == NULL)
        return;
    while (table_next(s->entries, &at, NULL, &value))
        entry_free(value);
    table_free(s->entries);
    free(s->places);
    free(s);
}

void identities_remove(struct identities *s, const struct ident *id)
{
    struct entry *e = table_remove(s->entries, ident_key(id));
    struct keeping at = {s, e};

    if (e == NULL)
        return;
    give_kept(&e->claim, drop_key, &at);
    entry_free(e);
}

void identities_put(struct identities *s, const struct ident *id,
                    const struct identity_claim *claim)
{
    struct entry *e = mem_new(struct entry);
    struct keeping at = {s, e};

    e->id = *id;
    e->facts = facts_ref(claim->facts);
    e->claim = *claim;
    e->claim.facts = e->facts;
    identities_remove(s, id);
    (void)table_put(s->entries, ident_key(id), e); /* removed above */
    give_kept(&e->claim, keep_key, &at);
}

/* ---- finding ---- */

struct met ARRAY_OF(const struct entry *);

struct finding {
    const struct identities *s;
    const struct identity_claim *claim;
    const struct ident *skip;
    uint16_t shared; /* signs of the claim that several devices have */
    struct met met;  /* held against it already */
    struct identity_choices *out;
};

static int64_t slack_between(const struct identity_claim *a,
                             const struct identity_claim *b)
{
    int64_t apart = mono_ms_between(a->seen_at, b->seen_at);

    return BOOT_SLACK_MS + (apart < 0 ? -apart : apart) / DRIFT_PARTS;
}

/* How good an opinion is: the best one is told first. Of equal verdicts more
 * trusted signs that agree count more. */
static int rank(const struct identity_opinion *o)
{
    enum { VERDICT = 1 << 10, SIGN = 1 << (SIGN_SHAPE + 1) };
    int verdict = o->verdict == IDENTITY_SAME     ? 2
                  : o->verdict == IDENTITY_UNSURE ? 1
                                                  : 0;
    int trusted = 0;

    for (int s = SIGN_ENGINE; s <= SIGN_SHAPE; s++)
        if ((o->agree & sign_bit((enum identity_sign)s)) != 0)
            trusted += SIGN >> (s + 1);
    return verdict * VERDICT + trusted;
}

/* Keeps the best few, the best first; of equals who was met first. */
static void choose(struct identity_choices *c,
                   const struct identity_choice *new)
{
    size_t at = c->count;

    while (at > 0 && rank(&new->opinion) > rank(&c->at[at - 1].opinion))
        at--;
    if (at == IDENTITY_CHOICES)
        return;
    if (c->count < IDENTITY_CHOICES)
        c->count++;
    memmove(&c->at[at + 1], &c->at[at], (c->count - at - 1) * sizeof c->at[0]);
    c->at[at] = *new;
}

static bool is_met(const struct finding *f, const struct entry *e)
{
    for (size_t i = 0; i < f->met.count; i++)
        if (f->met.at[i] == e)
            return true;
    return false;
}

static void hold_against(struct finding *f, const struct entry *e)
{
    struct identity_choice new = {.id = e->id};

    if (is_met(f, e) || f->met.count >= CANDIDATES_MAX ||
        (f->skip != NULL && ident_equal(f->skip, &e->id)))
        return;
    *array_add(&f->met) = e;
    new.opinion = identity_compare(
        f->claim, &e->claim, slack_between(f->claim, &e->claim), f->shared);
    choose(f->out, &new);
}

static void look_under(void *arg, const struct key *k)
{
    struct finding *f = arg;
    struct place *p = place_first(f->s, hash_of(f->s, k));

    for (size_t i = 0; p->entry != NULL && i < CANDIDATES_MAX; i++) {
        if (f->met.count >= IDENTITY_CHOICES &&
            f->out->at[0].opinion.verdict == IDENTITY_SAME)
            return; /* and who came second is known */
        hold_against(f, p->entry);
        p = place_next(f->s, p);
    }
}

/* A key that several known devices have is cloned: it proves nothing. */
static void note_shared(void *arg, const struct key *k)
{
    static const struct {
        enum key_tag tag;
        enum identity_sign sign;
    } map[] = {{KEY_ENGINE, SIGN_ENGINE},
               {KEY_SERIAL, SIGN_SERIAL},
               {KEY_MAC, SIGN_CHASSIS},
               {KEY_LISTED, SIGN_LISTED}};
    struct finding *f = arg;
    struct place *p = place_first(f->s, hash_of(f->s, k));

    if (p->entry == NULL || place_next(f->s, p)->entry == NULL)
        return;
    for (size_t i = 0; i < COUNT_OF(map); i++)
        if (k->octets[0] == map[i].tag)
            f->shared |= sign_bit(map[i].sign);
}

bool identities_find(const struct identities *s,
                     const struct identity_claim *claim,
                     const struct ident *skip, struct identity_choices *out)
{
    struct finding f = {.s = s, .claim = claim, .skip = skip, .out = out};

    *out = (struct identity_choices){0};
    give_sought(claim, note_shared, &f);
    give_sought(claim, look_under, &f);
    array_fini(&f.met);
    return out->count > 0 && out->at[0].opinion.verdict == IDENTITY_SAME;
}

/* ---- what is shared ---- */

struct sharing {
    const struct identities *s;
    const struct entry *entry;
    identities_shared_fn fn;
    void *arg;
    enum identity_sign sign;
    const char *value;
};

static void tell_sharers(void *arg, const struct key *k)
{
    const struct sharing *at = arg;
    struct place *p = place_first(at->s, hash_of(at->s, k));

    for (size_t i = 0; p->entry != NULL && i < CANDIDATES_MAX; i++) {
        if (p->entry != at->entry)
            at->fn(at->arg, at->sign, at->value, &p->entry->id);
        p = place_next(at->s, p);
    }
}

static void share_engine(struct sharing *at, const struct facts *f)
{
    struct buffer OWNED_BUFFER hex = {0};

    text_hex(f->system.engine_id, '\0', &hex);
    at->sign = SIGN_ENGINE;
    at->value = hex.len > 0 ? hex.at : "";
    give_octets(KEY_ENGINE, f->system.engine_id, tell_sharers, at);
}

static void share_serial(struct sharing *at, const struct facts *f)
{
    at->sign = SIGN_SERIAL;
    at->value = f->identity.serial;
    if (hardware_serial_counts(f->identity.serial))
        give_octets(KEY_SERIAL, bytes_of_text(f->identity.serial), tell_sharers,
                    at);
}

static void share_chassis(struct sharing *at, const struct mac *m)
{
    char text[MAC_TEXT_MAX];

    at->sign = SIGN_CHASSIS;
    at->value = mac_format(m, text, sizeof text);
    give_mac(m, tell_sharers, at);
}

static void share_addresses(struct sharing *at, const struct facts *f)
{
    char text[ADDR_TEXT_MAX];

    at->sign = SIGN_LISTED;
    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct addr *a = &f->addresses.at[i].addr;

        at->value = addr_format(a, text, sizeof text);
        give_addr(KEY_LISTED, a, tell_sharers, at);
    }
}

void identities_shared(const struct identities *s, const struct ident *id,
                       identities_shared_fn fn, void *arg)
{
    const struct entry *e = table_find(s->entries, ident_key(id));
    struct sharing at = {.s = s, .entry = e, .fn = fn, .arg = arg};

    if (e == NULL)
        return;
    OWNED(facts_unref) struct facts *f = facts_open(e->facts);
    share_engine(&at, f);
    share_serial(&at, f);
    share_chassis(&at, &f->bridge.base_mac);
    if (!mac_equal(&f->lldp.chassis_mac, &f->bridge.base_mac))
        share_chassis(&at, &f->lldp.chassis_mac);
    share_addresses(&at, f);
}

bool identities_owner_of(const struct identities *s, const struct addr *addr,
                         struct ident *id)
{
    struct key k = key_begin(KEY_LISTED);

    *id = (struct ident){{0}};
    if (!identity_addr_counts(addr))
        return false;
    key_add(&k, addr_octets(addr));
    struct place *p = place_first(s, hash_of(s, &k));
    if (p->entry == NULL || place_next(s, p)->entry != NULL)
        return false;
    *id = p->entry->id;
    return true;
}
