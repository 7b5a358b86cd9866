/* request.h - one question to the API and its answer. */
#ifndef NORTH_REQUEST_H
#define NORTH_REQUEST_H

#include "base/addr.h"
#include "north/caller.h"
#include "station/station.h"

#include <jansson.h>

struct evhttp_request;
struct api;
struct api_route;
struct notices;
struct stream;

enum api_method { API_GET, API_POST, API_PATCH, API_DELETE, API_METHODS };

/* Segments of a path, percent-decoded: "devices", "core-1", "interfaces". */
enum {
    API_SEGMENTS_MAX = 8,
    API_BODY_MAX = 1 << 20,
    API_DOCUMENT_MAX = 32 << 20 /* of a body that is a document */
};

struct api_request {
    struct api *api;
    struct station *station;
    struct notices *notices; /* notices.h */
    struct stream *stream;   /* stream.h */
    enum api_method method;
    char *segments[API_SEGMENTS_MAX]; /* behind /api/v1/ */
    size_t count;
    struct evkeyvalq *query;
    json_t *body;                  /* of POST and PATCH; NULL if none */
    struct bytes document;         /* a body that is no JSON, as it came */
    bool remote;                   /* it came by TCP, */
    struct addr from;              /* from there */
    struct door_visit *visit;      /* by that connection (http_door.h) */
    struct caller caller;          /* who asks */
    struct access *access;         /* access.h */
    char *session;                 /* the secret that the browser keeps from now
                                      on, "": none; NULL: as it is */
    unsigned retry_after_s;        /* of an answer that refuses for now; 0 */
    unsigned uid;                  /* of who asks over the control socket */
    const char *if_match;          /* the header of that name, NULL */
    const char *if_none_match;     /* the same: what is known already */
    bool packs;                    /* the client takes gzip */
    bool tagged;                   /* the answer is of a revision, */
    uint64_t revision;             /* which the header ETag tells */
    json_t *more;                  /* what a problem tells besides; NULL */
    const struct api_route *route; /* once it is admitted; NULL */
    int status;                    /* of the answer; 0: none was sent */
    bool noted;                    /* by audit_note() */
    const char *recorded_as;       /* by it, instead of the path; NULL */
    json_t *before, *after; /* of what it changed (audit.h); NULL: not told */
    size_t document_len;
    bool malformed;              /* a path or body that cannot be read */
    bool query_malformed;        /* of which libevent takes all or nothing */
    size_t streamed;             /* octets of the answer so far */
    struct snapshot *snapshot;   /* of the moment it came */
    struct evhttp_request *http; /* NULL once the client has gone */
    struct arena *arena;         /* of what its answer needs; NULL */
    const struct device_record *open_device; /* whose facts are open; NULL */
    struct facts *open;
    struct api_answer *answer; /* while a thread makes it; else NULL */
    void *pending;             /* what is waited for */
    void (*forget)(struct api_request *r); /* stops waiting; may be NULL */
    struct api_request *next, **link;
};

/* Cuts the path behind /api/v1 into decoded segments; what lies outside of it
 * is one segment with its slash. False if it is none of ours: too many
 * segments, a NUL in one. */
bool api_cut_path(struct api_request *r, const char *path);

/* Reads a JSON object, or nothing. False if it is neither. */
bool api_read_body(struct api_request *r, struct bytes text);
/* The same, or a list. */
bool api_read_list(struct api_request *r, struct bytes text);

/* The value of ?name=, NULL if it is not there. */
const char *api_param(const struct api_request *r, const char *name);
/* The values of every ?name=, at most max of them; how many. */
size_t api_params(const struct api_request *r, const char *name,
                  const char **out, size_t max);
/* ?name=1, and nothing else. */
bool api_param_flag(const struct api_request *r, const char *name);
/* ?name= as a number within min..max; out stays where it is not there, or
 * empty. False, and a 400 was answered, if it is anything else. */
bool api_param_number(struct api_request *r, const char *name, int64_t min,
                      int64_t max, int64_t *out);

/* ?name= as a time; out stays where it is not there. False, and a 400 was
 * answered, if it is none. */
bool api_param_time(struct api_request *r, const char *name, struct wall *out);

/* Texts of a list in the body, borrowed from it; array_fini() the list. False,
 * and a 400 was answered, where there is none (unless it may lack). */
struct api_texts ARRAY_OF(const char *);
bool api_texts(struct api_request *r, const char *key, bool may_lack,
               struct api_texts *out);

/* Answers. Each ends the request: it is freed when the callback that called
 * returns, and may not be used afterwards. */
void api_json(struct api_request *r, int status, json_t *body); /* taken */
void api_json_text(struct api_request *r, struct buffer *body); /* taken */
void api_bytes(struct api_request *r, const char *type, struct bytes body);
/* RFC 9457. */
void api_problem(struct api_request *r, int status, const char *detail,
                 const char *remedy);
/* A complaint with the status that fits rc, a negative errno. */
void api_complaint(struct api_request *r, int rc, const struct complaint *why);

/* Answers that come piece by piece. */
void api_stream_begin(struct api_request *r, const char *type);
void api_stream_write(struct api_request *r, const struct buffer *text);
void api_stream_end(struct api_request *r);

/* The device that segment nth names, or NULL and a 404. */
const struct device_record *api_device(struct api_request *r, size_t nth);

/* All that a device told, and what it measures besides ports. Both live until
 * another device is asked for, or the request ends. */
const struct facts *api_facts(struct api_request *r,
                              const struct device_record *d);
size_t api_metrics_of(struct api_request *r, const struct device_record *d,
                      const struct metric_record **out);

/* A copy of a text that lives until the request ends. */
const char *api_keep_text(struct api_request *r, const char *text);

/* The path of the series of a port, until the request ends. */
const char *api_port_file(struct api_request *r, const struct device_record *d,
                          const struct port_record *p);

/* Names of OIDs by the MIB modules of the station; digits where there is none.
 * api_query_find() gives false for what is no name and no OID. */
bool api_query_find(const struct api_request *r, const char *text,
                    struct oid_store *out);
void api_query_name(const struct api_request *r, struct oid name,
                    struct buffer *out);
void api_query_value(const struct api_request *r, struct oid name,
                     const struct value *value, struct buffer *out);

#endif
