/* What was put is there again, whatever happened in between. */
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

enum { FLUSH_MS = 10000, PATH_LEN = 64 };

struct place {
    char dir[PATH_LEN], path[PATH_LEN + 16];
    struct event_base *base;
    struct store *store;
};

static struct store *open_store(struct place *p)
{
    struct store_options options = {.path = p->path};
    struct complaint why = {.what = ""};
    struct store *s = NULL;
    int rc = store_open(p->base, &options, &s, &why);

    if (rc < 0)
        print_message("%s: %s\n", why.place, why.what);
    assert_int_equal(rc, 0);
    return s;
}

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    snprintf(p->dir, sizeof p->dir, "/tmp/portolan-store-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof p->path, "%s/state.db", p->dir);
    p->base = event_base_new();
    p->store = open_store(p);
    *state = p;
    return 0;
}

static int drop_place(void **state)
{
    struct place *p = *state;
    char pattern[PATH_LEN + 8];
    glob_t files;

    store_free(p->store);
    event_base_free(p->base);
    snprintf(pattern, sizeof pattern, "%s/*", p->dir);
    if (glob(pattern, 0, NULL, &files) == 0) {
        for (size_t i = 0; i < files.gl_pathc; i++)
            unlink(files.gl_pathv[i]);
        globfree(&files);
    }
    int rc = rmdir(p->dir);
    free(p);
    return rc;
}

static void reopen(struct place *p)
{
    store_free(p->store);
    p->store = open_store(p);
}

/* What is stored of a kind, as "key=text;" in one line. */
static int add_object(void *arg, const char *key, const char *text)
{
    buffer_format(arg, "%s=%s;", key, text);
    return 0;
}

static void assert_stored(struct store *s, const char *kind, const char *want)
{
    struct buffer OWNED_BUFFER got = {0};

    buffer_add(&got, NULL, 0);
    assert_int_equal(store_load(s, kind, add_object, &got, NULL), 0);
    assert_string_equal(got.at, want);
}

static void objects_come_back(void **state)
{
    struct place *p = *state;

    store_put(p->store, "device", "b", "{\"v\":1}");
    store_put(p->store, "device", "a", "first");
    store_put(p->store, "device", "a", "second");
    store_put(p->store, "device", "gone", "x");
    store_put(p->store, "link", "a", "other kind");
    store_delete(p->store, "device", "gone");
    store_delete(p->store, "device", "never there");
    assert_stored(p->store, "device", "a=second;b={\"v\":1};");
    reopen(p);
    assert_stored(p->store, "device", "a=second;b={\"v\":1};");
    assert_stored(p->store, "link", "a=other kind;");
    assert_stored(p->store, "nothing", "");
    assert_null(store_damage(p->store));
}

/* A value that counts how often it is written and freed. */
struct counted {
    const char *text;
    unsigned written, freed;
};

static void write_counted(const void *object, struct buffer *out)
{
    struct counted *c = (struct counted *)object;

    c->written++;
    buffer_text(out, c->text);
}

static void free_counted(void *object)
{
    ((struct counted *)object)->freed++;
}

static void put_counted(struct place *p, const char *key, struct counted *c)
{
    store_put_later(p->store, "later", key,
                    &(struct store_value){c, write_counted, free_counted});
}

static void values_become_texts_when_they_are_written(void **state)
{
    struct place *p = *state;
    struct counted stays = {.text = "{1}"}, replaced = {.text = "never"},
                   deleted = {.text = "never"};

    store_begin(p->store);
    put_counted(p, "a", &replaced);
    put_counted(p, "b", &deleted);
    assert_int_equal(stays.written + replaced.freed, 0);
    put_counted(p, "a", &stays);
    store_delete(p->store, "later", "b");
    store_end(p->store);
    assert_stored(p->store, "later", "a={1};");
    store_free(TAKE(p->store)); /* all was written, and freed */
    assert_int_equal(stays.written, 1);
    assert_int_equal(stays.freed, 1);
    assert_int_equal(replaced.written + deleted.written, 0);
    assert_int_equal(replaced.freed, 1);
    assert_int_equal(deleted.freed, 1);
    p->store = open_store(p);
}

static int refuse_object(void *arg, const char *key, const char *text)
{
    size_t *seen = arg;

    (void)key;
    (void)text;
    ++*seen;
    return -EBADMSG;
}

