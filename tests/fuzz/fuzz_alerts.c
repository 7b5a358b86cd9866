/* Whatever is told of a few conditions in whatever order, and however time
 * passes: each alert is raised once and ended once, in that order; books are
 * sorted, and have what listeners were told of. */
#include "base/mem.h"
#include "station/alerts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEVICES = 4, STEPS_MAX = 400 };

struct watch {
    bool lasts[STEPS_MAX + 2]; /* by index */
    uint32_t last;
    size_t count, ended;
};

static void on_alert(void *arg, enum alert_news news,
                     const struct alert_record *now,
                     const struct alert_record *before)
{
    struct watch *w = arg;

    assert(now->index > 0 && now->index <= STEPS_MAX + 1);
    if (news == ALERT_RAISED) {
        assert(now->index == w->last + 1 && before == NULL);
        w->last = now->index;
        w->count++;
        w->lasts[now->index] = true;
        return;
    }
    assert(w->lasts[now->index] && before->index == now->index);
    if (news != ALERT_ENDED)
        return;
    w->lasts[now->index] = false;
    w->count--;
    w->ended++;
}

static void check(struct alerts *a, const struct watch *w)
{
    struct alert_book *book = alerts_book(a);

    assert(book->active_count == w->count);
    assert(book->cleared_count == w->ended);
    for (size_t i = 0; i < book->active_count; i++) {
        const struct alert_record *r = book->active[i];

        assert(w->lasts[r->index] && r->state == ALERT_ACTIVE);
        assert(i == 0 || book->active[i - 1]->index < r->index);
        assert(r->severity <= r->worst && r->severity != SEVERITY_CLEARED);
    }
    for (size_t i = 0; i < book->cleared_count; i++)
        assert(!w->lasts[book->cleared[i]->index] &&
               book->cleared[i]->cleared.ms >= book->cleared[i]->raised.ms);
    alert_book_unref(book);
}

static void tell(struct alerts *a, uint8_t what, uint8_t how, struct wall at)
{
    static const char *const types[] = {"device.unreachable", "port.down",
                                        "threshold.high", "device.restarted"};
    static const int64_t holds[] = {0, 1000, 60000, 0};
    struct condition c = {
        .object = {OBJECT_DEVICE, {{1 + what % DEVICES}}, ""},
        .type = alert_type_find(types[what / DEVICES % COUNT_OF(types)]),
        .severity = (enum severity)(how % SEVERITIES),
        .at = at,
        .name = "sw",
        .text = "is ill",
        .value = (double)NAN,
        .limit = (double)NAN,
        .hold_ms = holds[how / SEVERITIES % COUNT_OF(holds)]};

    alerts_tell(a, &c);
}

static void act(struct alerts *a, const uint8_t *step, struct mono *now,
                struct wall wall)
{
    struct object_ref device = {OBJECT_DEVICE, {{1 + step[1] % DEVICES}}, ""};

    switch (step[0] % 8) {
    case 0:
        *now = mono_after_ms(*now, (int64_t)step[1] * step[2] * 20);
        alerts_tick(a, *now, wall);
        return;
    case 1:
        alerts_forget(a, &device, wall, "is gone");
        return;
    case 2:
        (void)!alerts_acknowledge(a, step[1], "ann", "", wall, NULL);
        return;
    case 3:
        alerts_explain(a, step[1], step[2], wall);
        alerts_silence(a, step[2], step[1], wall);
        return;
    default:
        tell(a, step[1], step[2], wall);
        return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { STEP = 3 };
    struct watch w = {0};
    struct alert_listener listener = {on_alert, &w};
    struct alerts *a = alerts_new(NULL, NULL);
    struct mono now = {1000000000};

    alerts_listen(a, &listener);
    alerts_tick(a, now, (struct wall){1});
    for (size_t i = 0; i + STEP <= size && i / STEP < STEPS_MAX; i += STEP) {
        act(a, data + i, &now, (struct wall){1 + now.ns / 1000000});
        if (data[i] & 0x80)
            check(a, &w);
    }
    check(a, &w);
    alerts_free(a);
    return 0;
}
