/* http_parts.h - what the files http*.c share. */
#ifndef NORTH_HTTP_PARTS_H
#define NORTH_HTTP_PARTS_H

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
    struct addr listen;
    uint16_t port;
    char *web;           /* folder of the page */
    struct files *files; /* the page; NULL: not yet read */
    struct api_request *open;
};

/* What a thread made for a request, to be sent by the loop. */
struct api_answer {
    void (*handle)(struct api_request *r);
    int status;
    const char *type;
    struct buffer body;
};

/* ---- http.c ---- */

/* The answer is under way: the request is done with. */
void http_request_over(struct api_request *r);

/* ---- http_reply.c ---- */

/* Sends an answer; body is taken. */
void http_send(struct api_request *r, int status, const char *type,
               struct buffer *body);

/* Sends a file, or that the client has it already. */
void http_send_file(struct api_request *r, struct files *files,
                    const struct file *file);

#endif
