/* The store of maps: what is made, kept, read again, drawn, and refused. */
#include "maps_scene.h"

/* ---- documents ---- */

static void refresh_makes_maps_and_files(void **state)
{
    struct bench *b = *state;
    struct maps_entries entries = {0};

    refresh(b);
    maps_list(b->maps, &entries);
    assert_int_equal(entries.count, 3);
    assert_string_equal(entries.at[0].name, "network");
    assert_string_equal(entries.at[1].name, "physical");
    assert_string_equal(entries.at[2].name, "prefix-192.0.2.0-24");
    assert_int_equal(entries.at[1].nodes, 3);
    assert_int_equal(entries.at[1].links, 1);
    assert_int_equal(entries.at[2].nodes, 1);
    assert_true(entries.at[1].changed.ms == 1795000000000);
    array_fini(&entries);
    reopen(b, NULL);
    assert_true(is_there(b, "physical.gv"));
    char path[128];
    struct buffer OWNED_BUFFER text = {0};
    snprintf(path, sizeof path, "%s/maps/physical.gv", b->dir);
    assert_int_equal(file_read(path, MAP_TEXT_MAX, &text), 0);
    struct map *read = NULL;
    assert_int_equal(map_read("physical", text.at, text.len, &read, NULL), 0);
    assert_string_equal(read->nodes.at[1].label, hostile);
    map_free(read);
}

/* The loop goes on with the old ones until the new ones are made. */
static void maps_are_made_beside_the_loop(void **state)
{
    struct bench *b = *state;
    struct maps_entry entry = {.name = NULL};

    start_refresh(b);
    assert_true(maps_busy(b->maps));
    assert_false(entry_of(b, "physical", &entry));
    while (maps_busy(b->maps))
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    assert_true(entry_of(b, "physical", &entry));
    start_refresh(b);
    maps_free(TAKE(b->maps)); /* in the middle: nothing is owed */
    b->maps = maps_open(b, NULL);
}

static void broken_documents_are_set_aside(void **state)
{
    struct bench *b = *state;
    struct maps_stats stats;

    put_file(b, "good.gv", "graph { a -- b }");
    put_file(b, "bad.gv", "graph { a -- ");
    put_file(b, "notes.txt", "not a map");
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    reopen(b, NULL);
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    struct maps_entry entry = {.name = NULL};
    assert_true(entry_of(b, "good", &entry));
    assert_false(entry_of(b, "bad", &entry));
    assert_false(is_there(b, "bad.gv"));
    assert_true(is_there(b, "bad.gv.broken"));
    assert_true(is_there(b, "notes.txt"));
    maps_stats(b->maps, &stats);
    assert_true(stats.broken == 1);
}

/* ---- pictures ---- */

static void what_cannot_be_drawn_is_said(void **state)
{
    struct bench *b = *state;
    struct answer a = {0};
    char path[128];

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    ask(b, "nothing", MAPS_SVG, &a);
    assert_int_equal(a.result, -ENOENT);
    assert_true(a.why.what[0] != '\0' && a.picture.len == 0);

    script(b, "fails", "cat >/dev/null; echo 'no ink' >&2; exit 1", path,
           sizeof path);
    reopen(b, path);
    refresh(b);
    ask(b, "physical", MAPS_SVG, &a);
    assert_int_equal(a.result, -EIO);
    assert_string_equal(a.why.what, "no ink");

    script(b, "fails",
           "cat >/dev/null; echo 'Fontconfig error' >&2; "
           "echo 'no ink' >&2; exit 1",
           path, sizeof path);
    ask(b, "physical", MAPS_SVG, &a);
    assert_string_equal(a.why.what, "no ink"); /* its own, last words */
    script(b, "fails", "cat >/dev/null; echo 'graph { oops'", path,
           sizeof path);
    ask(b, "physical", MAPS_SVG, &a);
    assert_non_null(strstr(a.why.what, "'}' is missing"));
    script(b, "fails", "cat >/dev/null; echo 'graph { }'", path, sizeof path);
    ask(b, "physical", MAPS_SVG, &a);
    assert_non_null(strstr(a.why.what, "without a place"));

    reopen(b, "/nonexistent/portolan-render");
    refresh(b);
    ask(b, "physical", MAPS_PNG, &a);
    assert_true(a.result < 0);
    assert_true(a.why.what[0] != '\0');
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    buffer_fini(&a.picture);
}

