/* ident.h - the name that an object keeps for life: 128 random bits made once.
 * What people call it is an attribute. */
#ifndef BASE_IDENT_H
#define BASE_IDENT_H

#include "base/bytes.h"

struct ident {
    uint8_t octets[16];
};

enum { IDENT_TEXT_MAX = 33 };

struct ident ident_new(void); /* from the kernel's generator */
bool ident_is_set(const struct ident *id);
bool ident_equal(const struct ident *a, const struct ident *b);
int ident_compare(const struct ident *a, const struct ident *b);

/* 32 lower-case hexadecimal digits. */
const char *ident_format(const struct ident *id, char *out, size_t len);
int ident_parse(const char *text, struct ident *out)
    __attribute__((warn_unused_result));

static inline struct bytes ident_key(const struct ident *id)
{
    return (struct bytes){id->octets, sizeof id->octets};
}

#endif
