/* Facts into parcels. */
#include "mibs/facts_pack.h"
#include "base/table.h"
#include "mibs/facts_parcel.h"

#include <stdlib.h>

/* Whole numbers up to here are told as such. */
static const double whole_max = 9007199254740992.0;

/* Small numbers of both signs as small ones without. */
static uint64_t folded(uint64_t difference)
{
    return difference << 1 ^ (difference >> 63 != 0 ? UINT64_MAX : 0);
}

/* Texts by their numbers: what is measured has few, and is packed at each poll.
 */
enum { TEXTS_FEW = 64, OCTETS_FIRST = 1024 };

struct packer {
    struct buffer out;
    size_t texts;
    struct bytes few[TEXTS_FEW];
    struct table *known; /* where there are more: content -> 1 + its number */
};

/* 1 + the number of a text; 0 of one that is new. */
static size_t text_number(const struct packer *p, struct bytes b)
{
    if (p->known != NULL)
        return (uintptr_t)table_find(p->known, b);
    for (size_t i = 0; i < p->texts; i++)
        if (bytes_equal(p->few[i], b))
            return i + 1;
    return 0;
}

static void text_add(struct packer *p, struct bytes b)
{
    if (p->known == NULL && p->texts < TEXTS_FEW) {
        p->few[p->texts++] = b;
        return;
    }
    if (p->known == NULL) {
        p->known = table_new();
        for (size_t i = 0; i < p->texts; i++)
            (void)table_put(p->known, p->few[i], (void *)(i + 1));
    }
    (void)table_put(p->known, b, (void *)(++p->texts));
}

static void put_number(struct packer *p, uint64_t n)
{
    while (n > 0x7f) {
        buffer_char(&p->out, (char)(n | 0x80));
        n >>= 7;
    }
    buffer_char(&p->out, (char)n);
}

/* A NUL follows, so that texts can be read where they lie. */
static void put_octets(struct packer *p, struct bytes b)
{
    if (b.len == 0) {
        put_number(p, TEXT_EMPTY);
        return;
    }
    size_t known = text_number(p, b);
    if (known > 0) {
        put_number(p, TEXT_KNOWN + known - 1);
        return;
    }
    text_add(p, b);
    put_number(p, TEXT_NEW);
    put_number(p, b.len);
    buffer_add(&p->out, b.at, b.len);
    buffer_char(&p->out, '\0');
}

static void put_text(struct packer *p, const char *text)
{
    if (text == NULL)
        put_number(p, TEXT_NULL);
    else
        put_octets(p, bytes_of_text(text));
}

static void put_double(struct packer *p, double d)
{
    if (isnan(d)) {
        buffer_char(&p->out, DOUBLE_NAN);
    } else if (fabs(d) <= whole_max && d == floor(d) &&
               !(d == 0 && signbit(d))) {
        buffer_char(&p->out, DOUBLE_WHOLE);
        put_number(p, folded((uint64_t)(int64_t)d));
    } else {
        buffer_char(&p->out, DOUBLE_ANY);
        buffer_add(&p->out, &d, sizeof d);
    }
}

static void put_addr(struct packer *p, const struct addr *a)
{
    put_octets(p, addr_octets(a));
    if (a->family == 6)
        put_number(p, a->zone);
}

static void put_addrs(struct packer *p, const struct neighbor *n)
{
    put_number(p, n->mgmt_count);
    for (size_t i = 0; i < n->mgmt_count; i++)
        put_addr(p, &n->mgmt[i]);
}

static void put_row(struct packer *p, const struct member *members,
                    const char *row, const char *before);

static void put_list(struct packer *p, const struct member *m,
                     const struct any_list *list)
{
    const char *before = NULL;

    put_number(p, list->count);
    for (size_t i = 0; i < list->count; i++) {
        put_row(p, m->inside, list->at + i * m->size, before);
        before = list->at + i * m->size;
    }
}

static struct bytes mac_view(const struct mac *m)
{
    return (struct bytes){m->octets, sizeof m->octets};
}

static bool mac_is_zero(const struct mac *m)
{
    return mac_equal(m, &(struct mac){{0}});
}

