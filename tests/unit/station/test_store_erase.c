/* What is to be forgotten is not in the file any more. */
#include "station/store_erase.h"

#include "base/file.h"
#include "station/store_named.h"
#include "station/store_past.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>
#include <sqlite3.h>

enum { PATH_LEN = 64, FILE_MAX = 64 << 20 };

struct place {
    char dir[PATH_LEN], path[PATH_LEN + 16];
    struct event_base *base;
    struct store *store;
    int result;
    uint64_t deleted, changed;
    struct buffer left; /* "KIND KEY;" ... */
    bool told, log;
};

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);
    struct complaint why;

    snprintf(p->dir, sizeof p->dir, "/tmp/portolan-erase-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof p->path, "%s/state.db", p->dir);
    p->base = event_base_new();
    *state = p;
    return store_open(p->base, &(struct store_options){.path = p->path},
                      &p->store, &why);
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
    buffer_fini(&p->left);
    free(p);
    return rc;
}

static void on_erased(void *arg, int result, const struct store_erased *erased)
{
    struct place *p = arg;

    p->told = true;
    p->result = result;
    p->deleted = erased->deleted;
    p->changed = erased->changed;
    p->log = erased->log;
    for (size_t i = 0; i < erased->left.count; i++)
        buffer_format(&p->left, "%s;", erased->left.at[i]);
}

static void erase(struct place *p, struct store_erasure *what)
{
    p->told = false;
    buffer_clear(&p->left);
    buffer_text(&p->left, "");
    store_erase(p->store, what, on_erased, p);
    while (!p->told)
        event_base_loop(p->base, EVLOOP_ONCE);
    assert_int_equal(p->result, 0);
}

/* In whatever the database consists of. */
static bool is_on_disk(const struct place *p, const char *word)
{
    static const char *const endings[] = {"", "-wal"};
    bool found = false;

    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        struct buffer OWNED_BUFFER path = {0}, OWNED_BUFFER text = {0};

        buffer_format(&path, "%s%s", p->path, endings[i]);
        if (file_read(path.at, FILE_MAX, &text) == 0 && text.len > 0)
            found |= memmem(text.at, text.len, word, strlen(word)) != NULL;
    }
    return found;
}

static void put_event(struct place *p, enum store_log log, const char *type,
                      const char *object, const char *source, const char *text)
{
    const struct store_event e = {.log = log,
                                  .at = {.ms = 1000},
                                  .class = "change",
                                  .type = type,
                                  .object = object,
                                  .source = source,
                                  .text = text};

    (void)store_event(p->store, &e);
}

static void put_past(struct place *p, const char *kind, const char *key,
                     const char *text)
{
    struct past *rows = past_new();

    past_add(rows, &(struct past_row){{2000}, kind, key, text});
    store_past_put(p->store, rows);
}

struct seen {
    struct buffer text;
    bool told;
};

static void on_events(void *arg, int result, const struct store_event *events,
                      size_t count)
{
    struct seen *s = arg;

    assert_int_equal(result, 0);
    for (size_t i = 0; i < count; i++)
        buffer_format(&s->text, "%s|%s|%s;", events[i].object, events[i].source,
                      events[i].text);
    s->told = true;
}

static void assert_events(struct place *p, enum store_log log, const char *want)
{
    struct seen seen = {.told = false};

    buffer_text(&seen.text, "");
    store_events(p->store, &(struct store_query){.log = log, .limit = 100},
                 on_events, &seen);
    while (!seen.told)
        event_base_loop(p->base, EVLOOP_ONCE);
    assert_string_equal(seen.text.at, want);
    buffer_fini(&seen.text);
}