static void reader_may_refuse(void **state)
{
    struct place *p = *state;
    size_t seen = 0;

    store_put(p->store, "device", "a", "1");
    store_put(p->store, "device", "b", "2");
    assert_int_equal(store_load(p->store, "device", refuse_object, &seen, NULL),
                     -EBADMSG);
    assert_int_equal(seen, 1);
}

struct seen {
    bool told;
    int result;
    struct buffer texts;
    uint64_t first_id;
};

static void on_events(void *arg, int result, const struct store_event *events,
                      size_t count)
{
    struct seen *seen = arg;

    seen->told = true;
    seen->result = result;
    seen->first_id = count > 0 ? events[0].id : 0;
    buffer_clear(&seen->texts);
    buffer_add(&seen->texts, NULL, 0);
    for (size_t i = 0; i < count; i++)
        buffer_format(&seen->texts, "%s x%u %s;", events[i].text,
                      events[i].count, events[i].values);
}

static void assert_events(struct place *p, const struct store_query *query,
                          const char *want)
{
    struct timeval limit = {.tv_sec = 10};
    struct seen seen = {0};

    store_events(p->store, query, on_events, &seen);
    event_base_loopexit(p->base, &limit);
    while (!seen.told && !event_base_got_exit(p->base))
        event_base_loop(p->base, EVLOOP_ONCE);
    assert_true(seen.told);
    assert_int_equal(seen.result, 0);
    assert_string_equal(seen.texts.at, want);
    buffer_fini(&seen.texts);
}

static uint64_t add_event(struct store *s, int64_t at_ms, const char *object,
                          int severity, const char *text)
{
    struct store_event e = {.at = {.ms = at_ms},
                            .severity = severity,
                            .class = "fault",
                            .type = "port.down",
                            .object = object,
                            .text = text};

    return store_event(s, &e);
}