static void put_member(struct packer *p, const struct member *m, const void *at,
                       const void *before)
{
    switch (m->type) {
    case M_TEXT:
        put_text(p, *(const char *const *)at);
        break;
    case M_BYTES:
        put_octets(p, *(const struct bytes *)at);
        break;
    case M_BOOL:
    case M_U8:
    case M_U16:
    case M_U32:
    case M_U64:
    case M_I32:
    case M_I64:
    case M_WALL:
        put_number(p, folded(number_of(m, at) -
                             (before != NULL ? number_of(m, before) : 0)));
        break;
    case M_DOUBLE:
        put_double(p, *(const double *)at);
        break;
    case M_ADDR:
        put_addr(p, at);
        break;
    case M_ADDRS:
        put_addrs(p, neighbor_of(at));
        break;
    case M_PREFIX:
        put_addr(p, &((const struct prefix *)at)->base);
        put_number(p, ((const struct prefix *)at)->len);
        break;
    case M_MAC:
        put_octets(p, mac_is_zero(at) ? (struct bytes){0} : mac_view(at));
        break;
    case M_OBJECT:
        put_row(p, m->inside, at, NULL);
        break;
    case M_LIST:
        put_list(p, m, at);
        break;
    }
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_addrs(const struct neighbor *a, const struct neighbor *b)
{
    if (a->mgmt_count != b->mgmt_count)
        return false;
    for (size_t i = 0; i < a->mgmt_count; i++)
        if (!addr_equal(&a->mgmt[i], &b->mgmt[i]))
            return false;
    return true;
}

/* True if a member need not be told: it is as in the row before. */
static bool is_same(const struct member *m, const void *at, const void *before)
{
    switch (m->type) {
    case M_TEXT:
        return same_text(*(const char *const *)at,
                         *(const char *const *)before);
    case M_BYTES:
        return bytes_equal(*(const struct bytes *)at,
                           *(const struct bytes *)before);
    case M_DOUBLE:
        return memcmp(at, before, sizeof(double)) == 0;
    case M_ADDR:
        return addr_equal(at, before);
    case M_ADDRS:
        return same_addrs(neighbor_of(at), neighbor_of(before));
    case M_PREFIX:
        return prefix_equal(at, before);
    case M_MAC:
        return mac_equal(at, before);
    case M_BOOL:
    case M_U8:
    case M_U16:
    case M_U32:
    case M_U64:
    case M_I32:
    case M_I64:
    case M_WALL:
        return number_of(m, at) == number_of(m, before);
    case M_OBJECT:
    case M_LIST:
        break;
    }
    return false;
}

/* A bit for each member that is told, then these. */
static void put_row(struct packer *p, const struct member *members,
                    const char *row, const char *before)
{
    size_t count = members_count(members);
    uint8_t told[MEMBERS_MAX / BITS] = {0};

    for (size_t i = 0; i < count; i++)
        if (before == NULL || !is_same(&members[i], row + members[i].offset,
                                       before + members[i].offset))
            told[i / BITS] |= (uint8_t)(1U << i % BITS);
    buffer_add(&p->out, told, (count + BITS - 1) / BITS);
    for (size_t i = 0; i < count; i++)
        if (told[i / BITS] >> i % BITS & 1)
            put_member(p, &members[i], row + members[i].offset,
                       before != NULL ? before + members[i].offset : NULL);
}

struct parcel *parcel_of(const struct facts *f, const struct member *members)
{
    struct packer p = {.texts = 0};

    buffer_reserve(&p.out, OCTETS_FIRST);
    for (const char *word; (word = parcel_word(members, p.texts)) != NULL;)
        text_add(&p, bytes_of_text(word));
    put_row(&p, members, (const char *)f, NULL);
    assert(p.out.len <= UINT32_MAX);
    struct parcel *parcel = mem_zero(sizeof *parcel + p.out.len);
    parcel->refs = 1;
    parcel->len = (uint32_t)p.out.len;
    parcel->texts = (uint32_t)p.texts;
    parcel->members = members;
    memcpy(parcel->octets, p.out.at, p.out.len);
    buffer_fini(&p.out);
    table_free(p.known);
    return parcel;
}

struct parcel *parcel_ref(const struct parcel *p)
{
    struct parcel *shared = (struct parcel *)p; /* the count alone changes */

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void parcel_unref(struct parcel *p)
{
    if (p != NULL && __atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL) == 0)
        free(p);
}

struct parcel *parcel_of_measured(const struct facts *f)
{
    return parcel_of(f, facts_measured);
}