static void a_device_is_nowhere_any_more(void **state)
{
    static const char *const kept[] = {"facts", NULL};
    struct place *p = *state;
    struct store_erasure what = {.kept = kept};

    put_event(p, STORE_EVENTS, "link.up", "oldsw", "x", "own words of oldsw");
    put_event(p, STORE_EVENTS, "port.up", "oldsw:1", "x", "portwords");
    put_event(p, STORE_EVENTS, "link.up", "oldsw2", "x", "another");
    put_event(p, STORE_EVENTS, "link.up", "core", "x", "to oldsw:1");
    put_event(p, STORE_AUDIT, "devices/+", "devices/oldsw", "ann", "{}");
    put_past(p, "node", "ffffffff", "nodewords");
    put_past(p, "link", "eeee", "{\"a\":\"ffffffff\"} linkwords");
    put_past(p, "link", "dddd", "{\"why\":\"oldsw\"}");
    store_put(p->store, "facts", "cc", "neighbor oldsw");
    store_put(p->store, "alert", "1", "{\"text\":\"oldsw\"}");
    store_put(p->store, "site", "oldsw", "key");
    assert_int_equal(store_flush(p->store, 10000), 0);
    assert_true(is_on_disk(p, "portwords"));
    *array_add(&what.ids) = mem_text("ffffffff");
    *array_add(&what.objects) = mem_text("oldsw");
    redaction_add(&what.words, "oldsw", "gone-1");
    erase(p, &what);
    assert_int_equal(p->deleted, 4);
    assert_int_equal(p->changed, 4);
    assert_string_equal(p->left.at, "facts cc;site oldsw;");
    assert_events(p, STORE_EVENTS, "core|x|to gone-1:1;oldsw2|x|another;");
    assert_events(p, STORE_AUDIT, "devices/gone-1|ann|{};");
    assert_false(is_on_disk(p, "portwords"));
    assert_false(is_on_disk(p, "own words"));
    assert_false(is_on_disk(p, "nodewords"));
    assert_false(is_on_disk(p, "linkwords"));
    assert_true(is_on_disk(p, "neighbor oldsw"));
}

/* ---- what is known of a name ---- */

struct named {
    struct buffer text; /* "ID ADDR;" ... */
    bool told;
};

static void on_named(void *arg, int result, const struct store_named *found)
{
    struct named *n = arg;

    assert_int_equal(result, 0);
    for (size_t i = 0; i < found->count; i++)
        buffer_format(&n->text, "%s %s;", found->at[i].id,
                      found->at[i].addr != NULL ? found->at[i].addr : "-");
    n->told = true;
}

static void assert_named(struct place *p, const char *name, const char *want)
{
    struct named n = {.told = false};

    buffer_text(&n.text, "");
    store_find_named(p->store, name, on_named, &n);
    while (!n.told)
        event_base_loop(p->base, EVLOOP_ONCE);
    assert_string_equal(n.text.at, want);
    buffer_fini(&n.text);
}

static void the_past_knows_who_was_called_so(void **state)
{
    struct place *p = *state;

    put_past(p, "node", "aaaa",
             "{\"name\":\"oldsw\",\"address\":\"192.0.2.1\","
             "\"addresses\":[\"192.0.2.1\",\"192.0.2.2\"]}");
    put_past(p, "node", "aaaa",
             "{\"name\":\"oldsw\",\"addresses\":[\"192.0.2.3\"]}");
    put_past(p, "node", "aaaa", "");
    put_past(p, "node", "bbbb", "{\"name\":\"oldsw\"}");
    put_past(p, "node", "cccc", "{\"name\":\"oldsw\",\"origin\":1}");
    put_past(p, "node", "dddd", "{\"name\":\"oldsw2\"}");
    put_past(p, "node", "eeee", "no JSON of oldsw");
    put_past(p, "link", "ffff", "{\"name\":\"oldsw\"}");
    assert_named(p, "oldsw",
                 "aaaa -;aaaa 192.0.2.1;aaaa 192.0.2.2;aaaa 192.0.2.3;bbbb -;");
    assert_named(p, "nobody", "");
}