static void events_are_found(void **state)
{
    struct place *p = *state;
    uint64_t one = add_event(p->store, 1000, "sw1", 2, "one");
    uint64_t two = add_event(p->store, 2000, "sw2", 4, "two");
    uint64_t three = add_event(p->store, 3000, "sw1", 5, "three");

    assert_true(one > 0 && two == one + 1 && three == two + 1);
    store_event_again(p->store, two, (struct wall){.ms = 9000}, 7);

    const struct {
        const char *name;
        struct store_query query;
        const char *want;
    } cases[] = {
        {"all, newest first", {0}, "three x1 ;two x7 ;one x1 ;"},
        {"of an object", {.object = "sw1"}, "three x1 ;one x1 ;"},
        {"since", {.from = {.ms = 2000}}, "three x1 ;two x7 ;"},
        {"until", {.to = {.ms = 2000}}, "two x7 ;one x1 ;"},
        {"worse", {.severity_min = 4}, "three x1 ;two x7 ;"},
        {"behind one, oldest first", {.after_id = one}, "two x7 ;three x1 ;"},
        {"before three", {.before_id = three, .limit = 1}, "two x7 ;"},
        {"of a class and object",
         {.class = "fault", .object = "sw2", .type = "port.down"},
         "two x7 ;"},
        {"of another class", {.class = "change"}, ""},
        {"of types that begin so",
         {.type = "port.*", .limit = 1},
         "three x1 ;"},
        {"of no such types", {.type = "porta*"}, ""},
        {"by a part of the text", {.text = "THRE"}, "three x1 ;"},
        {"a pattern is text", {.text = "%"}, ""},
        {"quotes are no SQL", {.object = "' OR 1=1 --"}, ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("  %s\n", cases[i].name);
        assert_events(p, &cases[i].query, cases[i].want);
    }
}

static void ids_go_on_after_a_restart(void **state)
{
    struct place *p = *state;
    uint64_t before = add_event(p->store, 1000, "sw1", 1, "before");

    reopen(p);
    assert_int_equal(add_event(p->store, 2000, "sw1", 1, "after"), before + 1);
    assert_events(p, &(struct store_query){0}, "after x1 ;before x1 ;");
}

static void forgotten_question_is_not_answered(void **state)
{
    struct place *p = *state;
    struct seen forgotten = {0};

    store_events(p->store, &(struct store_query){0}, on_events, &forgotten);
    store_forget(p->store, &forgotten);
    add_event(p->store, 1000, "sw1", 1, "one");
    assert_events(p, &(struct store_query){0}, "one x1 ;");
    assert_false(forgotten.told);
}

static void question_is_cancelled_at_the_end(void **state)
{
    struct place *p = *state;
    struct seen seen = {0};

    store_events(p->store, &(struct store_query){0}, on_events, &seen);
    store_free(p->store);
    assert_true(seen.told);
    assert_true(seen.result == -ECANCELED);
    buffer_fini(&seen.texts);
    p->store = open_store(p);
}

struct settled {
    bool told;
    int result;
};

static void on_settled(void *arg, int result)
{
    *(struct settled *)arg = (struct settled){.told = true, .result = result};
}

static int settle(struct place *p)
{
    struct settled settled = {0};

    store_settle(p->store, on_settled, &settled);
    while (!settled.told)
        event_base_loop(p->base, EVLOOP_ONCE);
    return settled.result;
}

/* Each is on disk when it is said so, though others are put meanwhile. */
static void settled_is_on_disk(void **state)
{
    enum { TURNS = 50 };
    struct place *p = *state;
    struct store_stats stats;
    char key[16];

    for (unsigned i = 0; i < TURNS; i++) {
        snprintf(key, sizeof key, "k%u", i);
        store_begin(p->store); /* a turn of the loop is one transaction */
        store_put(p->store, "settled", key, "x");
        store_end(p->store);
        assert_int_equal(settle(p), 0);
        store_stats(p->store, &stats);
        assert_int_equal(stats.waiting, 0);
        assert_int_equal(stats.written, i + 1);
    }
}

static void settling_is_cancelled_at_the_end(void **state)
{
    struct place *p = *state;
    struct settled settled = {0}, forgotten = {0};

    store_put(p->store, "settled", "k", "x");
    store_settle(p->store, on_settled, &settled);
    store_settle(p->store, on_settled, &forgotten);
    store_forget(p->store, &forgotten);
    store_free(p->store);
    assert_true(settled.told); /* written, or said that it is not known */
    assert_true(settled.result == 0 || settled.result == -ECANCELED);
    assert_false(forgotten.told);
    p->store = open_store(p);
}

/* Writes pairs without end, each in one transaction, and tells each that is
 * surely on disk. */
static void write_until_killed(const char *path, int fd)
{
    struct store_options options = {.path = path};
    struct store *s = NULL;
    char text[32];

    if (store_open(NULL, &options, &s, NULL) < 0)
        _exit(1);
    for (uint32_t n = 1;; n++) {
        snprintf(text, sizeof text, "%u", n);
        store_begin(s);
        store_put(s, "pair", "left", text);
        store_put(s, "pair", "right", text);
        store_put(s, "all", text, text);
        store_end(s);
        if (n % 50 == 0 &&
            (store_flush(s, FLUSH_MS) < 0 || write(fd, &n, sizeof n) < 0))
            _exit(1);
    }
}

struct pair {
    uint32_t left, right;
};

static int read_pair(void *arg, const char *key, const char *text)
{
    struct pair *pair = arg;
    uint32_t n = (uint32_t)strtoul(text, NULL, 10);

    *(strcmp(key, "left") == 0 ? &pair->left : &pair->right) = n;
    return 0;
}

static int count_object(void *arg, const char *key, const char *text)
{
    (void)key;
    (void)text;
    ++*(uint32_t *)arg;
    return 0;
}

static void killed_writer_leaves_whole_transactions(void **state)
{
    enum { ROUNDS = 3, TOLD_MIN = 4 };
    struct place *p = *state;

    store_free(p->store);
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t told = 0, all = 0;
        int ends[2];

        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0)
            write_until_killed(p->path, ends[1]);
        close(ends[1]);
        for (int i = 0; i < TOLD_MIN; i++)
            assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(ends[0], &told, sizeof told) == sizeof told)
            ;
        close(ends[0]);

        struct pair pair = {0};
        p->store = open_store(p);
        assert_null(store_damage(p->store));
        assert_int_equal(store_load(p->store, "pair", read_pair, &pair, NULL),
                         0);
        assert_int_equal(pair.left, pair.right);
        assert_true(pair.left >= told);
        assert_int_equal(store_load(p->store, "all", count_object, &all, NULL),
                         0);
        assert_true(all >= pair.left);
        store_free(p->store);
    }
    p->store = open_store(p);
}

