#include "mibs/harvest.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

static void ucd_forget(struct ucd_facts *u)
{
    *u = (struct ucd_facts){
        .total_swap = (double)NAN,
        .free_swap = (double)NAN,
        .total_real = (double)NAN,
        .free_real = (double)NAN,
        .shared = (double)NAN,
        .buffer = (double)NAN,
        .cached = (double)NAN,
        .cpu_idle = (double)NAN,
    };
}

struct harvest *harvest_new(const struct facts *known)
{
    struct harvest *h = mem_new(struct harvest);

    h->facts = facts_new();
    h->known = known != NULL ? facts_ref(known) : NULL;
    ucd_forget(&h->ucd);
    return h;
}

void harvest_free(struct harvest *h)
{
    if (h == NULL)
        return;
    facts_unref(h->facts);
    facts_unref((struct facts *)h->known); /* our reference */
    array_fini(&h->duplex);
    array_fini(&h->fdb_vlans);
    array_fini(&h->vlan_ports);
    array_fini(&h->memberships);
    array_fini(&h->pvids);
    array_fini(&h->aggregates);
    array_fini(&h->entity_ports);
    array_fini(&h->port_aliases);
    array_fini(&h->service_ports);
    array_fini(&h->entity_extras);
    array_fini(&h->prefixes);
    array_fini(&h->remotes);
    array_fini(&h->remote_addresses);
    array_fini(&h->forwardings);
    array_fini(&h->hr_devices);
    array_fini(&h->hr_loads);
    array_fini(&h->hr_storages);
    array_fini(&h->raw_sensors);
    array_fini(&h->entity_states);
    array_fini(&h->lm_sensors);
    array_fini(&h->generic_sensors);
    array_fini(&h->supplies);
    buffer_fini(&h->scratch);
    free(h);
}

bool harvest_is_full(const struct harvest *h)
{
    return arena_size(h->facts->arena) >= HARVEST_SIZE_MAX;
}

/* Agents send their whole buffer: what stands behind the end of the text, a
 * zero, is whatever was there before. */
static struct bytes text_octets(struct bytes b)
{
    while (b.len > 0 && b.at[0] == 0)
        b = (struct bytes){b.at + 1, b.len - 1};
    const uint8_t *end = b.len > 0 ? memchr(b.at, 0, b.len) : NULL;

    return end != NULL ? (struct bytes){b.at, (size_t)(end - b.at)} : b;
}

static const char *text_of(struct harvest *h, const struct value *v, bool lines,
                           size_t limit)
{
    buffer_clear(&h->scratch);
    if (v->type == VALUE_OCTETS)
        text_safe(text_octets(v->octets), h->encoding, lines, limit,
                  &h->scratch);
    else
        value_text(v, h->encoding, &h->scratch);
    if (h->scratch.len == 0)
        return "";
    return arena_text_of(h->facts->arena, h->scratch.at, h->scratch.len);
}

const char *harvest_text(struct harvest *h, const struct value *v)
{
    return text_of(h, v, false, HARVEST_TEXT_MAX);
}

const char *harvest_lines(struct harvest *h, const struct value *v)
{
    return text_of(h, v, true, HARVEST_LINES_MAX);
}

static struct bytes octets_of(const struct value *v)
{
    if (v->type == VALUE_OCTETS || v->type == VALUE_IP)
        return v->octets;
    return (struct bytes){0};
}

struct bytes harvest_octets(struct harvest *h, const struct value *v)
{
    struct bytes b = octets_of(v);

    if (b.len > HARVEST_TEXT_MAX)
        b.len = HARVEST_TEXT_MAX;
    return b.len > 0 ? arena_bytes(h->facts->arena, b) : (struct bytes){0};
}

const char *harvest_format(struct harvest *h, const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return arena_text(h->facts->arena, text);
}

