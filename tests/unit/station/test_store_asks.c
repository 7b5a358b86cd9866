/* What readers look for holds up neither what is to be written nor who waits
 * for that, and many searches at once are too many. */
#include "station/store_ask.h"

#include "base/mem.h"

#include <errno.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

enum { SEARCH_MS = 50, SEARCHES = 10, MANY = STORE_SEARCHES_MAX + 8 };

struct place {
    char dir[64], path[80];
    struct event_base *base;
    struct store *store;
    sem_t begun, go;
    unsigned worked; /* atomic */
    unsigned told, refused, canceled, settled;
    unsigned worked_first, worked_settled; /* when that was told */
};

struct search {
    struct store_ask ask;
    struct place *place;
};

static unsigned worked(struct place *p)
{
    return __atomic_load_n(&p->worked, __ATOMIC_SEQ_CST);
}

static int last_a_while(struct store_ask *a, struct store_db *db)
{
    struct search *q = (struct search *)a;

    (void)db;
    (void)usleep(SEARCH_MS * 1000);
    (void)__atomic_add_fetch(&q->place->worked, 1, __ATOMIC_SEQ_CST);
    return 0;
}

/* Until the test says so. */
static int last_long(struct store_ask *a, struct store_db *db)
{
    struct search *q = (struct search *)a;

    (void)db;
    (void)sem_post(&q->place->begun);
    while (sem_wait(&q->place->go) < 0)
        ;
    return 0;
}

static void on_search(struct store_ask *a, int result)
{
    struct search *q = (struct search *)a;
    struct place *p = q->place;

    if (p->told++ == 0)
        p->worked_first = worked(p);
    p->refused += result == -EBUSY;
    p->canceled += result == -ECANCELED;
}

static void search_free(struct store_ask *a)
{
    free(a);
}

static void search(struct place *p, bool is_search,
                   int (*work)(struct store_ask *a, struct store_db *db),
                   const void *arg)
{
    struct search *q = mem_new(struct search);

    q->ask = (struct store_ask){.work = work,
                                .done = on_search,
                                .free = search_free,
                                .arg = arg,
                                .search = is_search};
    q->place = p;
    store_ask(p->store, &q->ask);
}

static void on_settled(void *arg, int result)
{
    struct place *p = arg;

    assert_int_equal(result, 0);
    p->settled++;
    p->worked_settled = worked(p);
}

static void await(struct place *p, const unsigned *count, unsigned wanted)
{
    while (*count < wanted)
        assert_true(event_base_loop(p->base, EVLOOP_ONCE) >= 0);
}

static int count_object(void *arg, const char *key, const char *text)
{
    unsigned *count = arg;

    (void)key;
    (void)text;
    ++*count;
    return 0;
}

static struct store *open_store(struct place *p)
{
    const struct store_options options = {.path = p->path};
    struct complaint why;
    struct store *s = NULL;

    assert_int_equal(store_open(p->base, &options, &s, &why), 0);
    return s;
}

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    (void)snprintf(p->dir, sizeof p->dir, "/tmp/portolan-asks-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    (void)snprintf(p->path, sizeof p->path, "%s/state.db", p->dir);
    p->base = event_base_new();
    p->store = open_store(p);
    (void)sem_init(&p->begun, 0, 0);
    (void)sem_init(&p->go, 0, 0);
    *state = p;
    return 0;
}

static int drop_place(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct place *p = *state;

    store_free(p->store);
    event_base_free(p->base);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "%s%s", p->path, ends[i]);
        (void)unlink(path.at);
    }
    (void)sem_destroy(&p->begun);
    (void)sem_destroy(&p->go);
    int rc = rmdir(p->dir);
    free(p);
    return rc;
}

static void a_change_is_written_between_two_searches(void **state)
{
    struct place *p = *state;

    for (unsigned i = 0; i < SEARCHES; i++)
        search(p, true, last_a_while, p);
    store_put(p->store, "kind", "key", "text");
    store_settle(p->store, on_settled, p);
    await(p, &p->settled, 1);
    assert_true(p->worked_settled < SEARCHES / 2);
    await(p, &p->told, SEARCHES);
    assert_true(p->worked_first <
                SEARCHES / 2); /* told as soon as it is there */
    assert_int_equal(p->refused + p->canceled, 0);
    assert_int_equal(worked(p), SEARCHES);
}

static void too_many_searches_are_refused(void **state)
{
    struct place *p = *state;
    struct store_stats stats;

    search(p, false, last_long, p);
    (void)sem_wait(&p->begun);
    for (unsigned i = 0; i < MANY; i++)
        search(p, true, last_a_while, p);
    search(p, false, last_a_while, p); /* of the station itself */
    assert_int_equal(p->told, 0);      /* never from within */
    await(p, &p->refused, MANY - STORE_SEARCHES_MAX);
    assert_int_equal(p->told, MANY - STORE_SEARCHES_MAX);
    store_stats(p->store, &stats);
    assert_int_equal(stats.refused, MANY - STORE_SEARCHES_MAX);
    (void)sem_post(&p->go);
    await(p, &p->told, 1 + MANY + 1);
    assert_int_equal(worked(p), STORE_SEARCHES_MAX + 1);
    assert_int_equal(p->refused, MANY - STORE_SEARCHES_MAX);
    search(p, true, last_a_while, p);
    await(p, &p->told, 1 + MANY + 2);
    assert_int_equal(p->refused, MANY - STORE_SEARCHES_MAX);
}

static void nobody_looks_for_who_has_left(void **state)
{
    struct place *p = *state;
    int left;

    search(p, false, last_long, p);
    (void)sem_wait(&p->begun);
    for (unsigned i = 0; i < STORE_SEARCHES_MAX; i++)
        search(p, true, last_a_while, i % 2 == 0 ? (void *)&left : p);
    store_forget(p->store, &left);
    (void)sem_post(&p->go);
    await(p, &p->told, 1 + STORE_SEARCHES_MAX / 2);
    assert_int_equal(worked(p), STORE_SEARCHES_MAX / 2);
}

static void the_end_waits_for_no_search(void **state)
{
    struct place *p = *state;
    unsigned found = 0;

    for (unsigned i = 0; i < SEARCHES; i++)
        search(p, true, last_a_while, p);
    store_put(p->store, "kind", "key", "text");
    store_free(p->store);
    assert_true(worked(p) < SEARCHES / 2);
    assert_int_equal(p->told, SEARCHES);
    assert_int_equal(p->canceled, SEARCHES);
    p->store = open_store(p);
    assert_int_equal(store_load(p->store, "kind", count_object, &found, NULL),
                     0);
    assert_int_equal(found, 1);
}

int main(void)
{
#define PLACED(test) \
    cmocka_unit_test_setup_teardown(test, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        PLACED(a_change_is_written_between_two_searches),
        PLACED(too_many_searches_are_refused),
        PLACED(nobody_looks_for_who_has_left),
        PLACED(the_end_waits_for_no_search),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
