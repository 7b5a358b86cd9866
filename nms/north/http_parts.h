/* http_parts.h - what the files http*.c share. */
#ifndef NORTH_HTTP_PARTS_H
#define NORTH_HTTP_PARTS_H

#include "north/gate.h"
#include "north/http.h"
#include "north/http_files.h"
#include "north/request.h"

struct event_base;
struct evhttp;
struct worker;

struct api {
    struct event_base *base;
    struct evhttp *control; /* the control socket's */
    struct evhttp *server;  /* the port's; NULL: there is none */
    struct station *station;
    struct notices *notices;
    struct stream *stream; /* NULL: nothing is served yet */
    struct worker *worker; /* makes long answers of what is published */
    char *path;            /* of the control socket */
    char *data;            /* folder of the station */
    char *name;            /* of the station */
    struct addr listen;
    uint16_t port;
    char *web;           /* folder of the page */
    struct files *files; /* the page; NULL: not yet read */
    struct access *access;
    struct door *door;       /* of the port; NULL */
    struct gate_names names; /* owned */
    bool secure;             /* the port speaks TLS: */
    bool given;              /* by a certificate that somebody gave */
    char *certificate, *key; /* files */
    struct tls *tls;         /* NULL: it does not, or not yet */
    struct event *look;      /* at the certificate, from time to time */
    struct api_request *open;
};

/* An answer; while a thread makes it, that is the thread's. */
struct api_answer {
    void (*handle)(struct api_request *r); /* NULL: its body is there */
    int status;
    const char *type;
    struct buffer body;
    uint64_t hash; /* of the body as it was; 0: not known */
    bool packed;
};

/* ---- http.c ---- */

/* The answer is under way: the request is done with. */
void http_request_over(struct api_request *r);

/* Has the thread finish an answer, of which all is taken. */
void http_finish_beside(struct api_request *r, const struct api_answer *answer);

/* ---- http_port.c ---- */

/* What the port needs: before rights are dropped; when the station works;
 * anew; at the end. */
int http_port_prepare(struct api *api, const struct http_options *options,
                      struct complaint *why)
    __attribute__((warn_unused_result));
int http_port_start(struct api *api, struct complaint *why)
    __attribute__((warn_unused_result));
void http_port_renew(struct api *api, const struct http_options *options);
/* The station's own certificate is made anew where it is none that is good: its
 * end is near, say. Once an hour by itself. */
void http_port_look(struct api *api);
void http_port_end(struct api *api);

/* ---- http_admit.c ---- */

/* Fills in who asks, and from where. */
void http_know(struct api_request *r);

/* For the door: what the sender of a head may send. arg: the api. */
size_t http_judge(void *arg, struct bytes head, bool *known);

/* Each false where it answered: where it ends is not clear; the station is not
 * called so; the caller may not do that, or not so often. */
bool http_is_whole(struct api_request *r);
bool http_is_known_host(struct api_request *r);
bool http_admit(struct api_request *r, const struct api_route *route);

/* ---- http_settle.c ---- */

/* True if this answer says that something was changed for good. */
bool http_is_promise(const struct api_request *r, int status);

/* Sends it, body taken, as soon as the change is on disk; a problem if the disk
 * does not take it. */
void http_settle(struct api_request *r, struct api_answer *answer);

/* ---- http_reply.c ---- */

/* The cookie of sessions: of this port alone, since browsers send cookies to
 * every port of a host. */
void http_cookie_name(const struct api *api, char *out, size_t len);

/* Tells the revision of what was asked for by its content, and packs it if the
 * client takes that. Any thread. */
void http_finish(const struct api_request *r, struct api_answer *answer);

/* Sends an answer, whose body is taken. */
void http_send(struct api_request *r, struct api_answer *answer);

/* True if the client takes gzip. */
bool http_takes_packed(struct evhttp_request *http);

/* Sends a file, or that the client has it already. */
void http_send_file(struct api_request *r, struct files *files,
                    const struct file *file);

#endif