/* By index, and in the order of coming where that is equal. */
static int pairing_compare(const void *a, const void *b)
{
    const struct pairing *x = a, *y = b;

    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

void pairings_sort(struct pairings *p)
{
    size_t kept = 0;

    if (p->count > 0)
        qsort(p->at, p->count, sizeof *p->at, pairing_compare);
    for (size_t i = 0; i < p->count; i++)
        if (kept == 0 || p->at[kept - 1].index != p->at[i].index)
            p->at[kept++] = p->at[i];
    p->count = kept;
}

int64_t pairing_find(const struct pairings *p, uint32_t index, int64_t fallback)
{
    size_t low = 0, high = p->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (p->at[middle].index == index)
            return p->at[middle].number;
        if (p->at[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return fallback;
}

void pairing_add(struct pairings *p, uint32_t index, int64_t number)
{
    *array_add(p) = (struct pairing){index, number};
}

const struct value *row_at(const struct row *row, size_t column)
{
    static const struct value none = {.type = VALUE_NONE};

    return column < row->count ? &row->values[column] : &none;
}

int64_t row_integer(const struct row *row, size_t column, int64_t fallback)
{
    return value_integer(row_at(row, column), fallback);
}

uint32_t row_u32(const struct row *row, size_t column)
{
    int64_t number = row_integer(row, column, 0);

    return number > 0 && number <= UINT32_MAX ? (uint32_t)number : 0;
}

struct bytes row_octets(const struct row *row, size_t column)
{
    return octets_of(row_at(row, column));
}

bool mac_of_value(const struct value *v, struct mac *out)
{
    struct bytes b = octets_of(v);
    char text[MAC_TEXT_MAX];

    *out = (struct mac){0};
    if (b.len == sizeof out->octets)
        return mac_of_octets(b, out);
    while (b.len > 0 && b.at[b.len - 1] == 0)
        b.len--;
    if (b.len < 11 || b.len >= sizeof text) /* "0:1:2:3:4:5" and longer */
        return false;
    memcpy(text, b.at, b.len);
    text[b.len] = '\0';
    if (mac_parse(text, out) == 0)
        return mac_is_set(out);
    *out = (struct mac){0};
    return false;
}

bool oid_read_octets(struct oid index, size_t at, size_t len, uint8_t *out)
{
    if (at > index.len || len > index.len - at)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (index.sub[at + i] > 255)
            return false;
        out[i] = (uint8_t)index.sub[at + i];
    }
    return true;
}

/* Brocade's Fabric OS writes "fe80:..." letter by letter. */
static bool read_address_text(struct oid index, size_t at, size_t len,
                              struct addr *out)
{
    char text[ADDR_TEXT_MAX];
    uint8_t octets[ADDR_TEXT_MAX];

    if (len >= sizeof text || !oid_read_octets(index, at, len, octets))
        return false;
    memcpy(text, octets, len);
    text[len] = '\0';
    return addr_parse(text, out) == 0;
}

bool oid_read_address(struct oid index, size_t *at, struct addr *out)
{
    size_t left = *at < index.len ? index.len - *at : 0;
    size_t len = left > 0 ? index.sub[*at] : 0;
    size_t first = *at;
    uint8_t octets[20];

    *out = (struct addr){0};
    if (left > 0 && len < left)
        first++; /* its length stands before it */
    else if (left == 4 || left == 16)
        len = left;
    else
        return false;
    *at = first + len;
    if (len > sizeof octets)
        return read_address_text(index, first, len, out);
    if (!oid_read_octets(index, first, len, octets))
        return false;
    /* ipv4z and ipv6z have their zone behind the address (RFC 4001, 4) */
    *out = addr_of_octets(
        (struct bytes){octets, len == 8 || len == 20 ? len - 4 : len});
    if (len == 20)
        out->zone = (uint32_t)octets[16] << 24 | (uint32_t)octets[17] << 16 |
                    (uint32_t)octets[18] << 8 | octets[19];
    return addr_is_set(out);
}
