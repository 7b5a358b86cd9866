/* rules.h - what the rules of alerts make of an object, for whoever asks. */
#ifndef STATION_RULES_H
#define STATION_RULES_H

#include "station/rule.h"
#include "station/station.h"

/* The rules in force, those that are off too; until the next configuration. */
const struct rules *station_rules(const struct station *s);

/* What one rule makes of an object. */
struct rule_report {
    const struct rule *rule;
    enum rule_fit fit;
    const char *by;             /* the pattern that decided; "" */
    double value;               /* now, as the rule looks at it; NaN */
    double level;               /* that is passed, or comes next; NaN */
    enum severity severity;     /* as told */
    enum severity pending;      /* that holds, but not for long enough yet */
    int64_t held_ms;            /* how long it does */
    struct wall since;          /* of severity; 0 = normal */
    struct baseline_hour usual; /* of a baseline; NaN: not known */
    bool usual_known;
};
typedef void (*rule_report_fn)(void *arg, const struct rule_report *report);

/* One rule and one object of a device. */
struct object_rule {
    const char *object; /* name of a port; "cpu-1", "icmp" */
    const char *descr;  /* as its device calls it; "" */
    const struct rule_report *report;
};
typedef void (*object_rule_fn)(void *arg, const struct object_rule *r);

/* Calls fn for each rule on each object of a device, or of its port of that
 * ifIndex alone (0: all). -ENOENT: there is no such device. */
int station_explain_rules(struct station *s, const struct ident *device,
                          uint32_t if_index, object_rule_fn fn, void *arg)
    __attribute__((warn_unused_result));

#endif
