/* notice_form.h - what people and web hooks are told of alerts: the words, and
 * the forms that chat rooms and mail want them in. Pure.
 */
#ifndef NORTH_NOTICE_FORM_H
#define NORTH_NOTICE_FORM_H

#include "station/alerts.h"

enum notice_form {
    FORM_JSON,     /* all that the API says of the alerts */
    FORM_SLACK,    /* an incoming webhook's message */
    FORM_TEAMS,    /* a message with an Adaptive Card */
    FORM_CHATWORK, /* a message to a room, as a form */
    FORM_PLAIN,    /* lines of text */
    FORMS
};
const char *notice_form_name(enum notice_form form); /* "json" "slack" ... */
/* -EINVAL: there is none of that name. */
int notice_form_parse(const char *name, enum notice_form *out)
    __attribute__((warn_unused_result));
/* "application/json; charset=utf-8" and the like. */
const char *notice_form_type(enum notice_form form);

/* What happened to an alert. */
struct notice_item {
    enum alert_news news;
    const struct alert_record *alert;
    bool again;    /* it was told before: nobody has acknowledged it */
    uint8_t level; /* PortolanRiskLevel of its object; 0 = by its own risk */
    const struct alert_record *because; /* ALERT_EXPLAINED: the alert that it
                                           turned out to be a symptom of; NULL:
                                           it has other symptoms itself */
};

/* What is told at once: one item, or a digest. */
struct notice_page {
    const char *station; /* its name */
    struct wall at;
    uint32_t seq; /* portolanNotifySeq of the first item */
    const struct notice_item *items;
    size_t count; /* at least 1 */
};

/* Longer digests say how many more there are. */
enum {
    NOTICE_LINES_MAX = 50,
    NOTICE_ITEMS_MAX = 100, /* of a page of FORM_JSON, so that it is taken */
    NOTICE_SYMPTOMS_MAX = 20
};

/* One line for people, without its end: "major: sw1:Gi0/1: port down: ...". */
void notice_line(const struct notice_item *item, struct buffer *out);

/* The word for what happened: "raised", "changed", "explained", "symptoms",
 * "repeated", "cleared". */
const char *notice_news(const struct notice_item *item);

/* The devices that cannot be reached for an alert, as many names as fit into
 * max octets: "2 devices: sw2, sw3", "12 devices: sw2, sw3 ...". */
void notice_symptoms(const struct alert_record *a, size_t max,
                     struct buffer *out);

/* The subject of a mail, the title of a message. */
void notice_title(const struct notice_page *page, struct buffer *out);

/* The body of a POST. */
void notice_body(enum notice_form form, const struct notice_page *page,
                 struct buffer *out);

/* A mail (RFC 5322, MIME) with CR LF; to ends with NULL. id tells mails apart.
 */
void notice_mail(const struct notice_page *page, const char *from,
                 const char *const *to, uint64_t id, struct buffer *out);

#endif