static void await_row(struct place *p, const char *sql)
{
    enum { TRIES = 1000, PAUSE_US = 10000 };
    sqlite3 *reader;
    sqlite3_stmt *s;
    bool found = false;

    assert_int_equal(sqlite3_open(p->path, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(reader, sql, -1, &s, NULL), SQLITE_OK);
    for (unsigned i = 0; i < TRIES && !found; i++) {
        found = sqlite3_step(s) == SQLITE_ROW;
        (void)sqlite3_reset(s);
        if (!found)
            (void)usleep(PAUSE_US);
    }
    (void)sqlite3_finalize(s);
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    assert_true(found);
}

/* The store ends behind the first bite: the loop asks for no other. */
static void one_that_was_interrupted_may_be_asked_again(void **state)
{
    enum { ROWS = 30000, AT_ONCE = 1000 };
    struct place *p = *state;
    struct complaint why;

    put_event(p, STORE_EVENTS, "x", "oldsw", "x", "of one");
    for (unsigned i = 0; i < ROWS; i++) {
        put_event(p, STORE_EVENTS, "x", "other", "x", "of oldsw");
        if (i % AT_ONCE == AT_ONCE - 1)
            assert_int_equal(store_flush(p->store, 60000), 0);
    }
    for (unsigned turn = 0; turn < 2; turn++) {
        struct store_erasure what = {.doubted = true};

        *array_add(&what.objects) = mem_text("oldsw");
        *array_add(&what.objects) = mem_text("192.0.2.1");
        *array_add(&what.ids) = mem_text("aaaa");
        redaction_add(&what.words, "oldsw", "gone-1");
        if (turn == 1) {
            assert_named(p, "oldsw", "aaaa -;aaaa 192.0.2.1;");
            erase(p, &what);
            assert_int_equal(p->deleted, 0);
            assert_named(p, "oldsw", "");
            assert_false(is_on_disk(p, "oldsw"));
            continue;
        }
        p->told = false;
        store_erase(p->store, &what, on_erased, p);
        await_row(p, "SELECT 1 FROM object WHERE kind = 'forgetting'");
        store_free(p->store);
        assert_true(p->told && p->result == -ECANCELED);
        assert_int_equal(store_open(p->base,
                                    &(struct store_options){.path = p->path},
                                    &p->store, &why),
                         0);
        assert_true(is_on_disk(p, "of oldsw"));
    }
}

/* Somebody reads the database as of before, all the time. */
static void a_log_that_cannot_be_emptied_is_told(void **state)
{
    struct place *p = *state;
    struct store_erasure what = {0};
    sqlite3 *reader;

    put_event(p, STORE_EVENTS, "x", "oldsw", "x", "of one");
    assert_int_equal(store_flush(p->store, 10000), 0);
    assert_int_equal(sqlite3_open(p->path, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM object",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    *array_add(&what.objects) = mem_text("oldsw");
    redaction_add(&what.words, "oldsw", "gone-1");
    erase(p, &what);
    assert_true(p->log);
    assert_int_equal(p->deleted, 1);
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
}

static void a_person_has_another_name(void **state)
{
    struct place *p = *state;
    struct store_erasure what = {.who = mem_text("xenia"),
                                 .instead = mem_text("person-1")};

    put_event(p, STORE_EVENTS, "user.added", "xenia", "access", "by root");
    put_event(p, STORE_EVENTS, "device.up", "xenia", "polling", "xenia is up");
    put_event(p, STORE_EVENTS, "x", "sw1", "alerts", "acknowledged by xenia");
    put_event(p, STORE_AUDIT, "users/+", "users/xenia", "xenia",
              "{\"who\":\"xenia\"}");
    redaction_add(&what.words, "by xenia", "by person-1");
    redaction_add(&what.words, "\"xenia\"", "\"person-1\"");
    redaction_add(&what.words, "users/xenia", "users/person-1");
    erase(p, &what);
    assert_int_equal(p->deleted, 0);
    assert_int_equal(p->changed, 3);
    /* A device may be called as a person is. */
    assert_events(p, STORE_EVENTS,
                  "sw1|alerts|acknowledged by person-1;"
                  "xenia|polling|xenia is up;person-1|access|by root;");
    assert_events(p, STORE_AUDIT,
                  "users/person-1|person-1|{\"who\":\"person-1\"};");
}

static void many_rows_are_gone_through_in_bites(void **state)
{
    enum { ROWS = 30000, AT_ONCE = 1000 };
    struct place *p = *state;
    struct store_erasure what = {0};

    for (unsigned i = 0; i < ROWS; i++) {
        put_event(p, STORE_EVENTS, "x", i % 2 == 0 ? "oldsw" : "other", "x",
                  "of one");
        if (i % AT_ONCE == AT_ONCE - 1) /* what waits is bounded */
            assert_int_equal(store_flush(p->store, 60000), 0);
    }
    *array_add(&what.objects) = mem_text("oldsw");
    redaction_add(&what.words, "oldsw", "gone-1");
    erase(p, &what);
    assert_int_equal(p->deleted, ROWS / 2);
    assert_false(is_on_disk(p, "oldsw"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_device_is_nowhere_any_more,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(the_past_knows_who_was_called_so,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(
            one_that_was_interrupted_may_be_asked_again, make_place,
            drop_place),
        cmocka_unit_test_setup_teardown(a_log_that_cannot_be_emptied_is_told,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(a_person_has_another_name, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(many_rows_are_gone_through_in_bites,
                                        make_place, drop_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
