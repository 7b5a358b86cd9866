/* proof.h - reading the headers that prove who asks. Pure; whatever a stranger
 * writes there is either a proof of a bounded length or none.
 */
#ifndef NORTH_PROOF_H
#define NORTH_PROOF_H

#include <stdbool.h>
#include <stddef.h>

/* The value of the cookie called name in a Cookie header (RFC 6265, 5.4);
 * header may be NULL. False if there is none, or it does not fit; out is ""
 * then. */
bool proof_cookie(const char *header, const char *name, char *out, size_t len);

/* The token of an Authorization header (RFC 6750, 2.1), the same. */
bool proof_bearer(const char *header, char *out, size_t len);

/* Is an Origin of the host that a Host header names? Whether by TLS is left
 * aside: one may end before the station. */
bool proof_same_origin(const char *origin, const char *host);

/* The name or address of a Host header, without port and brackets, the same as
 * above. */
bool proof_host(const char *header, char *out, size_t len);

#endif
