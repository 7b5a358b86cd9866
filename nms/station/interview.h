/* interview.h - asks one agent everything that a scope wants to know: drives
 * the collector (what to ask, what it means) over the walker (how to ask).
 */
#ifndef STATION_INTERVIEW_H
#define STATION_INTERVIEW_H

#include "mibs/collector.h"
#include "wire/engine.h"

struct interview;

/* result 0: facts are complete but for tables that failed (facts->reports).
 * Negative: the agent gave no system group (-ETIMEDOUT, -EACCES,
 * -ECONNREFUSED ...) or fell silent on the way (-ETIMEDOUT); then facts is what
 * was learned until then, or NULL. The callee owns facts. The interview is gone
 * when this is called. */
typedef void (*interview_fn)(void *arg, int result, struct facts *facts);

/* Starts. known as for collector_new(). agent must outlive it, profiles are
 * kept. NULL where there is nothing to ask (no metrics): no callback will come.
 */
struct interview *interview_start(struct agent *agent,
                                  const struct profiles *profiles,
                                  enum collect_scope scope,
                                  const struct facts *known, interview_fn done,
                                  void *arg);

/* The same for metrics, of whose rows *roster, NULL at first, says where they
 * were; it is replaced by what is found out, and must outlive the interview. */
struct interview *interview_measure(struct agent *agent,
                                    const struct profiles *profiles,
                                    const struct facts *known,
                                    struct roster **roster, interview_fn done,
                                    void *arg);

/* True once the agent answered something. */
bool interview_answered(const struct interview *iv);

/* Ends it now, before it returns: what is being asked counts as not answered.
 * result is 0 if nothing else is left to ask, else -ETIMEDOUT. */
void interview_close(struct interview *iv);

/* Stops at once; no callback will come. */
void interview_cancel(struct interview *iv);

#endif
