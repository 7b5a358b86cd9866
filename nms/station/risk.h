/* risk.h - what risk is made of, and as it is published: immutable, any thread
 * reads it. risks.h makes it. Pure.
 *
 * An alert adds severity x value x exposure to the risk of its object, 0..125
 * (or what the configuration's formula says): severity indeterminate 1, warning
 * 2, minor 3, major 4, critical 5; value, how much the object matters, 1..5;
 * exposure, how easily harm reaches it, 1..5. What another alert explains
 * counts a fifth, what is silenced nothing. Several make
 *     125 x (1 - (1 - r1 / 125) x (1 - r2 / 125) x ...).
 */
#ifndef STATION_RISK_H
#define STATION_RISK_H

#include "base/complaint.h"
#include "base/formula.h"
#include "base/ident.h"
#include "base/mem.h"
#include "station/alert.h"

enum { RISK_MAX = 125, RISK_LEVELS = 5, RISK_POINTS = 64 };

/* 1 "very low" ... 5 "very high"; the first with this risk or more. */
const char *risk_level_name(int level);
int risk_level_of(double risk);

/* A level that does not flap: it is another one when risk is 5 points beyond
 * the border, or beyond it for 60 s. */
struct risk_mark {
    int level;          /* 0 = none yet */
    struct mono beyond; /* since when; 0 = it is not */
};
/* True if the level became another one. */
bool risk_mark_step(struct risk_mark *m, double risk, struct mono now);

/* ---- formulas ---- */

/* Variables of the formula of an alert, and of a group. */
enum risk_variable {
    RISK_SEVERITY,
    RISK_VALUE,
    RISK_EXPOSURE,
    RISK_SUPPRESSED,   /* 1: another alert explains it */
    RISK_SILENCED,     /* 1 */
    RISK_ACKNOWLEDGED, /* 1 */
    RISK_HOURS,        /* since it was raised */
    RISK_COUNT,        /* times it was told of */
    RISK_FLAPS,
    RISK_VARIABLES
};
extern const char *const risk_alert_names[]; /* NULL-terminated, as above */
extern const char risk_alert_formula[];      /* the default */

enum { GROUP_HIGHEST, GROUP_REST, GROUP_COUNT, GROUP_VARIABLES };
extern const char *const risk_group_names[];
extern const char risk_group_formula[];

void risk_variables(const struct alert_record *a, int value, int exposure,
                    struct wall now, double out[RISK_VARIABLES]);
/* 0..RISK_MAX; 0 where the formula has no value. */
double risk_of_formula(const struct formula *f, const double *variables);

/* What several alerts make together: begin with 0. */
double risk_join(double risk, double more);

/* The risks of a group's members; begin with zeros. */
struct risk_sum {
    size_t count;
    double sum, highest;
};
void risk_sum_add(struct risk_sum *s, double risk);
/* The mean of all but the highest; 0 of fewer than two. */
double risk_sum_rest(const struct risk_sum *s);

/* Of a group: the highest of its members and a share of the mean of the rest.
 */
double risk_of_group(const struct formula *f, const struct risk_sum *members);

/* ---- exposure ---- */

struct risk_exposure {
    bool is_public;        /* it has an address of the public Internet */
    bool plain;            /* SNMPv1 or v2c by a community everybody guesses */
    bool encrypted;        /* SNMPv3 with privacy */
    double firmware_years; /* since its firmware was made; NaN: not known */
};
/* 1..5: 3, and one more or less for each of these; why it is so is appended. */
int risk_exposure(const struct risk_exposure *e, struct buffer *why);

/* ---- as published ---- */

struct risk_point {
    struct wall at;
    float risk;
};

/* How a risk changed, the newest RISK_POINTS times; immutable where it is
 * shared, with a count of references. */
struct risk_history {
    unsigned refs;
    uint32_t first, count;
    struct risk_point points[RISK_POINTS]; /* a ring: risk_history_at() */
};
struct risk_history *risk_history_ref(const struct risk_history *h);
void risk_history_unref(struct risk_history *h); /* any thread; NULL is fine */

/* The nth point, the oldest first; n < h->count. */
static inline const struct risk_point *
risk_history_at(const struct risk_history *h, size_t n)
{
    return &h->points[(h->first + n) % RISK_POINTS];
}

/* What a risk was from one moment to another. */
struct risk_span {
    double highest, mean, last;
};
/* False where the history does not reach back so far. */
bool risk_history_span(const struct risk_history *h, struct wall from,
                       struct wall to, struct risk_span *out);

struct risk_entry {
    struct ident id;  /* of a device or link; zeros for groups and the whole */
    const char *name; /* of a group or cloud; of links both ends; else "" */
    const struct risk_history *history; /* the book's; NULL: always 0 */
    float risk;
    uint8_t level, value, exposure;
};

struct risk_book {
    const struct risk_entry *devices; /* all, by id */
    size_t device_count;
    const struct risk_entry *links; /* that have or had a risk, by id */
    size_t link_count;
    const struct risk_entry *groups; /* sites, by name */
    size_t group_count;
    const struct risk_entry *clouds; /* of maps, "MAP/NAME", by name */
    size_t cloud_count;
    struct risk_entry whole;
    uint64_t version;
    struct wall changed;
    unsigned refs;
    struct arena *arena;
};
struct risk_book *risk_book_ref(const struct risk_book *b);
void risk_book_unref(struct risk_book *b); /* any thread; NULL is fine */

/* What a series of risk is of. Devices and links have one once they had a risk
 * (history), the others always. */
enum risk_class { RISK_DEVICE, RISK_LINK, RISK_SITE, RISK_CLOUD, RISK_WHOLE };

/* Appends its path, relative to DATA/rrd. name: of a device the folder of its
 * series, of a link its id, of the whole "". */
void risk_series_path(enum risk_class class, const char *name,
                      struct buffer *out);

/* NULL: it is not known, or has no risk. */
const struct risk_entry *risk_of_device(const struct risk_book *b,
                                        const struct ident *id);
const struct risk_entry *risk_of_link(const struct risk_book *b,
                                      const struct ident *id);

/* ---- explained ---- */

/* One alert and what it adds. */
struct risk_part {
    const struct alert_record *alert; /* a reference of the report's */
    double variables[RISK_VARIABLES];
    double risk;
};
struct risk_member {
    const char *name;
    double risk;
};

/* Why something has the risk that it has; texts are of the arena. */
struct risk_report {
    struct risk_entry entry;
    const char *class, *name; /* "device", "link", "group", "cloud", "all" */
    const char *value_why, *exposure_why, *formula;
    struct risk_parts ARRAY_OF(struct risk_part) parts; /* the most first */
    struct risk_members ARRAY_OF(struct risk_member) members; /* of a group,
                                                                 likewise */
    double highest, rest;                                     /* of members */
    struct risk_point points[RISK_POINTS];
    size_t point_count;
    struct arena *arena;
};
void risk_report_fini(struct risk_report *report);

struct station;

/* name: of a device (its name, an address, its id), a link (its id), a site, a
 * cloud ("MAP/NAME"); "all". False if there is none. From the loop. */
bool station_explain_risk(struct station *s, const char *name,
                          struct risk_report *out);

/* How much a device matters, 1..5, as who says; 0: as rules say. -ENOENT. */
int station_set_value(struct station *s, const char *name, int value,
                      const char *who, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
