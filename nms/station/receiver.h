/* receiver.h - who is told of alerts, as the configuration names them: where,
 * of what, and when.
 */
#ifndef STATION_RECEIVER_H
#define STATION_RECEIVER_H

#include "base/addr.h"
#include "base/mem.h"
#include "base/own.h"
#include "station/alert.h"

struct credential;

enum receiver_kind {
    RECEIVER_SNMP,    /* traps or informs */
    RECEIVER_WEBHOOK, /* a POST */
    RECEIVER_MAIL,
    RECEIVER_RUN,   /* a program */
    RECEIVER_MASTER /* the master agent's receivers: not of the configuration */
};
const char *receiver_kind_name(enum receiver_kind kind); /* "snmp" ... */

struct receiver_texts ARRAY_OF(char *);

/* Hours of a week, local time: from inclusive, to not, in minutes of the day;
 * to may be below from: over midnight, of the day it begins on. */
struct receiver_hours {
    uint8_t days; /* bits, Monday is 1 */
    uint16_t from_min, to_min;
};
struct receiver_week ARRAY_OF(struct receiver_hours);

/* "mon-fri 08:00-18:00", "sat,sun 10:00-12:00", "22:00-06:00": every day. 0, or
 * -EINVAL. */
int receiver_hours_read(const char *text, struct receiver_hours *out)
    __attribute__((warn_unused_result));

/* As it would be written: "mon-fri 08:00-18:00"; gives out. */
enum { RECEIVER_HOURS_ROOM = 64 };
const char *receiver_hours_format(const struct receiver_hours *h, char *out,
                                  size_t room);

/* Does one of them hold? weekday: 0 is Monday. None at all: always. */
bool receiver_hours_hold(const struct receiver_week *week, unsigned weekday,
                         unsigned minute);

struct receiver {
    char *name; /* unique */
    enum receiver_kind kind;
    /* SNMP */
    struct addr addr;
    uint16_t port;
    struct credential *credential; /* owned */
    bool inform;
    /* web hook */
    char *url;                     /* a secret, often */
    char *form;                    /* a name of notice_form.h */
    struct receiver_texts headers; /* "Name: value" */
    /* mail */
    struct receiver_texts to;
    char *server, *from, *user; /* smtps://HOST, smtp://HOST */
    bool plain;                 /* without TLS */
    /* web hook and mail */
    char *secret;    /* NULL: none; wiped when freed */
    char *authority; /* a file of certificates; NULL: the system's */
    /* program */
    char *run;
    int64_t limit_ms;
    /* of what, and when */
    enum severity severity;        /* this or worse */
    struct receiver_texts objects; /* patterns of names; none: all */
    struct receiver_texts types;   /* patterns of types; none: all */
    struct receiver_week when;
    int64_t digest_ms; /* what comes within that time goes together; 0 = at
                          once */
    int64_t repeat_ms; /* until somebody acknowledges it; 0 = never */
};
struct receivers ARRAY_OF(struct receiver *);

/* Appends whither SNMP goes and how, secrets too: whoever compares it wipes it.
 * Of other kinds nothing. */
void receiver_add_way(const struct receiver *r, struct buffer *out);

void receiver_free(struct receiver *r);
OWNED_BY(struct receiver, receiver_free)

/* Is it told of that alert at all? */
bool receiver_wants(const struct receiver *r, const struct alert_record *a);

#endif
