/* http_certificate.h - a certificate of the station's own, signed by itself,
 * where nobody gives it one. */
#ifndef NORTH_HTTP_CERTIFICATE_H
#define NORTH_HTTP_CERTIFICATE_H

#include "base/addr.h"
#include "base/complaint.h"

#include <stdbool.h>

struct certificate_wish {
    const char *name;   /* of the station */
    struct addr listen; /* an address it is asked for by; unspecified: any */
    char *const *names; /* and names */
    size_t count;
    const char *certificate, *key; /* files that it goes to */
};

/* Is there one in these files that goes on for a month, for the same names? */
bool certificate_is_good(const struct certificate_wish *wish);

/* Makes one (ECDSA by P-256, RFC 5280; 397 days, as long as browsers take) and
 * writes it: the key with mode 0600. 0, or -errno and *why. */
int certificate_make(const struct certificate_wish *wish, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
