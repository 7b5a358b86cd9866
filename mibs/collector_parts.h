/* collector_parts.h - a collector from inside: what it asks, step by step; for
 * the files mibs/collector*.c.
 */
#ifndef MIBS_COLLECTOR_PARTS_H
#define MIBS_COLLECTOR_PARTS_H

#include "mibs/collector.h"
#include "mibs/harvest.h"
#include "mibs/match_answers.h"
#include "mibs/profile.h"
#include "mibs/roster.h"
#include "mibs/sounding.h"

enum step_state { STEP_WAITING, STEP_ASKED, STEP_ENDED };

/* One thing to ask: a table of ours, or the nth of what tells the profile, or
 * of the profile. */
struct step {
    const struct reader *reader; /* NULL: of the profile */
    bool matches;                /* tells the profile */
    bool sounds;                 /* tells which tables there are */
    bool unsure;                 /* waits for that */
    bool follows;                /* gets all rows of a roster, */
    bool rostered;               /* such as those of this one; or it has none */
    const struct reader *unless; /* not asked where this one had rows */
    size_t nth;
    const char *name;
    uint16_t vlan; /* 0 = the default context */
    enum step_state state;
    uint32_t rows, dropped;
    int result;
    bool skipped;
    bool waits;                      /* for the times of changes */
    const struct table_report *kept; /* of known: it was not asked this time */
};
struct steps ARRAY_OF(struct step);

struct collector {
    struct profiles *profiles; /* kept */
    enum collect_scope scope;
    const struct facts *known; /* as it was given; harvest's is open */
    struct harvest *harvest;
    struct match_answers *answers;   /* NULL: the system group was enough */
    struct sounding *sounding;       /* NULL: the tables are known, or few */
    struct profile_reading *reading; /* NULL: no profile */
    const struct profile *profile;
    struct wall now; /* 0: not told */
    bool trusts;     /* what is known of absent and unchanged tables holds */
    bool sifted;     /* tables that it lacks are left out of the plan */
    struct steps steps;
    struct roster *roster;     /* that is followed, borrowed; or NULL */
    struct roster_notes notes; /* for the next one */
    uint32_t roster_check;     /* 0: none is wanted */
    bool identified;           /* the system group is known, the plan is made */
    bool contexts; /* asks by VLAN were planned, or are not wanted */
    bool context_asked, context_answered; /* at least one of them */
    bool context_refused;                 /* then no further one is asked */
    bool finished;
};

/* ---- collector_plan.c ------------------------------------------------------
 */

struct step *add_step(struct collector *c, const struct reader *reader);

/* It is over without being asked. */
void skip_step(struct step *s);

/* What an earlier round found lacking is not asked for metrics. */
void leave_absent(struct collector *c);

/* The earlier report stands for asking; NULL is fine. */
void keep_step(struct step *s, const struct table_report *kept);

/* What s asks now; false if that is nothing. */
bool fill_ask(struct collector *c, const struct step *s, struct ask *ask);

/* Once the system group is known: what tells the profile, and then all else. */
void plan_match(struct collector *c);
void make_plan(struct collector *c);

/* Once ports and their VLANs are known: a bridge for each VLAN that has a port
 * which is up. */
void plan_contexts(struct collector *c);

/* A sounding ended: with the last, tables that are lacking are over. */
void settle_sounding(struct collector *c);

/* ---- collector_roster.c ----------------------------------------------------
 */

/* What the step that follows asks; its row, and its end: where an instance was
 * gone all tables are walked. */
bool follow_ask(struct collector *c, struct ask *ask);
void follow_row(struct collector *c, const struct row *row);
void follow_end(struct collector *c);

/* ---- collector.c -----------------------------------------------------------
 */

/* NULL: it is not planned. */
const struct step *step_of(const struct collector *c,
                           const struct reader *reader);

/* True if the table was asked to its end, or is not asked at all. */
bool step_is_over(const struct collector *c, const struct reader *reader);

/* A row of the table that a step asked. */
void step_row(struct collector *c, struct step *s, const struct row *row);

/* A copy in the arena of the facts. */
const char *collector_copy(struct collector *c, const char *text);

#endif
