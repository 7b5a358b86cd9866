#include "station/recall.h"

#include "station/chronicle.h"
#include "station/store_ask.h"
#include "station/store_db.h"

#include <errno.h>
#include <stdlib.h>

struct question {
    struct store_ask ask;
    bool between;
    struct recalled *made;
    recall_fn done;
    void *arg;
};

void recalled_free(struct recalled *r)
{
    if (r == NULL)
        return;
    array_fini(&r->changes);
    inferred_unref(r->was);
    inferred_unref(r->is);
    free(r);
}

/* What was inferred at a moment; between: as far as it may differ from what was
 * at another one, or NULL. A large network has some 100,000 links, of which few
 * do. */
static int read_moment(struct store_db *db, struct wall at,
                       const struct wall between[2], struct recalled *r,
                       struct inferred **out)
{
    OWNED(past_free) struct past *rows = past_new();
    size_t faults;
    int rc = between != NULL ? store_db_past_turned(db, at, between, rows)
                             : store_db_past(db, at, rows);

    if (rc < 0)
        return rc;
    *out = chronicle_read(rows, at, &faults);
    r->faults += faults;
    return 0;
}

static int find_changes(struct store_db *db, struct recalled *r)
{
    if (r->from.ms < r->kept_from.ms)
        r->from = r->kept_from;
    bool forth = r->from.ms <= r->to.ms;
    const struct wall between[2] = {forth ? r->from : r->to,
                                    forth ? r->to : r->from};
    int rc = read_moment(db, r->from, between, r, &r->was);

    if (rc == 0)
        rc = read_moment(db, r->to, between, r, &r->is);
    if (rc == 0)
        topology_diff(r->was->topology, r->is->topology, &r->changes);
    return rc;
}

static int find(struct store_ask *a, struct store_db *db)
{
    struct question *q = (struct question *)a;
    struct recalled *r = q->made;
    int rc = store_db_past_begins(db, &r->kept_from);

    if (rc < 0)
        return rc;
    if (r->kept_from.ms == 0 || r->to.ms < r->kept_from.ms)
        return -ENODATA;
    return q->between ? find_changes(db, r)
                      : read_moment(db, r->to, NULL, r, &r->is);
}

static void tell(struct store_ask *a, int result)
{
    struct question *q = (struct question *)a;
    bool told = result == 0 || result == -ENODATA;

    q->done(q->arg, result, told ? TAKE(q->made) : NULL);
}

static void question_free(struct store_ask *a)
{
    struct question *q = (struct question *)a;

    recalled_free(q->made);
    free(q);
}

static void recall(struct store *s, const struct recalled *wanted, bool between,
                   recall_fn done, void *arg)
{
    struct question *q = mem_new(struct question);

    q->ask = (struct store_ask){.work = find,
                                .done = tell,
                                .free = question_free,
                                .arg = arg,
                                .search = true};
    q->between = between;
    q->made = mem_new(struct recalled);
    *q->made = *wanted;
    q->done = done;
    q->arg = arg;
    store_ask(s, &q->ask);
}

void recall_at(struct store *s, struct wall at, recall_fn done, void *arg)
{
    recall(s, &(struct recalled){.to = at}, false, done, arg);
}

void recall_between(struct store *s, struct wall from, struct wall to,
                    recall_fn done, void *arg)
{
    recall(s, &(struct recalled){.from = from, .to = to}, true, done, arg);
}
