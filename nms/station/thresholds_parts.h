/* thresholds_parts.h - what weighs samples, from within; for thresholds*.c
 * alone. */
#ifndef STATION_THRESHOLDS_PARTS_H
#define STATION_THRESHOLDS_PARTS_H

#include "base/table.h"
#include "station/ports.h"
#include "station/thresholds.h"
#include "station/watch.h"

/* A rule that is not off. */
struct active_rule {
    const struct rule *rule;
    const char *name; /* the same pointer in all configurations */
};
struct active_rules ARRAY_OF(struct active_rule);

/* The rules of an object: numbers in active_rules. */
struct plan {
    uint16_t count;
    uint16_t rules[];
};
struct plans ARRAY_OF(struct plan *);

struct thresholds {
    struct thresholds_parts parts;
    const struct config *config;
    struct active_rules rules;
    struct plans plans;              /* the first is empty */
    struct table *plan_index;        /* its rules -> struct plan number + 1 */
    struct table *names;             /* of rules -> char *, for life */
    const struct inferred *inferred; /* NULL before the first */
    struct table *mismatched;        /* key of the alert -> struct told_link */
    bool links_resumed;              /* those of an earlier run were compared */
    uint32_t epoch, used_epoch;
    uint64_t spread;               /* of slots: secret */
    int64_t offset_hour, offset_s; /* local time, in the hour that was asked */
    struct thresholds_stats stats;
};

/* One sample and the object it is of. */
struct weighing {
    struct thresholds *t;
    const struct sample *sample;
    struct watched *entry;
    const struct facts *facts; /* of its device, open; NULL: they are not */
    double variables[RULE_VARIABLES_MAX];
};

/* What one rule makes of it. */
struct verdict {
    double value;
    const struct rule_bounds *bounds; /* the rule's, or own */
    struct rule_range range;
    struct rule_bounds own;
    struct baseline_hour usual;
    bool usual_known;
};

/* ---- thresholds_value.c: what is weighed ---- */

void weighing_variables(struct weighing *w);

/* The value of a rule and the bounds it has. With k, which keeps its past, the
 * sample becomes part of that if add. True: the past is worth saving. */
bool weighing_value(struct weighing *w, const struct rule *r, struct kept *k,
                    bool add, struct verdict *out);

/* Seconds of local time. */
int64_t thresholds_local_s(struct thresholds *t, struct wall at);

/* ---- thresholds_plan.c: which rules apply ---- */

/* Texts live as long as site, which is empty to begin with. */
struct rule_subject thresholds_subject(const struct thresholds *t,
                                       const struct sample *s,
                                       struct buffer *site);
/* Chooses the plan of an object anew. */
void thresholds_plan(struct thresholds *t, const struct sample *s,
                     struct watched *e);
/* The last rule on something that fits one of so many subjects: one that was
 * added goes before a default. NULL: none does. */
const struct active_rule *thresholds_rule(const struct thresholds *t, int on,
                                          const struct rule_subject *subjects,
                                          size_t count);
/* The pointer that stands for the name of a rule. */
const char *thresholds_name(struct thresholds *t, const char *name);

/* ---- thresholds_told.c: what alerts are told ---- */

/* Tells that severity is so by a rule, or that it ends. */
void weighing_tell(struct weighing *w, const struct active_rule *r,
                   struct kept *k, const struct verdict *v,
                   enum severity severity);
/* What k holds of an object of the device ends, whatever its rule says. */
void thresholds_end(struct thresholds *t, const struct device *d,
                    struct kept *k, struct wall at, const char *why);

/* ---- thresholds_port.c ---- */

/* Weighs whether its port is down. */
void weighing_port(struct weighing *w, const struct active_rule *r);
/* True of the text of an alert that a person wanted (alerts.ports). */
bool thresholds_is_of_pin(const char *text);
/* What tells of its device, or of a port: bits of enum alert_evidence. */
unsigned thresholds_evidence(const struct weighing *w, uint32_t if_index);
/* What a person said of a port: enum port_expect; PORT_EXPECTS: nothing
 */
uint8_t thresholds_expect(const struct thresholds *t, const struct sample *s);
/* Why its port, if it is down, should be up, appended; false: nobody minds.
 * was: what it was before. */
bool weighing_minds(struct weighing *w, uint8_t expect, enum port_was was,
                    struct buffer *why);

/* ---- thresholds_kept.c ---- */

/* The key of a past in the store. */
void thresholds_save(struct thresholds *t, const struct device *d,
                     const struct watched *e, const struct kept *k);
void thresholds_unsave(struct thresholds *t, const struct device *d,
                       const struct watched *e, const struct kept *k);
/* The past of a rule that looks at it, made where there is none; what is of
 * another kind, as of before the rule changed, is forgotten. */
void thresholds_past(const struct rule *r, struct kept *k);
/* There is a past of the kind that the rule looks at. */
bool thresholds_knows(const struct rule *r, const struct kept *k);

#endif
