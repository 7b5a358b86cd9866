/* What is to be forgotten is not in the file any more. */
#include "station/store_erase.h"

#include "base/file.h"
#include "station/store_past.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

enum { PATH_LEN = 64, FILE_MAX = 64 << 20 };

struct place {
    char dir[PATH_LEN], path[PATH_LEN + 16];
    struct event_base *base;
    struct store *store;
    int result;
    uint64_t deleted, changed;
    struct buffer left; /* "KIND KEY;" ... */
    bool told;
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
    struct store_erasure what = {.id = mem_text("ffffffff"), .kept = kept};

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
        cmocka_unit_test_setup_teardown(a_person_has_another_name, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(many_rows_are_gone_through_in_bites,
                                        make_place, drop_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
