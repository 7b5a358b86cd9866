/* recall_scene.h - a store of a test's own that keeps the topology of the past,
 * and is asked for it. */
#ifndef TESTS_RECALL_SCENE_H
#define TESTS_RECALL_SCENE_H

#include "station/recall.h"

#include "base/mem.h"
#include "station/chronicle.h"
#include "station/news.h"
#include "station/store.h"
#include "station/store_past.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

enum { PATH_LEN = 64 };
static const int64_t HOUR_MS = 3600000;

struct place {
    char dir[PATH_LEN], path[PATH_LEN + 16];
    struct event_base *base;
    struct store *store;
};

static inline void open_store(struct place *p)
{
    struct store_options options = {.path = p->path};

    assert_int_equal(store_open(p->base, &options, &p->store, NULL), 0);
}

static inline int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    snprintf(p->dir, sizeof p->dir, "/tmp/portolan-recall-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof p->path, "%s/state.db", p->dir);
    p->base = event_base_new();
    open_store(p);
    *state = p;
    return 0;
}

static inline int drop_place(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    struct place *p = *state;
    char path[PATH_LEN + 32];

    store_free(p->store);
    event_base_free(p->base);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        snprintf(path, sizeof path, "%s%s", p->path, endings[i]);
        unlink(path);
    }
    int rc = rmdir(p->dir);
    free(p);
    return rc;
}

static inline void keep(struct place *p, const struct inferred *was,
                        struct inferred *is)
{
    const struct topology *before = was != NULL ? was->topology : NULL;
    struct topo_changes changes = {0};

    topology_diff(before, is->topology, &changes);
    struct past *rows = chronicle_rows(&changes, is);
    if (rows != NULL)
        store_past_put(p->store, rows);
    news_write(&changes, before, false, is);
    array_fini(&changes);
}

struct answer {
    int result;
    struct recalled *r;
    bool came;
    struct event_base *base;
};

static inline void on_recalled(void *arg, int result, struct recalled *r)
{
    struct answer *a = arg;

    a->result = result;
    a->r = r;
    a->came = true;
    event_base_loopbreak(a->base);
}

static inline struct answer ask(struct place *p, int64_t from_ms, int64_t to_ms)
{
    struct answer a = {.base = p->base};

    if (from_ms == 0)
        recall_at(p->store, (struct wall){to_ms}, on_recalled, &a);
    else
        recall_between(p->store, (struct wall){from_ms}, (struct wall){to_ms},
                       on_recalled, &a);
    event_base_dispatch(p->base);
    assert_true(a.came);
    return a;
}

#endif
