/* Facts out of parcels. */
#include "mibs/facts_pack.h"
#include "mibs/facts_parcel.h"

#include <stdlib.h>

enum { TEXTS_FEW = 512 }; /* whose places need no memory of their own */

static uint64_t unfolded(uint64_t n)
{
    return n >> 1 ^ ((n & 1) != 0 ? UINT64_MAX : 0);
}

/* Reads what a packer of this process wrote. */
struct unpacker {
    const uint8_t *at, *end;
    struct bytes *texts; /* by their numbers */
    size_t known;
};

static uint8_t take_octet(struct unpacker *u)
{
    assert(u->at < u->end);
    return *u->at++;
}

static uint64_t take_number(struct unpacker *u)
{
    uint64_t n = 0;
    unsigned shift = 0;
    uint8_t octet;

    do {
        octet = take_octet(u);
        n |= (uint64_t)(octet & 0x7f) << shift;
        shift += 7;
    } while (octet > 0x7f);
    return n;
}

/* Octets where they lie, a NUL behind them; at NULL where there are none. */
static struct bytes take_octets(struct unpacker *u, bool *null)
{
    uint64_t how = take_number(u);

    *null = how == TEXT_NULL;
    if (how == TEXT_EMPTY || how == TEXT_NULL)
        return (struct bytes){0};
    if (how >= TEXT_KNOWN) {
        assert(how - TEXT_KNOWN < u->known);
        return u->texts[how - TEXT_KNOWN];
    }
    struct bytes b = {.len = take_number(u)};
    assert(b.len < (size_t)(u->end - u->at));
    b.at = u->at;
    u->at += b.len + 1;
    u->texts[u->known++] = b;
    return b;
}

static const char *take_text(struct unpacker *u)
{
    bool null;
    struct bytes b = take_octets(u, &null);

    if (b.len > 0)
        return (const char *)b.at;
    return null ? NULL : "";
}

static struct bytes take_bytes(struct unpacker *u)
{
    bool null;

    return take_octets(u, &null);
}

static double take_double(struct unpacker *u)
{
    uint8_t how = take_octet(u);
    double d = (double)NAN;

    if (how == DOUBLE_WHOLE)
        return (double)(int64_t)unfolded(take_number(u));
    if (how == DOUBLE_NAN)
        return d;
    assert((size_t)(u->end - u->at) >= sizeof d);
    memcpy(&d, u->at, sizeof d);
    u->at += sizeof d;
    return d;
}

static struct addr take_addr(struct unpacker *u)
{
    struct bytes b = take_bytes(u);
    struct addr a = {0};

    if (b.len == 0)
        return a;
    a.family = b.len == sizeof a.octets ? 6 : 4;
    memcpy(a.octets, b.at, b.len);
    if (a.family == 6)
        a.zone = (uint32_t)take_number(u);
    return a;
}

static void take_addrs(struct unpacker *u, struct neighbor *n)
{
    memset(n->mgmt, 0, sizeof n->mgmt);
    n->mgmt_count = (uint8_t)take_number(u);
    assert(n->mgmt_count <= COUNT_OF(n->mgmt));
    for (size_t i = 0; i < n->mgmt_count; i++)
        n->mgmt[i] = take_addr(u);
}

static struct mac take_mac(struct unpacker *u)
{
    struct bytes b = take_bytes(u);
    struct mac m = {{0}};

    if (b.len == sizeof m.octets)
        memcpy(m.octets, b.at, b.len);
    return m;
}

static void take_row(struct unpacker *u, const struct member *members,
                     char *row, const char *last);

static void take_list(struct unpacker *u, const struct member *m,
                      struct any_list *list)
{
    size_t count = take_number(u);

    *list = (struct any_list){.count = count, .room = count};
    if (count > 0)
        list->at = mem_array(count, m->size);
    for (size_t i = 0; i < count; i++) {
        char *row = list->at + i * m->size;

        if (i > 0)
            memcpy(row, row - m->size, m->size);
        take_row(u, m->inside, row, NULL);
    }
}

