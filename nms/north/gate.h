/* gate.h - the one place that says who may do what. Pure.
 *
 * What changes something and comes with a cookie, or with nothing, must come
 * from the page itself (against requests that another page made a browser
 * send); a name of the station that it does not know is refused (against names
 * that somebody lets point to this address).
 */
#ifndef NORTH_GATE_H
#define NORTH_GATE_H

#include "north/caller.h"
#include "north/routes.h"

/* Names by which the station may be asked for, besides addresses, localhost
 * and the host's own; all: any. */
struct gate_names {
    char *const *at;
    size_t count;
    bool all;
};

/* Headers of a request; NULL: not there. */
struct gate_headers {
    const char *host, *origin, *fetch_site, *page;
};

struct refusal {
    int status;
    const char *detail, *remedy;
};

struct evkeyvalq;

/* Does everybody who reads these headers see the same end of the request (RFC
 * 9112, 6.3 and 11.2)? Else a proxy before the station takes for one request
 * what the station takes for two. Bodies tell their length, and no other way to
 * find their end is taken. Of a request without a body (HEAD) none is read. */
bool gate_ends(const struct evkeyvalq *headers, bool bodiless,
               struct refusal *why);

/* May caller do what route does? Else *why. */
bool gate_permits(const struct caller *caller, const struct api_route *route,
                  const struct gate_headers *headers, struct refusal *why);

/* Is the station called so? */
bool gate_knows(const struct gate_names *names, const char *host,
                struct refusal *why);

#endif
