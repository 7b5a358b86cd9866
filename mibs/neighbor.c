#include "mibs/neighbor.h"

#include "base/text.h"

#include <string.h>

enum id_form chassis_form(int64_t subtype)
{
    if (subtype == CHASSIS_MAC)
        return ID_MAC;
    return subtype == CHASSIS_ADDRESS ? ID_ADDRESS : ID_TEXT;
}

enum id_form port_form(int64_t subtype)
{
    if (subtype == PORT_MAC)
        return ID_MAC;
    return subtype == PORT_ADDRESS ? ID_ADDRESS : ID_TEXT;
}

/* An address behind its IANA family number (IEEE 802.1AB-2005, 9.5.2.4). */
static const char *address_text(struct harvest *h, struct bytes id)
{
    char text[ADDR_TEXT_MAX];
    struct addr a = {0};

    if (id.len == 5 || id.len == 17)
        a = addr_of_octets((struct bytes){id.at + 1, id.len - 1});
    if (!addr_is_set(&a))
        return NULL;
    return arena_text(h->facts->arena, addr_format(&a, text, sizeof text));
}

static bool is_printable(struct bytes b)
{
    while (b.len > 0 && b.at[b.len - 1] == 0)
        b.len--;
    for (size_t i = 0; i < b.len; i++)
        if (b.at[i] < 0x20 || b.at[i] == 0x7f)
            return false;
    return text_is_utf8(b);
}

const char *id_text(struct harvest *h, struct bytes id, enum id_form form,
                    struct mac *mac)
{
    const struct value v = {.type = VALUE_OCTETS, .octets = id};
    char text[MAC_TEXT_MAX];
    struct mac seen = {0};
    const char *address = form == ID_ADDRESS ? address_text(h, id) : NULL;

    *mac = (struct mac){0};
    if (address != NULL)
        return address;
    if (form == ID_MAC && mac_of_value(&v, &seen)) {
        *mac = seen;
        return arena_text(h->facts->arena,
                          mac_format(&seen, text, sizeof text));
    }
    if (id.len == sizeof seen.octets && !is_printable(id) &&
        mac_of_octets(id, &seen)) /* a MAC by any other name */
        return arena_text(h->facts->arena,
                          mac_format(&seen, text, sizeof text));
    buffer_clear(&h->scratch);
    value_text(&v, h->encoding, &h->scratch);
    return h->scratch.len > 0
               ? arena_text_of(h->facts->arena, h->scratch.at, h->scratch.len)
               : "";
}

bool neighbor_add_address(struct neighbor *n, const struct addr *a)
{
    if (!addr_is_set(a) || addr_is_unspecified(a) ||
        n->mgmt_count >= COUNT_OF(n->mgmt))
        return false;
    for (size_t i = 0; i < n->mgmt_count; i++)
        if (addr_equal(&n->mgmt[i], a))
            return false;
    n->mgmt[n->mgmt_count++] = *a;
    return true;
}

uint64_t neighbors_mark(const struct neighbors *n)
{
    struct buffer OWNED_BUFFER text = {0};
    uint64_t mark = 1;

    for (size_t i = 0; i < n->count; i++) {
        const struct neighbor *one = &n->at[i];

        buffer_clear(&text);
        buffer_format(&text, "%u %u %u %u %s %s ", one->protocol,
                      one->local_if_index, one->chassis_subtype,
                      one->port_subtype, one->sys_name, one->port_text);
        buffer_add(&text, one->chassis_id.at, one->chassis_id.len);
        buffer_add(&text, one->port_id.at, one->port_id.len);
        mark += bytes_hash(buffer_view(&text));
    }
    return mark != 0 ? mark : 1;
}
