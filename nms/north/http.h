/* http.h - the API: HTTP over the control socket, JSON, /metrics, /health.
 *
 * Reads the published snapshot and asks the station by its few commands. The
 * control socket is the administrators': who may open it may do everything.
 */
#ifndef NORTH_HTTP_H
#define NORTH_HTTP_H

#include "base/complaint.h"

struct event_base;
struct station;
struct http;
struct notices;

/* Makes and opens the socket (mode 0660, group of the owner); a stale one of a
 * dead station is replaced, one of a living station is a complaint. Needs the
 * right to write its directory, so it comes before rights are dropped; uid and
 * gid own it then ((unsigned)-1 = as they are). Serves nothing yet. */
int http_new(struct event_base *base, const char *socket_path, unsigned uid,
             unsigned gid, struct http **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Serves that station and what it tells receivers from now on; borrowed. */
void http_serve(struct http *h, struct station *station,
                struct notices *notices);

/* Ends open requests and removes the socket. */
void http_free(struct http *h);

#endif
