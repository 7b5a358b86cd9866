#include "north/notice_queue.h"

#include "base/mem.h"
#include "base/own.h"
#include "north/notice_kept.h"
#include "station/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static const char KIND[] = "notice";

struct notice_queue {
    struct store *store;
    char *name;
    struct ARRAY_OF(struct notice_waiting) waiting;
    size_t first;
    uint64_t dropped;
};

struct notice_queue *notice_queue_new(struct store *store, const char *name)
{
    struct notice_queue *q = mem_new(struct notice_queue);

    q->store = store;
    q->name = mem_text(name);
    return q;
}

void notice_queue_free(struct notice_queue *q)
{
    if (q == NULL)
        return;
    for (size_t i = q->first; i < q->waiting.count; i++)
        free(q->waiting.at[i].text);
    array_fini(&q->waiting);
    free(q->name);
    free(q);
}

/* "NAME/0000000042": in order. */
static void key_of(const struct notice_queue *q, uint32_t seq, char *out,
                   size_t len)
{
    (void)snprintf(out, len, "%s/%010" PRIu32, q->name, seq);
}

static void keep(const struct notice_queue *q, const struct notice_waiting *w)
{
    char key[STORE_KEY_MAX];
    json_t *o =
        json_pack("{s:I,s:s}", "at", (json_int_t)w->at.ms, "text", w->text);
    OWNED(free) char *text = json_dumps(o, JSON_COMPACT);

    key_of(q, w->seq, key, sizeof key);
    if (text != NULL)
        store_put(q->store, KIND, key, text);
    json_decref(o);
}

static void add(struct notice_queue *q, uint32_t seq, struct wall at,
                char *text)
{
    if (notice_queue_count(q) >= NOTICES_WAITING_MAX) {
        notice_queue_pop(q);
        q->dropped++;
    }
    *array_add(&q->waiting) =
        (struct notice_waiting){.seq = seq, .at = at, .text = text};
}

void notice_queue_put(struct notice_queue *q, uint32_t seq, struct wall at,
                      char *text)
{
    add(q, seq, at, text);
    keep(q, &q->waiting.at[q->waiting.count - 1]);
}

void notice_queue_hold(struct notice_queue *q, uint64_t version,
                       struct mono until)
{
    struct notice_waiting *last = &q->waiting.at[q->waiting.count - 1];

    last->version = version;
    last->until = until;
}

const struct notice_waiting *notice_queue_first(const struct notice_queue *q)
{
    return notice_queue_count(q) > 0 ? &q->waiting.at[q->first] : NULL;
}

void notice_queue_pop(struct notice_queue *q)
{
    char key[STORE_KEY_MAX];

    if (notice_queue_count(q) == 0)
        return;
    key_of(q, q->waiting.at[q->first].seq, key, sizeof key);
    store_delete(q->store, KIND, key);
    free(q->waiting.at[q->first++].text);
    if (q->first < q->waiting.count && q->first <= NOTICES_WAITING_MAX)
        return;
    q->waiting.count -= q->first;
    memmove(q->waiting.at, q->waiting.at + q->first,
            q->waiting.count * sizeof *q->waiting.at);
    q->first = 0;
}

size_t notice_queue_count(const struct notice_queue *q)
{
    return q->waiting.count - q->first;
}

uint64_t notice_queue_dropped(const struct notice_queue *q)
{
    return q->dropped;
}

/* ---- of an earlier run ---- */

struct loading {
    notice_queue_of_fn queue_of;
    void *arg;
};

static bool on_kept(void *arg, const char *name, uint32_t seq, const json_t *o)
{
    const struct loading *l = arg;
    struct notice_queue *q = l->queue_of(l->arg, name);
    const char *said = json_string_value(json_object_get(o, "text"));

    if (q == NULL || said == NULL)
        return false;
    add(q, seq, (struct wall){json_integer_value(json_object_get(o, "at"))},
        mem_text(said));
    return true;
}

int notice_queues_load(struct store *store, notice_queue_of_fn queue_of,
                       void *arg, struct complaint *why)
{
    struct loading l = {.queue_of = queue_of, .arg = arg};

    return notice_kept_load(store, KIND, on_kept, &l, why);
}
