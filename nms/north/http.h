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
 *   http_port.c    the port: its page, its certificate (http_tls.c)
 *   http_door.c    connections to it
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
    /* Files (PEM); "": where the port is not on loopback, the station makes
     * them. Given, they are read before rights are dropped, and again to renew
     * them. */
    const char *certificate, *key;
    char *const *names; /* by which the station may be asked for */
    size_t name_count;
    const char *station; /* its name */
    const char *data;    /* folder of the station's own files */
    const char *web; /* folder of the page; "": beside the program, or where it
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
 * the page; makes a certificate where one is needed, and the first user. 0, or
 * -errno and *why. */
int http_serve(struct http *h, struct station *station, struct notices *notices,
               struct complaint *why) __attribute__((warn_unused_result));

/* Takes what may change while the station runs (names, files of the
 * certificate), and reads anew what is in files; what cannot be read stays as
 * it was, with an error in the log. */
void http_renew(struct http *h, const struct http_options *options);

/* Ends open requests and removes the socket. */
void http_free(struct http *h);

#endif
