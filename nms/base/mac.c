#include "base/addr.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAC_LEN = 6, MAC_DIGITS = 12 };

bool mac_of_octets(struct bytes b, struct mac *out)
{
    static const struct mac ones = {{255, 255, 255, 255, 255, 255}};

    *out = (struct mac){{0}};
    if (b.len != MAC_LEN)
        return false;
    memcpy(out->octets, b.at, MAC_LEN);
    if (mac_is_set(out) && !mac_equal(out, &ones))
        return true;
    *out = (struct mac){{0}};
    return false;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads 1 to width digits of a group into 12 digits, with zeros before them;
 * gives what follows the group, NULL if it is no group. */
static const char *group_read(const char *text, size_t width, char *digits)
{
    size_t count = 0;

    while (digit(text[count]) >= 0)
        count++;
    if (count == 0 || count > width)
        return NULL;
    memset(digits, '0', width - count);
    memcpy(digits + width - count, text, count);
    return text + count;
}

/* Groups of width digits with sep between them. */
static int groups_read(const char *text, size_t width, char sep, char *digits)
{
    for (size_t at = 0; at < MAC_DIGITS; at += width) {
        if (at > 0 && *text++ != sep)
            return -EINVAL;
        text = group_read(text, width, digits + at);
        if (text == NULL)
            return -EINVAL;
    }
    return *text == '\0' ? 0 : -EINVAL;
}

/* Tries the ways in which vendors write an address. */
static int digits_read(const char *text, char *digits)
{
    static const struct {
        size_t width;
        char sep;
    } ways[] = {{2, ':'}, {2, '-'}, {4, '.'}, {4, '-'}, {2, ' '}};

    if (strlen(text) == MAC_DIGITS)
        if (groups_read(text, MAC_DIGITS, '\0', digits) == 0)
            return 0;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (groups_read(text, ways[i].width, ways[i].sep, digits) == 0)
            return 0;
    return -EINVAL;
}

int mac_parse(const char *text, struct mac *out)
{
    char digits[MAC_DIGITS];

    *out = (struct mac){{0}};
    if (digits_read(text, digits) < 0)
        return -EINVAL;
    for (size_t i = 0; i < MAC_LEN; i++) {
        unsigned high = (unsigned)digit(digits[2 * i]);
        unsigned low = (unsigned)digit(digits[2 * i + 1]);
        out->octets[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

const char *mac_format(const struct mac *m, char *out, size_t len)
{
    const uint8_t *o = m->octets;

    (void)snprintf(out, len, "%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2],
                   o[3], o[4], o[5]);
    return out;
}

bool mac_is_set(const struct mac *m)
{
    static const struct mac none = {{0}};

    return !mac_equal(m, &none);
}

bool mac_is_multicast(const struct mac *m)
{
    return (m->octets[0] & 1) != 0;
}

bool mac_is_local(const struct mac *m)
{
    return (m->octets[0] & 2) != 0;
}

bool mac_is_virtual(const struct mac *m)
{
    static const struct {
        uint8_t bits; /* how much of octets has to agree */
        uint8_t octets[MAC_LEN];
    } shared[] = {
        {40, {0x00, 0x00, 0x5e, 0x00, 0x01}}, /* VRRP, RFC 5798, 7.3 */
        {40, {0x00, 0x00, 0x5e, 0x00, 0x02}}, /* VRRP for IPv6 */
        {40, {0x00, 0x00, 0x0c, 0x07, 0xac}}, /* HSRP version 1 */
        {36, {0x00, 0x00, 0x0c, 0x9f, 0xf0}}, /* HSRP version 2 */
        {36, {0x00, 0x05, 0x73, 0xa0, 0x00}}, /* HSRP for IPv6 */
        {32, {0x00, 0x07, 0xb4, 0x00}},       /* GLBP */
        {24, {0x02, 0xe0, 0x52}},             /* VRRP-E of Foundry */
        {40, {0x00, 0xe0, 0x2b, 0x00, 0x00}}, /* ESRP of Extreme */
        {16, {0x02, 0xbf}},                   /* NLB of Microsoft, unicast */
        {16, {0x03, 0xbf}},                   /* NLB, multicast */
    };

    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        size_t whole = shared[i].bits / 8;
        unsigned rest = shared[i].bits % 8;
        unsigned mask = rest > 0 ? (0xff00U >> rest) & 0xff : 0;
        if (memcmp(m->octets, shared[i].octets, whole) == 0 &&
            ((m->octets[whole] ^ shared[i].octets[whole]) & mask) == 0)
            return true;
    }
    return false;
}

bool mac_equal(const struct mac *a, const struct mac *b)
{
    return memcmp(a->octets, b->octets, MAC_LEN) == 0;
}

int mac_compare(const struct mac *a, const struct mac *b)
{
    return memcmp(a->octets, b->octets, MAC_LEN);
}