static void take_member(struct unpacker *u, const struct member *m, void *at)
{
    switch (m->type) {
    case M_TEXT:
        *(const char **)at = take_text(u);
        break;
    case M_BYTES:
        *(struct bytes *)at = take_bytes(u);
        break;
    case M_BOOL:
    case M_U8:
    case M_U16:
    case M_U32:
    case M_U64:
    case M_I32:
    case M_I64:
    case M_WALL:
        member_set_number(m, at, number_of(m, at) + unfolded(take_number(u)));
        break;
    case M_DOUBLE:
        *(double *)at = take_double(u);
        break;
    case M_ADDR:
        *(struct addr *)at = take_addr(u);
        break;
    case M_ADDRS:
        take_addrs(u, neighbor_of(at));
        break;
    case M_PREFIX:
        ((struct prefix *)at)->base = take_addr(u);
        ((struct prefix *)at)->len = (uint8_t)take_number(u);
        break;
    case M_MAC:
        *(struct mac *)at = take_mac(u);
        break;
    case M_OBJECT:
        take_row(u, m->inside, at, NULL);
        break;
    case M_LIST:
        take_list(u, m, at);
        break;
    }
}

/* Into row, which is as the row before it, or zeros where there is none; no
 * further than the member with the key last, NULL: all. */
static void take_row(struct unpacker *u, const struct member *members,
                     char *row, const char *last)
{
    size_t count = members_count(members);
    const uint8_t *told = u->at;

    u->at += (count + BITS - 1) / BITS;
    for (size_t i = 0; i < count; i++) {
        if (told[i / BITS] >> i % BITS & 1)
            take_member(u, &members[i], row + members[i].offset);
        if (last != NULL && strcmp(members[i].key, last) == 0)
            return;
    }
}

static void unpack(const struct parcel *p, struct facts *f, const char *last)
{
    struct bytes few[TEXTS_FEW], *many = NULL;
    struct unpacker u = {p->octets, p->octets + p->len, few, 0};

    if (p->texts > TEXTS_FEW)
        u.texts = many = mem_array(p->texts, sizeof *many);
    for (const char *word; (word = parcel_word(p->members, u.known)) != NULL;)
        u.texts[u.known++] = bytes_of_text(word);
    take_row(&u, p->members, (char *)f, last);
    free(many);
}

/* ---- facts ---- */

/* How many rows the lists of f have, without them. */
static void count_lists(const struct member *members, const void *f, void *rest)
{
    for (size_t i = 0; i < members_count(members); i++) {
        const struct member *m = &members[i];
        const char *from = (const char *)f + m->offset;
        char *to = (char *)rest + m->offset;

        if (m->type == M_OBJECT)
            count_lists(m->inside, from, to);
        else if (m->type == M_LIST)
            ((struct any_list *)(void *)to)->count =
                ((const struct any_list *)(const void *)from)->count;
    }
}

static void copy_macs(const struct facts *from, struct facts *to)
{
    for (size_t i = 0; i < from->macs.count; i++)
        *array_add(&to->macs) = from->macs.at[i];
}

/* Facts whose texts lie in a parcel. */
static struct facts *facts_in(const struct parcel *parcel)
{
    struct facts *f = mem_new(struct facts);

    f->refs = 1;
    f->parcel = parcel_ref(parcel);
    return f;
}

struct facts *facts_rest(struct facts *f)
{
    if (f->at_rest)
        return f;
    struct parcel *parcel = parcel_of(f, facts_members);
    struct facts *rest = facts_in(parcel);

    parcel_unref(parcel);
    rest->at_rest = true;
    unpack(parcel, rest, FACTS_MEMBERS_SEEN);
    rest->system.seen_at = f->system.seen_at;
    count_lists(facts_members, f, rest);
    copy_macs(f, rest);
    facts_unref(f);
    return rest;
}

static struct facts *open_until(const struct facts *f, const char *last)
{
    if (!f->at_rest)
        return facts_ref(f);
    struct facts *open = facts_in(f->parcel);

    unpack(f->parcel, open, last);
    open->system.seen_at = f->system.seen_at;
    copy_macs(f, open);
    return open;
}

struct facts *facts_open(const struct facts *f)
{
    return open_until(f, NULL);
}

struct facts *facts_open_reports(const struct facts *f)
{
    return open_until(f, FACTS_MEMBERS_REPORTS);
}

struct facts *facts_open_entities(const struct facts *f)
{
    return open_until(f, FACTS_MEMBERS_ENTITIES);
}

struct facts *facts_open_names(const struct facts *f)
{
    return open_until(f, FACTS_MEMBERS_NAMES);
}

struct facts *facts_open_with(const struct facts *f,
                              const struct parcel *measured)
{
    if (measured == NULL)
        return facts_open(f);
    struct facts *rest = facts_rest(facts_ref(f));
    struct facts *open = facts_open(rest);

    facts_unref(rest);
    array_fini(&open->processors);
    array_fini(&open->mempools);
    array_fini(&open->storages);
    array_fini(&open->sensors);
    array_fini(&open->supplies);
    unpack(measured, open, NULL);
    open->measured = parcel_ref(measured);
    return open;
}
