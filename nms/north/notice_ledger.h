/* notice_ledger.h - what one receiver was told: so that a recovery goes to
 * exactly those who heard of the trouble, over restarts too.
 */
#ifndef NORTH_NOTICE_LEDGER_H
#define NORTH_NOTICE_LEDGER_H

#include "base/complaint.h"
#include "station/alert.h"

struct notice_ledger;
struct store;

/* An alert that was told, and is not told to be over. */
struct told {
    uint32_t index;             /* of the alert */
    enum severity severity;     /* as told last */
    struct wall at;             /* when that was */
    struct alert_record *ended; /* it is over, which is not told yet; NULL */
    bool ending;                /* that is about to be told */
    uint32_t by;       /* it was told by the alert of that index: its herald
                          (alert.h);       0 = by itself */
    struct mono alone; /* that one is over since then, and this one is not; 0 */
    /* What was told of its symptoms: alert_symptoms_hash(), or
     * TOLD_NO_REASONS: one that was told by another, which is not told why yet.
     */
    uint32_t reasons;
    /* They are other ones since then, and changed last; zeros: they are not. */
    struct mono stirred, stirred_last;
    uint32_t stirred_to; /* alert_symptoms_hash() */
};

enum { TOLD_NO_REASONS = 1 };

/* store is borrowed; name is copied. */
struct notice_ledger *notice_ledger_new(struct store *store, const char *name);
void notice_ledger_free(struct notice_ledger *l); /* what was told stays kept */

/* NULL: it was not told. Valid until it is forgotten. */
struct told *notice_ledger_find(const struct notice_ledger *l, uint32_t index);
/* It is told, or told anew; kept by notice_ledger_keep() alone, when what tells
 * of it is. */
struct told *notice_ledger_tell(struct notice_ledger *l, uint32_t index,
                                enum severity severity, struct wall at);
/* It is told by another one. */
struct told *notice_ledger_tell_by(struct notice_ledger *l, uint32_t index,
                                   enum severity severity, struct wall at,
                                   uint32_t by);
void notice_ledger_keep(const struct notice_ledger *l, uint32_t index);
void notice_ledger_forget(struct notice_ledger *l, uint32_t index);

/* Walks: size_t at = 0; the current one may be forgotten. */
struct told *notice_ledger_next(const struct notice_ledger *l, size_t *at);
size_t notice_ledger_count(const struct notice_ledger *l);

/* As notice_queues_load(). */
typedef struct notice_ledger *(*notice_ledger_of_fn)(void *arg,
                                                     const char *name);
int notice_ledgers_load(struct store *store, notice_ledger_of_fn ledger_of,
                        void *arg, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
