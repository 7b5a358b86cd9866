/* http_door.h - connections to the port: how many, how long, how much.
 *
 * Whoever comes may hold few of them, must say soon what he wants, and may
 * send little until he has shown who he is. Where there are too many, those
 * that wait longest go, strangers' first: no number of idle ones keeps anybody
 * out, or takes the daemon's descriptors.
 *
 * libevent tells of a request when all of it has come. So that a body is not
 * read before its sender is known, and a slow sender does not last for ever,
 * what comes is watched on its way in. What is not taken from it, because a
 * line has no end or an answer is not yet sent, has a limit too: who sends more
 * goes.
 */
#ifndef NORTH_HTTP_DOOR_H
#define NORTH_HTTP_DOOR_H

#include "base/addr.h"
#include "base/bytes.h"
#include "base/own.h"

struct api_request;
struct bufferevent;
struct event_base;
struct door;
struct door_visit; /* one connection */

enum {
    DOOR_VISITS_MAX = 1000,
    DOOR_VISITS_EACH_MAX = 600, /* of one address: browsers behind a proxy */
    DOOR_HEAD_MAX = 16384,      /* octets of a request's head */
    DOOR_BODY_MAX = 16384       /* of a body, from who is not known */
};

struct door_options {
    struct event_base *base;
    /* Makes what a connection is read by: TLS or not. */
    struct bufferevent *(*open)(void *arg, struct event_base *base);
    /* How many octets the sender of a head may send as the body, and whether he
     * is known. */
    size_t (*judge)(void *arg, struct bytes head, bool *known);
    /* The client went while a request was worked at. */
    void (*gone)(struct api_request *r);
    void *arg;
};

struct door *door_new(const struct door_options *options);
void door_free(struct door *d); /* before evhttp is freed; NULL is fine */
OWNED_BY(struct door, door_free)

/* For evhttp_set_bevcb(), arg a door: a connection comes. */
struct bufferevent *door_open(struct event_base *base, void *door);

/* The visit that is read by bev; NULL: it is none. */
struct door_visit *door_find(struct door *d, const struct bufferevent *bev);

/* A request of it is worked at; then it is answered, and the next may come. */
void door_busy(struct door_visit *v, struct api_request *r);
void door_idle(struct door_visit *v);

/* Ends a visit with what is worked at for it. */
void door_close(struct door_visit *v);

size_t door_visits(const struct door *d);

/* The value of a field in a head, white space around it left out (RFC 9112,
 * 5); the first that is there. False if there is none, or it does not fit; out
 * is "" then. */
bool door_field(struct bytes head, const char *name, char *out, size_t len);

#endif
