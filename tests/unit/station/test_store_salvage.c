/* What can be read of a damaged database goes on. */
#include "station/store.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

enum { OBJECTS = 3000, PAGE = 4096, FLUSH_MS = 10000 };

struct place {
    char dir[64], path[80];
};

static int try_store(const struct place *p, struct event_base *base,
                     struct store **out)
{
    const struct store_options options = {.path = p->path};
    struct complaint why = {.what = ""};
    int rc = store_open(base, &options, out, &why);

    assert_true(rc == 0 || (why.what[0] != '\0' && why.remedy[0] != '\0'));
    return rc;
}

static struct store *open_store(const struct place *p)
{
    struct store *s = NULL;

    assert_int_equal(try_store(p, NULL, &s), 0);
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

/* It is too large to be looked at as a whole at each start. */
static void damage_that_loading_meets_is_gone_at_the_next_start(void **state)
{
    static const off_t large = (off_t)257 << 20;
    struct place p = make_damaged(100, 2, 10);
    struct complaint why;
    uint32_t count = 0;

    (void)state;
    assert_int_equal(truncate(p.path, large), 0);
    struct store *s = open_store(&p);
    assert_null(store_damage(s));
    assert_int_equal(store_load(s, "many", count_object, &count, &why), -EIO);
    store_free(s);
    s = open_store(&p);
    assert_non_null(store_damage(s));
    assert_in_range(objects_of(s), OBJECTS * 8 / 10, OBJECTS - 1);
    drop_place(&p, s);
}

/* ---- it does not come to its end ---- */

static size_t count_files(const struct place *p, const char *ending)
{
    char pattern[128];
    glob_t found;

    (void)snprintf(pattern, sizeof pattern, "%s%s", p->path, ending);
    size_t count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return count;
}

static struct rlimit limit_files(rlim_t octets)
{
    struct rlimit had;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &had), 0);
    const struct rlimit now = {.rlim_cur = octets, .rlim_max = had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
    return had;
}

/* The damaged one is as it was, and the next start reads what can be read. */
static void assert_begun_anew(struct place *p)
{
    assert_int_equal(count_files(p, ".damaged-*"), 0);
    struct store *s = open_store(p);
    assert_non_null(store_damage(s));
    assert_in_range(objects_of(s), OBJECTS * 8 / 10, OBJECTS - 1);
    assert_int_equal(count_files(p, ".damaged-*Z"), 1);
    assert_int_equal(count_files(p, ".salvag*"), 0);
    assert_int_equal(count_files(p, ".suspect"), 0);
    drop_place(p, s);
}

static void one_that_is_killed_begins_anew(void **state)
{
    struct place p = make_damaged(100, 2, 10);
    int status;

    (void)state;
    pid_t child = fork();
    if (child == 0) { /* the signal of a file that is too large ends it */
        static const struct rlimit none = {0};
        struct store *s;

        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGXFSZ, SIG_DFL);
        (void)limit_files(OBJECTS * 50);
        _exit(try_store(&p, NULL, &s) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
    assert_begun_anew(&p);
}

static void without_room_the_start_is_refused_and_nothing_lost(void **state)
{
    struct place p = make_damaged(100, 2, 10);
    struct store *s = NULL;

    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    const struct rlimit had = limit_files(OBJECTS * 50);
    int rc = try_store(&p, NULL, &s);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &had), 0);
    assert_true(rc < 0);
    assert_null(s);
    assert_begun_anew(&p);
}

/* The old one has its other name, what lies beside it has not. */
static void one_that_ends_amid_the_renaming_is_completed(void **state)
{
    struct place p = make_damaged(100, 2, 10);
    char name[128];

    (void)state;
    store_free(open_store(&p));
    (void)snprintf(name, sizeof name, "%s.salvaged", p.path);
    assert_int_equal(rename(p.path, name), 0);
    (void)snprintf(name, sizeof name, "%s-wal", p.path);
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "of the old one", 14), 14);
    close(fd);
    struct store *s = open_store(&p);
    assert_non_null(store_damage(s));
    assert_in_range(objects_of(s), OBJECTS * 8 / 10, OBJECTS - 1);
    assert_int_equal(count_files(&p, ".damaged-*Z-wal"), 1);
    assert_int_equal(count_files(&p, ".salvag*"), 0);
    drop_place(&p, s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_read_goes_on),
        cmocka_unit_test(what_cannot_be_read_hinders_nothing),
        cmocka_unit_test(damage_that_loading_meets_is_gone_at_the_next_start),
        cmocka_unit_test(one_that_is_killed_begins_anew),
        cmocka_unit_test(without_room_the_start_is_refused_and_nothing_lost),
        cmocka_unit_test(one_that_ends_amid_the_renaming_is_completed),
    };
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    return cmocka_run_group_tests_name("salvage", tests, NULL, NULL);
}