static void damaged_file_is_kept_aside(void **state)
{
    struct place *p = *state;
    char pattern[PATH_LEN + 40];
    glob_t aside;

    store_put(p->store, "device", "a", "1");
    store_free(p->store);
    int fd = open(p->path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "this is no database at all", 26, 0), 26);
    close(fd);

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    p->store = open_store(p);
    assert_non_null(store_damage(p->store));
    assert_stored(p->store, "device", "");
    store_put(p->store, "device", "b", "2");
    assert_stored(p->store, "device", "b=2;");
    snprintf(pattern, sizeof pattern, "%s.damaged-*Z", p->path);
    assert_int_equal(glob(pattern, 0, NULL, &aside), 0);
    assert_int_equal(aside.gl_pathc, 1);
    globfree(&aside);
}

static void newer_version_is_refused(void **state)
{
    struct place *p = *state;
    struct store_options options = {.path = p->path};
    struct complaint why;
    struct store *s;
    char command[256];

    store_free(p->store);
    snprintf(command, sizeof command,
             "sqlite3 %s 'INSERT INTO migration VALUES (99, 0)' 2>/dev/null",
             p->path);
    if (system(command) != 0) {
        p->store = open_store(p);
        skip(); /* there is no sqlite3 command */
    }
    assert_int_equal(store_open(NULL, &options, &s, &why), -ENOTSUP);
    assert_null(s);
    assert_non_null(strstr(why.what, "99"));
    unlink(p->path);
    p->store = open_store(p);
}

static void missing_directory_is_complained_of(void **state)
{
    struct store_options options = {.path = "/nonexistent/x/state.db"};
    struct complaint why = {.what = ""};
    struct store *s;

    (void)state;
    assert_int_equal(store_open(NULL, &options, &s, &why), -EIO);
    assert_null(s);
    assert_string_equal(why.place, options.path);
    assert_true(why.remedy[0] != '\0');
}

/* A limit on the size of files is a full disk that anybody can have. */
static void full_disk_loses_nothing(void **state)
{
    enum { OBJECTS = 300, TEXT_LEN = 4000 };
    struct place *p = *state;
    struct rlimit old, tight = {.rlim_cur = 200000};
    struct store_stats stats;
    char key[16], text[TEXT_LEN + 1];
    uint32_t count = 0;

    memset(text, 'x', TEXT_LEN);
    text[TEXT_LEN] = '\0';
    signal(SIGXFSZ, SIG_IGN);
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tight.rlim_max = old.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    for (int i = 0; i < 3 * OBJECTS; i++) {
        snprintf(key, sizeof key, "k%d", i % OBJECTS);
        store_put(p->store, "many", key, text);
    }
    assert_int_equal(store_flush(p->store, 700), -ETIMEDOUT);
    store_stats(p->store, &stats);
    assert_true(stats.failures > 0);
    assert_true(stats.error[0] != '\0');
    assert_true(stats.waiting <= 2 * OBJECTS); /* not one for each put */
    assert_int_equal(settle(p), -EIO);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(settle(p), 0);
    store_stats(p->store, &stats);
    assert_int_equal(stats.waiting, 0);
    assert_string_equal(stats.error, "");
    assert_int_equal(store_load(p->store, "many", count_object, &count, NULL),
                     0);
    assert_int_equal(count, OBJECTS);
}

#define PLACED(test) \
    cmocka_unit_test_setup_teardown(test, make_place, drop_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(objects_come_back),
        PLACED(values_become_texts_when_they_are_written),
        PLACED(reader_may_refuse),
        PLACED(events_are_found),
        PLACED(ids_go_on_after_a_restart),
        PLACED(forgotten_question_is_not_answered),
        PLACED(question_is_cancelled_at_the_end),
        PLACED(settled_is_on_disk),
        PLACED(settling_is_cancelled_at_the_end),
        PLACED(killed_writer_leaves_whole_transactions),
        PLACED(damaged_file_is_kept_aside),
        PLACED(newer_version_is_refused),
        PLACED(missing_directory_is_complained_of),
        PLACED(full_disk_loses_nothing),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
