#include "base/ident.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct ident ident_new(void)
{
    struct ident id;

    /* Up to 256 octets come whole once the generator is seeded. */
    if (getrandom(id.octets, sizeof id.octets, 0) !=
        (ssize_t)sizeof id.octets) {
        log_error("the kernel gives no random numbers: %s", strerror(errno));
        abort();
    }
    return id;
}

bool ident_is_set(const struct ident *id)
{
    static const struct ident none = {{0}};

    return !ident_equal(id, &none);
}

bool ident_equal(const struct ident *a, const struct ident *b)
{
    return memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

int ident_compare(const struct ident *a, const struct ident *b)
{
    return memcmp(a->octets, b->octets, sizeof a->octets);
}

const char *ident_format(const struct ident *id, char *out, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;

    for (size_t i = 0; i < sizeof id->octets && at + 2 < len; i++) {
        out[at++] = digits[id->octets[i] >> 4];
        out[at++] = digits[id->octets[i] & 15];
    }
    if (len > 0)
        out[at] = '\0';
    return out;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int ident_parse(const char *text, struct ident *out)
{
    struct ident id = {{0}};

    *out = id;
    if (strlen(text) != 2 * sizeof id.octets)
        return -EINVAL;
    for (size_t i = 0; i < sizeof id.octets; i++) {
        int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return -EINVAL;
        id.octets[i] = (uint8_t)(high << 4 | low);
    }
    *out = id;
    return 0;
}
