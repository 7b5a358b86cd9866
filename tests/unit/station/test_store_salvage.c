/* What can be read of a damaged database goes on. */
#include "station/store.h"

#include "base/log.h"
#include "base/mem.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { OBJECTS = 3000, PAGE = 4096, FLUSH_MS = 10000 };

struct place {
    char dir[64], path[80];
};

static struct store *open_store(const struct place *p)
{
    const struct store_options options = {.path = p->path};
    struct complaint why = {.what = ""};
    struct store *s = NULL;

    assert_int_equal(store_open(NULL, &options, &s, &why), 0);
    return s;
}

/* A database of so many objects, of which pages are then overwritten. */
static struct place make_damaged(off_t first, off_t step, unsigned spoilt)
{
    struct place p = {.dir = "/tmp/portolan-salvage-XXXXXX"};
    char key[16], text[201], octets[PAGE];

    assert_non_null(mkdtemp(p.dir));
    (void)snprintf(p.path, sizeof p.path, "%s/state.db", p.dir);
    struct store *s = open_store(&p);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (unsigned i = 0; i < OBJECTS; i++) {
        (void)snprintf(key, sizeof key, "k%05u", i);
        store_put(s, "many", key, text);
    }
    (void)store_event(s, &(struct store_event){
                             .log = STORE_EVENTS, .at = {1000}, .text = "one"});
    assert_int_equal(store_flush(s, FLUSH_MS), 0);
    store_free(s);

    memset(octets, 0xa5, sizeof octets);
    int fd = open(p.path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (unsigned i = 0; i < spoilt; i++)
        assert_int_equal(pwrite(fd, octets, PAGE, (first + i * step) * PAGE),
                         PAGE);
    close(fd);
    return p;
}

static int count_object(void *arg, const char *key, const char *text)
{
    uint32_t *count = arg;

    (void)key;
    (void)text;
    ++*count;
    return 0;
}

static uint32_t objects_of(struct store *s)
{
    uint32_t count = 0;

    assert_int_equal(store_load(s, "many", count_object, &count, NULL), 0);
    return count;
}

static void drop_place(struct place *p, struct store *s)
{
    char command[128];

    store_free(s);
    (void)snprintf(command, sizeof command, "rm -rf %s", p->dir);
    assert_int_equal(system(command), 0);
}

/* Some pages in the middle are gone: what the others hold goes on. */
static void what_can_be_read_goes_on(void **state)
{
    struct place p = make_damaged(100, 2, 10);
    struct store *s = open_store(&p);

    (void)state;
    assert_non_null(store_damage(s));
    assert_in_range(objects_of(s), OBJECTS * 8 / 10, OBJECTS - 1);
    assert_int_equal(store_event(s, &(struct store_event){.at = {2000}}), 2);
    store_put(s, "more", "k", "x");
    assert_int_equal(store_flush(s, FLUSH_MS), 0);
    store_free(s);
    s = open_store(&p); /* the new one is whole */
    assert_null(store_damage(s));
    drop_place(&p, s);
}

/* Nothing can be read, not even what tables there are. */
static void what_cannot_be_read_hinders_nothing(void **state)
{
    struct place p = make_damaged(0, 1, 200);
    struct store *s = open_store(&p);

    (void)state;
    assert_non_null(store_damage(s));
    assert_int_equal(objects_of(s), 0);
    store_put(s, "many", "k", "x");
    assert_int_equal(objects_of(s), 1);
    drop_place(&p, s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_read_goes_on),
        cmocka_unit_test(what_cannot_be_read_hinders_nothing),
    };
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    return cmocka_run_group_tests_name("salvage", tests, NULL, NULL);
}
