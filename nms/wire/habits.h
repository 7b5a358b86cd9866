/* habits.h - what was learned of one agent, worth keeping over a restart: how
 * many rows of which table may be asked at once, which answers it manages, and
 * the quirks it was met with. Tables that are as usual take no room.
 */
#ifndef WIRE_HABITS_H
#define WIRE_HABITS_H

#include "base/clock.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HABIT_TABLES_MAX = 96, /* of one agent; more are as usual */
    HABIT_QUIRKS_MAX = 64,
    HABIT_NAME_MAX = 80, /* octets of a table's name that are kept */
    HABIT_REPETITIONS_FIRST = 10,
    HABIT_REPETITIONS_MAX = 200,
    HABIT_ANSWER_OCTETS = 1400, /* fragments get lost in firewalls */
    HABIT_ANSWER_OCTETS_MIN = 64,
    HABIT_WINDOW_MAX = 4, /* requests in flight to one agent */
    HABIT_OCTET_PARTS = 16,
    HABIT_VALUE_OCTETS_MAX = UINT16_MAX / HABIT_OCTET_PARTS,
};

/* A table that is not asked as others are. */
struct table_habit {
    char *table; /* NULL where it is asked as others are */
    uint8_t max_repetitions;
    bool unordered; /* its rows do not come in the order of their index */
    uint16_t value_octets; /* what a value of it takes in answers, in parts of
                              an octet; 0 = unknown */
    uint16_t rows;         /* that it had when it was read to its end; 0 =
                              unknown, or too many */
    float answer_ms;       /* what its answers usually take; 0 = unknown */
    uint32_t hash;         /* of the name: found without looking at it */
};

/* A quirk, where and when it was met; table "" is none in particular. */
struct quirk_habit {
    char *table;
    uint32_t quirk; /* one bit of enum quirk */
    uint32_t count; /* occasions: more than QUIRK_APART_MS apart */
    struct wall first, last;
};

enum { QUIRK_APART_MS = 60000 };

struct habits {
    uint16_t answer_octets; /* that an answer of it may be expected to have */
    uint8_t window;         /* requests it manages at once */
    bool fresh;             /* a quirk was met that is not saved yet */
    bool changed;           /* anything that is not saved yet */
    struct ARRAY_OF(struct table_habit) tables;
    struct ARRAY_OF(struct quirk_habit) quirks;
};

void habits_init(struct habits *h);
void habits_fini(struct habits *h);

/* A copy of from in *h, which is initialised. */
void habits_copy(struct habits *h, const struct habits *from);

/* How a table is asked, by the name that asks give it. */
struct table_habit habits_of(const struct habits *h, const char *table);

/* True if it is asked as others are. */
bool table_habit_is_usual(const struct table_habit *t);

/* Remembers, or forgets what is as usual. */
void habits_keep(struct habits *h, const char *table, uint32_t max_repetitions,
                 bool unordered);

/* Remembers for this run what a value of the table takes, how long its answers
 * took in one reading, NaN if that is not known, and its rows, 0 likewise. */
void habits_weigh(struct habits *h, const char *table, double value_octets,
                  double answer_ms, uint64_t rows);

/* A quirk was met in a table, NULL for none. */
void habits_meet(struct habits *h, uint32_t quirk, const char *table,
                 struct wall now);

/* Takes what was kept of a quirk; its table is copied. */
void habits_recall(struct habits *h, const struct quirk_habit *kept);

/* The latest meeting with a quirk, and all occasions together. 0: never. */
struct wall habits_last(const struct habits *h, uint32_t quirk);
uint32_t habits_count(const struct habits *h, uint32_t quirk);

/* Bits of all quirks ever met. */
uint32_t habits_quirks(const struct habits *h);

#endif
