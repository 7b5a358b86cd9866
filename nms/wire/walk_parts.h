/* walk_parts.h - a walk from inside, for the walker's own files. */
#ifndef WIRE_WALK_PARTS_H
#define WIRE_WALK_PARTS_H

#include "wire/agent.h"
#include "wire/ber_rows.h"
#include "wire/engine_udp.h"
#include "wire/walk.h"
#include "wire/walk_rows.h"

enum {
    WALK_COLUMNS_ASKED = 26, /* in one PDU, at most */
    WALK_SCALARS_ASKED = 64,
    WALK_INDEX_FIRST = 4,   /* sub-identifiers that need no memory more */
    WALK_FAILURES_MAX = 24, /* PDUs in a row that brought nothing */
};

/* One column, or one scalar, on its way. */
struct walk_column {
    struct oid oid;
    bool ended;
    uint32_t *index; /* of the last instance; where to go on */
    size_t index_len, index_room;
    uint32_t index_first[WALK_INDEX_FIRST]; /* where index is, unless longer */
    size_t ahead;    /* values that wait for slower columns */
    uint32_t asked;  /* PDUs it was in */
    unsigned idle;   /* PDUs in a row that brought it nothing new */
    unsigned doubts; /* ends that may have been damaged answers */
    /* of the answer at hand: */
    bool came, news;     /* values, new ones */
    bool over, backward; /* it ends; with a name before the column */
    bool doubtful;       /* it contradicts itself */
};

struct walk {
    struct agent *agent;
    walk_row_fn on_row;
    walk_end_fn on_end;
    void *arg;
    char *table, *context; /* name; NULL = default */
    bool scalars, with_uptime;
    bool with_boots; /* snmpEngineBoots and -Time, until they were told */
    size_t lead;     /* varbinds of the PDU under way that are these */
    bool has_boots;  /* as they were told */
    uint32_t boots, engine_s;
    bool below; /* of scalars: what follows them */
    bool in_callback, canceled;
    bool unordered; /* rows are handed out at the end, sorted */
    bool bulk;
    bool bulk_failed; /* before it brought anything */
    size_t rows_max, yielded;

    struct walk_column *columns; /* behind them their OIDs, in both forms */
    struct bytes *names;         /* these as encoded */
    /* All columns are asked in turn and stand at one index, no row waits: that
     * of the first alone is kept up, see walk_table_spread(). */
    bool level;
    bool passed;                 /* rows, since then */
    struct ber_columns expected; /* of the PDU under way, where it is so */
    size_t columns_octets;       /* of all that, */
    struct spares *spares;       /* taken from here: the agent may be gone */
    size_t count, live;          /* live: not ended */
    uint16_t asked[WALK_SCALARS_ASKED];
    size_t asked_count, columns_max;
    uint32_t repetitions;         /* of the PDU under way */
    uint32_t repetitions_fit;     /* the same, were there rows without end */
    uint32_t rows_usual;          /* of the table, when it was last read; 0 */
    uint32_t repetitions_max;     /* that this table stands, as learned */
    uint32_t answer_octets_first; /* of the agent, when the walk began */
    double other_octets;          /* of an answer beside its varbinds */
    double value_octets; /* of an answer for each value, as seen so far */
    double usual_ms;     /* that an answer of this table takes; 0 = unknown */
    double took_ms;      /* by all answers at the first try, */
    unsigned took;       /* so many */

    struct walk_rows rows;
    struct stamp stamp; /* of the answer at hand */
    unsigned failures;  /* in a row */
    unsigned timeouts;  /* in a row */
    bool answered;      /* anything at all */
    int error;          /* why columns were given up; 0 = none was */
};

/* ---- walk.c -------------------------------------------------------------- */

/* Asks for the columns of w->asked (all, where w->level), each behind where it
 * stands, led by sysUpTime and what tells of restarts if that is wanted. */
void walk_ask(struct walk *w, enum pdu_type type);

/* Calls on_end; w is gone. */
void walk_finish(struct walk *w, int result);

/* Hands out a row, or the lowest that waits. False if the walk is gone. */
bool walk_hand_out(struct walk *w, const struct row *row);
bool walk_yield(struct walk *w);

/* Takes what leads an answer: gives how many varbinds it took. */
size_t walk_stamp(struct walk *w, const struct answer *answer);

/* The agent refuses the varbind at index, counted from 1, or does not say which
 * one: leaves out what leads. False if nothing does. */
bool walk_without_lead(struct walk *w, int32_t index);

/* An answer that was, or may have been, too much: asks for less from now on.
 * False if less cannot be asked. */
bool walk_narrow(struct walk *w);

/* What the values of an answer took, for the size of those to come. */
void walk_weigh(struct walk *w, const struct answer *answer);

/* A quirk of the agent, met in this table. */
void walk_note(struct walk *w, enum quirk quirk);

/* The repetitions of the last PDU went well, or did not: this table is asked
 * for more, or half. */
void walk_grow(struct walk *w);
void walk_shrink(struct walk *w);

/* Goes on with GETNEXT. */
void walk_without_bulk(struct walk *w);

/* One column less; why, -errno, 0 if it is simply over. */
void walk_column_end(struct walk *w, struct walk_column *column, int why);

/* It stands at index now. */
void walk_column_stand(struct walk_column *column, struct oid index);

/* How many columns of about octets each fit into an answer, 1..most. */
size_t walk_fit(const struct walk *w, double octets, size_t most);

/* ---- walk_table.c, walk_scalars.c ---------------------------------------- */

/* Asks for what comes next; ends the walk if nothing does. */
void walk_table_next(struct walk *w);
void walk_scalars_next(struct walk *w);

/* Reads an answer. */
void walk_table_take(struct walk *w, const struct answer *answer);
void walk_scalars_take(struct walk *w, const struct answer *answer);

#endif
