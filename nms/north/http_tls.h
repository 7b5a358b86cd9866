/* http_tls.h - TLS of the port: 1.2 and later (RFC 9325). */
#ifndef NORTH_HTTP_TLS_H
#define NORTH_HTTP_TLS_H

#include "base/complaint.h"
#include "base/own.h"

struct bufferevent;
struct event_base;
struct tls; /* a certificate with its key, and how they are used */

enum { TLS_FINGERPRINT_MAX = 100 };

/* Reads both files. 0, or -errno and *why: one cannot be read, or they do not
 * belong together. */
int tls_load(const char *certificate, const char *key, struct tls **out,
             struct complaint *why) __attribute__((warn_unused_result));
void tls_free(struct tls *t); /* connections that use it go on */
OWNED_BY(struct tls, tls_free)

/* SHA-256 of the certificate: "AB:CD:..." */
void tls_fingerprint(const struct tls *t, char out[TLS_FINGERPRINT_MAX]);

/* A connection that will be accepted; NULL if there is no memory for it. */
struct bufferevent *tls_accept(const struct tls *t, struct event_base *base);

#endif
