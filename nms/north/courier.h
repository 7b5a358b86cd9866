/* courier.h - carries messages to a web hook or a mail server, by libcurl.
 *
 * One courier for each receiver, one message after another: whoever is slow
 * delays nobody else. The work is done by a thread, since libcurl waits for a
 * mail server's last word wherever it is called. Certificates are checked,
 * redirects are not followed, and of what the other side answers only the
 * beginning is kept, for whoever looks into it.
 */
#ifndef NORTH_COURIER_H
#define NORTH_COURIER_H

#include "base/bytes.h"
#include "base/own.h"

struct event_base;
struct courier;

enum {
    COURIER_WAITING_MAX = 64,    /* errands; more are refused */
    COURIER_BODY_MAX = 1 << 20,  /* octets of a message */
    COURIER_LIMIT_MS = 20 * 1000 /* an errand takes, at most */
};

/* What to carry; everything is copied. */
struct errand {
    const char *url;            /* http, https, smtp, smtps */
    const char *const *headers; /* of a POST, "Name: value"; ends with NULL, or
                                   NULL */
    struct bytes body;          /* of a POST; a mail as RFC 5322 has it */
    const char *from;           /* of a mail: addresses without < > */
    const char *const *to;      /* ends with NULL; NULL: this is a POST */
    const char *user, *secret;  /* log in; NULL = not */
    const char *authority; /* a file with the certificates that are trusted;
                              NULL = the system's */
    bool plain; /* mail may go without TLS: else it is asked for (STARTTLS) */
};

/* result: 0 it was taken; -EAGAIN it was not, and may be later (no answer, a
 * server's 5xx of HTTP or 4xx of SMTP, 429, a refused sign-in); -EINVAL it
 * never will be (what the other side refuses). why says it in words without
 * secrets; for 0 "", or which recipients of a mail did not take it. Comes once,
 * from the loop. */
typedef void (*courier_done_fn)(void *arg, int result, const char *why);

struct courier *courier_new(struct event_base *base);
/* Errands that wait or are under way end within a second or two, and nobody is
 * told. NULL is fine. */
void courier_free(struct courier *c);
OWNED_BY(struct courier, courier_free)

/* Sets out behind those that wait. 0; -EBUSY: so many wait already; -EINVAL:
 * the url is of another kind, addresses of a mail are missing, or the body is
 * too large. */
int courier_carry(struct courier *c, const struct errand *e,
                  courier_done_fn done, void *arg)
    __attribute__((warn_unused_result));

#endif
