/* What waits for a receiver, and what it was told, is there again after a
 * restart; whose receiver is gone is forgotten. */
#include "north/notice_ledger.h"
#include "north/notice_queue.h"

#include "base/mem.h"
#include "station/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATH_LEN = 64 };

struct place {
    char dir[PATH_LEN], path[PATH_LEN + 16];
    struct store *store;
    struct notice_queue *queue;
    struct notice_ledger *ledger;
};

static struct notice_queue *queue_of(void *arg, const char *name)
{
    struct place *p = arg;

    return strcmp(name, "noc") == 0 ? p->queue : NULL;
}

static struct notice_ledger *ledger_of(void *arg, const char *name)
{
    struct place *p = arg;

    return strcmp(name, "noc") == 0 ? p->ledger : NULL;
}

static void open_all(struct place *p)
{
    const struct store_options options = {.path = p->path};
    struct complaint why;

    assert_int_equal(store_open(NULL, &options, &p->store, &why), 0);
    p->queue = notice_queue_new(p->store, "noc");
    p->ledger = notice_ledger_new(p->store, "noc");
    assert_int_equal(notice_queues_load(p->store, queue_of, p, &why), 0);
    assert_int_equal(notice_ledgers_load(p->store, ledger_of, p, &why), 0);
}

static void close_all(struct place *p)
{
    notice_queue_free(p->queue);
    notice_ledger_free(p->ledger);
    store_free(p->store);
}

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    snprintf(p->dir, sizeof p->dir, "/tmp/portolan-notices-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof p->path, "%s/state.db", p->dir);
    open_all(p);
    *state = p;
    return 0;
}

static int drop_place(void **state)
{
    struct place *p = *state;
    char command[PATH_LEN + 16];

    close_all(p);
    snprintf(command, sizeof command, "rm -r %s", p->dir);
    free(p);
    return system(command);
}

static void reopen(struct place *p)
{
    close_all(p);
    open_all(p);
}

static void put(struct place *p, uint32_t seq, const char *text)
{
    notice_queue_put(p->queue, seq, (struct wall){1000}, mem_text(text));
}

static void what_waits_goes_on_in_order(void **state)
{
    struct place *p = *state;

    put(p, 9, "nine");
    put(p, 10, "ten \"quoted\"");
    put(p, 11, "eleven");
    notice_queue_pop(p->queue);
    reopen(p);
    assert_int_equal(notice_queue_count(p->queue), 2);
    assert_int_equal(notice_queue_first(p->queue)->seq, 10);
    assert_string_equal(notice_queue_first(p->queue)->text, "ten \"quoted\"");
    notice_queue_pop(p->queue);
    notice_queue_pop(p->queue);
    reopen(p);
    assert_null(notice_queue_first(p->queue));
}

static void the_oldest_goes_where_there_is_too_much(void **state)
{
    struct place *p = *state;

    for (uint32_t i = 1; i <= NOTICES_WAITING_MAX + 5; i++)
        put(p, i, "x");
    assert_int_equal(notice_queue_count(p->queue), NOTICES_WAITING_MAX);
    assert_int_equal(notice_queue_dropped(p->queue), 5);
    assert_int_equal(notice_queue_first(p->queue)->seq, 6);
}

static void what_was_told_is_known_again(void **state)
{
    struct place *p = *state;
    struct wall at = {5000};

    (void)notice_ledger_tell(p->ledger, 7, SEVERITY_MAJOR, at);
    notice_ledger_keep(p->ledger, 7);
    (void)notice_ledger_tell(p->ledger, 8, SEVERITY_MINOR, at);
    notice_ledger_keep(p->ledger, 8);
    (void)notice_ledger_tell(p->ledger, 9, SEVERITY_MINOR, at);
    (void)notice_ledger_tell_by(p->ledger, 10, SEVERITY_MAJOR, at, 7);
    notice_ledger_keep(p->ledger, 10);
    notice_ledger_forget(p->ledger, 8);
    reopen(p);
    assert_int_equal(notice_ledger_count(p->ledger), 2);
    assert_int_equal(notice_ledger_find(p->ledger, 7)->severity,
                     SEVERITY_MAJOR);
    assert_int_equal(notice_ledger_find(p->ledger, 7)->by, 0);
    assert_int_equal(notice_ledger_find(p->ledger, 10)->by, 7);
    assert_int_equal(notice_ledger_find(p->ledger, 7)->at.ms, 5000);
    assert_null(notice_ledger_find(p->ledger, 9)); /* nothing told of it */
}

static void who_is_gone_leaves_nothing(void **state)
{
    struct place *p = *state;
    struct notice_queue *other = notice_queue_new(p->store, "gone");
    struct notice_ledger *ledger = notice_ledger_new(p->store, "gone");

    notice_queue_put(other, 1, (struct wall){1000}, mem_text("x"));
    (void)notice_ledger_tell(ledger, 1, SEVERITY_MINOR, (struct wall){1});
    notice_ledger_keep(ledger, 1);
    notice_queue_free(other);
    notice_ledger_free(ledger);
    reopen(p);
    reopen(p);
    assert_int_equal(notice_queue_count(p->queue), 0);
    assert_int_equal(notice_ledger_count(p->ledger), 0);
}

static void what_makes_no_sense_is_forgotten(void **state)
{
    static const char *const keys[] = {
        "noc", "noc/", "noc/x", "noc/1x", "noc/99999999999999999999", "noc/-1"};
    struct place *p = *state;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        store_put(p->store, "notice", keys[i], "{\"at\":1,\"text\":\"x\"}");
        store_put(p->store, "told", keys[i], "{\"at\":1,\"severity\":3}");
    }
    store_put(p->store, "notice", "noc/0000000002", "{\"at\":1}");
    store_put(p->store, "told", "noc/2", "{\"severity\":77}");
    store_put(p->store, "told", "noc/3", "no JSON");
    for (unsigned i = 0; i < 2; i++) {
        reopen(p);
        assert_int_equal(notice_queue_count(p->queue), 0);
        assert_int_equal(notice_ledger_count(p->ledger), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_waits_goes_on_in_order, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(the_oldest_goes_where_there_is_too_much,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(what_was_told_is_known_again,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(who_is_gone_leaves_nothing, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_forgotten,
                                        make_place, drop_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
