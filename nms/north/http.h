/* http.h - the page and the API: HTTP over TCP, and over the control socket.
 *
 * Reads the published snapshot and asks the station by its few commands. The
 * control socket is the administrators': who may open it may do everything.
 * Whoever comes by TCP logs in, or shows a token.
 *
 *   http.c         a request from its arrival to its end
 *   http_reply.c   answers
 *   http_admit.c   who asks, and whether he may (gate.c, access.c)
 *   http_files.c   the page, from memory
 *   http_listen.c  the port
 *   http_socket.c  the control socket
 */
#ifndef NORTH_HTTP_H
#define NORTH_HTTP_H

#include "base/addr.h"
#include "base/complaint.h"

struct event_base;
struct station;
struct http;
struct notices;

/* Borrowed until http_new() returns. */
struct http_options {
    const char *socket; /* path of the control socket */
    unsigned uid, gid;  /* own it; (unsigned)-1 = as they are */
    struct addr listen; /* none: no TCP */
    uint16_t port;
    const char *data; /* folder of the station's own files */
    const char *web;  /* folder of the page; "": beside the program, or where it
                         is installed */
};

/* Makes and opens the socket (mode 0660, group of the owner); a stale one of a
 * dead station is replaced, one of a living station is a complaint. Opens the
 * port. Needs the right to write the socket's directory, and maybe a port below
 * 1024, so it comes before rights are dropped. Serves nothing yet. */
int http_new(struct event_base *base, const struct http_options *options,
             struct http **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Serves that station and what it tells receivers from now on; borrowed. Reads
 * the page. */
void http_serve(struct http *h, struct station *station,
                struct notices *notices);

/* Reads anew what is in files: the page. */
void http_renew(struct http *h);

/* Ends open requests and removes the socket. */
void http_free(struct http *h);

#endif
