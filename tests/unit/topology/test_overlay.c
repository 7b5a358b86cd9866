/* The log of a map's edits: on disk, beside what was found, and bounded. */
#include "edit_desk.h"

static void the_log_survives_writing(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());
    struct buffer OWNED_BUFFER first = {0};
    struct buffer OWNED_BUFFER second = {0};

    (void)state;
    must(d, "ann", "add:fw,kind=firewall,label=x move:fw=1,2 link:fw/a=core/b");
    must(d, "bob \"x\" 上海", "cloud:c=sw1,sw2 set:core=sw1,speed=1G");
    must(d, "ann", "pin:core bind:fw=core");
    must(d, "ann", "undo");
    overlay_write(d->log, "physical", &first);
    struct overlay *read = NULL;
    assert_int_equal(
        overlay_read("physical", buffer_view(&first), &read, &d->why), 0);
    overlay_write(read, "physical", &second);
    assert_string_equal(first.at, second.at);
    struct buffer OWNED_BUFFER before = {0};
    struct buffer OWNED_BUFFER after = {0};
    map_write(d->shown, &before);
    overlay_free(d->log);
    d->log = read;
    desk_show(d);
    map_write(d->shown, &after);
    assert_string_equal(before.at, after.at);
    must(d, "ann", "redo");
}

static void whoever_is_forgotten_is_called_otherwise(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    must(d, "ann", "rename:core=ann");
    must(d, "bob", "pin:core");
    must(d, "ann", "pin:sw1");
    must(d, "ann", "undo");
    uint64_t revision = d->log->revision;
    assert_int_equal(overlay_rename_person(d->log, "ann", "person-1"), 2);
    assert_int_equal(overlay_rename_person(d->log, "ann", "person-1"), 0);
    assert_int_equal(d->log->revision, revision);
    overlay_write(d->log, "physical", &text);
    assert_null(strstr(text.at, "\"who\":\"ann\""));
    assert_non_null(strstr(text.at, "\"undone_by\":\"person-1\""));
    assert_non_null(strstr(text.at, "\"who\":\"bob\""));
    assert_string_equal(map_node_label(node(d->shown, "01")), "ann");
    must(d, "person-1", "redo");
}

static void a_damaged_log_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *place;
    } cases[] = {
        {"", "p:1:0"},
        {"{\"edits\": [", "p:1:11"},
        {"[]", "p"},
        {"{\"edits\": [7]}", "p: edit 1"},
        {"{\"edits\": [{\"op\":\"pin\",\"id\":\"a\"}, {\"op\":\"fly\"}]}",
         "p: edit 2"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct overlay *o = NULL;
        struct complaint why = {.place = ""};

        assert_true(overlay_read("p", bytes_of_text(cases[i].text), &o, &why) <
                    0);
        assert_null(o);
        if (strncmp(why.place, cases[i].place, strlen(cases[i].place)) != 0)
            fail_msg("%s: %s", cases[i].text, why.place);
    }
}

/* Both layers of a document on disk come back. */
static void found_and_shown_stand_in_one_document(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER x = {0}, OWNED_BUFFER y = {0};
    struct map *read = NULL;

    (void)state;
    must(d, "ann",
         "move:core=5,6 rename:sw1=west hide:sw2 set:core,kind=router "
         "set:core,rack=R7 unlink:core=sw2 set:core=sw1,speed=1G add:fw "
         "link:fw=core");
    map_write_edited(d->found, d->shown, &text);
    assert_int_equal(map_read_found("physical", text.at, text.len, &read, NULL),
                     0);
    map_write(read, &x);
    map_write(d->found, &y);
    assert_string_equal(x.at, y.at);
    map_free(read);
    assert_int_equal(map_read("physical", text.at, text.len, &read, NULL), 0);
    OWNED(map_free) struct map *shown = read;
    assert_true(node(shown, "01")->x == 5);
    assert_int_equal(node(shown, "01")->kind, KIND_ROUTER);
    assert_string_equal(map_node_label(node(shown, "02")), "west");
    assert_true(node(shown, "03")->edit.hidden);
    assert_true(is_there(shown, "fw"));
    assert_int_equal(shown->links.count, 3);
}

static void old_edits_that_mean_nothing_any_more_make_room(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());
    struct map_edit *edits = mem_array(OVERLAY_EDITS_MAX, sizeof *edits);
    OWNED(arena_free) struct arena *arena = arena_new();
    struct overlay_person person = {
        .who = "ann", .seen = UINT64_MAX, .clashes = &d->clashes};

    (void)state;
    must(d, "ann", "rename:sw1=west");
    for (size_t i = 0; i < OVERLAY_EDITS_MAX - 1; i++)
        assert_int_equal(
            map_edit_parse("move:core=1,1", arena, &edits[i], NULL), 0);
    assert_int_equal(overlay_change(d->log, d->shown, &person, edits,
                                    OVERLAY_EDITS_MAX - 1, NULL),
                     0);
    free(edits);
    must(d, "ann", "move:core=7,7");
    assert_true(d->log->edits.count < OVERLAY_EDITS_MAX * 2 / 3);
    assert_true(node(d->shown, "01")->x == 7);
    assert_string_equal(map_node_label(node(d->shown, "02")), "west");
}

static bool is_hidden(struct desk *d, const char *id)
{
    return node(d->shown, id)->edit.hidden;
}

/* Undone last, redone first; what was undone before a newer edit stays so. */
static void redo_takes_what_was_undone_last(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());

    (void)state;
    must(d, "ann", "hide:sw1");
    must(d, "ann", "undo");
    must(d, "ann", "hide:sw2");
    must(d, "ann", "hide:core");
    must(d, "ann", "undo");
    must(d, "ann", "undo");
    must(d, "ann", "redo");
    assert_true(is_hidden(d, "03"));
    assert_false(is_hidden(d, "02") || is_hidden(d, "01"));
    must(d, "ann", "redo");
    assert_true(is_hidden(d, "03") && is_hidden(d, "01"));
    assert_false(is_hidden(d, "02"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_survives_writing),
        cmocka_unit_test(whoever_is_forgotten_is_called_otherwise),
        cmocka_unit_test(a_damaged_log_is_refused_with_its_place),
        cmocka_unit_test(found_and_shown_stand_in_one_document),
        cmocka_unit_test(redo_takes_what_was_undone_last),
        cmocka_unit_test(old_edits_that_mean_nothing_any_more_make_room),
    };

    return cmocka_run_group_tests_name("overlay", tests, NULL, NULL);
}