static void positions_are_kept(void **state)
{
    struct bench *b = *state;
    struct answer a = {0};
    struct maps_entry entry = {.name = NULL};
    char path[128];

    script(b, "lays-out", LAYOUT_SCRIPT, path, sizeof path);
    reopen(b, path);
    refresh(b);
    ask(b, "physical", MAPS_SVG, &a);
    assert_int_equal(a.result, 0);
    assert_non_null(strstr(a.picture.at, "drawn"));
    assert_non_null(strstr(a.picture.at, "--format svg"));
    assert_true(is_laid_out(b, "physical"));
    assert_true(entry_of(b, "network", &entry));
    assert_false(entry.laid_out && entry.nodes > 0);

    refresh(b); /* a new topology: positions carry over */
    assert_true(is_laid_out(b, "physical"));
    reopen(b, "/nonexistent/portolan-render"); /* and were written */
    assert_true(is_laid_out(b, "physical"));
    ask(b, "physical", MAPS_GV, &a); /* needs no program */
    assert_int_equal(a.result, 0);
    assert_non_null(strstr(a.picture.at, "pos=\"7.00,8.00!\""));
    ask(b, "physical", MAPS_JSON, &a);
    assert_non_null(strstr(a.picture.at, "\"x\":7.0"));
    buffer_fini(&a.picture);
}

static void positions_are_kept_for_who_asks_by_a_name_of_before(void **state)
{
    struct bench *b = *state;
    struct answer a = {0};
    char path[128];

    script(b, "lays-out", LAYOUT_SCRIPT, path, sizeof path);
    reopen(b, path);
    b->topology.nodes.at[1].name = "核心";
    refresh(b);
    ask(b, "near--------1", MAPS_SVG, &a);
    assert_int_equal(a.result, 0);
    assert_true(is_laid_out(b, "near-核心-1"));
    buffer_fini(&a.picture);
}

/* A layout that is found while maps are made anew counts for the new ones. */
static void maps_are_laid_out_before_anybody_asks(void **state)
{
    static const char *const names[] = {"physical", "network",
                                        "prefix-192.0.2.0-24"};
    struct bench *b = *state;

    maps_free(b->maps);
    b->maps = maps_open_ahead(b, NULL, 1);
    assert_int_equal(maps_load(b->maps, NULL), 0);
    refresh(b);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct maps_entry entry;

        print_message("%s\n", names[i]);
        assert_true(entry_of(b, names[i], &entry));
        while (!is_laid_out(b, names[i]))
            assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    }
}

/* A table has no places; and one map that is too much is not all of them. */
static void a_map_that_cannot_be_laid_out_holds_up_no_other(void **state)
{
    struct bench *b = *state;
    struct answer a = {0};
    char path[128], body[512];

    snprintf(body, sizeof body,
             "case \"$*\" in *'--name physical'*) exit 1;; "
             "esac; %s",
             LAYOUT_SCRIPT);
    script(b, "fails-once", body, path, sizeof path);
    maps_free(b->maps);
    b->maps = maps_open_ahead(b, path, 1);
    assert_int_equal(maps_load(b->maps, NULL), 0);
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    refresh(b);
    while (!is_laid_out(b, "prefix-192.0.2.0-24"))
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    assert_false(is_laid_out(b, "physical"));
    ask(b, "physical", MAPS_CSV, &a);
    assert_int_equal(a.result, 0);
    assert_non_null(strstr(a.picture.at, "core"));
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    buffer_fini(&a.picture);
}

