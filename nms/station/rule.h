/* rule.h - a threshold as it is configured: of what, how it is looked at, from
 * where on it is a condition, and for whom. Immutable once read; owned by the
 * configuration.
 */
#ifndef STATION_RULE_H
#define STATION_RULE_H

#include "base/formula.h"
#include "base/mem.h"
#include "graphs/layout.h"
#include "mibs/facts.h"
#include "mibs/profile_pattern.h"
#include "station/rule_baseline.h"
#include "station/rule_step.h"

enum { RULES_MAX = 500, RULE_NAME_MAX = 64, RULE_PATTERNS_MAX = 100 };

/* What a rule is on: a group of series, by enum series_group (but risk, which
 * follows of alerts), or what is seen otherwise. */
enum rule_on {
    RULE_ON_PORT_STATE = SERIES_RISK, /* a port that should be up is down */
    RULE_ON_RESTART,                  /* an agent restarted */
    RULE_ON_DUPLEX,                   /* the ends of a link differ in it */
    RULE_ON_SPEED,
    RULE_ONS
};
const char *rule_on_name(int on); /* "port" ... "restart" */

/* How the value is looked at. */
enum rule_as {
    RULE_VALUE,
    RULE_CHANGE,     /* against what it was `over` ago */
    RULE_PERCENTILE, /* of the last `over` */
    RULE_BASELINE,   /* in spreads from what is usual at that hour */
    RULE_DAYS,       /* until it reaches `limit`, by the trend of `over` */
    RULE_LIMITS,     /* against the limits that the sensor itself tells */
    RULE_STATE,      /* the severity that the sensor itself tells */
    RULE_KINDS
};
const char *rule_as_name(enum rule_as as);

struct rule_patterns ARRAY_OF(struct pattern *);

/* What a port should be, as a person says. */
enum port_expect {
    PORT_EXPECT_UP,
    PORT_EXPECT_DOWN,
    PORT_EXPECT_ANY,
    PORT_EXPECTS
};
const char *port_expect_name(enum port_expect expect); /* "up" "down" "any" */

struct rule {
    char *name;
    int on; /* enum rule_on */
    int as; /* enum rule_as */
    bool off;
    char *value, *limit; /* as written; NULL: the group's first data source */
    struct formula *value_of,
        *limit_of;               /* the same, compiled; limit: of days */
    char *unit, *text;           /* text: what is wrong, in some words */
    int word;                    /* severity as written, less one; -1: none */
    double above_one, below_one; /* levels as written without a severity; NaN */
    double clear;                /* NaN: not written */
    int64_t over_ms;
    double percentile;
    double level, spread; /* of a fixed baseline; NaN: it is learned */
    double least;         /* baseline: differences below it count as none */
    struct rule_bounds bounds;
    struct rule_range range; /* normal values */
    enum severity severity;  /* of what has no levels */
    /* Whom it is for: each list that is there has to have a pattern that fits,
     * none of the others may. */
    struct rule_patterns devices, not_devices; /* names */
    struct rule_patterns objects, not_objects; /* names, labels, aliases */
    struct rule_patterns sites;
    uint64_t kinds; /* bits of enum device_kind; 0: any */
    bool standard;  /* one of the defaults, changed or not */
    bool of_page;   /* made or changed by the page ... */
    size_t line;    /* ... by the file on this line; 0: it is not */
};
struct rules ARRAY_OF(struct rule *);

/* True if it keeps something of every object, be it normal or not. */
bool rule_remembers(const struct rule *r);

struct rule *rule_new(void);
void rule_free(struct rule *r); /* NULL is fine */
OWNED_BY(struct rule, rule_free)
void rules_fini(struct rules *rules);

struct rule *rules_find(const struct rules *rules, const char *name);

/* ---- values ---- */

enum { RULE_VARIABLES_MAX = 16 };

/* The variables of a group's formulas, NULL-terminated: its data sources; of a
 * port also speed, in bit/s (of cables' ends alone: what tunnels and the like
 * tell is made up); of a sensor also low_critical low_warning high_warning
 * high_critical. */
const char *const *rule_variables(enum series_group group);

/* ---- whom a rule is for ---- */

/* An object as patterns see it; texts are never NULL. */
struct rule_subject {
    const char *device, *site;
    enum device_kind kind;
    const char
        *names[4]; /* of the object: file name, label, description, alias;
                      "" = it has none */
};

/* The first pattern that is found in one of count texts; NULL. */
const char *rule_patterns_find(const struct rule_patterns *patterns,
                               const char *const *texts, size_t count);
void rule_patterns_fini(struct rule_patterns *patterns);

/* Which condition kept a rule from an object; RULE_FITS. */
enum rule_fit {
    RULE_FITS,
    RULE_IS_OFF,
    RULE_OTHER_KIND,
    RULE_OTHER_DEVICE,
    RULE_NOT_DEVICE,
    RULE_OTHER_SITE,
    RULE_OTHER_OBJECT,
    RULE_NOT_OBJECT,
    RULE_GIVES_WAY,    /* to a later one on the same state of a port */
    RULE_NOT_EXPECTED, /* of ports: nobody minds when it is down */
};

/* *by is the pattern that decided, NULL if none did. */
enum rule_fit rule_fits(const struct rule *r, const struct rule_subject *s,
                        const char **by);

/* In words: "the device's name fits no pattern of `devices`". */
const char *rule_fit_text(enum rule_fit fit);

#endif
