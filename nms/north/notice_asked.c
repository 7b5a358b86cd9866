/* How receivers do, as somebody asks, and tests of them. */
#include "north/notices_parts.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <event2/event.h>

void notices_list(const struct notices *n, notice_status_fn on_receiver,
                  void *arg)
{
    for (size_t i = 0; i < n->served.count; i++) {
        const struct served *s = n->served.at[i];

        if (s->conf != NULL)
            on_receiver(arg, &(struct notice_status){
                                 .receiver = s->conf,
                                 .waiting = notice_queue_count(s->queue),
                                 .told = notice_ledger_count(s->ledger),
                                 .sent = s->sent,
                                 .refused = s->refused,
                                 .dropped = notice_queue_dropped(s->queue),
                                 .seq = s->seq,
                                 .last_sent = s->last_sent,
                                 .error = s->error});
    }
}

void notices_told(const struct notices *n, uint32_t index,
                  notice_told_fn on_told, void *arg)
{
    for (size_t i = 0; i < n->served.count; i++) {
        const struct served *s = n->served.at[i];
        const struct told *t = notice_ledger_find(s->ledger, index);

        if (s->conf != NULL && t != NULL)
            on_told(arg, &(struct notice_told){.receiver = s->conf->name,
                                               .severity = t->severity,
                                               .at = t->at,
                                               .error = s->error});
    }
}

/* An alert that is none. */
static struct alert_record test_alert(const char *name)
{
    static const struct alert_type type = {.name = "test",
                                           .title = "test notification",
                                           .class = EVENT_CHANGE,
                                           .severity = SEVERITY_INDETERMINATE};
    struct wall now = wall_now();

    return (struct alert_record){
        .refs = 2, /* it is nobody's to free */
        .state = ALERT_ACTIVE,
        .severity = SEVERITY_INDETERMINATE,
        .worst = SEVERITY_INDETERMINATE,
        .type = &type,
        .object = {.class = OBJECT_STATION, .part = ""},
        .qualifier = "",
        .name = name,
        .device = "",
        .text = "somebody asked for a test of this receiver",
        .rule = "",
        .unit = "",
        .evidence = ALERT_BY_STATION,
        .value = (double)NAN,
        .limit = (double)NAN,
        .raised = now,
        .changed = now,
        .last_seen = now,
        .count = 1,
        .acknowledged = {.who = "", .text = ""},
    };
}

int notices_test(struct notices *n, const char *name, notice_tested_fn done,
                 void *arg, struct complaint *why)
{
    struct served *s = served_find(n, name);

    if (s == NULL || s->conf == NULL)
        return complain(why, -ENOENT, name, "see `portolan notify`",
                        "no receiver is called \"%s\"", name);
    size_t before = notice_queue_count(s->queue);
    struct snapshot *snapshot = station_snapshot(n->station);
    struct alert_record alert = test_alert(snapshot->station.name);
    served_flush(s);
    *array_add(&s->gathered) =
        (struct notice_item){.news = ALERT_RAISED, .alert = &alert};
    served_flush(s);
    snapshot_unref(snapshot);
    event_active(n->turn, EV_TIMEOUT, 1);
    if (before > 0 || s->tested != NULL)
        return complain(why, -EBUSY, name, "see `portolan notify`",
                        "%zu notifications wait already; the test goes behind "
                        "them; the last failure: %s",
                        before, s->error[0] != '\0' ? s->error : "none");
    s->tested = done;
    s->tested_arg = arg;
    s->tested_seq = notice_queue_first(s->queue)->seq;
    return 0;
}

void notices_forget(struct notices *n, const void *arg)
{
    for (size_t i = 0; i < n->served.count; i++)
        if (n->served.at[i]->tested_arg == arg) {
            n->served.at[i]->tested = NULL;
            n->served.at[i]->tested_arg = NULL;
        }
}