static void positions_that_come_meanwhile_are_kept(void **state)
{
    struct bench *b = *state;
    struct answer a = {0};
    char path[128], body[512], gate[128];

    snprintf(gate, sizeof gate, "%s/gate", b->dir);
    assert_int_equal(mkfifo(gate, 0600), 0);
    snprintf(body, sizeof body, "read line <%s; %s", gate, LAYOUT_SCRIPT);
    script(b, "waits", body, path, sizeof path);
    reopen(b, path);
    refresh(b);
    maps_picture(b->maps, "physical", MAPS_GV, NULL, on_picture, &a);
    while (access(gate, W_OK) == 0) {
        int fd = open(gate, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        struct maps_stats stats;

        maps_stats(b->maps, &stats);
        if (stats.running == 0) { /* not yet at work */
            assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
        } else if (fd >= 0) { /* it waits for us: a new topology comes */
            start_refresh(b);
            assert_int_equal(write(fd, "go\n", 3), 3);
            assert_int_equal(unlink(gate), 0);
        }
        if (fd >= 0)
            close(fd);
    }
    while (a.count == 0 || maps_busy(b->maps))
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    assert_int_equal(a.result, 0);
    assert_true(is_laid_out(b, "physical"));
    refresh(b);
    assert_true(is_laid_out(b, "physical"));
    buffer_fini(&a.picture);
}

static void the_same_picture_is_drawn_once(void **state)
{
    struct bench *b = *state;
    struct answer a = {0};
    struct maps_stats stats;
    char path[128];

    script(b, "lays-out", LAYOUT_SCRIPT, path, sizeof path);
    reopen(b, path);
    refresh(b);
    for (unsigned i = 0; i < 3; i++)
        ask(b, "physical", MAPS_SVG, &a);
    ask(b, "physical", MAPS_PNG, &a);
    maps_stats(b->maps, &stats);
    assert_true(stats.pictures == 2);
    assert_true(stats.cached == 2);
    buffer_fini(&a.picture);
}

/* A wall of screens after a reload. */
static void the_same_picture_asked_at_once_is_drawn_once(void **state)
{
    enum { SCREENS = 20 };
    struct bench *b = *state;
    struct answer a = {0};
    struct maps_stats before, after;
    char path[128];

    script(b, "lays-out", LAYOUT_SCRIPT, path, sizeof path);
    reopen(b, path);
    refresh(b);
    ask(b, "physical", MAPS_SVG, &a);
    maps_stats(b->maps, &before);
    for (unsigned i = 0; i < SCREENS; i++)
        maps_picture(b->maps, "physical", MAPS_PDF, NULL, on_picture, &a);
    while (a.count < SCREENS + 1)
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    assert_int_equal(a.result, 0);
    assert_non_null(strstr(a.picture.at, "drawn"));
    maps_stats(b->maps, &after);
    assert_int_equal(after.pictures, before.pictures + 1);
    assert_int_equal(after.cached, before.cached + SCREENS - 1);
    buffer_fini(&a.picture);
}

static void the_queue_is_bounded(void **state)
{
    struct bench *b = *state;
    struct answer busy = {0}, waits = {0};

    reopen(b, "/bin/true");
    refresh(b);
    for (unsigned i = 0; i < MAPS_QUEUE_MAX; i++)
        maps_picture(b->maps, "physical", MAPS_SVG, NULL, on_picture, &waits);
    ask(b, "physical", MAPS_SVG, &busy);
    assert_int_equal(busy.result, -EBUSY);
    maps_forget(b->maps, &waits);
    buffer_fini(&busy.picture);
    buffer_fini(&waits.picture);
}

static void what_is_forgotten_is_not_told(void **state)
{
    struct bench *b = *state;
    struct answer a = {0}, gone = {0};

    refresh(b);
    maps_picture(b->maps, "nothing", MAPS_SVG, NULL, on_picture, &gone);
    maps_forget(b->maps, &gone);
    ask(b, "nothing", MAPS_SVG, &a);
    assert_int_equal(gone.count, 0);
    buffer_fini(&a.picture);
}

static void the_end_is_told_to_all(void **state)
{
    struct bench *b = *state;
    struct answer a = {0};
    char path[128];

    script(b, "hangs", "exec tail -f /dev/null", path, sizeof path);
    reopen(b, path);
    refresh(b);
    for (unsigned i = 0; i < 5; i++)
        maps_picture(b->maps, "physical", MAPS_SVG, NULL, on_picture, &a);
    assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    maps_free(TAKE(b->maps));
    assert_int_equal(a.count, 5);
    assert_int_equal(a.result, -ECANCELED);
    buffer_fini(&a.picture);
}

/* With the real program, where it is built. */
static void graphviz_draws(void **state)
{
    struct bench *b = *state;
    struct answer a = {0};

    refresh(b);
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    ask(b, "physical", MAPS_SVG, &a);
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    if (a.result < 0) {
        buffer_fini(&a.picture);
        skip();
    }
    assert_non_null(strstr(a.picture.at, "<svg"));
    assert_non_null(strstr(a.picture.at, "&lt;script&gt;"));
    assert_null(strstr(a.picture.at, "<script"));
    assert_non_null(strstr(a.picture.at, "<symbol id=\"kind-switch\""));
    assert_null(strstr(a.picture.at, "<image"));
    ask(b, "physical", MAPS_PNG, &a);
    assert_int_equal(a.result, 0);
    assert_memory_equal(a.picture.at, "\x89PNG", 4);
    ask(b, "network", MAPS_SVG, &a); /* empty, yet a picture */
    assert_int_equal(a.result, 0);
    buffer_fini(&a.picture);
}

static void formats_have_their_words(void **state)
{
    static const struct {
        const char *word;
        enum maps_format format;
        const char *type;
    } cases[] = {{"svg", MAPS_SVG, "image/svg+xml"},
                 {".png", MAPS_PNG, "image/png"},
                 {"JSON", MAPS_JSON, "application/json"}};
    enum maps_format f;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(maps_format_parse(cases[i].word, &f));
        assert_int_equal(f, cases[i].format);
        assert_string_equal(maps_format_type(f), cases[i].type);
    }
    assert_false(maps_format_parse("exe", &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(refresh_makes_maps_and_files),
        CASE(maps_are_made_beside_the_loop),
        CASE(broken_documents_are_set_aside),
        CASE(what_cannot_be_drawn_is_said),
        CASE(positions_are_kept),
        CASE(positions_are_kept_for_who_asks_by_a_name_of_before),
        CASE(maps_are_laid_out_before_anybody_asks),
        CASE(a_map_that_cannot_be_laid_out_holds_up_no_other),
        CASE(positions_that_come_meanwhile_are_kept),
        CASE(the_same_picture_is_drawn_once),
        CASE(the_same_picture_asked_at_once_is_drawn_once),
        CASE(the_queue_is_bounded),
        CASE(what_is_forgotten_is_not_told),
        CASE(the_end_is_told_to_all),
        CASE(graphviz_draws),
        cmocka_unit_test(formats_have_their_words),
    };

    return cmocka_run_group_tests_name("maps", tests, NULL, NULL);
}
